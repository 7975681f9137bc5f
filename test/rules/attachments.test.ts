import {
  type AttachmentIntent,
  checkAttachments,
  describeProblem,
  type HostLocalSettings,
  type NetworkDefinition,
} from 'netloom';
import {
  attached,
  bridge,
  codesAndKeys,
  DHCP,
  hostLocal,
  NONE,
  network,
  POOL,
  STATIC,
  V4,
} from './samples';

const messages = (...given: AttachmentIntent[]): string[] =>
  checkAttachments(given).map(describeProblem);

describe('interfaces', () => {
  const TWICE =
    'Allowed: one attachment per interface. Fix: give one of them another name. (NL_INTERFACE_TWICE)';
  const cases: { name: string; given: (string | undefined)[]; want: string[] }[] = [
    { name: 'S1.9 the same network twice is fine', given: [undefined, undefined], want: [] },
    {
      name: 'two of one name, as api.md prints it',
      given: ['lan1', 'lan1'],
      want: [`attachments[1].interface: "lan1" is used twice in this pod. ${TWICE}`],
    },
    {
      name: 'a name that the next one has by its position',
      given: ['net2', undefined],
      want: [
        `attachments[0].interface: "net2" is used twice in this pod (attachments[1] has no name, and is net2 by its position). ${TWICE}`,
      ],
    },
    {
      name: 'a name that one before has by its position',
      given: [undefined, 'net1'],
      want: [
        `attachments[1].interface: "net1" is used twice in this pod (attachments[0] has no name, and is net1 by its position). ${TWICE}`,
      ],
    },
    {
      name: 'three of one name',
      given: ['a', 'a', 'a'],
      want: [
        `attachments[1].interface: "a" is used twice in this pod. ${TWICE}`,
        `attachments[2].interface: "a" is used twice in this pod. ${TWICE}`,
      ],
    },
    {
      name: "the cluster network's",
      given: ['eth0'],
      want: [
        'attachments[0].interface: "eth0" is the interface of the cluster network. Allowed: another name. Fix: net1? (NL_INTERFACE_TWICE)',
      ],
    },
    {
      name: '16 bytes',
      given: ['a123456789012345'],
      want: [
        'attachments[0].interface: "a123456789012345" is 16 bytes long. Allowed: 1 to 15 bytes (IFNAMSIZ - 1). Fix: use the kernel name shown by `ip link`, or choose a shorter one. (NL_IFNAME_TOO_LONG)',
      ],
    },
  ];

  test.each(cases)('$name', ({ given, want }) => {
    expect(messages(...given.map((link) => attached(network(), { interface: link })))).toEqual(
      want,
    );
  });
});

describe('S1.8 default routes', () => {
  test('S1.8 one of each family is fine, on one attachment or on two', () => {
    expect(messages(attached(network(), { defaultRoute: ['10.10.0.254', 'fd00:10::1'] }))).toEqual(
      [],
    );
    expect(
      messages(
        attached(network(), { defaultRoute: ['10.10.0.254'] }),
        attached(network(), { defaultRoute: ['fd00:10::1'] }),
      ),
    ).toEqual([]);
  });

  test('S1.8 a second one of a family is refused, over all attachments', () => {
    expect(
      messages(
        attached(network(), { defaultRoute: ['10.10.0.254', 'fd00:10::1'] }),
        attached(network()),
        attached(network(), { defaultRoute: ['fd00:10::2'] }),
      ),
    ).toEqual([
      'attachments[2].defaultRoute[0]: "fd00:10::2" is a second IPv6 default route of this pod (the first is attachments[0].defaultRoute[1]). Allowed: one of each family over all attachments (Multus does not support ECMP). Fix: leave one of them out. (NL_DEFAULT_ROUTE_TWICE)',
    ]);
  });

  test('what is no address is told as that', () => {
    expect(messages(attached(network(), { defaultRoute: ['10.10.0.254/24'] }))).toEqual([
      'attachments[0].defaultRoute[0]: "10.10.0.254/24" is not an IP address. Allowed: an IPv4 or IPv6 address without prefix length, such as 10.10.0.20 or fd00:10::20. Fix: 10.10.0.254? (NL_ADDRESS_INVALID)',
    ]);
  });
});

