import { checkHostLocal, describeProblem, type HostLocalSettings } from 'netloom';
import { codesAndKeys, POOL, V4, V6 } from './samples';

describe('ranges', () => {
  const cases: { name: string; given: HostLocalSettings; want: string[] }[] = [
    {
      name: 'none',
      given: {},
      want: [
        "ranges: host-local has no range. Allowed: at least one range. Fix: give it ranges: [{ subnet: '10.10.0.0/24' }]. (NL_SUBNET_INVALID)",
      ],
    },
    {
      name: 'a gateway in another network keeps its host part in the suggestion',
      given: { ranges: [{ ...V4, gateway: '10.11.0.254' }] },
      want: [
        'ranges[0].gateway: "10.11.0.254" is not in 10.10.0.0/24. Allowed: an address of the subnet. Fix: 10.10.0.254? (NL_GATEWAY_OUTSIDE_SUBNET)',
      ],
    },
    {
      name: 'too small',
      given: { ranges: [{ subnet: 'fd00::/127' }] },
      want: [
        'ranges[0].subnet: fd00::/127 has no room for pods (host-local refuses it). Allowed: a prefix length of at most /126. Fix: fd00::/126? (NL_SUBNET_TOO_SMALL)',
      ],
    },
    {
      name: 'both ends in the wrong order',
      given: { ranges: [{ ...V4, rangeStart: '10.10.0.50', rangeEnd: '10.10.0.20' }] },
      want: [
        'ranges[0].rangeEnd: "10.10.0.20" comes before rangeStart "10.10.0.50". Allowed: a last address that is not before the first. Fix: swap rangeStart and rangeEnd? (NL_RANGE_INVALID)',
      ],
    },
    {
      name: 'a start behind the end that the plugin takes by itself',
      given: { ranges: [{ subnet: '10.10.0.0/24', rangeStart: '10.10.0.255' }] },
      want: [
        'ranges[0].rangeStart: "10.10.0.255" is the broadcast address of 10.10.0.0/24, which no pod can have. Allowed: an address from 10.10.0.1 to 10.10.0.254. Fix: move it, or leave it out. (NL_RANGE_INVALID)',
      ],
    },
    {
      name: 'an end before the start that the plugin takes by itself',
      given: { ranges: [{ subnet: 'fd00::/64', rangeEnd: 'fd00::' }] },
      want: [
        'ranges[0].rangeEnd: "fd00::" is the network address of fd00::/64, which no pod can have. Allowed: an address from fd00::1 to fd00::ffff:ffff:ffff:ffff. Fix: move it, or leave it out. (NL_RANGE_INVALID)',
      ],
    },
    {
      name: 'the same range twice',
      given: { ranges: [V4, V4] },
      want: [
        'ranges[1]: 10.10.0.20-10.10.0.119 overlaps 10.10.0.20-10.10.0.119 (ranges[0]). Allowed: ranges that share no address. Fix: move rangeStart or rangeEnd of one of them. (NL_RANGES_OVERLAP)',
      ],
    },
    {
      name: 'a range of a set that overlaps one of ranges',
      given: {
        rangeSets: [[V6, { ...V6, rangeStart: 'fd00:10::100', rangeEnd: 'fd00:10::200' }]],
        ranges: [{ ...V6, rangeStart: 'fd00:10::1ff', rangeEnd: 'fd00:10::300' }],
      },
      want: [
        'ranges[0]: fd00:10::1ff-fd00:10::300 overlaps fd00:10::100-fd00:10::200 (rangeSets[0][1]). Allowed: ranges that share no address. Fix: move rangeStart or rangeEnd of one of them. (NL_RANGES_OVERLAP)',
      ],
    },
    {
      name: 'two families in one set',
      given: { rangeSets: [[V4, V6]] },
      want: [
        'rangeSets[0][1].subnet: fd00:10::/64 stands in one set with 10.10.0.0/24, and a pod gets one address from a set. Allowed: one family in a set. Fix: put IPv6 into a set of its own (`ranges` does so by itself). (NL_VALUES_CONFLICT)',
      ],
    },
    {
      name: 'an empty set',
      given: { rangeSets: [[V4], []] },
      want: [
        'rangeSets[1]: the set has no range. Allowed: at least one range in each set. Fix: leave the set out. (NL_RANGE_EMPTY)',
      ],
    },
    {
      name: 'empty sets only',
      given: { rangeSets: [[]] },
      want: [
        "ranges: host-local has no range. Allowed: at least one range. Fix: give it ranges: [{ subnet: '10.10.0.0/24' }]. (NL_SUBNET_INVALID)",
      ],
    },
    {
      name: 'an empty set beside ranges',
      given: { rangeSets: [[]], ranges: [V4] },
      want: [
        'rangeSets[0]: the set has no range. Allowed: at least one range in each set. Fix: leave the set out. (NL_RANGE_EMPTY)',
      ],
    },
    {
      name: 'a range that is its gateway',
      given: {
        ranges: [{ subnet: '10.10.0.0/24', rangeStart: '10.10.0.1', rangeEnd: '10.10.0.1' }],
      },
      want: [
        'ranges[0]: 10.10.0.1 is the gateway and nothing else, so that host-local has nothing to give. Allowed: at least one address that is not the gateway. Fix: widen the range. (NL_RANGE_EMPTY)',
      ],
    },
  ];

  test.each(cases)('$name', ({ given, want }) => {
    expect(checkHostLocal(given).map(describeProblem)).toEqual(want);
  });

  test('what is wrong with one range does not hide what is wrong with the next', () => {
    const given = {
      ranges: [{ subnet: '10.10.0.1/24' }, { ...V4, rangeStart: 'x', gateway: 'y' }, V6, V6],
    };
    expect(codesAndKeys(checkHostLocal({ ...given, claimable: ['z'] }))).toEqual([
      'NL_HOST_BITS ranges[0].subnet',
      'NL_ADDRESS_INVALID ranges[1].rangeStart',
      'NL_ADDRESS_INVALID ranges[1].gateway',
      'NL_RANGES_OVERLAP ranges[3]',
      'NL_RANGE_INVALID claimable[0]',
    ]);
  });
});

