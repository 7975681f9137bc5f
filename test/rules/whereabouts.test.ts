import { checkNetwork, describeProblem, type WhereaboutsSettings } from 'netloom';
import { codesAndKeys, network } from './samples';

const of = (settings: WhereaboutsSettings) =>
  checkNetwork(network({ ipam: { kind: 'whereabouts', settings } }));
const RANGE = '10.20.0.0/24';

interface Case {
  name: string;
  given: WhereaboutsSettings;
  want: string[];
}

describe('S3.4 ranges', () => {
  const cases: Case[] = [
    { name: 'a network', given: { range: RANGE }, want: [] },
    {
      name: 'a network from the first host on, as the reference prints it',
      given: { range: '192.168.2.225/28' },
      want: [],
    },
    { name: 'two ends and a length', given: { range: '192.168.2.225-192.168.2.230/28' }, want: [] },
    {
      name: 'ends of its own',
      given: { range: RANGE, rangeStart: '10.20.0.5', rangeEnd: '10.20.0.9' },
      want: [],
    },
    { name: 'no network', given: { range: '10.20.0.0' }, want: ['NL_RANGE_INVALID ipam.range'] },
    {
      name: 'a range without length',
      given: { range: '10.20.0.5-10.20.0.9' },
      want: ['NL_RANGE_INVALID ipam.range'],
    },
    {
      name: 'blanks in it',
      given: { range: '10.20.0.5 - 10.20.0.9/24' },
      want: ['NL_RANGE_INVALID ipam.range'],
    },
    {
      name: 'two families',
      given: { range: 'fd00::5-10.20.0.9/24' },
      want: ['NL_RANGE_INVALID ipam.range'],
    },
    {
      name: 'a start outside of it',
      given: { range: '10.21.0.5-10.20.0.9/24' },
      want: ['NL_RANGE_OUTSIDE_SUBNET ipam.range'],
    },
    {
      name: 'host bits that count for nothing',
      given: { range: '192.168.1.100/24' },
      want: ['NL_RANGE_IGNORED ipam.range'],
    },
    {
      name: 'but not where a start is set',
      given: { range: '192.168.1.100/24', rangeStart: '192.168.1.100' },
      want: [],
    },
    {
      name: 'a start outside, which counts for nothing',
      given: { range: RANGE, rangeStart: '10.21.0.5' },
      want: ['NL_RANGE_IGNORED ipam.rangeStart'],
    },
    {
      name: 'a start of the other family',
      given: { range: RANGE, rangeStart: 'fd00::5' },
      want: ['NL_RANGE_IGNORED ipam.rangeStart'],
    },
    {
      name: 'the network address does no harm',
      given: { range: RANGE, rangeStart: '10.20.0.0', rangeEnd: '10.20.0.255' },
      want: [],
    },
    {
      name: 'an end outside',
      given: { range: RANGE, rangeEnd: '10.21.0.5' },
      want: ['NL_RANGE_IGNORED ipam.rangeEnd'],
    },
    {
      name: 'an end in front of the start',
      given: { range: RANGE, rangeStart: '10.20.0.10', rangeEnd: '10.20.0.5' },
      want: ['NL_RANGE_IGNORED ipam.rangeEnd'],
    },
    {
      name: 'a start that is no address',
      given: { range: RANGE, rangeStart: 'x' },
      want: ['NL_RANGE_IGNORED ipam.rangeStart'],
    },
    {
      name: 'which ipRanges refuses',
      given: { ipRanges: [{ range: RANGE, rangeStart: 'x' }] },
      want: ['NL_ADDRESS_INVALID ipam.ipRanges[0].rangeStart'],
    },
    {
      name: 'which ipRanges refuses even there',
      given: { ipRanges: [{ range: '10.20.0.5-10.20.0.9/24', rangeEnd: 'x' }] },
      want: ['NL_ADDRESS_INVALID ipam.ipRanges[0].rangeEnd'],
    },
    {
      name: 'ends that are said already',
      given: { range: '10.20.0.5-10.20.0.9/24', rangeStart: '10.20.0.1', rangeEnd: '10.20.0.2' },
      want: ['NL_RANGE_IGNORED ipam.rangeStart', 'NL_RANGE_IGNORED ipam.rangeEnd'],
    },
    {
      name: 'ends in the wrong order',
      given: { range: '10.20.0.9-10.20.0.5/24' },
      want: ['NL_RANGE_IGNORED ipam.range'],
    },
    {
      name: 'ends of a range that there is not',
      given: { ipRanges: [{ range: RANGE }], rangeStart: '10.20.0.5', exclude: ['10.20.0.7'] },
      want: ['NL_KEY_IGNORED ipam.rangeStart', 'NL_KEY_IGNORED ipam.exclude'],
    },
    ...['10.20.0.0/31', '10.20.0.0/32', 'fd00::/127', 'fd00::/128'].map((range) => ({
      name: `${range} has no room`,
      given: { range },
      want: ['NL_SUBNET_TOO_SMALL ipam.range'],
    })),
    {
      name: '/30 and /126 have',
      given: { ipRanges: [{ range: '10.20.0.0/30' }, { range: 'fd00::/126' }] },
      want: [],
    },
    {
      name: 'an end that keeps a wide one small',
      given: { range: 'fd00:20::/64', rangeEnd: 'fd00:20::ff' },
      want: [],
    },
    { name: '/65 is not too wide', given: { range: 'fd00:20::/65' }, want: [] },
    {
      name: '/64 is',
      given: { ranges: [{ range: 'fd00:20::/64' }] },
      want: ['NL_RANGE_WIDE ipam.ranges[0].range'],
    },
  ];

  test.each(cases)('S3.4 $name', ({ given, want }) =>
    expect(codesAndKeys(of(given))).toEqual(want),
  );

  test('as messages', () => {
    expect(of({ range: '192.168.1.100/24' }).map(describeProblem)).toEqual([
      'ipam.range: "192.168.1.100/24" does not begin with 192.168.1.100: the plugin gives 192.168.1.1 first. Allowed: the first address of the network before the slash. Fix: "192.168.1.0/24" with the start 192.168.1.100? (NL_RANGE_IGNORED)',
    ]);
    expect(
      of({ range: RANGE, rangeStart: '10.20.0.10', rangeEnd: '10.20.0.5' }).map(describeProblem),
    ).toEqual([
      'ipam.rangeEnd: "10.20.0.5" is ignored without a word: it is not in 10.20.0.10-10.20.0.254, so that all of that is given. Allowed: ends inside the network, the first one not behind the last. Fix: correct it, or leave it out. (NL_RANGE_IGNORED)',
    ]);
  });
});

