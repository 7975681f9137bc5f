import fc from 'fast-check';
import { IpRange, IpRangeSet } from 'netloom';
import { anyRange, nearAddress, nearRanges, nearSet } from './arbitraries';

const setOf = (...texts: string[]): IpRangeSet => IpRangeSet.of(texts.map(IpRange.parse));

describe('sets of addresses', () => {
  const cases = [
    {
      name: 'overlapping ranges become one',
      given: setOf('10.0.0.5-10.0.0.9', '10.0.0.1-10.0.0.6'),
      want: '10.0.0.1-10.0.0.9',
    },
    {
      name: 'touching ranges become one',
      given: setOf('10.0.0.1', '10.0.0.2', '10.0.0.3'),
      want: '10.0.0.1-10.0.0.3',
    },
    {
      name: 'a range inside another disappears',
      given: setOf('10.0.0.0/24', '10.0.0.7'),
      want: '10.0.0.0-10.0.0.255',
    },
    {
      name: 'IPv4 comes before IPv6',
      given: setOf('fd00::1', '10.0.0.1'),
      want: '10.0.0.1, fd00::1',
    },
    {
      name: 'the last IPv4 and the first IPv6 address do not touch',
      given: setOf('255.255.255.255', '::'),
      want: '255.255.255.255, ::',
    },
    {
      name: 'a hole in the middle',
      given: setOf('10.0.0.20-10.0.0.119').subtract(setOf('10.0.0.50-10.0.0.59')),
      want: '10.0.0.20-10.0.0.49, 10.0.0.60-10.0.0.119',
    },
    {
      name: 'a hole at the begin',
      given: setOf('10.0.0.20-10.0.0.119').subtract(setOf('10.0.0.1-10.0.0.29')),
      want: '10.0.0.30-10.0.0.119',
    },
    {
      name: 'a hole at the end',
      given: setOf('10.0.0.20-10.0.0.119').subtract(setOf('10.0.0.100-10.0.0.119')),
      want: '10.0.0.20-10.0.0.99',
    },
    {
      name: 'a hole that is larger',
      given: setOf('10.0.0.20-10.0.0.119').subtract(setOf('10.0.0.0/24')),
      want: '',
    },
    {
      name: 'a hole at the very ends',
      given: setOf('0.0.0.0/0').subtract(setOf('0.0.0.0', '255.255.255.255')),
      want: '0.0.0.1-255.255.255.254',
    },
    {
      name: 'what is common',
      given: setOf('10.0.0.0/24', 'fd00::/64').intersect(setOf('10.0.0.250-10.0.1.9', '::1')),
      want: '10.0.0.250-10.0.0.255',
    },
    { name: 'one family only', given: setOf('10.0.0.1', 'fd00::1').ofFamily(6), want: 'fd00::1' },
  ];

  test.each(cases)('$name', ({ given, want }) => expect(String(given)).toBe(want));

  test('the fewest networks', () => {
    expect(setOf('10.0.0.1-10.0.0.6').toCidrs().map(String)).toEqual([
      '10.0.0.1/32',
      '10.0.0.2/31',
      '10.0.0.4/31',
      '10.0.0.6/32',
    ]);
    expect(setOf('0.0.0.0/0', '::/0').toCidrs().map(String)).toEqual(['0.0.0.0/0', '::/0']);
    expect(IpRangeSet.EMPTY.toCidrs()).toEqual([]);
  });
});

describe('laws', () => {
  const law = (check: (a: IpRangeSet, b: IpRangeSet, c: IpRangeSet) => void): (() => void) => {
    return () => fc.assert(fc.property(nearSet, nearSet, nearSet, check), { numRuns: 500 });
  };

  test('the ranges are sorted, and neither overlap nor touch', () => {
    fc.assert(
      fc.property(nearRanges, (ranges) => {
        const set = IpRangeSet.of(ranges);
        set.ranges.forEach((range, index) => {
          const next = set.ranges[index + 1];
          if (!next) return;
          expect(range.last.compare(next.first)).toBeLessThan(0);
          if (next.family === range.family) {
            expect(next.first.value - range.last.value).toBeGreaterThan(1n);
          }
        });
      }),
      { numRuns: 500 },
    );
  });

  test('a set holds what one of its ranges holds, in whatever order they came', () => {
    fc.assert(
      fc.property(nearRanges, nearAddress, (ranges, address) => {
        const wanted = ranges.some((range) => range.contains(address));
        expect(IpRangeSet.of(ranges).contains(address)).toBe(wanted);
        expect(IpRangeSet.of([...ranges].reverse()).contains(address)).toBe(wanted);
      }),
      { numRuns: 1000 },
    );
  });

  test('union, intersection and difference by address', () => {
    fc.assert(
      fc.property(nearSet, nearSet, nearAddress, (a, b, address) => {
        const [inA, inB] = [a.contains(address), b.contains(address)];
        expect(a.union(b).contains(address)).toBe(inA || inB);
        expect(a.intersect(b).contains(address)).toBe(inA && inB);
        expect(a.subtract(b).contains(address)).toBe(inA && !inB);
      }),
      { numRuns: 2000 },
    );
  });

  test(
    'union and intersection do not care for order',
    law((a, b, c) => {
      expect(a.union(b).equals(b.union(a))).toBe(true);
      expect(a.intersect(b).equals(b.intersect(a))).toBe(true);
      expect(
        a
          .union(b)
          .union(c)
          .equals(a.union(b.union(c))),
      ).toBe(true);
      expect(
        a
          .intersect(b)
          .intersect(c)
          .equals(a.intersect(b.intersect(c))),
      ).toBe(true);
    }),
  );

  test(
    'intersection distributes over union',
    law((a, b, c) => {
      expect(a.intersect(b.union(c)).equals(a.intersect(b).union(a.intersect(c)))).toBe(true);
    }),
  );

  test(
    'a set is what it has in common with another and what it has not',
    law((a, b) => {
      expect(a.subtract(b).union(a.intersect(b)).equals(a)).toBe(true);
      expect(a.subtract(b).intersect(b).isEmpty).toBe(true);
      expect(a.union(b).subtract(b).equals(a.subtract(b))).toBe(true);
      expect(a.subtract(a).isEmpty).toBe(true);
      expect(a.subtract(IpRangeSet.EMPTY).equals(a)).toBe(true);
    }),
  );

  test(
    'sizes add up',
    law((a, b) => {
      expect(a.union(b).size + a.intersect(b).size).toBe(a.size + b.size);
      expect(a.isEmpty).toBe(a.size === 0n);
      expect(a.ofFamily(4).size + a.ofFamily(6).size).toBe(a.size);
    }),
  );

  test('the networks of a set hold exactly its addresses, and no fewer networks would', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          nearSet,
          anyRange.map((range) => IpRangeSet.of([range])),
        ),
        (set) => {
          const cidrs = set.toCidrs();
          expect(IpRangeSet.of(cidrs.map(IpRange.ofCidr)).equals(set)).toBe(true);
          expect(cidrs.reduce((sum, cidr) => sum + cidr.size, 0n)).toBe(set.size);
          cidrs.forEach((cidr, index) => {
            const next = cidrs[index + 1];
            const mergeable =
              next?.prefixLength === cidr.prefixLength &&
              next.network.value === cidr.network.value + cidr.size &&
              cidr.network.value % (cidr.size * 2n) === 0n;
            expect(mergeable).toBe(false);
          });
        },
      ),
      { numRuns: 500 },
    );
  });
});