describe('MAC addresses', () => {
  const END =
    'Allowed: six octets, not all zero, whose first is even, such as 02:00:00:00:00:01. Fix: correct it, or leave it out. (NL_MAC_INVALID)';
  const cases: { name: string; given: string; to?: NetworkDefinition; want: string[] }[] = [
    { name: 'with colons', given: '02:00:00:00:00:01', want: [] },
    { name: 'with dashes, in capitals', given: '0A-58-0A-2A-00-11', want: [] },
    {
      name: 'with both',
      given: '02:00-00:00-00:01',
      want: [`attachments[0].mac: "02:00-00:00-00:01" is not a MAC address. ${END}`],
    },
    {
      name: 'of eight octets',
      given: '02:00:00:00:00:00:00:01',
      want: [`attachments[0].mac: "02:00:00:00:00:00:00:01" is not a MAC address. ${END}`],
    },
    {
      name: 'of a group',
      given: '33:33:00:00:00:01',
      want: [`attachments[0].mac: "33:33:00:00:00:01" is a multicast address. ${END}`],
    },
    {
      name: 'zero',
      given: '00:00:00:00:00:00',
      want: [`attachments[0].mac: "00:00:00:00:00:00" is no address of an interface. ${END}`],
    },
    {
      name: 'on ipvlan',
      given: '02:00:00:00:00:01',
      to: network({ link: { kind: 'ipvlan', settings: {} } }),
      want: [
        'attachments[0].mac: "02:00:00:00:00:01" is asked for on an ipvlan network, whose interfaces all have the master\'s MAC address. Allowed: keys that count. Fix: leave mac out, or use MacvlanNetwork. (NL_KEY_IGNORED)',
      ],
    },
  ];

  test.each(cases)('$name', ({ given, to, want }) => {
    expect(messages(attached(to ?? network(), { mac: given }))).toEqual(want);
  });
});

describe('addresses that a pod asks for', () => {
  const ask = (to: NetworkDefinition | undefined, ips: string[] | undefined): string[] =>
    messages(attached(to, { ips }));
  const broken = (settings: HostLocalSettings): NetworkDefinition =>
    network({ ipam: hostLocal(settings) });

  const cases: { name: string; given: string[]; want: string[] }[] = [
    { name: 'one that host-local gives', given: ['10.10.0.99'], want: [] },
    { name: 'with a prefix length', given: ['fd00:10::20/64'], want: [] },
    { name: 'none', given: [], want: [] },
    {
      name: 'two',
      given: ['10.10.0.20', 'fd00:10::20'],
      want: [
        'attachments[0].ips: 2 addresses are asked for, and host-local reads only one (it refuses the list that Multus hands it). Allowed: one address on host-local. Fix: ask for one, or claim both: the -claimed twin of the network takes two. (NL_ATTACHMENT_IPS)',
      ],
    },
    {
      name: 'a claimable one',
      given: ['10.10.0.100'],
      want: [
        'attachments[0].ips[0]: "10.10.0.100" is in the claimable part of the network, which host-local never gives. Allowed: an address of 10.10.0.20-10.10.0.99 or fd00:10::20-fd00:10::7f. Fix: claim it: attach(network, { claim }). (NL_ATTACHMENT_IPS)',
      ],
    },
    {
      name: 'one outside the range',
      given: ['10.10.0.200'],
      want: [
        'attachments[0].ips[0]: "10.10.0.200" is not among the addresses that host-local gives to pods of the network. Allowed: an address of 10.10.0.20-10.10.0.99 or fd00:10::20-fd00:10::7f. Fix: ask for one of these, or for none. (NL_ATTACHMENT_IPS)',
      ],
    },
    {
      name: 'no address',
      given: ['web'],
      want: [
        'attachments[0].ips[0]: "web" is not an IP address. Allowed: an IPv4 or IPv6 address without prefix length, such as 10.10.0.20 or fd00:10::20. Fix: write the address in full. (NL_ADDRESS_INVALID)',
      ],
    },
  ];

  test.each(cases)('of host-local: $name', ({ given, want }) =>
    expect(ask(network(), given)).toEqual(want),
  );

  test('of host-local: the gateway, which it refuses', () => {
    const to = network({ ipam: hostLocal({ ranges: [{ subnet: '10.10.0.0/24' }] }) });
    expect(ask(to, ['10.10.0.1'])).toEqual([
      'attachments[0].ips[0]: "10.10.0.1" is not among the addresses that host-local gives to pods of the network. Allowed: an address of 10.10.0.2-10.10.0.254. Fix: ask for one of these, or for none. (NL_ATTACHMENT_IPS)',
    ]);
    expect(ask(to, ['10.10.0.2'])).toEqual([]);
  });

  test.each([
    { ranges: [{ subnet: 'x' }] },
    { ranges: [V4], claimable: ['x'] },
    { ranges: [{ ...V4, gateway: 'x' }] },
    { ranges: [{ ...V4, rangeStart: '10.10.0.120' }] },
  ])('a network that is wrong itself is left to its own check: %j', (settings) =>
    expect(ask(broken(settings), ['10.10.0.20'])).toEqual([]),
  );

  test('of static: each with prefix length', () => {
    const to = network({ ipam: STATIC });
    expect(ask(to, ['192.168.122.188/24', 'fd00::5/64'])).toEqual([]);
    expect(ask(to, ['192.168.122.188'])).toEqual([
      'attachments[0].ips[0]: "192.168.122.188" is not an address with prefix length. Allowed: ADDRESS/LENGTH, such as 10.10.0.10/24 or fd00:10::10/64. Fix: 192.168.122.188/24? (NL_ADDRESS_INVALID)',
    ]);
  });

  test('of static: somebody has to name one', () => {
    const want = [
      'attachments[0].ips: no address is asked for, and network "lan" (static) has none of its own. Allowed: at least one address with prefix length. Fix: attach(network, { ips: [\'192.168.122.188/24\'] }). (NL_ATTACHMENT_IPS)',
    ];
    expect(ask(network({ ipam: STATIC }), undefined)).toEqual(want);
    expect(ask(network({ ipam: STATIC }), [])).toEqual(want);
    expect(ask(network({ ipam: { kind: 'raw', config: { type: 'static' } } }), undefined)).toEqual(
      want,
    );
    const addresses = [{ address: '10.0.0.5/24' }];
    expect(ask(network({ ipam: { kind: 'static', settings: { addresses } } }), undefined)).toEqual(
      [],
    );
    expect(
      ask(network({ ipam: { kind: 'raw', config: { type: 'static', addresses } } }), undefined),
    ).toEqual([]);
  });

  test('of dhcp and of nothing: nobody would listen', () => {
    expect(ask(network({ ipam: DHCP }), ['10.0.0.5'])).toEqual([
      'attachments[0].ips: ["10.0.0.5"] is asked for on network "lan", whose IPAM (dhcp) ignores it. Allowed: keys that count. Fix: leave ips out, or give the network static IPAM. (NL_KEY_IGNORED)',
    ]);
    expect(ask(network({ ipam: NONE }), ['10.0.0.5'])).toEqual([
      'attachments[0].ips: ["10.0.0.5"] is asked for on network "lan", whose IPAM (none) ignores it. Allowed: keys that count. Fix: leave ips out, or give the network static IPAM. (NL_KEY_IGNORED)',
    ]);
  });

  test('of a network or an IPAM that nobody here knows: the form only', () => {
    const raw = network({ ipam: { kind: 'raw', config: { type: 'nv-ipam' } } });
    for (const to of [raw, undefined]) {
      expect(ask(to, ['10.0.0.5', 'fd00::5/64'])).toEqual([]);
      expect(ask(to, ['10.0.0'])).toHaveLength(1);
    }
  });
});