describe('S3.4 excludes', () => {
  const cases: Case[] = [
    {
      name: 'CIDRs, with host bits or not, and addresses',
      given: { range: RANGE, exclude: ['10.20.0.0/28', '10.20.0.77/28', '10.20.0.9'] },
      want: [],
    },
    {
      name: 'a range',
      given: { range: RANGE, exclude: ['10.20.0.5-10.20.0.9'] },
      want: ['NL_RANGE_INVALID ipam.exclude[0]'],
    },
    {
      name: 'nothing',
      given: { range: RANGE, exclude: ['10.20.0.5', ''] },
      want: ['NL_RANGE_INVALID ipam.exclude[1]'],
    },
    {
      name: 'what is elsewhere',
      given: { range: RANGE, exclude: ['10.21.0.0/28', 'fd00::5'] },
      want: ['NL_RANGE_IGNORED ipam.exclude[0]', 'NL_RANGE_IGNORED ipam.exclude[1]'],
    },
    {
      name: 'all there is',
      given: { range: RANGE, rangeEnd: '10.20.0.15', exclude: ['10.20.0.0/28'] },
      want: ['NL_RANGE_EMPTY ipam.range'],
    },
    {
      name: 'all but one',
      given: { range: RANGE, rangeEnd: '10.20.0.16', exclude: ['10.20.0.0/28'] },
      want: [],
    },
    {
      name: 'all of a further range',
      given: { ipRanges: [{ range: RANGE, exclude: ['10.0.0.0/8'] }] },
      want: ['NL_RANGE_EMPTY ipam.ipRanges[0]'],
    },
  ];

  test.each(cases)('S3.4 $name', ({ given, want }) =>
    expect(codesAndKeys(of(given))).toEqual(want),
  );
});

