import { ApiObject, App, Chart, Testing } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import * as kplus33 from 'cdk8s-plus-33';
import {
  AddressClaim,
  BridgeNetwork,
  Ipam,
  IpvlanNetwork,
  MacvlanNetwork,
  MultiNetPod,
  Network,
  PodNetworks,
} from 'netloom/constructs';
import { appsChart, type Manifest, NETWORKS, objectsOf, placeOf, problemsOfSynth } from './support';

const CONTAINERS = { containers: [{ image: 'nginx:1.27', portNumber: 80 }] };

const lanOf = (chart: Chart, more: object = {}): BridgeNetwork =>
  new BridgeNetwork(chart, 'lan', {
    bridge: 'br-test',
    ipam: Ipam.hostLocal({
      ranges: [{ subnet: '10.10.0.0/24' }],
      claimable: ['10.10.0.100-10.10.0.119'],
    }),
    ...more,
  });

/** The annotation of the one object of a kind; of its pods, where it makes some. */
function annotationOf(chart: Chart, kind: string): string | undefined {
  const [object] = [...objectsOf(chart, kind).values()] as Manifest[];
  const metadata = object.spec?.template?.metadata ?? object.metadata;
  return metadata.annotations?.[NETWORKS];
}

describe('MultiNetPod', () => {
  test('S1.7 the annotation comes of objects, in a list without blanks', () => {
    const chart = appsChart();
    const storage = new MacvlanNetwork(chart, 'storage', { master: 'eth1', ipam: Ipam.dhcp() });
    new MultiNetPod(chart, 'web', CONTAINERS).attach(lanOf(chart)).attach(storage);
    expect(annotationOf(chart, 'Pod')).toBe('lan,storage');
  });

  test("S1.7 a namespace is left out when it is the pod's own, and written when it is not", () => {
    const app = Testing.app();
    const apps = new Chart(app, 'apps', { namespace: 'apps' });
    const infra = new Chart(app, 'infra', { namespace: 'infra' });
    const [own, other] = [
      lanOf(apps),
      lanOf(infra, { bridge: 'br-infra', configName: 'infra-lan' }),
    ];
    new MultiNetPod(apps, 'web', CONTAINERS).attach(own).attach(other);
    new MultiNetPod(infra, 'router', CONTAINERS).attach(own).attach(other);
    new MultiNetPod(apps, 'guest', { ...CONTAINERS, metadata: { namespace: 'guests' } }).attach(
      own,
    );
    const of = (chart: Chart): (string | undefined)[] =>
      [...objectsOf(chart, 'Pod').values()].map(({ metadata }) => metadata.annotations[NETWORKS]);
    expect(of(apps)).toEqual(['lan,infra/lan', 'apps/lan']);
    expect(of(infra)).toEqual(['apps/lan,lan']);
  });

  test('S1.8 JSON with namespace and default-route', () => {
    const app = Testing.app();
    const chart = new Chart(app, 'apps', { namespace: 'apps' });
    const infra = new Chart(app, 'infra', { namespace: 'infra' });
    const legacy = new IpvlanNetwork(infra, 'legacy', { master: 'eth3', ipam: Ipam.static() });
    new MultiNetPod(chart, 'web', CONTAINERS).attach(lanOf(chart)).attach(legacy, {
      ips: ['192.168.122.188/24'],
      defaultRoute: ['192.168.122.1'],
      interface: 'old0',
    });
    expect(JSON.parse(annotationOf(chart, 'Pod') as string)).toEqual([
      { name: 'lan' },
      {
        name: 'legacy',
        namespace: 'infra',
        interface: 'old0',
        ips: ['192.168.122.188/24'],
        'default-route': ['192.168.122.1'],
      },
    ]);
  });

  test('S1.8 two default routes of one family are refused', () => {
    const chart = appsChart();
    const lan = lanOf(chart);
    new MultiNetPod(chart, 'web', CONTAINERS)
      .attach(lan, { defaultRoute: ['10.10.0.1'] })
      .attach(lan, { defaultRoute: ['10.10.0.2'] });
    expect(problemsOfSynth(() => Testing.synth(chart)).map(placeOf)).toEqual([
      '[apps/web] attachments[1].defaultRoute[0] NL_DEFAULT_ROUTE_TWICE',
    ]);
  });

  test('S1.9 the same network twice stands twice in the annotation', () => {
    const chart = appsChart();
    const lan = lanOf(chart);
    new MultiNetPod(chart, 'web', CONTAINERS).attach(lan).attach(lan);
    expect(annotationOf(chart, 'Pod')).toBe('lan,lan');
  });

  test('without attachments has no annotation', () => {
    const chart = appsChart();
    new MultiNetPod(chart, 'web', CONTAINERS);
    expect(annotationOf(chart, 'Pod')).toBeUndefined();
  });

  test('a claim picks the twin and brings the address', () => {
    const chart = appsChart();
    const lan = lanOf(chart);
    const claim = new AddressClaim(chart, 'camera', { network: lan, address: '10.10.0.100' });
    new MultiNetPod(chart, 'web', CONTAINERS).attach(lan).attach(lan, { interface: 'cam0', claim });
    expect(JSON.parse(annotationOf(chart, 'Pod') as string)).toEqual([
      { name: 'lan' },
      { name: 'lan-claimed', interface: 'cam0', ips: ['10.10.0.100/24'] },
    ]);
  });
});

