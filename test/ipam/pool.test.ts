import fc from 'fast-check';
import {
  Cidr,
  checkPoolSpec,
  describeProblem,
  familiesOf,
  type IpRange,
  NetloomError,
  POOL_NAME,
  type PoolSubnet,
  parsePoolSubnet,
  unusable,
} from 'netloom';
import { anyCidr } from './arbitraries';

describe('what a pool may give', () => {
  const cases: { name: string; given: PoolSubnet; want: string }[] = [
    {
      name: 'all but network and broadcast',
      given: { subnet: '10.30.0.0/29' },
      want: '10.30.0.1-10.30.0.6',
    },
    {
      name: 'in IPv6 all but the subnet-router anycast address',
      given: { subnet: 'fd00::/125' },
      want: 'fd00::1-fd00::7',
    },
    {
      name: 'both of a /31 (RFC 3021)',
      given: { subnet: '10.30.0.0/31' },
      want: '10.30.0.0-10.30.0.1',
    },
    { name: 'the one of a /32', given: { subnet: '10.30.0.7/32' }, want: '10.30.0.7' },
    { name: 'both of a /127 (RFC 6164)', given: { subnet: 'fd00::/127' }, want: 'fd00::-fd00::1' },
    {
      name: 'never the gateway',
      given: { subnet: '10.30.0.0/29', gateway: '10.30.0.3' },
      want: '10.30.0.1-10.30.0.2, 10.30.0.4-10.30.0.6',
    },
    {
      name: 'its ranges only',
      given: { subnet: '10.30.0.0/24', ranges: ['10.30.0.10-10.30.0.19', '10.30.0.12/30'] },
      want: '10.30.0.10-10.30.0.19',
    },
    {
      name: 'never what is excluded',
      given: { subnet: '10.30.0.0/28', exclude: ['10.30.0.4/30', '10.30.0.9'] },
      want: '10.30.0.1-10.30.0.3, 10.30.0.8, 10.30.0.10-10.30.0.14',
    },
  ];

  test.each(cases)('$name', ({ given, want }) => {
    expect(checkPoolSpec({ subnets: [given] })).toEqual([]);
    expect(String(parsePoolSubnet(given).assignable)).toBe(want);
  });

  test('nothing that no host may have, whatever the subnet', () => {
    fc.assert(
      fc.property(anyCidr, (subnet) => {
        const { assignable } = parsePoolSubnet({ subnet: String(subnet) });
        for (const range of unusable(subnet)) {
          expect(assignable.contains(range.first)).toBe(false);
        }
        const outOfReach = unusable(subnet).reduce((sum, range) => sum + range.size, 0n);
        expect(assignable.size + outOfReach).toBe(subnet.size);
      }),
    );
  });
});

