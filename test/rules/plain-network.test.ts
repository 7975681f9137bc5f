import * as fc from 'fast-check';
import {
  type AttachmentIntent,
  checkNetwork,
  checkNetworkFully,
  checkPods,
  checkPodsFully,
  type NetworkDefinition,
  type PodsDefinition,
  platformFacts,
} from 'netloom';
import { isPlainNetwork } from '../../src/rules/plain-network';
import { isPlainPod } from '../../src/rules/plain-pods';

/** Mostly not there: of what is drawn at random nearly all is wrong at once. */
const rarely = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 7, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
const odd = fc.constantFrom<unknown>('', 0, null, [], {}, 'A', 'a.b', 'a_b', '-a', '1a', true);

const range = fc.record({
  subnet: fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom('10.10.0.0/24', 'fd00:10::/64') },
    { weight: 1, arbitrary: fc.constantFrom('10.10.0.0/31', '10.10.0.1/24') },
  ),
  rangeStart: rarely(fc.constantFrom('10.10.0.20', 'fd00:10::20')),
  gateway: rarely(fc.constantFrom('10.10.0.254', '10.11.0.1')),
  extra: rarely(fc.constantFrom({}, { gatway: '10.10.0.1' })),
});
const route = fc.record({
  dst: fc.constantFrom('192.168.0.0/16', '192.168.0.0/16', '0.0.0.0/0', 'fd50::/64', '10.0.0.1'),
  gw: rarely(fc.constantFrom('10.10.0.254', '10.10.9.9')),
  mtu: rarely(fc.constantFrom(1400, -1)),
});
const hostLocal = fc.record({
  ranges: fc.array(range, { maxLength: 2 }),
  routes: fc
    .constantFrom(undefined, 1)
    .chain((any) => (any ? fc.array(route, { maxLength: 2 }) : fc.constant(any))),
  claimable: rarely(
    fc.constantFrom<string[]>(['10.10.0.100-10.10.0.119'], ['10.10.0.20-10.10.0.253']),
  ),
  dataDir: rarely(fc.constantFrom('/var/lib/cni/x', 'relative')),
  extra: rarely(fc.constantFrom({}, { rangs: [] })),
});
const link = fc.record({
  bridge: rarely(fc.constantFrom('br-lan', 'lo', 'a-very-long-bridge-name')),
  master: rarely(fc.constantFrom('eth1', 'all', 'eth/1', 'eth0.7', 'Eth1')),
  mode: rarely(fc.constantFrom('bridge', 'private', 'passthru', 'bride')),
  mtu: rarely(fc.constantFrom<unknown>(1500, 1279, 68, 0, 'x', 9001, 1500.5, 70_000)),
  isGateway: rarely(fc.boolean()),
  isDefaultGateway: rarely(fc.boolean()),
  vlan: rarely(fc.constantFrom(7, 5000)),
});

const network = fc
  .record({
    kind: fc.constantFrom('bridge', 'bridge', 'macvlan', 'ipvlan'),
    link,
    settings: hostLocal,
    ipam: fc.constantFrom('host-local', 'host-local', 'host-local', 'none', 'dhcp'),
    name: fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom('lan', 'a'.repeat(55), 'a'.repeat(56)) },
      { weight: 1, arbitrary: odd },
    ),
    namespace: rarely(fc.oneof({ weight: 4, arbitrary: fc.constant('apps') }, odd)),
    more: fc.oneof(
      { weight: 6, arbitrary: fc.constant({}) },
      fc.constantFrom<object>(
        { cniVersion: '0.3.1' },
        { configName: 'lan' },
        { verbatim: true },
        { chain: [] },
        { chain: [{ kind: 'sbr', settings: {} }] },
        { list: { disableCheck: true } },
        { resourceName: 'a' },
      ),
    ),
  })
  .map(({ kind, link: settings, settings: ipam, ipam: ipamKind, name, namespace, more }) => {
    const { bridge, isGateway, isDefaultGateway, vlan, master, mode, ...rest } = settings;
    const own =
      kind === 'bridge' ? { bridge, isGateway, isDefaultGateway, vlan } : { master, mode };
    return {
      name,
      namespace,
      link: { kind, settings: { ...rest, ...own } },
      ipam:
        ipamKind === 'host-local'
          ? { kind: ipamKind, settings: ipam }
          : { kind: ipamKind, settings: {} },
      ...more,
    } as unknown as NetworkDefinition;
  });

const platform = fc.constantFrom(
  undefined,
  platformFacts('kubernetes'),
  platformFacts('microshift'),
);
const nodes = fc.constantFrom(undefined, 1, 3);

test('of a plain network the short way says what the full check says', () => {
  let plain = 0;
  void fc.assert(
    fc.property(network, platform, nodes, (given, facts, count) => {
      if (isPlainNetwork(given)) plain += 1;
      const options = { nodes: count };
      expect(checkNetwork(given, facts, options)).toEqual(checkNetworkFully(given, facts, options));
    }),
    { numRuns: 3000 },
  );
  // Else nothing was compared.
  expect(plain).toBeGreaterThan(50);
});

const lan = {
  name: 'lan',
  namespace: 'apps',
  link: { kind: 'bridge', settings: {} },
  ipam: { kind: 'host-local', settings: { ranges: [{ subnet: '10.10.0.0/24' }] } },
} as const;
const intent = fc
  .record(
    {
      name: fc.constant('lan'),
      namespace: fc.constant('apps'),
      interface: fc.constantFrom('eth0', 'net1'),
      ips: fc.constantFrom<string[]>(['10.10.0.7/24'], ['x']),
      defaultRoute: fc.constantFrom<unknown>(
        ['10.10.0.1'],
        ['10.99.0.1'],
        ['fd00::1'],
        ['10.10.0.1', '10.10.0.2'],
        ['10.10.0.01'],
        ['x'],
        [],
        [7],
      ) as fc.Arbitrary<string[]>,
    },
    { requiredKeys: ['name'] },
  )
  .chain((attachment) => fc.constantFrom({ attachment, network: lan }, { attachment }));
const pods = fc.record({
  name: fc.constant('web'),
  namespace: fc.constant('apps'),
  workload: fc.constantFrom(
    { kind: 'Pod', spec: {} },
    { kind: 'Pod', spec: { hostNetwork: true } },
    { kind: 'Deployment', spec: {} },
  ),
  attachments: fc.oneof(
    { weight: 3, arbitrary: fc.tuple(fc.constant({ attachment: { name: 'lan' }, network: lan })) },
    { weight: 2, arbitrary: fc.array(intent, { maxLength: 2 }) },
  ) as fc.Arbitrary<AttachmentIntent[]>,
  annotations: fc.dictionary(
    fc.constantFrom(
      'k8s.v1.cni.cncf.io/networks',
      'k8s.v1.cni.cncf.io/network',
      'v1.multus-cni.io/default-network',
      'a.b/c',
    ),
    fc.constantFrom('lan', '[{', 'lan,lan'),
    { maxKeys: 2 },
  ),
  ownAnnotations: fc.constantFrom(undefined, { 'k8s.v1.cni.cncf.io/networks': 'lan' }),
}) as fc.Arbitrary<PodsDefinition>;

test('of a plain pod the short way says what the full check says', () => {
  let plain = 0;
  void fc.assert(
    fc.property(pods, (given) => {
      if (isPlainPod(given, {})) plain += 1;
      expect(checkPods(given)).toEqual(checkPodsFully(given, {}));
    }),
    { numRuns: 2000 },
  );
  expect(plain).toBeGreaterThan(50);
});
