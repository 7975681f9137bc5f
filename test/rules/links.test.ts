import {
  type BridgeSettings,
  checkNetwork,
  describeProblem,
  type HostDeviceSettings,
  type IpamConfig,
  type LinkConfig,
  type NetworkDefinition,
  platformFacts,
  type SriovSettings,
  warningsOf,
} from 'netloom';
import { bridge, codesAndKeys, DHCP, hostLocal, NONE, network, STATIC, V4, V6 } from './samples';

const check = (link: LinkConfig, more: Partial<NetworkDefinition> = {}): string[] =>
  codesAndKeys(checkNetwork(network({ link, ipam: STATIC, ...more })));

describe('bridge', () => {
  const cases: { name: string; given: BridgeSettings; ipam?: IpamConfig; want: string[] }[] = [
    {
      name: 'without an IPAM there is nothing to route or to masquerade',
      given: {
        isGateway: true,
        isDefaultGateway: true,
        forceAddress: true,
        ipMasq: true,
        enabledad: true,
      },
      ipam: NONE,
      want: ['isGateway', 'isDefaultGateway', 'forceAddress', 'ipMasq', 'enabledad'].map(
        (key) => `NL_KEY_IGNORED ${key}`,
      ),
    },
    {
      name: 'flags that are off',
      given: { isGateway: false, ipMasq: false },
      ipam: NONE,
      want: [],
    },
    {
      name: 'what belongs to another flag',
      given: { forceAddress: true, ipMasqBackend: 'nftables' },
      want: ['NL_KEY_IGNORED forceAddress', 'NL_KEY_IGNORED ipMasqBackend'],
    },
    {
      name: 'with that flag',
      given: { isGateway: true, forceAddress: true, ipMasq: true, ipMasqBackend: 'nftables' },
      want: [],
    },
    {
      name: 'a gateway of a VLAN',
      given: { bridge: 'br-name-123', vlan: 100, isGateway: true },
      want: [],
    },
    {
      name: 'whose interface would have 16 bytes',
      given: { bridge: 'br-name-1234', vlan: 100, isGateway: true },
      want: ['NL_IFNAME_TOO_LONG bridge'],
    },
    {
      name: 'without a gateway there is no such interface',
      given: { bridge: 'br-name-12345', vlan: 4094 },
      want: [],
    },
    {
      name: 'id and a span in one item',
      given: { vlanTrunk: [{ id: 5, minID: 7, maxID: 9 }] },
      want: [],
    },
    {
      name: 'an unknown backend',
      given: { ipMasq: true, ipMasqBackend: 'ipfw' as 'iptables' },
      want: ['NL_VALUE_OUT_OF_RANGE ipMasqBackend'],
    },
    {
      name: 'a name server that is none',
      given: { dns: { nameservers: ['10.0.0.53', 'dns.local'] } },
      want: ['NL_ADDRESS_INVALID dns.nameservers[1]'],
    },
  ];

  test.each(cases)('$name', ({ given, ipam = STATIC, want }) => {
    expect(check(bridge(given), { ipam })).toEqual(want);
  });

  test('the name of the interface of a VLAN, as a message', () => {
    const link = bridge({ bridge: 'br-name-1234', vlan: 100, isGateway: true });
    expect(checkNetwork(network({ link })).map(describeProblem)).toEqual([
      'bridge: the gateway of VLAN 100 gets an interface of its own, and its name "br-name-1234.100" is 16 bytes long. Allowed: 1 to 15 bytes (IFNAMSIZ - 1) for bridge, dot and VLAN together. Fix: choose a name for the bridge of at most 11 bytes. (NL_IFNAME_TOO_LONG)',
    ]);
  });

  test('VLAN 1 in what was read, where no release is given', () => {
    const read = (settings: BridgeSettings, plugins?: string): string[] =>
      codesAndKeys(
        checkNetwork(
          network({ link: bridge(settings), ipam: NONE, verbatim: true, cniVersion: '1.0.0' }),
          undefined,
          {
            targetVersions: { plugins },
          },
        ),
      );
    expect(read({ vlan: 5 })).toEqual(['NL_DEFAULT_DIFFERS vlan']);
    expect(read({ vlanTrunk: [{ id: 5 }] })).toEqual(['NL_DEFAULT_DIFFERS vlanTrunk']);
    expect(read({ vlan: 5, preserveDefaultVlan: true })).toEqual([]);
    expect(read({ vlan: 5 }, '1.7.0')).toEqual([]);
    expect(read({ vlan: 0 })).toEqual([]);
    expect(check(bridge({ vlan: 5 }))).toEqual([]);
  });

  test.each([true, false])(
    'VLAN 1 where the nodes can not take it away (verbatim %s)',
    (verbatim) => {
      const of = (settings: BridgeSettings, plugins: string): string[] => {
        const given = network({
          link: bridge(settings),
          ipam: NONE,
          verbatim,
          cniVersion: '0.4.0',
        });
        return codesAndKeys(checkNetwork(given, undefined, { targetVersions: { plugins } }));
      };
      expect(of({ vlan: 5 }, '1.2.0')).toEqual(['NL_DEFAULT_DIFFERS vlan']);
      expect(of({ vlan: 5 }, '1.3.0')).toEqual([]);
      expect(of({}, '1.2.0')).toEqual([]);
      expect(of({ vlanTrunk: [{ id: 5 }] }, '1.2.0')).toEqual(['NL_RELEASE_TOO_OLD vlanTrunk']);
      expect(of({ vlan: 5, preserveDefaultVlan: false }, '1.2.0')).toEqual([
        'NL_RELEASE_TOO_OLD preserveDefaultVlan',
      ]);
    },
  );
});