describe('PodNetworks.of', () => {
  const workloads: {
    name: string;
    kind: string;
    make: (chart: Chart) => kplus.Resource | kplus33.Resource | ApiObject;
  }[] = [
    { name: 'a Pod', kind: 'Pod', make: (chart) => new kplus.Pod(chart, 'db', CONTAINERS) },
    {
      name: 'a Deployment',
      kind: 'Deployment',
      make: (chart) => new kplus.Deployment(chart, 'db', CONTAINERS),
    },
    {
      name: 'a StatefulSet',
      kind: 'StatefulSet',
      make: (chart) => new kplus.StatefulSet(chart, 'db', CONTAINERS),
    },
    {
      name: 'a DaemonSet',
      kind: 'DaemonSet',
      make: (chart) => new kplus.DaemonSet(chart, 'db', CONTAINERS),
    },
    { name: 'a Job', kind: 'Job', make: (chart) => new kplus.Job(chart, 'db', CONTAINERS) },
    {
      name: 'a Deployment of another release of cdk8s-plus',
      kind: 'Deployment',
      make: (chart) => new kplus33.Deployment(chart, 'db', CONTAINERS),
    },
    {
      name: 'a Pod of another release of cdk8s-plus',
      kind: 'Pod',
      make: (chart) => new kplus33.Pod(chart, 'db', CONTAINERS),
    },
    {
      name: 'a Pod as ApiObject',
      kind: 'Pod',
      make: (chart) =>
        new ApiObject(chart, 'db', { apiVersion: 'v1', kind: 'Pod', spec: { containers: [] } }),
    },
  ];

  test.each(workloads)('$name', ({ kind, make }) => {
    const chart = appsChart();
    const workload = make(chart);
    PodNetworks.of(workload).attach(lanOf(chart), { interface: 'st0' });
    expect(annotationOf(chart, kind)).toBe('lan@st0');
    const [object] = [...objectsOf(chart, kind).values()];
    // Of the pods, not of the workload around them.
    if (kind !== 'Pod') expect(object.metadata.annotations).toBeUndefined();
  });

  test('one workload has one list, however often it is asked for', () => {
    const chart = appsChart();
    const db = new kplus.Deployment(chart, 'db', CONTAINERS);
    const lan = lanOf(chart);
    PodNetworks.of(db).attach(lan);
    PodNetworks.of(db).attach(lan);
    expect(PodNetworks.of(db)).toBe(PodNetworks.of(db));
    expect(annotationOf(chart, 'Deployment')).toBe('lan,lan');
  });

  test('an ApiObject Pod in a namespace of its own', () => {
    const chart = appsChart();
    const pod = new ApiObject(chart, 'db', {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { namespace: 'other' },
    });
    PodNetworks.of(pod).attach(lanOf(chart));
    expect(annotationOf(chart, 'Pod')).toBe('apps/lan');
  });

  test('other annotations stay', () => {
    const chart = appsChart();
    const pod = new ApiObject(chart, 'db', {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { annotations: { a: 'b' } },
    });
    PodNetworks.of(pod).attach(lanOf(chart));
    const [object] = [...objectsOf(chart, 'Pod').values()];
    expect(object.metadata.annotations).toEqual({ a: 'b', [NETWORKS]: 'lan' });
  });

  test('what has no pods is refused at once', () => {
    const chart = appsChart();
    const service = new kplus.Service(chart, 'svc', { ports: [{ port: 80 }] });
    expect(() => PodNetworks.of(service)).toThrow(
      'apps/svc has no pods. Allowed: a workload of cdk8s-plus, or an ApiObject of a Pod or with a pod template. Fix: pass the Pod, Deployment, StatefulSet or DaemonSet itself.',
    );
    expect(() =>
      PodNetworks.of(new ApiObject(chart, 'cm', { apiVersion: 'v1', kind: 'ConfigMap' })),
    ).toThrow(/has no pods/);
  });
});

