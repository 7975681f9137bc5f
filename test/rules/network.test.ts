import {
  checkNetwork,
  checkNetworkOnce,
  describeProblem,
  errorsOf,
  type IpamConfig,
  type NetworkDefinition,
  type NetworksByObject,
  platformFacts,
  type VlanTrunk,
} from 'netloom';
import { bridge, codesAndKeys, DHCP, hostLocal, NONE, network, STATIC } from './samples';

/** Warnings have tests of their own. */
const messages = (given: NetworkDefinition): string[] =>
  errorsOf(checkNetwork(given)).map(describeProblem);

describe('names', () => {
  const cases: { name: string; given: Partial<NetworkDefinition>; want: string[] }[] = [
    { name: '63 characters', given: { name: 'x'.repeat(63), ipam: DHCP }, want: [] },
    {
      name: '64 characters',
      given: { name: 'x'.repeat(64), ipam: DHCP },
      want: [
        `name: "${'x'.repeat(64)}" is 64 characters long. Allowed: 1 to 63 of a-z, 0-9, "-" and ".", beginning and ending with a letter or digit. Fix: choose a shorter, plain name. (NL_NAME_INVALID)`,
      ],
    },
    { name: '55 characters leave room for the twin', given: { name: 'x'.repeat(55) }, want: [] },
    {
      name: '56 do not',
      given: { name: 'x'.repeat(56) },
      want: [
        `name: "${'x'.repeat(56)}" is 56 characters long. Allowed: 1 to 55 of a-z, 0-9, "-" and ".", beginning and ending with a letter or digit (there is a second object, named with "-claimed" behind). Fix: choose a shorter, plain name. (NL_NAME_INVALID)`,
      ],
    },
    {
      name: 'capitals and blanks',
      given: { name: 'My Lan', ipam: DHCP },
      want: [
        'name: "My Lan" is not a name for a Kubernetes object. Allowed: 1 to 63 of a-z, 0-9, "-" and ".", beginning and ending with a letter or digit. Fix: my-lan? (NL_NAME_INVALID)',
      ],
    },
    {
      name: 'a namespace with a dot',
      given: { namespace: 'team.a' },
      want: [
        'namespace: "team.a" is not a name for a namespace. Allowed: 1 to 63 of a-z, 0-9 and "-", beginning and ending with a letter or digit. Fix: team-a? (NL_NAME_INVALID)',
      ],
    },
    {
      name: 'a namespace with an underscore',
      given: { namespace: 'team_a' },
      want: [
        'namespace: "team_a" is not a name for a namespace. Allowed: 1 to 63 of a-z, 0-9 and "-", beginning and ending with a letter or digit. Fix: team-a? (NL_NAME_INVALID)',
      ],
    },
    {
      name: 'no such version of CNI',
      given: { cniVersion: '0.5.0' },
      want: [
        'cniVersion: "0.5.0" is not known. Allowed: one of 0.1.0, 0.2.0, 0.3.0, 0.3.1, 0.4.0, 1.0.0, 1.1.0. Fix: use one of these. (NL_VALUE_OUT_OF_RANGE)',
      ],
    },
  ];

  test.each(cases)('$name', ({ given, want }) => expect(messages(network(given))).toEqual(want));
});