describe('the gateway of a bridge', () => {
  const gateway = { bridge: 'br-test', isGateway: true };
  const OTHER = { subnet: '10.11.0.0/24' };
  const cases: { name: string; given: BridgeSettings; ipam: IpamConfig; want: string[] }[] = [
    { name: 'one of each family', given: gateway, ipam: hostLocal({ ranges: [V4, V6] }), want: [] },
    {
      name: 'two of IPv4',
      given: gateway,
      ipam: hostLocal({ rangeSets: [[V4, OTHER]] }),
      want: ['NL_VALUES_CONFLICT isGateway'],
    },
    {
      name: 'in turns',
      given: { ...gateway, isDefaultGateway: true, forceAddress: true },
      ipam: hostLocal({ rangeSets: [[V4, OTHER]] }),
      want: ['NL_VALUES_CONFLICT isDefaultGateway', 'NL_DEFAULT_ROUTE_TAKEN isDefaultGateway'],
    },
    {
      name: 'two ranges of one subnet',
      given: gateway,
      ipam: hostLocal({
        rangeSets: [
          [
            { ...V4, rangeEnd: '10.10.0.30' },
            { ...V4, rangeStart: '10.10.0.40' },
          ],
        ],
      }),
      want: [],
    },
    {
      name: 'none without the flag',
      given: {},
      ipam: hostLocal({ rangeSets: [[V4, OTHER]] }),
      want: [],
    },
    {
      name: 'a default route besides, through the same gateway',
      given: { isDefaultGateway: true },
      ipam: hostLocal({ ranges: [V4], routes: [{ dst: '0.0.0.0/0' }] }),
      want: [
        'NL_DEFAULT_ROUTE_TAKEN ipam.routes[0]',
        'NL_VALUES_CONFLICT ipam.routes[0]',
        'NL_DEFAULT_ROUTE_TAKEN isDefaultGateway',
      ],
    },
    {
      name: 'through another one',
      given: { isDefaultGateway: true },
      ipam: hostLocal({ ranges: [V4], routes: [{ dst: '0.0.0.0/0', gw: '10.10.0.7' }] }),
      want: ['NL_DEFAULT_ROUTE_TAKEN ipam.routes[0]', 'NL_DEFAULT_ROUTE_TAKEN isDefaultGateway'],
    },
    {
      name: 'a default route besides: of whereabouts, whose gateway is the first address',
      given: { isDefaultGateway: true },
      ipam: {
        kind: 'whereabouts',
        settings: {
          range: '10.20.0.0/24',
          exclude: ['10.20.0.1'],
          routes: [{ dst: '0.0.0.0/0' }, { dst: '::/0' }],
        },
      },
      want: [
        'NL_DEFAULT_ROUTE_TAKEN ipam.routes[0]',
        'NL_DEFAULT_ROUTE_TAKEN ipam.routes[1]',
        'NL_VALUES_CONFLICT ipam.routes[0]',
        'NL_DEFAULT_ROUTE_TAKEN isDefaultGateway',
      ],
    },
    {
      name: 'a default route besides: of static',
      given: { isDefaultGateway: true },
      ipam: {
        kind: 'static',
        settings: { addresses: [{ address: 'fd00::5/64' }], routes: [{ dst: '::/0' }] },
      },
      want: [
        'NL_DEFAULT_ROUTE_TAKEN ipam.routes[0]',
        'NL_VALUES_CONFLICT ipam.routes[0]',
        'NL_DEFAULT_ROUTE_TAKEN isDefaultGateway',
      ],
    },
    {
      name: 'through the gateway of the range, which netloom writes into the route',
      given: { isDefaultGateway: true },
      ipam: {
        kind: 'whereabouts',
        settings: {
          ranges: [{ range: '10.20.0.0/24', gateway: '10.20.0.1' }],
          routes: [{ dst: '0.0.0.0/0' }],
        },
      },
      want: ['NL_DEFAULT_ROUTE_TAKEN ipam.routes[0]', 'NL_DEFAULT_ROUTE_TAKEN isDefaultGateway'],
    },
    {
      name: 'whereabouts gives the address that the bridge takes',
      given: gateway,
      ipam: { kind: 'whereabouts', settings: { range: '10.20.0.0/24' } },
      want: ['NL_GATEWAY_GIVEN isGateway'],
    },
    {
      name: 'but not when it is excluded',
      given: gateway,
      ipam: { kind: 'whereabouts', settings: { range: '10.20.0.0/24', exclude: ['10.20.0.1'] } },
      want: [],
    },
    {
      name: 'nor when it is the gateway of the range',
      given: gateway,
      ipam: {
        kind: 'whereabouts',
        settings: { ranges: [{ range: '10.20.0.0/24', gateway: '10.20.0.1' }] },
      },
      want: [],
    },
    {
      name: 'another gateway of the range, of which the bridge does not hear',
      given: gateway,
      ipam: {
        kind: 'whereabouts',
        settings: { ranges: [{ range: '10.20.0.0/24', gateway: '10.20.0.254' }] },
      },
      want: ['NL_VALUES_CONFLICT isGateway'],
    },
    {
      name: 'the single gateway of whereabouts for both families',
      given: gateway,
      ipam: {
        kind: 'whereabouts',
        settings: {
          ipRanges: [{ range: '10.20.0.2-10.20.0.9/24' }, { range: 'fd00:20::/112' }],
          gateway: '10.20.0.1',
        },
      },
      want: ['NL_KEY_IGNORED ipam.gateway', 'NL_VALUES_CONFLICT isGateway'],
    },
  ];

  test.each(cases)('$name', ({ given, ipam, want }) =>
    expect(check(bridge(given), { ipam })).toEqual(want),
  );
});

