import { type NodeNetworkSpec, normalNodeNetwork } from 'netloom/agent-api';
import { DEFAULT_POLICY } from '../../node-agent/src/bridges';
import {
  type HostCommand,
  type HostLink,
  type HostNetwork,
  type HostRouteState,
  type NetworkDriver,
  NetworkService,
  resolveReferences,
  routeKey,
} from '../../node-agent/src/node-network';
import { MemoryStore } from '../../node-agent/src/store';
import { refusal } from './support/agent-folder';

const LINK: HostLink = {
  name: '',
  kind: undefined,
  mac: '02:00:00:00:00:01',
  mtu: 1500,
  up: true,
  alias: undefined,
  group: 0,
  master: undefined,
  lower: undefined,
  options: {},
  portOptions: {},
  addresses: [],
};

function host(
  links: readonly Partial<HostLink>[],
  routes: readonly HostRouteState[] = [],
): HostNetwork {
  const all = links.map((link) => ({ ...LINK, ...link }) as HostLink);
  return {
    links: new Map(all.map((link) => [link.name, link])),
    routes: new Map(routes.map((route) => [routeKey(route), route])),
    vlans: new Map(),
    sysctls: new Map(),
  };
}

const way = (link: string, metric = 0): HostRouteState => ({
  dst: '0.0.0.0/0',
  link,
  table: 254,
  metric,
  words: 'via 10.0.0.254',
  isKernels: false,
});

const NODE = host(
  [
    { name: 'eth0', addresses: ['10.0.0.5/24'], pci: '0000:3b:00.0' },
    { name: 'eth1', mac: '02:00:00:00:00:02', pci: '0000:3b:00.1', addresses: ['10.9.0.5/24'] },
    { name: 'eth2', mac: '02:00:00:00:00:99', permanentMac: '02:00:00:00:00:03' },
    { name: 'eth1.7', kind: 'vlan', mac: '02:00:00:00:00:02', lower: 'eth1' },
  ],
  [way('eth1', 100), way('eth0')],
);

describe('references', () => {
  const resolve = (reference: string, before = {}, on = NODE) =>
    resolveReferences({ interfaces: [{ link: reference }] }, on, before);

  test.each([
    ['pci:0000:3B:00.1', 'eth1'],
    ['mac:02:00:00:00:00:02', 'eth1'],
    ['mac:02:00:00:00:00:03', 'eth2'],
    ['route:default', 'eth0'],
  ])('%s is %s', (reference, name) => {
    expect(resolve(reference)).toEqual({ resolved: { [reference]: name }, problems: [] });
  });

  test('what one stood for it goes on standing for, while that link is there', () => {
    const moved = host([{ name: 'eth0' }, { name: 'br-lan', kind: 'bridge' }], [way('br-lan')]);
    expect(resolve('route:default', { 'route:default': 'eth0' }, moved).resolved).toEqual({
      'route:default': 'eth0',
    });
    expect(resolve('route:default', { 'route:default': 'gone' }, moved).resolved).toEqual({
      'route:default': 'br-lan',
    });
  });

  test('one that fits nothing names what is there', () => {
    const { problems } = resolve('mac:02:00:00:00:00:77');
    expect(problems).toMatchObject([{ code: 'NL_BRIDGE_PORT', key: 'interfaces[0].link' }]);
    expect(problems[0]?.fix).toBe('one of eth0, eth1, eth2, eth1.7?');
  });
});