describe('the claimable part', () => {
  const cases: {
    name: string;
    given: string[];
    ranges?: HostLocalSettings['ranges'];
    want: string[];
  }[] = [
    {
      name: 'in a subnet, but outside its range, is fine',
      given: ['10.10.0.200-10.10.0.209'],
      want: [],
    },
    {
      name: 'with host bits',
      given: ['10.10.0.100/28'],
      want: [
        'claimable[0]: "10.10.0.100/28" has host bits set. Allowed: the first address of the network before the slash. Fix: 10.10.0.96/28? (NL_HOST_BITS)',
      ],
    },
    {
      name: 'in no subnet',
      given: ['10.11.0.0/28'],
      want: [
        'claimable[0]: "10.11.0.0-10.11.0.15" is not inside a subnet of this network. Allowed: addresses of 10.10.0.0/24 or fd00:10::/64. Fix: correct the range or the subnet. (NL_CLAIMABLE_OUTSIDE_SUBNET)',
      ],
    },
    {
      name: 'half in a subnet',
      given: ['10.10.0.250-10.10.1.5'],
      want: [
        'claimable[0]: "10.10.0.250-10.10.1.5" is not inside a subnet of this network. Allowed: addresses of 10.10.0.0/24 or fd00:10::/64. Fix: correct the range or the subnet. (NL_CLAIMABLE_OUTSIDE_SUBNET)',
      ],
    },
    {
      name: 'with the gateway',
      given: ['10.10.0.240/28'],
      want: [
        'claimable[0]: "10.10.0.240-10.10.0.255" holds 10.10.0.254, the gateway of ranges[0]. Allowed: a part without the gateway. Fix: leave 10.10.0.254 out, or set another gateway. (NL_GATEWAY_IN_CLAIMABLE)',
      ],
    },
    {
      name: 'with the gateway that is one by default',
      given: ['fd00:10::/124'],
      want: [
        'claimable[0]: "fd00:10::-fd00:10::f" holds fd00:10::1, the gateway of ranges[1] (by default the first address of the subnet). Allowed: a part without the gateway. Fix: leave fd00:10::1 out, or set another gateway. (NL_GATEWAY_IN_CLAIMABLE)',
      ],
    },
    {
      name: 'all of a range',
      given: ['10.10.0.0/25'],
      want: [
        'ranges[0]: all of 10.10.0.20-10.10.0.119 is claimable, so that host-local has nothing to give to other pods. Allowed: at least one address that is not the gateway, outside the claimable part. Fix: make the claimable part smaller, or widen the range. (NL_RANGE_EMPTY)',
      ],
    },
    {
      name: 'all of a range but the gateway',
      given: ['10.10.0.2-10.10.0.6'],
      ranges: [{ subnet: '10.10.0.0/29' }],
      want: [
        'ranges[0]: all of 10.10.0.1-10.10.0.6 is claimable or the gateway, so that host-local has nothing to give to other pods. Allowed: at least one address that is not the gateway, outside the claimable part. Fix: make the claimable part smaller, or widen the range. (NL_RANGE_EMPTY)',
      ],
    },
    {
      name: 'the broadcast address and nothing else',
      given: ['10.10.0.255'],
      want: [
        'claimable: nothing of 10.10.0.0/24 is left to give once network, broadcast, gateway and excludes are taken out. Allowed: ranges with at least one address to give. Fix: widen the claimable part. (NL_RANGE_EMPTY)',
      ],
    },
    {
      name: 'in subnets that overlap, which no pool can have',
      given: ['10.10.0.100', '10.10.7.100'],
      ranges: [V4, { subnet: '10.10.0.0/16', rangeStart: '10.10.7.1', rangeEnd: '10.10.7.200' }],
      want: [
        'claimable: 10.10.0.0/16 overlaps 10.10.0.0/24. Allowed: subnets that do not overlap. Fix: join them, or move one. (NL_RANGES_OVERLAP)',
      ],
    },
  ];

  test.each(cases)('$name', ({ given, ranges, want }) => {
    const problems = checkHostLocal({ ...POOL, ...(ranges && { ranges }), claimable: given });
    expect(problems.map(describeProblem)).toEqual(want);
  });
});

