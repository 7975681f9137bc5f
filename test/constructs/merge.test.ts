import { ApiObject, type Chart, Cron, JsonPatch, Lazy, Testing } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import * as kplus33 from 'cdk8s-plus-33';
import * as kplus34 from 'cdk8s-plus-34';
import {
  type AttachOptions,
  BridgeNetwork,
  Ipam,
  MultiNetPod,
  Network,
  PodNetworks,
} from 'netloom/constructs';
import {
  appsChart,
  type Manifest,
  NETWORKS,
  placeOf,
  problemsOfSynth,
  warningsTold,
} from './support';

const CONTAINERS = { containers: [{ image: 'nginx:1.27', portNumber: 80 }] };
const TEMPLATE = { metadata: { labels: { app: 'db' } }, spec: { containers: [] } };

const lanOf = (chart: Chart): BridgeNetwork =>
  new BridgeNetwork(chart, 'lan', {
    bridge: 'br-test',
    ipam: Ipam.hostLocal({ ranges: [{ subnet: '10.10.0.0/24' }] }),
  });

/** The last object of a chart, which the tests make behind the network. */
function workloadOf(chart: Chart): Manifest {
  return (Testing.synth(chart) as Manifest[]).at(-1);
}

function templateOf(object: Manifest): Manifest {
  if (object.kind === 'Pod') return object;
  return object.kind === 'CronJob' ? object.spec.jobTemplate.spec.template : object.spec.template;
}

const annotationOf = (chart: Chart): string | undefined =>
  templateOf(workloadOf(chart)).metadata?.annotations?.[NETWORKS];

describe('workloads as ApiObjects', () => {
  const kinds: { kind: string; apiVersion: string; spec: object }[] = [
    { kind: 'Pod', apiVersion: 'v1', spec: { containers: [] } },
    { kind: 'Deployment', apiVersion: 'apps/v1', spec: { template: TEMPLATE } },
    { kind: 'StatefulSet', apiVersion: 'apps/v1', spec: { template: TEMPLATE } },
    { kind: 'DaemonSet', apiVersion: 'apps/v1', spec: { template: TEMPLATE } },
    { kind: 'ReplicaSet', apiVersion: 'apps/v1', spec: { template: TEMPLATE } },
    { kind: 'Job', apiVersion: 'batch/v1', spec: { template: TEMPLATE } },
    {
      kind: 'CronJob',
      apiVersion: 'batch/v1',
      spec: { jobTemplate: { spec: { template: TEMPLATE } } },
    },
    { kind: 'Rollout', apiVersion: 'argoproj.io/v1alpha1', spec: { template: TEMPLATE } },
    { kind: 'Deployment', apiVersion: 'apps/v1', spec: { template: { spec: {} } } },
    { kind: 'Deployment', apiVersion: 'apps/v1', spec: {} },
  ];

  test.each(kinds)('S1.7 a $kind ($spec)', ({ kind, apiVersion, spec }) => {
    const chart = appsChart();
    const lan = lanOf(chart);
    const given = structuredClone(spec);
    const workload = new ApiObject(chart, 'db', { apiVersion, kind, spec: given });
    PodNetworks.of(workload).attach(lan, { interface: 'st0' });
    const object = workloadOf(chart);
    expect(templateOf(object).metadata.annotations).toEqual({ [NETWORKS]: 'lan@st0' });
    // Of the pods, not of the workload around them; and what was given stays as it was.
    if (kind !== 'Pod') expect(object.metadata.annotations).toBeUndefined();
    expect(given).toEqual(spec);
    expect(Object.keys(object)).toEqual(['apiVersion', 'kind', 'metadata', 'spec']);
  });

  test('one spec for two workloads', () => {
    const chart = appsChart();
    const lan = lanOf(chart);
    const props = { apiVersion: 'apps/v1', kind: 'Deployment', spec: { template: TEMPLATE } };
    new ApiObject(chart, 'plain', props);
    PodNetworks.of(new ApiObject(chart, 'db', props)).attach(lan);
    const [, plain, db] = Testing.synth(chart) as Manifest[];
    expect(plain.spec.template.metadata.annotations).toBeUndefined();
    expect(db.spec.template.metadata.annotations).toEqual({ [NETWORKS]: 'lan' });
  });

  test('one whose spec comes late', () => {
    const chart = appsChart();
    const lan = lanOf(chart);
    const spec = Lazy.any({
      produce: () => ({ template: { metadata: { annotations: { [NETWORKS]: 'istio-cni' } } } }),
    });
    const props = { apiVersion: 'apps/v1', kind: 'Deployment', spec };
    PodNetworks.of(new ApiObject(chart, 'db', props)).attach(lan);
    expect(annotationOf(chart)).toBe('istio-cni,lan');
  });

  test('what only looks like a workload is refused', () => {
    const chart = appsChart();
    for (const kind of ['ConfigMap', 'Service']) {
      const object = new ApiObject(chart, kind, { apiVersion: 'v1', kind, spec: {} });
      expect(() => PodNetworks.of(object)).toThrow(`apps/${kind} has no pods`);
    }
    expect(() => PodNetworks.of(chart)).toThrow('apps has no pods');
  });
});