describe('plugins that need an IPAM', () => {
  test.each([
    ['ipvlan', { kind: 'ipvlan', settings: {} }],
    ['vlan', { kind: 'vlan', settings: { master: 'eth1' } }],
    ['ptp', { kind: 'ptp', settings: {} }],
    ['dummy', { kind: 'dummy', settings: {} }],
  ] as [string, LinkConfig][])('%s', (_name, link) => {
    expect(check(link, { ipam: NONE })).toEqual(['NL_IPAM_REQUIRED ipam']);
    expect(check(link)).toEqual([]);
  });

  test.each([
    ['bridge', bridge()],
    ['macvlan', { kind: 'macvlan', settings: {} }],
    ['tap', { kind: 'tap', settings: {} }],
    ['host-device', { kind: 'host-device', settings: { device: 'eth2' } }],
    ['raw', { kind: 'raw', config: { type: 'x' } }],
  ] as [string, LinkConfig][])('%s does without', (_name, link) => {
    expect(check(link, { ipam: NONE })).toEqual([]);
  });
});

describe('ptp goes through a gateway', () => {
  const ptp = (ipam: NetworkDefinition['ipam']): string[] =>
    codesAndKeys(checkNetwork(network({ link: { kind: 'ptp', settings: {} }, ipam })));
  const fixed = (gateway?: string): NetworkDefinition['ipam'] => ({
    kind: 'static',
    settings: { addresses: [{ address: '10.0.0.5/24', gateway }] },
  });
  const pool = (gateway?: string): NetworkDefinition['ipam'] => ({
    kind: 'whereabouts',
    settings: { range: '10.0.0.0/24', exclude: ['10.0.0.1'], gateway },
  });

  test('that each address has to have', () => {
    expect(ptp(fixed('10.0.0.1'))).toEqual([]);
    expect(ptp(fixed())).toEqual(['NL_KEY_MISSING ipam.addresses[0].gateway']);
    expect(ptp(pool('10.0.0.1'))).toEqual([]);
    expect(ptp(pool())).toEqual(['NL_KEY_MISSING ipam.gateway']);
    expect(ptp(hostLocal())).toEqual([]);
  });
});