describe('interfaces on the host', () => {
  const cases = [
    { name: '15 bytes', given: 'br-123456789012', want: [] },
    {
      name: '16 bytes',
      given: 'br-1234567890123',
      want: [
        'bridge: "br-1234567890123" is 16 bytes long. Allowed: 1 to 15 bytes (IFNAMSIZ - 1). Fix: use the kernel name shown by `ip link`, or choose a shorter one. (NL_IFNAME_TOO_LONG)',
      ],
    },
    {
      name: 'bytes, not characters',
      given: 'brücke-für-alle',
      want: [
        'bridge: "brücke-für-alle" is 17 bytes long. Allowed: 1 to 15 bytes (IFNAMSIZ - 1). Fix: use the kernel name shown by `ip link`, or choose a shorter one. (NL_IFNAME_TOO_LONG)',
      ],
    },
    {
      name: 'a slash',
      given: 'br/0',
      want: [
        'bridge: "br/0" is not fit for a network interface. Allowed: letters, digits, ".", "_" and "-", beginning with a letter or digit, and not all, default, lo. Fix: choose a name such as br-test or eth1. (NL_IFNAME_INVALID)',
      ],
    },
    {
      name: 'an option',
      given: '-h',
      want: [
        'bridge: "-h" is not fit for a network interface. Allowed: letters, digits, ".", "_" and "-", beginning with a letter or digit, and not all, default, lo. Fix: choose a name such as br-test or eth1. (NL_IFNAME_INVALID)',
      ],
    },
    {
      name: 'the loopback',
      given: 'lo',
      want: [
        'bridge: "lo" is not fit for a network interface. Allowed: letters, digits, ".", "_" and "-", beginning with a letter or digit, and not all, default, lo. Fix: choose a name such as br-test or eth1. (NL_IFNAME_INVALID)',
      ],
    },
    {
      name: 'nothing',
      given: '',
      want: [
        'bridge: "" is not fit for a network interface. Allowed: letters, digits, ".", "_" and "-", beginning with a letter or digit, and not all, default, lo. Fix: choose a name such as br-test or eth1. (NL_IFNAME_INVALID)',
      ],
    },
  ];

  test.each(cases)('$name', ({ given, want }) => {
    expect(messages(network({ link: bridge({ bridge: given }) }))).toEqual(want);
  });
});

describe('settings of a link', () => {
  const cases: { name: string; given: Partial<NetworkDefinition>; want: string[] }[] = [
    { name: 'MTU of 68', given: { link: bridge({ mtu: 68 }), ipam: NONE }, want: [] },
    { name: 'MTU of 65535', given: { link: bridge({ mtu: 65535 }) }, want: [] },
    {
      name: 'an MTU with a fraction',
      given: { link: bridge({ mtu: 1500.5 }) },
      want: [
        'mtu: 1500.5 is not an MTU in bytes. Allowed: a whole number from 68 to 65535. Fix: 1501? (NL_VALUE_OUT_OF_RANGE)',
      ],
    },
    {
      name: 'an MTU as text',
      given: { link: bridge({ mtu: '1500' as unknown as number }) },
      want: [
        'mtu: "1500" is not an MTU in bytes. Allowed: a whole number from 68 to 65535. Fix: give a number. (NL_VALUE_OUT_OF_RANGE)',
      ],
    },
    {
      name: 'VLAN 4095',
      given: { link: bridge({ vlan: 4095 }) },
      want: [
        'vlan: 4095 is not a VLAN. Allowed: a whole number from 0 to 4094. Fix: 4094? (NL_VALUE_OUT_OF_RANGE)',
      ],
    },
    {
      name: 'a mode in capitals',
      given: { link: { kind: 'ipvlan', settings: { mode: 'L2' as 'l2' } }, ipam: STATIC },
      want: [
        'mode: "L2" is not known. Allowed: one of l2, l3, l3s. Fix: l2? (NL_VALUE_OUT_OF_RANGE)',
      ],
    },
    {
      name: 'a mode of macvlan that there is not',
      given: { link: { kind: 'macvlan', settings: { mode: 'l2' as 'vepa' } } },
      want: [
        'mode: "l2" is not known. Allowed: one of bridge, private, vepa, passthru. Fix: use one of these. (NL_VALUE_OUT_OF_RANGE)',
      ],
    },
    {
      name: 'an interface that stays down, and an IPAM',
      given: { link: bridge({ disableContainerInterface: true }), ipam: DHCP },
      want: [
        'disableContainerInterface: the interface is to stay down, and an IPAM is set. Allowed: disableContainerInterface without IPAM. Fix: set ipam: Ipam.none(), or leave disableContainerInterface out. (NL_VALUES_CONFLICT)',
      ],
    },
    {
      name: 'an interface that stays down',
      given: { link: bridge({ disableContainerInterface: true }), ipam: NONE },
      want: [],
    },
  ];

  test.each(cases)('$name', ({ given, want }) => expect(messages(network(given))).toEqual(want));

  const trunks: { name: string; given: VlanTrunk; want: string[] }[] = [
    { name: 'one VLAN', given: { id: 100 }, want: [] },
    { name: 'a span', given: { minID: 100, maxID: 100 }, want: [] },
    {
      name: 'a span that runs backwards',
      given: { minID: 200, maxID: 100 },
      want: [
        'vlanTrunk[0]: minID 200 is greater than maxID 100. Allowed: id, or minID and a maxID that is not smaller. Fix: swap minID and maxID? (NL_VALUES_CONFLICT)',
      ],
    },
    {
      name: 'half a span',
      given: { maxID: 100 },
      want: [
        'vlanTrunk[0]: only maxID is set. Allowed: id, or minID and a maxID that is not smaller. Fix: set both, or id alone. (NL_VALUES_CONFLICT)',
      ],
    },
    {
      name: 'nothing',
      given: {},
      want: [
        'vlanTrunk[0]: neither id nor minID and maxID are set. Allowed: id, or minID and a maxID that is not smaller. Fix: set both, or id alone. (NL_VALUES_CONFLICT)',
      ],
    },
    {
      name: 'VLAN 0',
      given: { id: 0 },
      want: [
        'vlanTrunk[0].id: 0 is not a VLAN. Allowed: a whole number from 1 to 4094. Fix: 1? (NL_VALUE_OUT_OF_RANGE)',
      ],
    },
  ];

  test.each(trunks)('of a trunk: $name', ({ given, want }) => {
    expect(messages(network({ link: bridge({ vlanTrunk: [given] }) }))).toEqual(want);
  });
});

