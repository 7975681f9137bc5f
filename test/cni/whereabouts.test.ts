import {
  Cidr,
  claimablePool,
  excludedRange,
  ipPoolName,
  type WhereaboutsSettings,
  whereaboutsIpam,
  whereaboutsNetwork,
} from 'netloom';

/** Key order counts: same input, same bytes. */
const text = (settings: WhereaboutsSettings): string => JSON.stringify(whereaboutsIpam(settings));

const cases: { name: string; given: WhereaboutsSettings; want: string }[] = [
  {
    name: "upstream's keys stay as they are",
    given: {
      gateway: '10.20.0.1',
      exclude: ['10.20.0.1'],
      rangeEnd: '10.20.0.99',
      range: '10.20.0.0/24',
    },
    want: '{"type":"whereabouts","range":"10.20.0.0/24","range_end":"10.20.0.99","exclude":["10.20.0.1"],"gateway":"10.20.0.1"}',
  },
  {
    name: 'one range is that of the IPAM, its gateway excluded',
    given: { ranges: [{ range: '10.20.0.0/24', rangeStart: '10.20.0.5', gateway: '10.20.0.254' }] },
    want: '{"type":"whereabouts","range":"10.20.0.0/24","range_start":"10.20.0.5","exclude":["10.20.0.254/32"]}',
  },
  {
    name: 'two are ipRanges, the gateway of each in the routes of its family',
    given: {
      ranges: [
        { range: '10.20.0.0/24', gateway: '10.20.0.1' },
        { range: 'fd00:20::/64', gateway: 'fd00:20::1' },
      ],
      routes: [
        { dst: '10.99.0.0/16' },
        { dst: 'fd99::/32' },
        { dst: '10.98.0.0/16', gw: '10.20.0.7' },
      ],
    },
    want: '{"type":"whereabouts","ipRanges":[{"range":"10.20.0.0/24","exclude":["10.20.0.1/32"]},{"range":"fd00:20::/64","exclude":["fd00:20::1/128"]}],"routes":[{"dst":"10.99.0.0/16","gw":"10.20.0.1"},{"dst":"fd99::/32","gw":"fd00:20::1"},{"dst":"10.98.0.0/16","gw":"10.20.0.7"}]}',
  },
  {
    name: 'the claimable part is excluded, where it lies',
    given: {
      ranges: [{ range: '10.20.0.0/24' }, { range: 'fd00:20::/64' }],
      claimable: ['10.20.0.128/25', 'fd00:20::80-fd00:20::ff'],
    },
    want: '{"type":"whereabouts","ipRanges":[{"range":"10.20.0.0/24","exclude":["10.20.0.128/25"]},{"range":"fd00:20::/64","exclude":["fd00:20::80/121"]}]}',
  },
  {
    name: 'what is excluded already is not excluded twice',
    given: { ranges: [{ range: '10.20.0.0/24', exclude: ['10.20.0.3/30'], gateway: '10.20.0.1' }] },
    want: '{"type":"whereabouts","range":"10.20.0.0/24","exclude":["10.20.0.3/30"]}',
  },
  {
    name: "netloom's ranges come behind upstream's",
    given: {
      range: '10.20.0.0/24',
      ipRanges: [{ range: '10.21.0.0/24' }],
      ranges: [{ range: '10.22.0.0/24' }],
    },
    want: '{"type":"whereabouts","range":"10.20.0.0/24","ipRanges":[{"range":"10.21.0.0/24"},{"range":"10.22.0.0/24"}]}',
  },
  {
    name: 'what nobody knows is kept, that of a lone range too',
    given: { ranges: [{ range: '10.20.0.0/24', extra: { a: 1 } }], extra: { b: 2 } },
    want: '{"type":"whereabouts","range":"10.20.0.0/24","b":2,"a":1}',
  },
];

test.each(cases)('$name', ({ given, want }) => expect(text(given)).toBe(want));

test('the claimable part as a pool', () => {
  const settings: WhereaboutsSettings = {
    ranges: [
      { range: '10.20.0.5-10.20.0.200/24', gateway: '10.20.0.1' },
      { range: 'fd00:20::/64' },
    ],
    claimable: ['10.20.0.128/26', 'fd00:20::80'],
  };
  expect(claimablePool({ kind: 'whereabouts', settings })).toEqual({
    subnets: [
      { subnet: '10.20.0.0/24', gateway: '10.20.0.1', ranges: ['10.20.0.128-10.20.0.191'] },
      { subnet: 'fd00:20::/64', ranges: ['fd00:20::80'] },
    ],
  });
});

test.each([
  ['10.20.0.0/24', '10.20.0.0/24'],
  ['192.168.2.225/28', '192.168.2.224/28'],
  ['192.168.2.225-192.168.2.230/28', '192.168.2.224/28'],
  ['fd00::5-fd00::9/64', 'fd00::/64'],
])('the network of %s', (range, want) => {
  expect(String(whereaboutsNetwork({ range }))).toBe(want);
});

test.each([
  ['192.168.2.0/24', undefined, '192.168.2.0-24'],
  ['2001:db8::/64', undefined, '2001-db8---64'],
  ['2001:db8::/64', 'tenant-a', 'tenant-a-2001-db8---64'],
  ['10.20.0.0/24', '', '10.20.0.0-24'],
])('the pool of %s in %s', (range, networkName, want) => {
  expect(ipPoolName(Cidr.parse(range), networkName)).toBe(want);
});

test.each([
  ['10.20.0.0/28', '10.20.0.0-10.20.0.15'],
  ['10.20.0.9/28', '10.20.0.0-10.20.0.15'],
  ['10.20.0.9', '10.20.0.9'],
  ['x', 'undefined'],
])('%s excludes', (given, want) => {
  expect(String(excludedRange(given))).toBe(want);
});