describe('tap', () => {
  const OWNED = { owner: 0, group: 0, mtu: 1400, mac: '02:00:00:00:00:10' };
  test.each([
    { name: 'owner alone', given: { ...OWNED, group: undefined }, want: [] },
    { name: 'owner and group', given: OWNED, want: ['NL_KEY_IGNORED mtu', 'NL_KEY_IGNORED mac'] },
    { name: 'both with a context', given: { ...OWNED, selinuxContext: 'a:b:c:s0' }, want: [] },
    { name: 'both, and nothing to lose', given: { owner: 0, group: 0, mtu: 0 }, want: [] },
  ])('$name', ({ given, want }) => {
    const link: LinkConfig = { kind: 'tap', settings: given };
    expect(codesAndKeys(checkNetwork(network({ link, ipam: NONE })))).toEqual(want);
  });
});

describe('S1.3 leases', () => {
  test('S1.3 on a bridge need a server there', () => {
    expect(checkNetwork(network({ ipam: DHCP })).map(describeProblem)).toEqual([
      'ipam: addresses are leased over the bridge "br-test", and nothing here puts a DHCP server on it. Allowed: a server that is reached over the bridge: on one of its ports, or on the node. Fix: give the bridge a port to the LAN of the server, or run one on it; let DHCP through the firewall of the node (firewalld: service dhcp). (NL_DHCP_SERVER)',
    ]);
  });

  const cases: { name: string; given: LinkConfig; want: string[] }[] = [
    { name: 'S1.4 macvlan has the LAN', given: { kind: 'macvlan', settings: {} }, want: [] },
    { name: 'vlan has it too', given: { kind: 'vlan', settings: { master: 'eth1' } }, want: [] },
    {
      name: 'ptp asks before it has an interface',
      given: { kind: 'ptp', settings: {} },
      want: ['NL_VALUES_CONFLICT ipam'],
    },
    {
      name: 'dummy leads nowhere',
      given: { kind: 'dummy', settings: {} },
      want: ['NL_VALUES_CONFLICT ipam'],
    },
  ];

  test.each(cases)('$name', ({ given, want }) =>
    expect(check(given, { ipam: DHCP })).toEqual(want),
  );
});

