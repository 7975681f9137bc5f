import {
  type CniRoute,
  checkNetwork,
  type DhcpSettings,
  describeProblem,
  type HostLocalSettings,
  type IpamConfig,
  type LinkConfig,
  type NetworkDefinition,
  parseNetwork,
  type StaticAddress,
} from 'netloom';
import { bridge, codesAndKeys, hostLocal, network, V4, V6 } from './samples';

const check = (ipam: IpamConfig, link: LinkConfig = bridge()): string[] =>
  codesAndKeys(checkNetwork(network({ ipam, link })));
const read = (ipam: object): string[] =>
  checkNetwork(
    parseNetwork(
      { cniVersion: '1.0.0', name: 'lan', type: 'bridge', ipam },
      { name: 'lan', namespace: 'apps' },
    ) as NetworkDefinition,
  ).map(describeProblem);

describe('host-local', () => {
  const OTHER = { subnet: '10.11.0.0/24' };
  const cases: { name: string; given: HostLocalSettings; want: string[] }[] = [
    {
      name: 'the old form',
      given: { subnet: '10.10.0.0/24', rangeEnd: '10.10.0.99', gateway: '10.10.0.1' },
      want: [],
    },
    {
      name: 'host bits in it',
      given: { subnet: '10.10.0.1/24' },
      want: ['NL_HOST_BITS ipam.subnet'],
    },
    {
      name: 'an end outside of it',
      given: { subnet: '10.10.0.0/24', rangeEnd: '10.11.0.5' },
      want: ['NL_RANGE_OUTSIDE_SUBNET ipam.rangeEnd'],
    },
    {
      name: 'beside ranges it is one more set',
      given: { ...OTHER, ranges: [V4] },
      want: ['NL_FAMILY_TWICE ipam.ranges[0]'],
    },
    {
      name: 'that overlaps',
      given: { subnet: '10.10.0.0/24', ranges: [V4] },
      want: ['NL_RANGES_OVERLAP ipam.ranges[0]'],
    },
    {
      name: 'without subnet it does nothing',
      given: { ranges: [V4], gateway: '10.10.0.254', rangeStart: '10.10.0.5' },
      want: ['NL_KEY_IGNORED ipam.rangeStart', 'NL_KEY_IGNORED ipam.gateway'],
    },
    {
      name: 'and yet has to be an address',
      given: { ranges: [V4], gateway: '10.10.0' },
      want: ['NL_ADDRESS_INVALID ipam.gateway'],
    },
    {
      name: 'two sets of one family',
      given: { rangeSets: [[V4], [V6], [OTHER]] },
      want: ['NL_FAMILY_TWICE ipam.rangeSets[2]'],
    },
    { name: 'one set of two ranges', given: { rangeSets: [[V4, OTHER], [V6]] }, want: [] },
    {
      name: 'an end that is the broadcast address',
      given: { ranges: [{ ...OTHER, rangeEnd: '10.11.0.255' }] },
      want: ['NL_BROADCAST_GIVEN ipam.ranges[0].rangeEnd'],
    },
    {
      name: 'a start that is the network address',
      given: { ranges: [{ ...OTHER, rangeStart: '10.11.0.0' }] },
      want: ['NL_BROADCAST_GIVEN ipam.ranges[0].rangeStart'],
    },
    {
      name: 'in IPv6 it belongs to the routers',
      given: { ranges: [{ subnet: 'fd00::/64', rangeStart: 'fd00::' }] },
      want: ['NL_BROADCAST_GIVEN ipam.ranges[0].rangeStart'],
    },
    {
      name: 'but the last one to nobody',
      given: { ranges: [{ subnet: 'fd00::/120', rangeEnd: 'fd00::ff' }] },
      want: [],
    },
    {
      name: 'a gateway is not given, wherever it is',
      given: { ranges: [{ ...OTHER, rangeEnd: '10.11.0.255', gateway: '10.11.0.255' }] },
      want: [],
    },
    {
      name: 'nor what is claimable',
      given: { ranges: [{ ...OTHER, rangeEnd: '10.11.0.255' }], claimable: ['10.11.0.240/28'] },
      want: [],
    },
    {
      name: 'in the old form',
      given: { ...OTHER, rangeEnd: '10.11.0.255' },
      want: ['NL_BROADCAST_GIVEN ipam.rangeEnd'],
    },
  ];

  test.each(cases)('$name', ({ given, want }) => expect(check(hostLocal(given))).toEqual(want));

  test('as messages', () => {
    expect(
      read({ type: 'host-local', ranges: [[OTHER], [{ ...V4, rangeEnd: '10.10.0.255' }]] }),
    ).toEqual([
      'ipam.rangeSets[1][0].rangeEnd: "10.10.0.255" is the broadcast address of 10.10.0.0/24, and host-local gives it to a pod. Allowed: a range without network and broadcast address. Fix: 10.10.0.254? (NL_BROADCAST_GIVEN)',
      'ipam.rangeSets[1]: it is a second set of IPv4: each pod gets an address of each set, two of one family. Allowed: one set of a family; its ranges together are one pool. Fix: put the ranges into one set (rangeSets), or make a second network. (NL_FAMILY_TWICE)',
    ]);
    expect(read({ type: 'host-local', ranges: [[V4, V4]] })).toEqual([
      'ipam.rangeSets[0][1]: 10.10.0.20-10.10.0.119 overlaps 10.10.0.20-10.10.0.119 (ranges[0][0]). Allowed: ranges that share no address. Fix: move rangeStart or rangeEnd of one of them. (NL_RANGES_OVERLAP)',
    ]);
  });

  test('empty addresses are none to Go', () => {
    const range = { subnet: '10.10.0.0/24', rangeStart: '', rangeEnd: '', gateway: '' };
    expect(read({ type: 'host-local', ranges: [[range]], rangeStart: '', gateway: '' })).toEqual(
      [],
    );
    expect(read({ type: 'host-local', ...range })).toEqual([]);
    expect(check(hostLocal({ ranges: [range] }))).toHaveLength(3);
  });
});