describe('workloads of cdk8s-plus', () => {
  const releases = [
    { release: 28, plus: kplus },
    { release: 33, plus: kplus33 as unknown as typeof kplus },
    { release: 34, plus: kplus34 as unknown as typeof kplus },
  ];

  describe.each(releases)('release $release', ({ plus }) => {
    const makers: { kind: string; make: (chart: Chart) => kplus.Resource }[] = [
      { kind: 'Pod', make: (chart) => new plus.Pod(chart, 'db', CONTAINERS) },
      { kind: 'Deployment', make: (chart) => new plus.Deployment(chart, 'db', CONTAINERS) },
      { kind: 'StatefulSet', make: (chart) => new plus.StatefulSet(chart, 'db', CONTAINERS) },
      { kind: 'DaemonSet', make: (chart) => new plus.DaemonSet(chart, 'db', CONTAINERS) },
      { kind: 'Job', make: (chart) => new plus.Job(chart, 'db', CONTAINERS) },
      {
        kind: 'CronJob',
        make: (chart) =>
          new plus.CronJob(chart, 'db', { ...CONTAINERS, schedule: Cron.schedule({ hour: '4' }) }),
      },
    ];

    test.each(makers)('S1.7 a $kind', ({ make }) => {
      const chart = appsChart();
      const lan = lanOf(chart);
      PodNetworks.of(make(chart)).attach(lan, { interface: 'st0' });
      const object = (Testing.synth(chart) as Manifest[]).find(({ kind }) =>
        makers.some((maker) => maker.kind === kind),
      );
      expect(templateOf(object).metadata.annotations[NETWORKS]).toBe('lan@st0');
    });

    test('S1.7 what others annotate stays in front', () => {
      const chart = appsChart();
      const lan = lanOf(chart);
      const db = new plus.Deployment(chart, 'db', {
        ...CONTAINERS,
        podMetadata: { annotations: { [NETWORKS]: 'infra/first@f0', a: 'b' } },
      });
      PodNetworks.of(db).attach(lan);
      expect(templateOf(workloadOf(chart)).metadata.annotations).toEqual({
        a: 'b',
        [NETWORKS]: 'infra/first@f0,lan',
      });
    });
  });

  test('S1.7 its ApiObject is the same workload', () => {
    const chart = appsChart();
    const lan = lanOf(chart);
    const pod = new MultiNetPod(chart, 'db', CONTAINERS);
    PodNetworks.of(pod.apiObject).attach(lan);
    PodNetworks.of(pod).attach(lan);
    expect(PodNetworks.of(pod)).toBe(PodNetworks.of(pod.apiObject));
    expect(annotationOf(chart)).toBe('lan,lan');
  });
});