describe('static addresses', () => {
  const cases: { name: string; given: { address: string; gateway?: string }; want: string[] }[] = [
    {
      name: 'with gateway',
      given: { address: '192.168.122.5/24', gateway: '192.168.122.1' },
      want: [],
    },
    {
      name: 'without prefix length',
      given: { address: '192.168.122.5' },
      want: [
        'ipam.addresses[0].address: "192.168.122.5" is not an address with prefix length. Allowed: ADDRESS/LENGTH, such as 10.10.0.10/24 or fd00:10::10/64. Fix: 192.168.122.5/24? (NL_ADDRESS_INVALID)',
      ],
    },
    {
      name: 'a gateway that cannot be reached',
      given: { address: '192.168.122.5/24', gateway: '192.168.1.1' },
      want: [
        'ipam.addresses[0].gateway: "192.168.1.1" is not in 192.168.122.0/24. Allowed: an address of the subnet. Fix: 192.168.122.1? (NL_GATEWAY_OUTSIDE_SUBNET)',
      ],
    },
    {
      name: 'neither',
      given: { address: 'x', gateway: 'y' },
      want: [
        'ipam.addresses[0].address: "x" is not an address with prefix length. Allowed: ADDRESS/LENGTH, such as 10.10.0.10/24 or fd00:10::10/64. Fix: write address and length. (NL_ADDRESS_INVALID)',
        'ipam.addresses[0].gateway: "y" is not an IP address. Allowed: an IPv4 or IPv6 address without prefix length, such as 10.10.0.20 or fd00:10::20. Fix: write the address in full. (NL_ADDRESS_INVALID)',
      ],
    },
  ];

  test.each(cases)('$name', ({ given, want }) => {
    expect(
      messages(network({ ipam: { kind: 'static', settings: { addresses: [given] } } })),
    ).toEqual(want);
  });
});

describe('S1.2 MicroShift has three IPAMs', () => {
  const microshift = platformFacts('microshift');
  const accepted: { name: string; given: IpamConfig }[] = [
    { name: 'host-local', given: hostLocal() },
    { name: 'static', given: STATIC },
    { name: 'dhcp', given: DHCP },
  ];
  test.each(accepted)('S1.2 $name is accepted', ({ given }) => {
    expect(errorsOf(checkNetwork(network({ ipam: given }), microshift))).toEqual([]);
  });

  test('S1.2 anything else is refused', () => {
    const given = network({
      ipam: { kind: 'raw', config: { type: 'whereabouts', range: '10.0.0.0/24' } },
    });
    expect(checkNetwork(given, microshift).map(describeProblem)).toEqual([
      'ipam: "whereabouts" is not an IPAM of microshift. Allowed: one of host-local, static, dhcp. Fix: use host-local. (NL_PLATFORM_UNSUPPORTED)',
    ]);
    expect(checkNetwork(given, platformFacts('kubernetes'))).toEqual([]);
  });

  test('a plugin that MicroShift does not ship is refused', () => {
    const given = network({ link: { kind: 'raw', config: { type: 'sriov' } }, ipam: DHCP });
    expect(checkNetwork(given, microshift).map(describeProblem)).toEqual([
      '"sriov" is not a plugin of microshift. Allowed: one of bridge, macvlan, ipvlan. Fix: use bridge. (NL_PLATFORM_UNSUPPORTED)',
    ]);
  });
});