describe('problems of a pool', () => {
  const cases: { name: string; given: PoolSubnet[]; want: string }[] = [
    {
      name: 'no subnet',
      given: [],
      want: 'subnets: the pool has no subnet. Allowed: at least one subnet. Fix: give it a subnet such as 10.30.0.0/24. (NL_SUBNET_INVALID)',
    },
    {
      name: 'no network',
      given: [{ subnet: 'lan' }],
      want: 'subnets[0].subnet: "lan" is not a network in prefix form. Allowed: ADDRESS/LENGTH, with a length of 0 to 32 (IPv4) or 0 to 128 (IPv6), such as 10.10.0.0/24 or fd00:10::/64. Fix: write address and length. (NL_SUBNET_INVALID)',
    },
    {
      name: 'host bits',
      given: [{ subnet: '10.30.0.1/24' }],
      want: 'subnets[0].subnet: "10.30.0.1/24" has host bits set. Allowed: the first address of the network before the slash. Fix: 10.30.0.0/24? (NL_HOST_BITS)',
    },
    {
      name: 'subnets that overlap',
      given: [{ subnet: '10.30.0.0/16' }, { subnet: '10.30.7.0/24' }],
      want: 'subnets[1].subnet: 10.30.7.0/24 overlaps 10.30.0.0/16 (subnets[0].subnet). Allowed: subnets that do not overlap. Fix: join them, or move one. (NL_RANGES_OVERLAP)',
    },
    {
      name: 'a range outside the subnet',
      given: [{ subnet: '10.30.0.0/24', ranges: ['10.30.0.250-10.30.1.9'] }],
      want: 'subnets[0].ranges[0]: "10.30.0.250-10.30.1.9" is not inside 10.30.0.0/24. Allowed: addresses from 10.30.0.0 to 10.30.0.255. Fix: correct the range or the subnet. (NL_RANGE_OUTSIDE_SUBNET)',
    },
    {
      name: 'no range',
      given: [{ subnet: '10.30.0.0/24', exclude: ['10.30.0.9-10.30.0.1'] }],
      want: 'subnets[0].exclude[0]: "10.30.0.9-10.30.0.1" is not a range of addresses. Allowed: FIRST-LAST of one family and in that order, a network in prefix form without host bits, or one address. Fix: 10.30.0.1-10.30.0.9? (NL_RANGE_INVALID)',
    },
    {
      name: 'a gateway outside the subnet',
      given: [{ subnet: '10.30.0.0/24', gateway: '10.31.0.254' }],
      want: 'subnets[0].gateway: "10.31.0.254" is not in 10.30.0.0/24. Allowed: an address of the subnet. Fix: 10.30.0.254? (NL_GATEWAY_OUTSIDE_SUBNET)',
    },
    {
      name: 'a gateway whose host part is none: the first address is offered',
      given: [{ subnet: '10.30.0.0/24', gateway: '10.31.0.0' }],
      want: 'subnets[0].gateway: "10.31.0.0" is not in 10.30.0.0/24. Allowed: an address of the subnet. Fix: 10.30.0.1? (NL_GATEWAY_OUTSIDE_SUBNET)',
    },
    {
      name: 'a gateway of the other family',
      given: [{ subnet: 'fd00:30::/64', gateway: '10.30.0.1' }],
      want: 'subnets[0].gateway: "10.30.0.1" is not in fd00:30::/64. Allowed: an address of the subnet. Fix: fd00:30::1? (NL_GATEWAY_OUTSIDE_SUBNET)',
    },
    {
      name: 'a gateway that is no address',
      given: [{ subnet: '10.30.0.0/24', gateway: '10.30.0.1/24' }],
      want: 'subnets[0].gateway: "10.30.0.1/24" is not an IP address. Allowed: an IPv4 or IPv6 address without prefix length, such as 10.10.0.20 or fd00:10::20. Fix: 10.30.0.1? (NL_ADDRESS_INVALID)',
    },
    {
      name: 'nothing left',
      given: [{ subnet: '10.30.0.0/30', gateway: '10.30.0.1', exclude: ['10.30.0.2'] }],
      want: 'subnets[0].ranges: nothing of 10.30.0.0/30 is left to give once network, broadcast, gateway and excludes are taken out. Allowed: ranges with at least one address to give. Fix: widen the ranges. (NL_RANGE_EMPTY)',
    },
  ];

  test.each(cases)('$name', ({ given, want }) => {
    expect(checkPoolSpec({ subnets: given }).map(describeProblem)).toEqual([want]);
  });

  test("all of them at once, with the user's own path", () => {
    const given = [
      { subnet: '10.30.0.1/24' },
      { subnet: '10.31.0.0/24', ranges: ['x'], gateway: 'y' },
    ];
    expect(checkPoolSpec({ subnets: given }, 'spec.subnets').map(({ key }) => key)).toEqual([
      'spec.subnets[0].subnet',
      'spec.subnets[1].ranges[0]',
      'spec.subnets[1].gateway',
    ]);
  });

  test('parsing throws what the check tells', () => {
    expect(() => parsePoolSubnet({ subnet: '10.30.0.1/24' })).toThrow(NetloomError);
    expect(() => parsePoolSubnet({ subnet: '10.30.0.0/24', ranges: ['x'] })).toThrow(
      /NL_RANGE_INVALID/,
    );
  });
});

test('addresses that no host may have', () => {
  const of = (text: string): string[] => unusable(Cidr.parse(text)).map(String);
  expect(of('10.0.0.0/30')).toEqual(['10.0.0.0', '10.0.0.3']);
  expect(of('10.0.0.0/31')).toEqual([]);
  expect(of('fd00::/126')).toEqual(['fd00::']);
  expect(of('fd00::/127')).toEqual([]);
  expect(unusable(Cidr.parse('0.0.0.0/0')).map((range: IpRange) => range.size)).toEqual([1n, 1n]);
});

test('families of a claim, IPv4 first', () => {
  expect(familiesOf('ipv4')).toEqual([4]);
  expect(familiesOf('ipv6')).toEqual([6]);
  expect(familiesOf('dual')).toEqual([4, 6]);
});

test('names of pools', () => {
  for (const name of ['vips', 'apps/lan', 'a', 'a.b_c-d/e', 'x'.repeat(253)]) {
    expect(name).toMatch(POOL_NAME);
  }
  for (const name of ['', 'Vips', '/vips', 'vips/', 'a b', 'x'.repeat(254)]) {
    expect(name).not.toMatch(POOL_NAME);
  }
});