describe('networks that something else made', () => {
  test('their names are looked at here, because nobody else does', () => {
    const given = { attachment: { name: 'My Lan', namespace: 'a.b' } };
    expect(messages(given)).toEqual([
      'attachments[0].network.name: "My Lan" is not a name for a Kubernetes object. Allowed: 1 to 63 of a-z, 0-9, "-" and ".", beginning and ending with a letter or digit. Fix: my-lan? (NL_NAME_INVALID)',
      'attachments[0].network.namespace: "a.b" is not a name for a namespace. Allowed: 1 to 63 of a-z, 0-9 and "-", beginning and ending with a letter or digit. Fix: a-b? (NL_NAME_INVALID)',
    ]);
  });

  test('names of our own are told once, by the network', () => {
    expect(messages(attached(network({ name: 'My Lan' })))).toEqual([]);
  });
});

describe('claims', () => {
  const lan = network();
  const routed = network({ link: bridge({ isDefaultGateway: true }) });

  test('of another network, or of the same name in another namespace', () => {
    const claim = { name: 'apps/camera', network: lan };
    expect(messages({ ...attached(network({ name: 'other' })), claim })).toEqual([
      'attachments[0].claim: claim "apps/camera" is of network "lan", not of "other". Allowed: a claim of the network that it is attached to. Fix: attach the network of the claim, or make a claim of this one. (NL_CLAIM_NETWORK)',
    ]);
    for (const to of [network({ namespace: 'other' }), undefined]) {
      expect(codesAndKeys(checkAttachments([{ ...attached(to), claim }]))).toEqual([
        'NL_CLAIM_NETWORK attachments[0].claim',
      ]);
    }
  });

  test('beside ips', () => {
    expect(
      messages({ ...attached(lan, { ips: ['10.10.0.20'] }), claim: { name: 'c', network: lan } }),
    ).toEqual([
      'attachments[0].ips: ["10.10.0.20"] is asked for beside claim "c". Allowed: either ips or a claim. Fix: leave ips out: the claim brings its addresses. (NL_VALUES_CONFLICT)',
    ]);
  });

  test('without an address of a family that there are routes of', () => {
    expect(
      messages({ ...attached(routed), claim: { name: 'c', network: routed, families: [4] } }),
    ).toEqual([
      'attachments[0].claim: claim "c" has no IPv6 address, and network "lan" has IPv6 routes, which the plugin can\'t set without one. Allowed: an address of each family that the network has routes of. Fix: claim an address of each: family: \'dual\', or two addresses. (NL_FAMILY_MISSING)',
    ]);
    expect(
      messages({ ...attached(routed), claim: { name: 'c', network: routed, families: [4, 6] } }),
    ).toEqual([]);
    expect(messages({ ...attached(routed), claim: { name: 'c', network: routed } })).toEqual([]);
  });

  test('of a network that is wrong itself are left to its own check', () => {
    const bad = network({
      ipam: hostLocal({ ...POOL, ranges: [{ subnet: 'x' }] }),
      link: bridge({ isDefaultGateway: true }),
    });
    expect(
      messages({ ...attached(bad), claim: { name: 'c', network: bad, families: [4] } }),
    ).toEqual([]);
  });
});