describe('S3.9 several ranges', () => {
  const cases: Case[] = [
    {
      name: 'two families',
      given: { ipRanges: [{ range: RANGE }, { range: 'fd00:20::/112' }] },
      want: [],
    },
    {
      name: 'two networks of one family',
      given: { range: RANGE, ipRanges: [{ range: '10.21.0.0/24' }] },
      want: [],
    },
    {
      name: 'one network twice',
      given: {
        ipRanges: [{ range: RANGE, rangeEnd: '10.20.0.9' }, { range: '10.20.0.20-10.20.0.29/24' }],
      },
      want: ['NL_RANGES_OVERLAP ipam.ipRanges[1]'],
    },
    {
      name: 'networks that overlap',
      given: { range: RANGE, ipRanges: [{ range: '10.20.0.0/16' }] },
      want: ['NL_RANGES_OVERLAP ipam.ipRanges[0]'],
    },
    {
      name: 'but not in what is given',
      given: { range: RANGE, ipRanges: [{ range: '10.20.0.0/16', rangeStart: '10.20.9.0' }] },
      want: [],
    },
    {
      name: 'one that is wrong hides nothing of the other',
      given: { ipRanges: [{ range: 'x' }, { range: '10.20.0.0/31' }] },
      want: [
        'NL_RANGE_INVALID ipam.ipRanges[0].range',
        'NL_SUBNET_TOO_SMALL ipam.ipRanges[1].range',
      ],
    },
  ];

  test.each(cases)('S3.9 $name', ({ given, want }) =>
    expect(codesAndKeys(of(given))).toEqual(want),
  );
});

describe('gateways', () => {
  const cases: Case[] = [
    {
      name: 'of a range, which netloom excludes',
      given: { ranges: [{ range: RANGE, gateway: '10.20.0.1' }] },
      want: [],
    },
    {
      name: 'of a range, and outside of it',
      given: { ranges: [{ range: RANGE, gateway: '10.21.0.1' }] },
      want: ['NL_GATEWAY_OUTSIDE_SUBNET ipam.ranges[0].gateway'],
    },
    {
      name: 'of a range, and no address',
      given: { ranges: [{ range: RANGE, gateway: 'x' }] },
      want: ['NL_ADDRESS_INVALID ipam.ranges[0].gateway'],
    },
    {
      name: "upstream's, which is given",
      given: { range: RANGE, gateway: '10.20.0.1' },
      want: ['NL_GATEWAY_GIVEN ipam.gateway'],
    },
    {
      name: "upstream's, excluded",
      given: { range: RANGE, gateway: '10.20.0.1', exclude: ['10.20.0.0/30'] },
      want: [],
    },
    {
      name: "upstream's, behind the end",
      given: { range: RANGE, rangeEnd: '10.20.0.99', gateway: '10.20.0.254' },
      want: [],
    },
    {
      name: "upstream's, outside",
      given: { range: RANGE, gateway: '10.21.0.1' },
      want: ['NL_GATEWAY_OUTSIDE_SUBNET ipam.gateway'],
    },
    {
      name: "upstream's, no address",
      given: { range: RANGE, gateway: '10.20.0.1/24' },
      want: ['NL_ADDRESS_INVALID ipam.gateway'],
    },
    {
      name: "upstream's, for two families",
      given: {
        ipRanges: [{ range: '10.20.0.5-10.20.0.9/24' }, { range: 'fd00::/112' }],
        gateway: '10.20.0.1',
      },
      want: ['NL_KEY_IGNORED ipam.gateway'],
    },
  ];

  test.each(cases)('$name', ({ given, want }) => expect(codesAndKeys(of(given))).toEqual(want));
});

