import {
  checkBridgeNetworks,
  checkGatewayForClaims,
  checkHostBridge,
  describeProblem,
  type HostBridgeDefinition,
  type NetworkDefinition,
} from 'netloom';
import { bridge, hostLocal, network, POOL, STATIC, V4, V6 } from './samples';

describe('a host bridge by itself', () => {
  const cases: { name: string; given: Partial<HostBridgeDefinition>; want: string[] }[] = [
    { name: 'nothing but a name', given: {}, want: [] },
    {
      name: 'a name of 16 bytes',
      given: { bridge: 'br-1234567890123' },
      want: [
        'bridge: "br-1234567890123" is 16 bytes long. Allowed: 1 to 15 bytes (IFNAMSIZ - 1). Fix: use the kernel name shown by `ip link`, or choose a shorter one. (NL_IFNAME_TOO_LONG)',
      ],
    },
    {
      name: 'a name that is an index to iproute2',
      given: { bridge: 'if5' },
      want: [
        'bridge: "if5" means the link with index 5 to iproute2. Allowed: a name that is not "if" and a number. Fix: br-if5? (NL_IFNAME_INVALID)',
      ],
    },
    {
      name: 'an address without prefix length',
      given: { addresses: ['10.10.0.10'] },
      want: [
        'addresses[0]: "10.10.0.10" is not an address with prefix length. Allowed: ADDRESS/LENGTH, such as 10.10.0.10/24 or fd00:10::10/64. Fix: 10.10.0.10/24? (NL_ADDRESS_INVALID)',
      ],
    },
    {
      name: 'the network address',
      given: { addresses: ['10.10.0.0/24'] },
      want: [
        'addresses[0]: "10.10.0.0/24" is the network or broadcast address of 10.10.0.0/24. Allowed: an address that a host may have. Fix: 10.10.0.1/24? (NL_ADDRESS_INVALID)',
      ],
    },
    { name: 'both of a /31', given: { addresses: ['10.10.0.0/31', '10.10.0.1/31'] }, want: [] },
    {
      name: 'an address twice',
      given: { addresses: ['fd00::1/64', 'fd00:0::1/128'] },
      want: [
        'addresses[1]: "fd00:0::1/128" stands in addresses[0] already. Allowed: each address once. Fix: leave one of them out. (NL_ADDRESS_TWICE)',
      ],
    },
    {
      name: 'a port twice',
      given: { ports: ['eth2', 'eth3', 'eth2'] },
      want: [
        'ports[2]: "eth2" stands there twice. Allowed: other interfaces, each once. Fix: leave it out. (NL_BRIDGE_PORT)',
      ],
    },
    {
      name: 'itself as a port',
      given: { ports: ['br-test'] },
      want: [
        'ports[0]: "br-test" is the bridge itself. Allowed: other interfaces, each once. Fix: leave it out. (NL_BRIDGE_PORT)',
      ],
    },
    {
      name: 'no interface as a port',
      given: { ports: ['eth 2'] },
      want: [
        'ports[0]: "eth 2" is not fit for a network interface. Allowed: letters, digits, ".", "_" and "-", beginning with a letter or digit, and not all, default, lo. Fix: choose a name such as br-test or eth1. (NL_IFNAME_INVALID)',
      ],
    },
    {
      name: 'an MTU of nothing',
      given: { mtu: 0 },
      want: [
        'mtu: 0 is not an MTU in bytes. Allowed: a whole number from 68 to 65535. Fix: 68? (NL_VALUE_OUT_OF_RANGE)',
      ],
    },
  ];

  test.each(cases)('$name', ({ given, want }) => {
    expect(checkHostBridge({ bridge: 'br-test', ...given }).map(describeProblem)).toEqual(want);
  });
});

