import fc from 'fast-check';
import {
  claimableSet,
  type HostLocalRange,
  type HostLocalSettings,
  hostLocalIpam,
  hostLocalPool,
  IpAddress,
  type IpFamily,
  IpRangeSet,
  parsePoolSubnet,
  spanOf,
} from 'netloom';

const BASE = { 4: IpAddress.parse('10.10.0.0'), 6: IpAddress.parse('fd00:10::') } as const;
const at = (family: IpFamily, offset: number): string => String(BASE[family].plus(offset));

/** A range in a subnet of 64 addresses, and claimable parts somewhere in it. */
const settings: fc.Arbitrary<HostLocalSettings> = fc
  .record({
    family: fc.constantFrom<IpFamily>(4, 6),
    ends: fc.tuple(fc.integer({ min: 1, max: 62 }), fc.integer({ min: 1, max: 62 })),
    withEnds: fc.boolean(),
    gateway: fc.option(fc.integer({ min: 1, max: 62 }), { nil: undefined }),
    parts: fc.array(fc.tuple(fc.integer({ min: 0, max: 63 }), fc.integer({ min: 0, max: 8 })), {
      minLength: 1,
      maxLength: 5,
    }),
  })
  .map(({ family, ends, withEnds, gateway, parts }) => ({
    ranges: [
      {
        subnet: `${BASE[family]}/${family === 4 ? 26 : 122}`,
        ...(withEnds && {
          rangeStart: at(family, Math.min(...ends)),
          rangeEnd: at(family, Math.max(...ends)),
        }),
        ...(gateway !== undefined && { gateway: at(family, gateway) }),
      },
    ],
    claimable: parts.map(
      ([first, more]) => `${at(family, first)}-${at(family, Math.min(63, first + more))}`,
    ),
  }));

const written = (given: HostLocalSettings): IpRangeSet =>
  IpRangeSet.of((hostLocalIpam(given).ranges as HostLocalRange[][]).flat().map(spanOf));

test('what is written and what is claimable together are the span, and share nothing', () => {
  fc.assert(
    fc.property(settings, (given) => {
      const span = IpRangeSet.of([spanOf(given.ranges?.[0] as HostLocalRange)]);
      const claimable = claimableSet(given.claimable);
      const left = written(given);
      expect(left.intersect(claimable).isEmpty).toBe(true);
      expect(left.union(claimable.intersect(span)).equals(span)).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test('the ranges of a set neither overlap nor touch: host-local would refuse them', () => {
  fc.assert(
    fc.property(settings, (given) => {
      const ranges = (hostLocalIpam(given).ranges as HostLocalRange[][]).flat().map(spanOf);
      expect(IpRangeSet.of(ranges).ranges).toHaveLength(ranges.length);
    }),
  );
});

test('no address can be given by the plugin and by a claim', () => {
  fc.assert(
    fc.property(settings, (given) => {
      const left = written(given);
      for (const subnet of hostLocalPool(given).subnets) {
        const { assignable, gateway } = parsePoolSubnet(subnet);
        expect(assignable.intersect(left).isEmpty).toBe(true);
        if (gateway) expect(assignable.contains(gateway)).toBe(false);
      }
    }),
    { numRuns: 500 },
  );
});

test('a claim is never outside what was called claimable', () => {
  fc.assert(
    fc.property(settings, (given) => {
      const claimable = claimableSet(given.claimable);
      const all = hostLocalPool(given).subnets.map((subnet) => parsePoolSubnet(subnet).assignable);
      for (const assignable of all) expect(assignable.subtract(claimable).isEmpty).toBe(true);
    }),
  );
});