describe('the claimable part', () => {
  const pool = { ranges: [{ range: RANGE, gateway: '10.20.0.1' }] };
  const cases: Case[] = [
    { name: 'in the range', given: { ...pool, claimable: ['10.20.0.128/25'] }, want: [] },
    {
      name: 'outside of it',
      given: { ...pool, claimable: ['10.21.0.0/28'] },
      want: ['NL_CLAIMABLE_OUTSIDE_SUBNET ipam.claimable[0]'],
    },
    {
      name: 'with the gateway',
      given: { ...pool, claimable: ['10.20.0.0/28'] },
      want: ['NL_GATEWAY_IN_CLAIMABLE ipam.claimable[0]'],
    },
    {
      name: 'no range',
      given: { ...pool, claimable: ['x'] },
      want: ['NL_RANGE_INVALID ipam.claimable[0]'],
    },
    {
      name: 'all of it',
      given: {
        ranges: [{ range: RANGE, rangeStart: '10.20.0.128' }],
        claimable: ['10.20.0.128/25'],
      },
      want: ['NL_RANGE_EMPTY ipam.ranges[0]'],
    },
    {
      name: 'all but what is excluded',
      given: {
        ranges: [{ range: RANGE, rangeStart: '10.20.0.120', exclude: ['10.20.0.120/29'] }],
        claimable: ['10.20.0.128/25'],
      },
      want: ['NL_RANGE_EMPTY ipam.ranges[0]'],
    },
    {
      name: 'nothing that a host may have',
      given: { ...pool, claimable: ['10.20.0.255'] },
      want: ['NL_RANGE_EMPTY ipam.claimable'],
    },
    {
      name: 'while a range is wrong there is no telling',
      given: { ranges: [{ range: 'x' }], claimable: ['10.20.0.128/25', 'y'] },
      want: ['NL_RANGE_INVALID ipam.ranges[0].range', 'NL_RANGE_INVALID ipam.claimable[1]'],
    },
  ];

  test.each(cases)('$name', ({ given, want }) => expect(codesAndKeys(of(given))).toEqual(want));
});

describe('shares of nodes', () => {
  const cases: Case[] = [
    { name: 'with a slash or without', given: { range: RANGE, nodeSliceSize: '/26' }, want: [] },
    { name: 'of the whole range', given: { range: RANGE, nodeSliceSize: '24' }, want: [] },
    {
      name: 'more than the range',
      given: { range: RANGE, nodeSliceSize: '/22' },
      want: ['NL_VALUE_OUT_OF_RANGE ipam.nodeSliceSize'],
    },
    {
      name: 'of no address',
      given: { range: RANGE, nodeSliceSize: '31' },
      want: ['NL_VALUE_OUT_OF_RANGE ipam.nodeSliceSize'],
    },
    {
      name: 'no number',
      given: { range: RANGE, nodeSliceSize: 'x' },
      want: ['NL_VALUE_OUT_OF_RANGE ipam.nodeSliceSize'],
    },
    {
      name: 'of IPv6',
      given: { range: 'fd00::/112', nodeSliceSize: '/120' },
      want: ['NL_VALUES_CONFLICT ipam.nodeSliceSize'],
    },
    {
      name: 'of two ranges',
      given: { ipRanges: [{ range: RANGE }, { range: '10.21.0.0/24' }], nodeSliceSize: '26' },
      want: ['NL_VALUES_CONFLICT ipam.nodeSliceSize'],
    },
    {
      name: 'nothing is left out of them',
      given: {
        range: RANGE,
        rangeStart: '10.20.0.5',
        rangeEnd: '10.20.0.9',
        exclude: ['10.20.0.7'],
        nodeSliceSize: '26',
      },
      want: ['rangeStart', 'rangeEnd', 'exclude'].map((key) => `NL_KEY_IGNORED ipam.${key}`),
    },
    {
      name: 'neither gateway nor claimable part',
      given: {
        ranges: [{ range: RANGE, gateway: '10.20.0.1' }],
        claimable: ['10.20.0.128/25'],
        nodeSliceSize: '26',
      },
      want: ['NL_GATEWAY_GIVEN ipam.ranges[0].gateway', 'NL_VALUES_CONFLICT ipam.claimable'],
    },
  ];

  test.each(cases)('$name', ({ given, want }) => expect(codesAndKeys(of(given))).toEqual(want));
});