describe('S1.8 an annotation that is there already', () => {
  const cases: { name: string; given: string; want: string | object[] }[] = [
    { name: 'the short form', given: 'infra/first@f0', want: 'infra/first@f0,lan' },
    { name: 'blanks', given: ' first , second ', want: 'first,second,lan' },
    {
      name: 'JSON, with keys that nobody knows',
      given: '[{"name":"first","x":1,"ips":["10.0.0.5/24"]}]',
      want: [{ name: 'first', ips: ['10.0.0.5/24'], x: 1 }, { name: 'lan' }],
    },
    { name: 'nothing', given: '', want: 'lan' },
    { name: 'an empty list', given: '[]', want: 'lan' },
  ];

  test.each(cases)('$name', ({ given, want }) => {
    const chart = appsChart();
    const lan = lanOf(chart);
    const metadata = { annotations: { [NETWORKS]: given } };
    PodNetworks.of(new kplus.Pod(chart, 'db', { ...CONTAINERS, metadata })).attach(lan);
    const text = annotationOf(chart) as string;
    expect(typeof want === 'string' ? text : JSON.parse(text)).toEqual(want);
    const unknown = given.includes('"x"')
      ? ['[apps/db] attachments[0].extra.x NL_KEY_UNKNOWN']
      : [];
    expect(warningsTold().map(placeOf)).toEqual(unknown);
  });

  const ways: {
    name: string;
    annotate: (chart: Chart, lan: Network, options?: AttachOptions) => void;
  }[] = [
    {
      name: 'before ours',
      annotate: (chart, lan, options) => {
        const pod = new kplus.Pod(chart, 'db', CONTAINERS);
        pod.metadata.addAnnotation(NETWORKS, 'first');
        PodNetworks.of(pod).attach(lan, options);
      },
    },
    {
      name: 'after ours',
      annotate: (chart, lan, options) => {
        const pod = new MultiNetPod(chart, 'db', CONTAINERS).attach(lan, options);
        pod.metadata.addAnnotation(NETWORKS, 'first');
      },
    },
    {
      name: 'to the pods of a Deployment, after ours',
      annotate: (chart, lan, options) => {
        const db = new kplus.Deployment(chart, 'db', CONTAINERS);
        PodNetworks.of(db).attach(lan, options);
        db.podMetadata.addAnnotation(NETWORKS, 'first');
      },
    },
    {
      name: 'by a JSON patch',
      annotate: (chart, lan, options) => {
        const pod = new MultiNetPod(chart, 'db', CONTAINERS).attach(lan, options);
        const path = `/metadata/annotations`;
        pod.apiObject.addJsonPatch(JsonPatch.add(path, { [NETWORKS]: 'first' }));
      },
    },
    {
      name: 'as a token',
      annotate: (chart, lan, options) => {
        const pod = new MultiNetPod(chart, 'db', CONTAINERS).attach(lan, options);
        const token = Lazy.any({ produce: () => 'first' }) as unknown as string;
        pod.metadata.addAnnotation(NETWORKS, token);
      },
    },
    {
      name: 'in the spec of an ApiObject',
      annotate: (chart, lan, options) => {
        const template = { metadata: { annotations: { [NETWORKS]: 'first' } }, spec: {} };
        const props = { apiVersion: 'apps/v1', kind: 'Deployment', spec: { template } };
        PodNetworks.of(new ApiObject(chart, 'db', props)).attach(lan, options);
      },
    },
  ];

  test.each(ways)('added $name', ({ annotate }) => {
    const chart = appsChart();
    annotate(chart, lanOf(chart));
    expect(annotationOf(chart)).toBe('first,lan');
    expect(annotationOf(chart)).toBe('first,lan');
  });

  test.each(ways)('added $name, is among what rules look at', ({ annotate }) => {
    const chart = appsChart();
    // Its interface is net1 by its position: so is that of what is attached by its name.
    annotate(chart, lanOf(chart), { interface: 'net1' });
    expect(problemsOfSynth(() => chart.toJson()).map(placeOf)).toEqual([
      '[apps/db] attachments[1].interface NL_INTERFACE_TWICE',
    ]);
  });

  test('counts where interfaces are named by position', () => {
    const chart = appsChart();
    const lan = lanOf(chart);
    const metadata = { annotations: { [NETWORKS]: 'first' } };
    PodNetworks.of(new kplus.Pod(chart, 'db', { ...CONTAINERS, metadata }))
      .attach(lan)
      .attach(lan, { interface: 'net1' });
    expect(problemsOfSynth(() => chart.toJson()).map(placeOf)).toEqual([
      '[apps/db] attachments[2].interface NL_INTERFACE_TWICE',
    ]);
  });

  test('that is changed between two syntheses is looked at again', () => {
    const chart = appsChart();
    const pod = new MultiNetPod(chart, 'db', CONTAINERS).attach(lanOf(chart), {
      interface: 'net1',
    });
    expect(problemsOfSynth(() => chart.toJson())).toEqual([]);
    pod.metadata.addAnnotation(NETWORKS, 'first');
    expect(problemsOfSynth(() => chart.toJson()).map(placeOf)).toEqual([
      '[apps/db] attachments[1].interface NL_INTERFACE_TWICE',
    ]);
  });

  const unreadable: { name: string; given: string; key: string }[] = [
    { name: 'broken JSON', given: '[{"name":"first"', key: `annotations["${NETWORKS}"]` },
    { name: 'a JSON object', given: '{"name":"first"}', key: `annotations["${NETWORKS}"]` },
    { name: 'a name that is none', given: 'a@b@c', key: 'attachments[0]' },
  ];

  test.each(unreadable)('unreadable ($name) is told, and never lost', ({ given, key }) => {
    const chart = appsChart();
    const lan = lanOf(chart);
    const metadata = { annotations: { [NETWORKS]: given } };
    const pod = new kplus.Pod(chart, 'db', { ...CONTAINERS, metadata });
    PodNetworks.of(pod);
    const object = (Testing.synth(chart) as Manifest[]).at(-1);
    expect(object.metadata.annotations[NETWORKS]).toBe(given);
    PodNetworks.of(pod).attach(lan);
    expect(problemsOfSynth(() => chart.toJson()).map(placeOf)).toEqual([
      `[apps/db] ${key} NL_ANNOTATION_INVALID`,
    ]);
    const { apiObject } = pod as unknown as { apiObject: ApiObject };
    expect(() => apiObject.toJson()).toThrow(/NL_ANNOTATION_INVALID/);
  });

  test("that names a twin is nobody's claim", () => {
    const chart = appsChart();
    new BridgeNetwork(chart, 'claimable', {
      bridge: 'br-test',
      ipam: Ipam.hostLocal({ ranges: [{ subnet: '10.11.0.0/24' }], claimable: ['10.11.0.128/25'] }),
    });
    const metadata = { annotations: { [NETWORKS]: 'claimable-claimed' } };
    const pod = new kplus.Pod(chart, 'db', { ...CONTAINERS, metadata });
    PodNetworks.of(pod).attach(lanOf(chart));
    expect(problemsOfSynth(() => chart.toJson()).map(placeOf)).toContain(
      '[apps/db] attachments[0] NL_CLAIMED_REFERENCE',
    );
  });

  test('that names what this program does not make is no problem', () => {
    const chart = appsChart();
    const lan = lanOf(chart);
    const metadata = { annotations: { [NETWORKS]: 'istio-cni' } };
    PodNetworks.of(new kplus.Pod(chart, 'db', { ...CONTAINERS, metadata }))
      .attach(lan)
      .attach(Network.fromName(chart, 'other', { name: 'elsewhere' }));
    expect(annotationOf(chart)).toBe('istio-cni,lan,elsewhere');
  });
});

