import * as fc from 'fast-check';
import { checkHostLocal, checkHostLocalFully, type HostLocalSettings, IpAddress } from 'netloom';
import { isPlainlyRight } from '../../src/rules/plain-host-local';

/** Addresses close together, so that ends, gateways and parts meet in every way. */
const v4 = fc.integer({ min: 0, max: 18 }).map((host) => `10.0.0.${host}`);
const v6 = fc
  .integer({ min: 0, max: 18 })
  .map((host) => String(IpAddress.of(6, (0xfd00n << 112n) + BigInt(host))));
const odd = fc.constantFrom(
  '',
  '10.0.0',
  '010.0.0.1',
  '::ffff:10.0.0.1',
  'fd00::g',
  '10.0.0.300',
  'fe80::1%eth0',
  ' 10.0.0.1',
);
const address = fc.oneof(
  { weight: 6, arbitrary: v4 },
  { weight: 6, arbitrary: v6 },
  { weight: 1, arbitrary: odd },
);
const length = fc.constantFrom(
  '27',
  '28',
  '29',
  '30',
  '31',
  '32',
  '0',
  '08',
  '123',
  '124',
  '126',
  '127',
  '128',
  '129',
  '',
);
const cidr = fc.tuple(address, length).map(([text, bits]) => `${text}/${bits}`);
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

/** Mostly two different ends in order: most of what is drawn at random is wrong at once. */
const ends = (own: (host: number) => string) =>
  fc
    .tuple(fc.integer({ min: 0, max: 16 }), fc.integer({ min: 1, max: 16 }), fc.boolean())
    .map(([a, b, sort]) => (sort && a > b ? [own(b), own(a)] : [own(a), own(b)]));
const host4 = (host: number): string => `10.0.0.${host}`;
const host6 = (host: number): string => String(IpAddress.of(6, (0xfd00n << 112n) + BigInt(host)));

const range = (own: (host: number) => string, subnets: string[]) =>
  fc
    .record({
      subnet: fc.oneof(
        { weight: 15, arbitrary: fc.constantFrom(...subnets) },
        { weight: 1, arbitrary: cidr },
      ),
      both: optional(ends(own)),
      gateway: optional(fc.integer({ min: 0, max: 17 }).map(own)),
    })
    .map(({ subnet, both, gateway }) => ({
      subnet,
      rangeStart: both?.[0],
      rangeEnd: both?.[1],
      gateway,
    }));
const range4 = range(host4, ['10.0.0.0/28', '10.0.0.0/27', '10.0.0.0/24']);
const range6 = range(host6, ['fd00::/64', 'fd00::/123', 'fd00::/126']);
const ranges = fc.oneof(
  fc.tuple(range4),
  fc.tuple(range4, range6),
  fc.array(fc.oneof(range4, range6), { maxLength: 3 }),
);
const part4 = ends(host4).map((both) => both.join('-'));
const part6 = ends(host6).map((both) => both.join('-'));
const claimable = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(part4) },
  { weight: 3, arbitrary: fc.tuple(part4, part6) },
  { weight: 2, arbitrary: fc.array(fc.oneof(part4, part6, address, cidr), { maxLength: 3 }) },
);
const route = fc.record({
  dst: fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom('192.168.0.0/16', 'fd50::/64') },
    { weight: 1, arbitrary: cidr },
  ),
});
/** Both ways to write the same sets, and sometimes a bit of the old form besides. */
const settings: fc.Arbitrary<HostLocalSettings> = fc
  .record({
    ranges,
    claimable: optional(claimable),
    routes: optional(fc.array(route, { maxLength: 1 })),
    inSets: fc.constantFrom('never', 'never', 'each', 'each', 'together'),
    old: fc.oneof(
      { weight: 8, arbitrary: fc.constant({}) },
      { weight: 1, arbitrary: fc.record({ subnet: cidr, gateway: address }, { requiredKeys: [] }) },
    ),
  })
  .map(({ ranges: own, inSets, old, ...rest }) => {
    const sets = inSets === 'each' ? own.map((one) => [one]) : [own];
    return { ...rest, ...old, ...(inSets === 'never' ? { ranges: own } : { rangeSets: sets }) };
  });

test('what is plainly right is right: the full check finds nothing either', () => {
  let right = 0;
  void fc.assert(
    fc.property(settings, (given) => {
      if (!isPlainlyRight(given)) return;
      right++;
      expect(checkHostLocalFully(given)).toEqual([]);
    }),
    { numRuns: 30_000 },
  );
  // The property says something only where the short way is taken.
  expect(right).toBeGreaterThan(1000);
}, 60_000);

test('what is not plainly right gets the full check', () => {
  void fc.assert(
    fc.property(settings, (given) => {
      expect(checkHostLocal(given)).toEqual(checkHostLocalFully(given));
    }),
    { numRuns: 5_000 },
  );
}, 60_000);

test.each([
  ['one range', { ranges: [{ subnet: '10.10.0.0/24' }] }],
  [
    'the first example of the documentation',
    {
      ranges: [
        {
          subnet: '10.10.0.0/24',
          rangeStart: '10.10.0.20',
          rangeEnd: '10.10.0.119',
          gateway: '10.10.0.254',
        },
        { subnet: 'fd00:10::/64', rangeStart: 'fd00:10::20', rangeEnd: 'fd00:10::ff' },
      ],
      claimable: ['10.10.0.100-10.10.0.119', 'fd00:10::80/121'],
      routes: [{ dst: '192.168.0.0/16' }],
      dataDir: '/var/lib/cni/br-test',
    },
  ],
])('%s takes the short way', (_name, given: HostLocalSettings) => {
  expect(isPlainlyRight(given)).toBe(true);
});