describe('static', () => {
  const cases: { name: string; given: StaticAddress[]; want: string[] }[] = [
    {
      name: 'the same address twice',
      given: [{ address: '10.0.0.5/24' }, { address: '10.0.0.5/24' }],
      want: ['NL_ADDRESS_TWICE ipam.addresses[1].address'],
    },
    {
      name: 'in another prefix it is another one',
      given: [{ address: '10.0.0.5/24' }, { address: '10.0.0.5/16' }],
      want: [],
    },
    {
      name: 'but not in IPv6',
      given: [{ address: 'fd00::5/64' }, { address: 'fd00::05/48' }],
      want: ['NL_ADDRESS_TWICE ipam.addresses[1].address'],
    },
    {
      name: 'two of one family',
      given: [{ address: '10.0.0.5/24' }, { address: '10.0.0.6/24' }],
      want: [],
    },
  ];

  test.each(cases)('$name', ({ given, want }) => {
    expect(check({ kind: 'static', settings: { addresses: given } })).toEqual(want);
  });

  test('name servers are addresses', () => {
    const dns = { nameservers: ['10.0.0.53', 'fd00::53', 'ns.local'] };
    expect(check({ kind: 'static', settings: { dns } })).toEqual([
      'NL_ADDRESS_INVALID ipam.dns.nameservers[2]',
    ]);
  });
});

describe('dhcp', () => {
  const cases: { name: string; given: DhcpSettings; want: string[] }[] = [
    {
      name: 'options by name and number',
      given: {
        request: [{ option: 'routers' }, { option: '121' }, { skipDefault: true }],
        provide: [
          { option: '12', fromArg: 'K8S_POD_NAME' },
          { option: 'vendor-class-identifier', value: 'x' },
        ],
      },
      want: [],
    },
    {
      name: 'no option',
      given: {
        request: [{ option: '256' }, { option: 'router' }],
        provide: [{ option: 'HOST_NAME', value: 'x' }],
      },
      want: [
        'NL_VALUE_OUT_OF_RANGE ipam.request[0].option',
        'NL_VALUE_OUT_OF_RANGE ipam.request[1].option',
        'NL_VALUE_OUT_OF_RANGE ipam.provide[0].option',
      ],
    },
    {
      name: 'value and argument',
      given: { provide: [{ option: '12', value: 'x', fromArg: 'K8S_POD_NAME' }] },
      want: ['NL_KEY_IGNORED ipam.provide[0].value'],
    },
    {
      name: 'neither',
      given: { provide: [{ option: '12' }] },
      want: ['NL_KEY_MISSING ipam.provide[0].value'],
    },
    { name: '255 bytes', given: { provide: [{ option: '12', value: 'x'.repeat(255) }] }, want: [] },
    {
      name: '256 bytes',
      given: { provide: [{ option: '12', value: 'ü'.repeat(128) }] },
      want: ['NL_VALUE_OUT_OF_RANGE ipam.provide[0].value'],
    },
  ];
  const macvlan: LinkConfig = { kind: 'macvlan', settings: {} };

  test.each(cases)('$name', ({ given, want }) => {
    expect(check({ kind: 'dhcp', settings: given }, macvlan)).toEqual(want);
  });

  test('the likely name', () => {
    const settings: DhcpSettings = { provide: [{ option: 'HOST_NAME', value: 'x' }] };
    const [problem] = checkNetwork(network({ ipam: { kind: 'dhcp', settings }, link: macvlan }));
    expect(problem?.fix).toBe('host-name?');
  });
});