describe("a pod on the host's network, which Multus is not asked for, is told of", () => {
  const spec = { containers: [], hostNetwork: true };
  const cases: { name: string; make: (chart: Chart) => Parameters<typeof PodNetworks.of>[0] }[] = [
    {
      name: 'one of cdk8s-plus',
      make: (chart) => new kplus.Pod(chart, 'db', { ...CONTAINERS, hostNetwork: true }),
    },
    {
      name: 'an ApiObject',
      make: (chart) => new ApiObject(chart, 'db', { apiVersion: 'v1', kind: 'Pod', spec }),
    },
    {
      name: 'one whose spec comes late',
      make: (chart) => {
        const late = Lazy.any({ produce: () => spec });
        return new ApiObject(chart, 'db', { apiVersion: 'v1', kind: 'Pod', spec: late });
      },
    },
    {
      name: 'one that is patched',
      make: (chart) => {
        const pod = new MultiNetPod(chart, 'db', CONTAINERS);
        pod.apiObject.addJsonPatch(JsonPatch.replace('/spec/hostNetwork', true));
        return pod;
      },
    },
    {
      name: 'that of a Deployment',
      make: (chart) => new kplus.Deployment(chart, 'db', { ...CONTAINERS, hostNetwork: true }),
    },
  ];

  test.each(cases)('$name', ({ make }) => {
    const chart = appsChart();
    PodNetworks.of(make(chart)).attach(lanOf(chart));
    Testing.synth(chart);
    expect(warningsTold().map(placeOf)).toEqual([
      `[apps/db] annotations["${NETWORKS}"] NL_KEY_IGNORED`,
    ]);
  });
});