describe('routes', () => {
  const cases = [
    { name: 'with and without next hop', given: { dst: '0.0.0.0/0', gw: '10.10.0.254' }, want: [] },
    {
      name: 'a destination that is no network',
      given: { dst: '0.0.0.0' },
      want: [
        'routes[0].dst: "0.0.0.0" is not a network in prefix form. Allowed: ADDRESS/LENGTH, with a length of 0 to 32 (IPv4) or 0 to 128 (IPv6), such as 10.10.0.0/24 or fd00:10::/64. Fix: 0.0.0.0/0? (NL_ROUTE_INVALID)',
      ],
    },
    {
      name: 'host bits in the destination',
      given: { dst: '10.99.0.1/16' },
      want: [
        'routes[0].dst: "10.99.0.1/16" has host bits set. Allowed: the first address of the network before the slash. Fix: 10.99.0.0/16? (NL_HOST_BITS)',
      ],
    },
    {
      name: 'a next hop with prefix length',
      given: { dst: '10.99.0.0/16', gw: '10.10.0.1/24' },
      want: [
        'routes[0].gw: "10.10.0.1/24" is not an IP address. Allowed: an IPv4 or IPv6 address without prefix length, such as 10.10.0.20 or fd00:10::20. Fix: 10.10.0.1? (NL_ADDRESS_INVALID)',
      ],
    },
    {
      name: 'a next hop of the other family',
      given: { dst: '::/0', gw: '10.10.0.254' },
      want: [
        'routes[0].gw: "10.10.0.254" is IPv4, and the route leads to ::/0. Allowed: a next hop of the same family as the destination. Fix: correct dst or gw. (NL_ROUTE_INVALID)',
      ],
    },
  ];

  test.each(cases)('$name', ({ given, want }) => {
    expect(checkHostLocal({ ...POOL, routes: [given] }).map(describeProblem)).toEqual(want);
  });
});