describe('claims and workloads', () => {
  const attach = (make: (chart: Chart) => kplus.Workload | kplus.Pod): string[] => {
    const chart = appsChart();
    const lan = lanOf(chart);
    const claim = new AddressClaim(chart, 'camera', { network: lan, address: '10.10.0.100' });
    PodNetworks.of(make(chart)).attach(lan, { claim });
    return problemsOfSynth(() => Testing.synth(chart)).map(placeOf);
  };
  const REFUSED = ['[apps/db] attachments[0].claim NL_CLAIM_WORKLOAD'];
  const recreate = kplus.DeploymentStrategy.recreate();

  const cases: {
    name: string;
    make: (chart: Chart) => kplus.Workload | kplus.Pod;
    want: string[];
  }[] = [
    { name: 'a Pod may', make: (chart) => new kplus.Pod(chart, 'db', CONTAINERS), want: [] },
    {
      name: 'a StatefulSet of one may',
      make: (chart) => new kplus.StatefulSet(chart, 'db', CONTAINERS),
      want: [],
    },
    {
      name: 'a StatefulSet of two may not',
      make: (chart) => new kplus.StatefulSet(chart, 'db', { ...CONTAINERS, replicas: 2 }),
      want: REFUSED,
    },
    {
      name: 'a Deployment, which has two by default, may not',
      make: (chart) => new kplus.Deployment(chart, 'db', { ...CONTAINERS, strategy: recreate }),
      want: REFUSED,
    },
    {
      name: 'a Deployment of one that rolls may not',
      make: (chart) => new kplus.Deployment(chart, 'db', { ...CONTAINERS, replicas: 1 }),
      want: REFUSED,
    },
    {
      name: 'a Deployment of one that recreates may',
      make: (chart) =>
        new kplus.Deployment(chart, 'db', { ...CONTAINERS, replicas: 1, strategy: recreate }),
      want: [],
    },
    {
      name: 'a DaemonSet may not',
      make: (chart) => new kplus.DaemonSet(chart, 'db', CONTAINERS),
      want: REFUSED,
    },
  ];

  test.each(cases)('$name', ({ make, want }) => expect(attach(make)).toEqual(want));

  test('one claim for two pods is refused', () => {
    const chart = appsChart();
    const lan = lanOf(chart);
    const claim = new AddressClaim(chart, 'camera', { network: lan, address: '10.10.0.100' });
    for (const id of ['a', 'b']) new MultiNetPod(chart, id, CONTAINERS).attach(lan, { claim });
    expect(problemsOfSynth(() => Testing.synth(chart)).map(placeOf)).toEqual([
      '[apps/b] attachments[0].claim NL_ADDRESS_TWICE',
    ]);
  });

  test('a claim that is wrong itself hides nothing about its workload', () => {
    const chart = appsChart();
    const lan = lanOf(chart);
    const claim = new AddressClaim(chart, 'camera', { network: lan, address: '10.10.0.9' });
    PodNetworks.of(new kplus.Deployment(chart, 'db', CONTAINERS)).attach(lan, { claim });
    expect(problemsOfSynth(() => Testing.synth(chart)).map(placeOf)).toEqual([
      '[apps/camera] address NL_CLAIM_OUTSIDE_CLAIMABLE',
      '[apps/db] attachments[0].claim NL_CLAIM_WORKLOAD',
    ]);
  });
});

describe('S1.17 a network that is absent', () => {
  test('S1.17 cannot be named: attach takes objects', () => {
    const chart = appsChart();
    const pod = new MultiNetPod(chart, 'web', CONTAINERS);
    // @ts-expect-error a name is no network
    expect(() => pod.attach('lan')).not.toThrow(TypeError);
    expect(problemsOfSynth(() => Testing.synth(chart))).toHaveLength(1);
  });

  test('S1.17 of another App is refused, by the attachment', () => {
    const chart = appsChart();
    const elsewhere = lanOf(appsChart());
    new MultiNetPod(chart, 'web', CONTAINERS).attach(lanOf(chart)).attach(elsewhere);
    expect(problemsOfSynth(() => Testing.synth(chart))).toEqual([
      "[apps/web] attachments[1].network: network \"lan\" is made in another App, so that nothing here makes it. Allowed: a network of the same App, or Network.fromName for one that something else makes. Fix: Network.fromName(this, 'id', { name: 'lan' }). (NL_NETWORK_NOT_FOUND)",
    ]);
  });

  test('S1.17 that something else makes is referred to by name, in plain sight', () => {
    const chart = appsChart();
    const own = Network.fromName(chart, 'own', { name: 'existing' });
    const other = Network.fromName(chart, 'other', { name: 'shared', namespace: 'infra' });
    new MultiNetPod(chart, 'web', CONTAINERS).attach(own).attach(other);
    expect(annotationOf(chart, 'Pod')).toBe('existing,infra/shared');
  });

  test('S1.17 by a name that no network can have', () => {
    const chart = appsChart();
    new MultiNetPod(chart, 'web', CONTAINERS).attach(
      Network.fromName(chart, 'own', { name: 'My_Lan' }),
    );
    expect(problemsOfSynth(() => Testing.synth(chart)).map(placeOf)).toEqual([
      '[apps/web] attachments[0].network.name NL_NAME_INVALID',
    ]);
  });
});

test('attachments may come until synthesis', () => {
  const app = new App({ outdir: Testing.app().outdir });
  const chart = new Chart(app, 'apps', { namespace: 'apps' });
  const pod = new MultiNetPod(chart, 'web', CONTAINERS);
  expect(Testing.synth(chart)).toHaveLength(1);
  pod.attach(lanOf(chart));
  expect(annotationOf(chart, 'Pod')).toBe('lan');
});