describe('other settings', () => {
  const cases: Case[] = [
    {
      name: 'S3.5 a name',
      given: { range: RANGE, networkName: 'tenant-a' },
      want: [],
    },
    {
      name: 'S3.5 whose reservations nobody needs',
      given: { range: RANGE, networkName: 'tenant-a', enableOverlappingRanges: false },
      want: [],
    },
    ...['Tenant', 'a_b', '-a', 'a-', 'a.', 'ü', 'x'.repeat(201)].map((networkName) => ({
      name: `S3.5 a name that no object can have: ${networkName.slice(0, 9)}`,
      given: { range: RANGE, networkName },
      want: ['NL_NAME_INVALID ipam.networkName'],
    })),
    {
      name: 'S3.7 a schedule that nobody reads',
      given: { range: RANGE, reconcilerCronExpression: '30 4 * * *' },
      want: ['NL_KEY_IGNORED ipam.reconcilerCronExpression'],
    },
    {
      name: 'S3.7 a schedule that is none',
      given: { range: RANGE, reconcilerCronExpression: '@daily' },
      want: ['NL_CRON_INVALID ipam.reconcilerCronExpression'],
    },
    {
      name: 'times of the election in order',
      given: {
        range: RANGE,
        leaderLeaseDuration: 3000,
        leaderRenewDeadline: 2000,
        leaderRetryPeriod: 1000,
      },
      want: [],
    },
    {
      name: 'a lease that is too short',
      given: { range: RANGE, leaderLeaseDuration: 1000 },
      want: ['NL_VALUES_CONFLICT ipam.leaderLeaseDuration'],
    },
    {
      name: 'a deadline that is too short',
      given: { range: RANGE, leaderRetryPeriod: 900 },
      want: ['NL_VALUES_CONFLICT ipam.leaderRenewDeadline'],
    },
    { name: '0 is the default', given: { range: RANGE, leaderLeaseDuration: 0 }, want: [] },
    {
      name: 'addresses that every pod gets',
      given: { range: RANGE, addresses: [{ address: '10.30.0.5/24' }] },
      want: ['NL_IPS_EXTRA ipam.addresses'],
    },
    {
      name: 'and nothing else',
      given: { addresses: [{ address: '10.30.0.5' }] },
      want: ['NL_ADDRESS_INVALID ipam.addresses[0].address', 'NL_IPS_EXTRA ipam.addresses'],
    },
    {
      name: 'an unknown level',
      given: { range: RANGE, logLevel: 'info' as 'debug' },
      want: ['NL_VALUE_OUT_OF_RANGE ipam.logLevel'],
    },
    {
      name: 'a name server that is none',
      given: { range: RANGE, dns: { nameservers: ['x'] } },
      want: ['NL_ADDRESS_INVALID ipam.dns.nameservers[0]'],
    },
  ];

  test.each(cases)('$name', ({ given, want }) => expect(codesAndKeys(of(given))).toEqual(want));
});