describe('S1.5 ipvlan and dhcp do not go together', () => {
  const given = (ipam: IpamConfig): NetworkDefinition =>
    network({ link: { kind: 'ipvlan', settings: { master: 'eth3' } }, ipam });

  test.each([
    { name: 'typed', ipam: DHCP },
    { name: 'raw', ipam: { kind: 'raw', config: { type: 'dhcp' } } as IpamConfig },
  ])('S1.5 refused: $name', ({ ipam }) => {
    expect(messages(given(ipam))).toEqual([
      'ipam: ipvlan is combined with dhcp, and all its interfaces share one MAC address, which a DHCP server tells clients apart by. Allowed: host-local or static for ipvlan. Fix: use MacvlanNetwork for DHCP, or another IPAM. (NL_IPVLAN_DHCP)',
    ]);
  });

  test('the same IPAM on bridge and macvlan is fine', () => {
    expect(messages(network({ ipam: DHCP }))).toEqual([]);
    expect(messages(network({ link: { kind: 'macvlan', settings: {} }, ipam: DHCP }))).toEqual([]);
  });
});

describe('networks of one name', () => {
  const check = (...given: Partial<NetworkDefinition>[]): string[] => {
    const others: NetworksByObject = new Map();
    return given.flatMap((one) => checkNetworkOnce(network(one), others)).map(describeProblem);
  };
  const END =
    'Allowed: each network once in a namespace. Fix: give one of them another name. (NL_NAME_TWICE)';

  test('in one namespace', () => {
    expect(check({}, {})).toEqual([`name: "apps/lan" is made twice. ${END}`]);
    expect(check({ ipam: DHCP }, { ipam: DHCP }, { ipam: DHCP })).toHaveLength(2);
  });

  test('a network with the name of a twin, whichever comes first', () => {
    const want = [
      `name: "apps/lan-claimed" is made twice (network "lan" makes it for its claims). ${END}`,
    ];
    expect(check({}, { name: 'lan-claimed', ipam: DHCP })).toEqual(want);
    expect(check({ name: 'lan-claimed', ipam: DHCP }, {})).toEqual(want);
  });

  test('in two namespaces, or in one that is not known, they are fine', () => {
    expect(check({}, { namespace: 'other' })).toEqual([]);
    expect(check({ namespace: undefined }, { namespace: undefined })).toEqual([]);
  });
});

test('everything at once, each by its own key', () => {
  const given = network({
    name: 'Lan',
    namespace: 'a.b',
    cniVersion: '9',
    link: bridge({
      bridge: 'x'.repeat(16),
      mtu: 1,
      vlan: -1,
      hairpinMode: true,
      promiscMode: true,
    }),
    ipam: hostLocal({ ranges: [{ subnet: '10.10.0.1/24' }], routes: [{ dst: 'x' }] }),
  });
  expect(codesAndKeys(checkNetwork(given))).toEqual([
    'NL_NAME_INVALID name',
    'NL_NAME_INVALID namespace',
    'NL_VALUE_OUT_OF_RANGE cniVersion',
    'NL_IFNAME_TOO_LONG bridge',
    'NL_VALUE_OUT_OF_RANGE mtu',
    'NL_VALUE_OUT_OF_RANGE vlan',
    'NL_VALUES_CONFLICT promiscMode',
    'NL_HOST_BITS ipam.ranges[0].subnet',
    'NL_ROUTE_INVALID ipam.routes[0].dst',
  ]);
});
