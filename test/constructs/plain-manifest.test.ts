import { ApiObject, App, Chart, JsonPatch, Lazy, Testing } from 'cdk8s';
import fc from 'fast-check';
import { BridgeNetwork, HostDeviceNetwork, Ipam, PodNetworks } from 'netloom/constructs';
import { warningsTold } from './support';

/** As cdk8s writes an object by itself. */
function byCdk8s(object: ApiObject): string {
  return JSON.stringify(ApiObject.prototype.toJson.call(object));
}

const written = (object: ApiObject): string => JSON.stringify(object.toJson());

const texts = fc.dictionary(
  fc.constantFrom('a', 'b.c/d', 'zebra', '__x', '10', 'k8s.v1.cni.cncf.io/resourceName'),
  fc.string(),
);

test('networks are written as cdk8s would write them', () => {
  fc.assert(
    fc.property(
      fc.record(
        { labels: texts, annotations: texts, namespace: fc.constantFrom('apps', 'infra') },
        { requiredKeys: [] },
      ),
      fc.record({ namespace: fc.constant('charts'), labels: texts }, { requiredKeys: [] }),
      fc.boolean(),
      (metadata, props, isDevice) => {
        const chart = new Chart(Testing.app(), 'apps', props);
        const { namespace, ...rest } = metadata;
        const more = { metadata: rest, ...(namespace !== undefined && { namespace }) };
        const network = isDevice
          ? new HostDeviceNetwork(chart, 'net', { resourceName: 'a.com/b', ...more })
          : new BridgeNetwork(chart, 'net', {
              ipam: Ipam.hostLocal({
                ranges: [{ subnet: '10.10.0.0/24' }],
                claimable: ['10.10.0.100-10.10.0.119'],
              }),
              ...more,
            });
        expect(written(network)).toBe(byCdk8s(network));
        const { claimedApiObject } = network;
        if (claimedApiObject) expect(written(claimedApiObject)).toBe(byCdk8s(claimedApiObject));
      },
    ),
    { numRuns: 200 },
  );
});

test('workloads are written as cdk8s would write them', () => {
  const late = Lazy.any({ produce: () => ({ late: [1, null, {}] }) });
  const leaf = fc.oneof(
    fc.constantFrom<unknown>(undefined, null, true, 0, -1.5, '', 'text', {}, [], late),
    fc.constant({ value: 'a union has a value, too' }),
    fc.date().map((date) => ({ date: date.getTime() })),
  );
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { maxDepth: 4 },
      leaf,
      fc.array(tie('any'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom('b', 'a', '10', '9', 'resolve', 'value'), tie('any'), {
        noNullPrototype: true,
      }),
    ),
  })).any;
  fc.assert(
    fc.property(texts, value, value, fc.boolean(), (annotations, spec, more, isSorted) => {
      const chart = new Chart(Testing.app(), 'apps', { namespace: 'apps' });
      const props = { apiVersion: 'v1', kind: 'Pod', spec, a: more, metadata: { annotations } };
      const pod = new ApiObject(chart, 'pod', props);
      PodNetworks.of(pod);
      if (!isSorted) process.env['CDK8S_DISABLE_SORT'] = '1';
      try {
        expect(written(pod)).toBe(byCdk8s(pod));
      } finally {
        delete process.env['CDK8S_DISABLE_SORT'];
      }
    }),
    { numRuns: 500 },
  );
});

describe('what is not that plain goes the way of cdk8s', () => {
  const late = Lazy.any({ produce: () => 'late' }) as unknown as string;
  const cases: { name: string; change: (network: BridgeNetwork) => void; want: object }[] = [
    {
      name: 'a patch',
      change: (network) => network.addJsonPatch(JsonPatch.add('/x', 1)),
      want: { x: 1 },
    },
    {
      name: 'a late label',
      change: (network) => network.metadata.addLabel('a', late),
      want: { metadata: { labels: { a: 'late' } } },
    },
    {
      name: 'a late annotation',
      change: (network) => network.metadata.addAnnotation('a', late),
      want: { metadata: { annotations: { a: 'late' } } },
    },
    {
      name: 'a finalizer',
      change: (network) => network.metadata.addFinalizers('a'),
      want: { metadata: { finalizers: ['a'] } },
    },
    {
      name: 'an owner',
      change: (network) =>
        network.metadata.addOwnerReference({ apiVersion: 'v1', kind: 'Pod', name: 'a', uid: 'b' }),
      want: { metadata: { ownerReferences: [{ name: 'a' }] } },
    },
    {
      name: 'any other member',
      change: (network) => network.metadata.add('generateName', 'a-'),
      want: { metadata: { generateName: 'a-' } },
    },
  ];

  test.each(cases)('$name', ({ change, want }) => {
    const network = new BridgeNetwork(new Chart(Testing.app(), 'apps'), 'net');
    change(network);
    expect(network.toJson()).toMatchObject(want);
    expect(written(network)).toBe(byCdk8s(network));
  });

  test('a resolver of the app', () => {
    const resolve = (context: { value: unknown; replaceValue(value: unknown): void }): void => {
      if (context.value === 'team') context.replaceValue('edge');
    };
    const app = new App({ outdir: Testing.app().outdir, resolvers: [{ resolve }] });
    const metadata = { labels: { of: 'team' } };
    const network = new BridgeNetwork(new Chart(app, 'apps'), 'net', { metadata });
    expect(network.toJson()).toMatchObject({ metadata: { labels: { of: 'edge' } } });
  });

  test('an order of its own', () => {
    const metadata = { labels: { z: '1', a: '2' } };
    const network = new BridgeNetwork(new Chart(Testing.app(), 'apps'), 'net', { metadata });
    process.env['CDK8S_DISABLE_SORT'] = '1';
    try {
      expect(written(network)).toBe(byCdk8s(network));
    } finally {
      delete process.env['CDK8S_DISABLE_SORT'];
    }
    warningsTold();
  });
});