describe("S1.13 the host's own address", () => {
  const check = (addresses: string[], networks: NetworkDefinition[]): string[] =>
    checkBridgeNetworks({ bridge: 'br-test', addresses }, networks).map(describeProblem);
  const END = 'Allowed: an address that no pod can get.';

  test("S1.13 beside the pods' range is fine", () => {
    expect(check(['10.10.0.10/24', '10.10.0.120/24', 'fd00:10::a/64'], [network()])).toEqual([]);
  });

  const cases: { name: string; given: string; want: string[] }[] = [
    {
      name: 'inside the range',
      given: '10.10.0.20/24',
      want: [
        `addresses[0]: "10.10.0.20/24" lies in 10.10.0.20-10.10.0.119, which network "lan" gives to pods. ${END} Fix: 10.10.0.1/24? (NL_HOST_ADDRESS_IN_POOL)`,
      ],
    },
    {
      name: 'inside the claimable part',
      given: '10.10.0.100/24',
      want: [
        `addresses[0]: "10.10.0.100/24" lies in 10.10.0.20-10.10.0.119, which network "lan" gives to pods. ${END} Fix: 10.10.0.1/24? (NL_HOST_ADDRESS_IN_POOL)`,
      ],
    },
    {
      name: 'in IPv6, where the gateway is not offered',
      given: 'fd00:10::20/64',
      want: [
        `addresses[0]: "fd00:10::20/64" lies in fd00:10::20-fd00:10::ff, which network "lan" gives to pods. ${END} Fix: fd00:10::2/64? (NL_HOST_ADDRESS_IN_POOL)`,
      ],
    },
  ];
  test.each(cases)('S1.13 $name is refused at synth', ({ given, want }) => {
    expect(check([given], [network()])).toEqual(want);
  });

  test('S1.13 a claimable part beside the range counts too', () => {
    const settings = { ranges: [V4], claimable: ['10.10.0.200-10.10.0.209'] };
    expect(check(['10.10.0.205/24'], [network({ ipam: hostLocal(settings) })])).toEqual([
      `addresses[0]: "10.10.0.205/24" lies in 10.10.0.200-10.10.0.209, which network "lan" gives to pods. ${END} Fix: 10.10.0.1/24? (NL_HOST_ADDRESS_IN_POOL)`,
    ]);
  });

  test('what the bridge has already is not offered', () => {
    expect(check(['10.10.0.1/24', '10.10.0.30/24'], [network()])).toEqual([
      `addresses[1]: "10.10.0.30/24" lies in 10.10.0.20-10.10.0.119, which network "lan" gives to pods. ${END} Fix: 10.10.0.2/24? (NL_HOST_ADDRESS_IN_POOL)`,
    ]);
  });

  test('where pods get everything, the range has to become smaller', () => {
    const all = network({
      ipam: hostLocal({ ranges: [{ subnet: '10.10.0.0/24', gateway: '10.10.0.254' }] }),
    });
    expect(check(['10.10.0.10/24'], [all])).toEqual([
      `addresses[0]: "10.10.0.10/24" lies in 10.10.0.1-10.10.0.253, which network "lan" gives to pods. ${END} Fix: make the range of the network smaller. (NL_HOST_ADDRESS_IN_POOL)`,
    ]);
  });

  test("a gateway is no pod's address", () => {
    const all = network({ ipam: hostLocal({ ranges: [{ subnet: '10.10.0.0/24' }] }) });
    expect(check(['10.10.0.1/24'], [all])).toEqual([]);
  });

  test('networks on other bridges, with other IPAMs and with mistakes of their own do not count', () => {
    const others = [
      network({ link: bridge({ bridge: 'br-other' }) }),
      network({ link: bridge({}) }),
      network({ link: { kind: 'macvlan', settings: { master: 'br-test' } } }),
      network({ ipam: STATIC }),
      network({ ipam: hostLocal({ ranges: [{ subnet: 'x' }] }) }),
    ];
    expect(check(['10.10.0.20/24', 'y'], others)).toEqual([]);
  });
});