describe('S5.7 host-local on more than one node', () => {
  const warned = (
    link: LinkConfig,
    platform?: 'microshift' | 'kubernetes',
    nodes?: number,
  ): string[] =>
    codesAndKeys(
      warningsOf(
        checkNetwork(
          network({ link, ipam: hostLocal({ ranges: [V4] }) }),
          platform && platformFacts(platform),
          { nodes },
        ),
      ),
    );
  const macvlan: LinkConfig = { kind: 'macvlan', settings: { master: 'ens5' } };

  test.each([
    ['macvlan', macvlan],
    ['ipvlan', { kind: 'ipvlan', settings: {} }],
    ['vlan', { kind: 'vlan', settings: { master: 'eth1' } }],
    ['host-device', { kind: 'host-device', settings: { device: 'eth2' } }],
    ['sriov', { kind: 'sriov', settings: { deviceID: '0000:00:1f.6' } }],
  ] as [string, LinkConfig][])('S5.7 %s leads to other nodes', (_name, link) => {
    expect(warned(link)).toEqual(['NL_HOST_LOCAL_NODES ipam']);
  });

  test('a bridge stays inside of the node, and so do others', () => {
    expect(warned(bridge())).toEqual([]);
    expect(warned({ kind: 'ptp', settings: {} })).toEqual([]);
  });

  test('one node is fine', () => {
    expect(warned(macvlan, undefined, 1)).toEqual([]);
    expect(warned(macvlan, 'microshift')).toEqual([]);
    expect(warned(macvlan, 'kubernetes')).toEqual(['NL_HOST_LOCAL_NODES ipam']);
    // Who counts them comes before what is known of the platform.
    expect(warned(macvlan, 'microshift', 3)).toEqual(['NL_HOST_LOCAL_NODES ipam']);
    expect(warned(macvlan, undefined, 2)).toEqual(['NL_HOST_LOCAL_NODES ipam']);
  });
});

describe('MAC addresses', () => {
  const cases: [given: string, isRight: boolean][] = [
    ['02:00:00:00:00:01', true],
    ['02-00-00-00-00-01', true],
    ['0200.0000.0001', true],
    ['FE:DC:BA:98:76:54', true],
    ['03:00:00:00:00:01', false],
    ['01-00-5e-00-00-01', false],
    ['0100.5e00.0001', false],
    ['00:00:00:00:00:00', false],
    ['02:00:00:00:00', false],
    ['02:00:00:00:00:01:02:03', false],
    ['02:00-00:00:00:01', false],
    ['020000000001', false],
    ['x', false],
  ];

  test.each(cases)('%s', (mac, isRight) => {
    const want = isRight ? [] : ['NL_MAC_INVALID mac'];
    expect(check({ kind: 'macvlan', settings: { mac } })).toEqual(want);
    expect(check({ kind: 'tap', settings: { mac } })).toEqual(want);
    expect(check({ kind: 'sriov', settings: { deviceID: '0000:00:1f.6', mac } })).toEqual(want);
    expect(check({ kind: 'host-device', settings: { hwaddr: mac } })).toEqual(
      isRight ? [] : ['NL_MAC_INVALID hwaddr'],
    );
  });
});