test('an annotation on the workload itself, where nobody reads it, is told of', () => {
  const chart = appsChart();
  const db = new kplus.Deployment(chart, 'db', {
    ...CONTAINERS,
    metadata: { annotations: { [NETWORKS]: 'first' } },
  });
  PodNetworks.of(db).attach(lanOf(chart));
  Testing.synth(chart);
  expect(warningsTold().map(placeOf)).toEqual([
    `[apps/db] metadata.annotations["${NETWORKS}"] NL_KEY_IGNORED`,
  ]);
});

test('keys of the annotations are in the order in which cdk8s writes them', () => {
  const chart = appsChart();
  const lan = lanOf(chart);
  const annotations = { zebra: '1', apple: '2' };
  const db = new kplus.Deployment(chart, 'db', { ...CONTAINERS, podMetadata: { annotations } });
  PodNetworks.of(db).attach(lan);
  const { metadata } = templateOf(workloadOf(chart));
  expect(Object.keys(metadata.annotations)).toEqual(['apple', NETWORKS, 'zebra']);
  expect(Object.keys(metadata)).toEqual(['annotations', 'labels']);
});

describe('patches that build on the annotations of an attachment', () => {
  const rows = [
    { name: 'of a Pod', make: (chart: Chart) => new kplus.Pod(chart, 'web', CONTAINERS), at: '' },
    {
      name: 'of the pods of a workload',
      make: (chart: Chart) => new kplus.Deployment(chart, 'web', { replicas: 1, ...CONTAINERS }),
      at: '/spec/template',
    },
  ];

  test.each(rows)('add to them, $name', ({ make, at }) => {
    const chart = appsChart();
    const web = make(chart);
    PodNetworks.of(web).attach(lanOf(chart));
    ApiObject.of(web).addJsonPatch(JsonPatch.add(`${at}/metadata/annotations/team`, 'net'));
    const written = Testing.synth(chart).find(
      ({ kind }: Manifest) => kind === web.kind,
    ) as Manifest;
    const { annotations } = (at === '' ? written : written.spec.template).metadata;
    expect(annotations).toEqual({ [NETWORKS]: 'lan', team: 'net' });
  });

  test('that fail all the same tell it in the words of cdk8s', () => {
    const chart = appsChart();
    const web = new kplus.Pod(chart, 'web', CONTAINERS);
    PodNetworks.of(web).attach(lanOf(chart));
    ApiObject.of(web).addJsonPatch(JsonPatch.replace('/spec/nothing/x', 1));
    expect(() => Testing.synth(chart)).toThrow(/Failed serializing construct at path 'apps\/web/);
  });
});
