import fc from 'fast-check';
import { IpAddress, IpRange } from 'netloom';
import { type OwnedRange, overlapsOf } from '../../src/rules/range-sweep';

interface Numbered extends OwnedRange {
  readonly id: number;
}

const ranges: fc.Arbitrary<Numbered[]> = fc
  .array(
    fc.record({
      family: fc.constantFrom(4 as const, 6 as const),
      first: fc.bigInt({ min: 0n, max: 60n }),
      size: fc.bigInt({ min: 0n, max: 20n }),
      owner: fc.constantFrom('a', 'b', 'c'),
    }),
    { maxLength: 12 },
  )
  .map((list) =>
    list.map(({ family, first, size, owner }, id) => {
      const [from, to] = [first, first + size].map((value) => IpAddress.of(family, value));
      return { id, owner, range: IpRange.of(from as IpAddress, to as IpAddress) };
    }),
  );

test('all pairs are of two owners, and overlap', () => {
  fc.assert(
    fc.property(ranges, (list) => {
      for (const [before, after] of overlapsOf(list)) {
        expect(before.owner).not.toBe(after.owner);
        expect(before.range.overlaps(after.range)).toBe(true);
      }
    }),
    { numRuns: 2000 },
  );
});

test('a range is told once, where one that begins before it is of another owner and overlaps it', () => {
  fc.assert(
    fc.property(ranges, (list) => {
      const sorted = [...list].sort((a, b) => a.range.first.compare(b.range.first));
      const want = sorted.filter((one, index) =>
        sorted
          .slice(0, index)
          .some((other) => other.owner !== one.owner && other.range.overlaps(one.range)),
      );
      expect(overlapsOf(list).map(([, after]) => after.id)).toEqual(want.map(({ id }) => id));
    }),
    { numRuns: 5000 },
  );
});