describe('a gateway that the bridge plugin manages', () => {
  const gateway = (more: object = {}): NetworkDefinition =>
    network({ link: bridge({ bridge: 'br-test', isGateway: true, ...more }) });
  const check = (...addresses: string[]): string[] =>
    checkBridgeNetworks({ bridge: 'br-test', addresses }, [gateway()]).map(describeProblem);

  test('first of its family', () => {
    expect(check('fd00:10::1/64', '10.10.0.254/24', '10.10.0.10/24')).toEqual([]);
  });

  test('a bridge without addresses leaves it to the plugin', () => expect(check()).toEqual([]));

  test('behind another', () => {
    expect(check('10.10.0.10/24', '10.10.0.254/24')).toEqual([
      'addresses: 10.10.0.10/24 comes before 10.10.0.254/24, the gateway of network "lan", and the bridge plugin then refuses every pod ("already has an IP address different from"). Allowed: 10.10.0.254/24 as the first IPv4 address. Fix: put \'10.10.0.254/24\' first. (NL_GATEWAY_ORDER)',
    ]);
  });

  test('missing beside another', () => {
    expect(check('10.10.0.10/24')).toEqual([
      'addresses: the bridge has 10.10.0.10/24 but not 10.10.0.254/24, the gateway that network "lan" wants on it (isGateway), and the bridge plugin then refuses every pod. Allowed: 10.10.0.254/24 as the first IPv4 address. Fix: put \'10.10.0.254/24\' first. (NL_GATEWAY_NOT_HELD)',
    ]);
  });

  test('in IPv6 only addresses of the same network are in its way', () => {
    expect(check('fd00:99::5/64')).toEqual([]);
    expect(check('fd00:10::5/64')).toHaveLength(1);
  });

  test('is put there by force', () => {
    const forced = gateway({ forceAddress: true });
    expect(
      checkBridgeNetworks({ bridge: 'br-test', addresses: ['10.10.0.10/24'] }, [forced]),
    ).toEqual([]);
  });
});

describe('a gateway that claimed pods need', () => {
  const both = network({ link: bridge({ bridge: 'br-test', isDefaultGateway: true }) });

  test('is held, however it is spelled', () => {
    const held = [{ bridge: 'br-test', addresses: ['10.10.0.254/24', 'FD00:10:0::1/64'] }];
    expect(checkGatewayForClaims(both, held)).toEqual([]);
  });

  test('is held by two host bridges for one name', () => {
    const held = [
      { bridge: 'br-test', addresses: ['10.10.0.254/24'] },
      { bridge: 'br-test', addresses: ['fd00:10::1/64'] },
    ];
    expect(checkGatewayForClaims(both, held)).toEqual([]);
  });

  test('is held on another bridge, or with another prefix length', () => {
    const held = [
      { bridge: 'br-other', addresses: ['10.10.0.254/24'] },
      { bridge: 'br-test', addresses: ['10.10.0.254/16', 'fd00:10::1/64'] },
    ];
    expect(checkGatewayForClaims(both, held).map(describeProblem)).toEqual([
      'network: network "lan" is a gateway bridge, and no HostBridge "br-test" holds 10.10.0.254/24: pods with claimed addresses would have no next hop until the first other pod came. Allowed: a HostBridge "br-test" with these addresses. Fix: new HostBridge(..., { bridge: \'br-test\', addresses: [\'10.10.0.254/24\'] }). (NL_GATEWAY_NOT_HELD)',
    ]);
  });

  test('is not needed where the bridge is no gateway, nor looked for in a network with mistakes', () => {
    expect(checkGatewayForClaims(network(), [])).toEqual([]);
    const bad = { ...both, ipam: hostLocal({ ...POOL, ranges: [{ ...V4, gateway: 'x' }, V6] }) };
    expect(checkGatewayForClaims(bad, [])).toEqual([]);
  });
});