describe('routes', () => {
  const cases: { name: string; given: CniRoute[]; want: string[] }[] = [
    { name: 'through the subnet', given: [{ dst: '10.99.0.0/16', gw: '10.10.0.7' }], want: [] },
    {
      name: 'through another one',
      given: [{ dst: '10.99.0.0/16', gw: '10.11.0.7' }],
      want: ['NL_ROUTE_INVALID ipam.routes[0].gw'],
    },
    {
      name: 'through what another route makes reachable, which has the gateway for a next hop',
      given: [{ dst: '10.11.0.0/24' }, { dst: '10.99.0.0/16', gw: '10.11.0.7' }],
      want: ['NL_ROUTE_INVALID ipam.routes[1].gw'],
    },
    {
      name: 'through a link-local address',
      given: [{ dst: 'fd99::/32', gw: 'fe80::1' }],
      want: [],
    },
    {
      name: 'the default one',
      given: [{ dst: '0.0.0.0/0' }, { dst: '0::0/0', gw: 'fd00:10::1' }],
      want: ['NL_DEFAULT_ROUTE_TAKEN ipam.routes[0]', 'NL_DEFAULT_ROUTE_TAKEN ipam.routes[1]'],
    },
    {
      name: 'behind the one of the cluster network',
      given: [
        { dst: '0.0.0.0/0', priority: 100 },
        { dst: '::/0', table: 5 },
      ],
      want: [],
    },
    {
      name: 'in the main table, by its number',
      given: [{ dst: '0.0.0.0/0', table: 254 }],
      want: ['NL_DEFAULT_ROUTE_TAKEN ipam.routes[0]'],
    },
    {
      name: 'with what no plugin does',
      given: [{ dst: '10.99.0.0/16', mtu: 1400, advmss: 1360 }],
      want: ['NL_KEY_IGNORED ipam.routes[0].mtu', 'NL_KEY_IGNORED ipam.routes[0].advmss'],
    },
    {
      name: 'a scope that there is not',
      given: [{ dst: '10.99.0.0/16', scope: 256 }],
      want: ['NL_VALUE_OUT_OF_RANGE ipam.routes[0].scope'],
    },
  ];

  test.each(cases)('$name', ({ given, want }) => {
    expect(check(hostLocal({ ranges: [V4, V6], routes: given }))).toEqual(want);
  });

  test('twice', () => {
    const route = { dst: '10.99.0.0/16' };
    const through = { dst: '10.99.0.0/16', gw: '10.10.0.7' };
    const routes = [route, { ...route, priority: 5 }, through, { ...route, table: 5 }, route];
    expect(check(hostLocal({ ranges: [V4], routes }))).toEqual(['NL_ROUTE_INVALID ipam.routes[4]']);
    expect(
      check(hostLocal({ ranges: [V4], routes: [through, { ...through, table: 254 }] })),
    ).toEqual(['NL_ROUTE_INVALID ipam.routes[1]']);
    const gateway = { dst: '10.99.0.0/16', gw: V4.gateway };
    expect(check(hostLocal({ ranges: [V4], routes: [route, gateway] }))).toEqual([
      'NL_ROUTE_INVALID ipam.routes[1]',
    ]);
    const v6 = [{ dst: 'fd99::/32' }, { dst: 'fd99::1/32' }];
    expect(check(hostLocal({ ranges: [V6], routes: v6 }))).toEqual([
      'NL_ROUTE_INVALID ipam.routes[1]',
    ]);
  });

  test('through a route on the link: in IPv6 when it comes first, in IPv4 when its scope says so', () => {
    const of = (range: string, routes: CniRoute[]): string[] =>
      check({ kind: 'whereabouts', settings: { range, routes } });
    const link6 = { dst: 'fd01::/64' };
    const hop6 = { dst: 'fd99::/32', gw: 'fd01::1' };
    expect(of('fd00::/112', [link6, hop6])).toEqual([]);
    expect(of('fd00::/112', [hop6, link6])).toEqual(['NL_ROUTE_INVALID ipam.routes[0].gw']);
    const link4 = { dst: '10.21.0.0/24' };
    const hop4 = { dst: '10.99.0.0/16', gw: '10.21.0.1' };
    expect(of('10.20.0.0/24', [link4, hop4])).toEqual(['NL_ROUTE_INVALID ipam.routes[1].gw']);
    expect(of('10.20.0.0/24', [{ ...link4, scope: 253 }, hop4])).toEqual([]);
    const onLink = { ...link4, gw: '0.0.0.0', scope: 253 };
    expect(check(hostLocal({ ranges: [V4], routes: [onLink, hop4] }))).toEqual([]);
    expect(check(hostLocal({ ranges: [V6], routes: [{ dst: 'fd99::/32', gw: '::' }] }))).toEqual([
      'NL_ROUTE_INVALID ipam.routes[0].gw',
    ]);
  });

  test('host bits, which the kernel masks in IPv6 only', () => {
    expect(check(hostLocal({ ranges: [V6], routes: [{ dst: 'fd99::1/32' }] }))).toEqual([]);
    expect(check(hostLocal({ ranges: [V4], routes: [{ dst: '10.99.0.1/16' }] }))).toEqual([
      'NL_HOST_BITS ipam.routes[0].dst',
    ]);
  });

  test('pods of static may bring any subnet', () => {
    const routes = [{ dst: '10.99.0.0/16', gw: '10.11.0.7' }];
    expect(
      check({ kind: 'static', settings: { addresses: [{ address: '10.10.0.5/24' }], routes } }),
    ).toEqual([]);
  });

  test('of whereabouts', () => {
    const routes = [{ dst: '10.99.0.0/16', gw: '10.21.0.7' }];
    expect(check({ kind: 'whereabouts', settings: { range: '10.20.0.0/24', routes } })).toEqual([
      'NL_ROUTE_INVALID ipam.routes[0].gw',
    ]);
    expect(
      check({
        kind: 'whereabouts',
        settings: { range: '10.20.0.0/24', routes, addresses: [{ address: '10.21.0.5/24' }] },
      }),
    ).toEqual(['NL_IPS_EXTRA ipam.addresses']);
  });

  test('Kube-OVN takes a missing destination for the default route', () => {
    const routes = [{ gw: '10.10.0.1' } as CniRoute, { dst: '10.99.0.0/16', gw: 'x' }];
    expect(check({ kind: 'kube-ovn', settings: { routes: [routes[0] as CniRoute] } })).toEqual([
      'NL_DEFAULT_ROUTE_TAKEN ipam.routes[0]',
    ]);
    expect(check({ kind: 'kube-ovn', settings: { routes } })).toEqual([
      'NL_ADDRESS_INVALID ipam.routes[1].gw',
    ]);
  });
});