describe('host-device', () => {
  const cases: {
    name: string;
    given: HostDeviceSettings;
    more?: Partial<NetworkDefinition>;
    want: string[];
  }[] = [
    { name: 'nothing says which', given: {}, want: ['NL_KEY_MISSING device'] },
    { name: 'a device plugin does', given: {}, more: { resourceName: 'a.b/c' }, want: [] },
    { name: 'or the pod', given: { capabilities: { deviceID: true } }, want: [] },
    { name: 'a path', given: { kernelpath: '/sys/devices/pci0000:00/0000:00:1f.6' }, want: [] },
    {
      name: 'a path of something else',
      given: { kernelpath: '/dev/eth0' },
      want: ['NL_VALUE_OUT_OF_RANGE kernelpath'],
    },
    { name: 'an address on the bus', given: { pciBusID: '0000:00:1f.6' }, want: [] },
    { name: 'of a domain of its own', given: { pciBusID: '10000:e1:00.0' }, want: [] },
    {
      name: 'without domain',
      given: { pciBusID: '00:1f.6' },
      want: ['NL_VALUE_OUT_OF_RANGE pciBusID'],
    },
    {
      name: 'in capitals',
      given: { pciBusID: '0000:00:1F.6' },
      want: ['NL_VALUE_OUT_OF_RANGE pciBusID'],
    },
    {
      name: 'four ways to say it, of which one counts',
      given: { device: 'eth2', hwaddr: 'x', kernelpath: 'x', pciBusID: '0000:00:1f.6' },
      want: ['hwaddr', 'kernelpath', 'pciBusID'].map((key) => `NL_KEY_IGNORED ${key}`),
    },
    {
      name: 'but a driver of DPDK is asked for by pciBusID',
      given: { device: 'eth2', pciBusID: '00:1f.6' },
      want: ['NL_VALUE_OUT_OF_RANGE pciBusID'],
    },
    {
      name: 'a name of 16 bytes',
      given: { device: 'enp94s0f0np0.100' },
      want: ['NL_IFNAME_TOO_LONG device'],
    },
  ];

  test.each(cases)('$name', ({ given, more, want }) => {
    expect(check({ kind: 'host-device', settings: given }, more)).toEqual(want);
  });

  test('the likely address', () => {
    const [problem] = checkNetwork(
      network({ link: { kind: 'host-device', settings: { pciBusID: '3B:00.1' } }, ipam: STATIC }),
    );
    expect(problem?.fix).toBe('0000:3b:00.1?');
  });
});

describe('sriov', () => {
  const cases: { name: string; given: SriovSettings; want: string[] }[] = [
    {
      name: 'priority and protocol of a VLAN',
      given: { vlan: 5, vlanQoS: 7, vlanProto: '802.1AD' },
      want: [],
    },
    {
      name: 'without one',
      given: { vlanQoS: 0, vlanProto: '802.1q' },
      want: ['NL_VALUES_CONFLICT vlanQoS', 'NL_VALUES_CONFLICT vlanProto'],
    },
    {
      name: 'of VLAN 0',
      given: { vlan: 0, vlanQoS: 1, vlanProto: '802.1ad' },
      want: ['NL_VALUES_CONFLICT vlanQoS', 'NL_VALUES_CONFLICT vlanProto'],
    },
    {
      name: 'of VLAN 0, but as if there was none',
      given: { vlan: 0, vlanQoS: 0, vlanProto: '802.1Q' },
      want: [],
    },
    {
      name: 'an unknown protocol',
      given: { vlan: 5, vlanProto: '802.1x' as '802.1q' },
      want: ['NL_VALUE_OUT_OF_RANGE vlanProto'],
    },
    { name: 'rates in order', given: { minTxRate: 5, maxTxRate: 5 }, want: [] },
    {
      name: 'rates out of order',
      given: { minTxRate: 6, maxTxRate: 5 },
      want: ['NL_VALUES_CONFLICT minTxRate'],
    },
    { name: 'no greatest rate', given: { minTxRate: 6, maxTxRate: 0 }, want: [] },
  ];

  test.each(cases)('$name', ({ given, want }) => {
    expect(check({ kind: 'sriov', settings: given }, { resourceName: 'a.b/c' })).toEqual(want);
  });
});

describe('names of interfaces that are empty', () => {
  test('are none to most plugins, where somebody else wrote them', () => {
    const read = (link: LinkConfig): string[] =>
      check(link, { verbatim: true, cniVersion: '1.0.0' });
    expect(read({ kind: 'macvlan', settings: { master: '', mac: '' } })).toEqual([]);
    expect(read({ kind: 'vlan', settings: { master: '' } })).toEqual(['NL_KEY_MISSING master']);
    expect(read(bridge({ bridge: '' }))).toEqual(['NL_IFNAME_INVALID bridge']);
    expect(check({ kind: 'macvlan', settings: { master: '' } })).toEqual([
      'NL_IFNAME_INVALID master',
    ]);
  });
});