describe('what may cut the node off', () => {
  const written: HostCommand[] = [];
  const kernel: NetworkDriver = {
    observeNetwork: async ({ sysctls }) => {
      sysctls(NODE);
      return NODE;
    },
    applyNetwork: async (commands) => void written.push(...commands),
  };
  const service = (uplink: 'never' | 'confirm' = 'never') =>
    new NetworkService({
      node: 'edge-1',
      store: new MemoryStore(),
      kernel,
      records: [],
      counter: 0,
      policy: { ...DEFAULT_POLICY, uplink },
    });
  const asked = (spec: NodeNetworkSpec) => ({
    owner: 'stack',
    identity: 'admin',
    spec,
    requestAddress: '10.9.0.5',
  });

  test.each<[string, NodeNetworkSpec, string]>([
    [
      'its uplink as a port',
      { bridges: [{ name: 'br-a', ports: [{ link: 'eth0' }] }] },
      'bridges[0].ports[0].link',
    ],
    [
      'its uplink by reference',
      { bonds: [{ name: 'bnd0', mode: 'active-backup', ports: ['route:default'] }] },
      'bonds[0].ports[0]',
    ],
    ['the MTU of its uplink', { interfaces: [{ link: 'eth0', mtu: 1400 }] }, 'interfaces[0].link'],
    ['its uplink down', { interfaces: [{ link: 'eth0', up: false }] }, 'interfaces[0].link'],
    [
      'the link that the request came in on',
      { interfaces: [{ link: 'eth1', mtu: 1400 }] },
      'interfaces[0].link',
    ],
    [
      'a default route that comes first',
      {
        interfaces: [
          { link: 'eth2', routes: [{ dst: '0.0.0.0/0', gw: '10.0.0.1', onlink: true }] },
        ],
      },
      'interfaces[0].link',
    ],
  ])('%s is refused', async (_name, spec, key) => {
    expect(await refusal(service().preview(asked(spec)))).toEqual([`NL_BRIDGE_PORT spec.${key}`]);
    expect(written).toEqual([]);
  });

  test('an address, a kernel setting or a VLAN on it are not, nor what the node lets pass', async () => {
    const harmless: NodeNetworkSpec = {
      interfaces: [{ link: 'eth0', addresses: ['10.50.0.1/32'] }],
      vlans: [{ name: 'eth0.9', link: 'eth0', id: 9 }],
    };
    expect((await service().preview(asked(harmless))).steps.map((step) => step.words)).toEqual([
      'make VLAN 9 of eth0: eth0.9',
      'set eth0.9 up',
      'add 10.50.0.1/32 on eth0',
    ]);
    const mtu = { interfaces: [{ link: 'eth0', mtu: 1400, uplink: true }] };
    expect((await service('confirm').preview(asked(mtu))).steps).toHaveLength(1);
    expect(await refusal(service().preview(asked(mtu)))).toEqual([
      'NL_HOST_POLICY spec.interfaces[0].uplink',
    ]);
    // This kernel does not tell what would have to move.
    const port = { bridges: [{ name: 'br-a', ports: [{ link: 'eth0' }], uplink: true }] };
    expect(await refusal(service('confirm').preview(asked(port)))).toEqual([
      'NL_BRIDGE_PORT spec.bridges[0].ports[0].link',
    ]);
  });

  test('two references that stand for one link', async () => {
    const spec = {
      bridges: [{ name: 'br-a', ports: [{ link: 'eth2' }, { link: 'mac:02:00:00:00:00:03' }] }],
    };
    expect(await refusal(service().preview(asked(spec)))).toEqual([
      'NL_BRIDGE_PORT spec.bridges[0].ports[1].link',
    ]);
  });
});

test('two definitions that mean the same are the same bytes', () => {
  const one = normalNodeNetwork({
    vlans: [],
    bridges: [
      {
        ports: [{ vlanTrunk: [{ id: 12 }, { minID: 10, maxID: 11 }, { id: 20 }], link: 'eth1' }],
        name: 'br-b',
        mac: '0200.0000.00AA',
      },
      { name: 'br-a', addresses: ['FD00:0::1/64'], sysctls: { b: '1', a: '2' } },
    ],
  });
  const other = normalNodeNetwork({
    bridges: [
      { sysctls: { a: '2', b: '1' }, addresses: ['fd00::1/64'], name: 'br-a', ports: [] },
      {
        name: 'br-b',
        mac: '02:00:00:00:00:aa',
        ports: [{ link: 'eth1', vlanTrunk: [{ minID: 10, maxID: 12 }, { id: 20 }] }],
      },
    ],
  });
  expect(JSON.stringify(one)).toBe(JSON.stringify(other));
  expect(normalNodeNetwork(one)).toEqual(one);
});