describe('Kube-OVN', () => {
  const cases: { name: string; link?: LinkConfig; given: IpamConfig; want: string[] }[] = [
    {
      name: 'S4.1 nothing set: netloom computes it',
      given: { kind: 'kube-ovn', settings: {} },
      want: [],
    },
    {
      name: 'S4.1 its provider',
      given: { kind: 'kube-ovn', settings: { provider: 'lan.apps' } },
      want: [],
    },
    {
      name: 'S4.1 with the suffix of the other kind',
      given: { kind: 'kube-ovn', settings: { provider: 'lan.apps.ovn' } },
      want: ['NL_PROVIDER_NAME ipam.provider'],
    },
    {
      name: 'S4.2 of the plugin',
      link: { kind: 'kube-ovn', settings: { provider: 'lan.apps.ovn' } },
      given: { kind: 'none' },
      want: [],
    },
    {
      name: 'S4.2 without the suffix',
      link: { kind: 'kube-ovn', settings: { provider: 'lan.apps' } },
      given: { kind: 'none' },
      want: ['NL_PROVIDER_NAME provider'],
    },
    {
      name: 'an IPAM that it does not look at',
      link: { kind: 'kube-ovn', settings: {} },
      given: hostLocal(),
      want: ['NL_KEY_IGNORED ipam'],
    },
    {
      name: 'an empty provider',
      link: { kind: 'kube-ovn', settings: { provider: '' } },
      given: { kind: 'none' },
      want: ['NL_KEY_MISSING provider'],
    },
  ];

  test.each(cases)('$name', ({ link, given, want }) => expect(check(given, link)).toEqual(want));

  test('nothing is computed for what was read', () => {
    expect(read({ type: 'kube-ovn' })).toEqual([
      'ipam.serverSocket: "server_socket" is missing, which kube-ovn IPAM can\'t do without. Allowed: kube-ovn IPAM with "server_socket". Fix: set server_socket. (NL_KEY_MISSING)',
      'ipam.provider: "provider" is missing, which Kube-OVN can\'t do without. Allowed: Kube-OVN with "provider". Fix: lan.apps? (NL_KEY_MISSING)',
    ]);
  });

  test('a namespace that nobody knows yet', () => {
    const of = (provider: string): string[] =>
      codesAndKeys(
        checkNetwork(
          network({ namespace: undefined, ipam: { kind: 'kube-ovn', settings: { provider } } }),
        ),
      );
    expect(of('lan.anything')).toEqual([]);
    expect(of('lan.')).toEqual(['NL_PROVIDER_NAME ipam.provider']);
    expect(of('other.apps')).toEqual(['NL_PROVIDER_NAME ipam.provider']);
  });
});
