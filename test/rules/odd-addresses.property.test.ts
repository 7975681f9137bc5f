import fc from 'fast-check';
import { type CheckOptions, checkObjects, describeProblem } from 'netloom';
import { addressText } from '../cni/arbitraries';
import { nad, pod } from './manifests';

// Configurations of the right shape, with any addresses at the right places: what is wrong with them is
// told, and none of it stops the rules that compute with what others say.

const some = (record: Record<string, fc.Arbitrary<unknown>>) =>
  fc.record(record, { requiredKeys: [] });
const many = <T>(one: fc.Arbitrary<T>) => fc.array(one, { maxLength: 2 });

const hostLocalRange = some({
  subnet: addressText,
  rangeStart: addressText,
  rangeEnd: addressText,
  gateway: addressText,
});
const route = some({ dst: addressText, gw: addressText });
const whereaboutsRange = some({ range: addressText, exclude: many(addressText) });
const ipam = fc.oneof(
  some({
    type: fc.constant('host-local'),
    ranges: many(many(hostLocalRange)),
    subnet: addressText,
    gateway: addressText,
    routes: many(route),
  }),
  some({
    type: fc.constant('whereabouts'),
    range: addressText,
    gateway: addressText,
    ipRanges: many(whereaboutsRange),
    routes: many(route),
    node_slice_size: addressText,
  }),
  some({
    type: fc.constant('static'),
    addresses: many(some({ address: addressText, gateway: addressText })),
    routes: many(route),
  }),
);
const network = fc.record(
  {
    cniVersion: fc.constantFrom('0.2.0', '1.0.0'),
    type: fc.constantFrom('bridge', 'bridge', 'macvlan', 'ptp'),
    isGateway: fc.boolean(),
    isDefaultGateway: fc.boolean(),
    ipMasq: fc.boolean(),
    ipam,
  },
  { requiredKeys: ['type', 'ipam'] },
);
const hostBridge = many(addressText).map((addresses) => ({
  apiVersion: 'netloom.io/v1alpha1',
  kind: 'HostBridge',
  metadata: { name: 'cni0' },
  spec: { bridge: 'cni0', addresses },
}));
const asking = some({ ips: many(addressText), 'default-route': many(addressText) });
const options: fc.Arbitrary<CheckOptions> = fc.constantFrom(
  {},
  { podCidrs: ['10.0.0.0/16', 'fd00::/48'], nodes: 3, targetVersions: { plugins: '1.1.1' } },
);

test('any address, at the places of addresses, is checked', () => {
  const objects = fc
    .tuple(network, network, hostBridge, asking)
    .map(([one, other, bridge, asks]) => [
      nad(one),
      nad(other, { name: 'other' }),
      bridge,
      pod(JSON.stringify([{ name: 'lan', ...asks }, { name: 'other' }])),
    ]);
  let count = 0;
  void fc.assert(
    fc.property(objects, options, (given, with_) => {
      const told = checkObjects(given, with_).map(({ problem }) => describeProblem(problem));
      expect(told.filter((line) => /undefined|\[object|\bNaN\b/.test(line))).toEqual([]);
      count += told.length;
    }),
    { numRuns: 3000 },
  );
  expect(count).toBeGreaterThan(3000);
}, 60_000);
