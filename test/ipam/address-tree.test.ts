import fc from 'fast-check';
import { AddressTree, Gap, type Place } from '../../src/ipam/address-tree';
import { type Extent, numberOf, type Words, wordsOf } from '../../src/ipam/words';

/** Around the ends of a word, of IPv4, of IPv6, and of a /64: where carries go wrong. */
const BASES = [
  0n,
  10n << 24n,
  (1n << 32n) - 100n,
  1n << 62n,
  (0xfd00n << 112n) + (1n << 64n) - 100n,
  (1n << 128n) - 256n,
];
const WIDTH = 200;

interface Taken extends Place {
  readonly first: bigint;
}

const action = fc.record({
  /** Takes behind this offset, from the beginning when undefined, and frees one when it is -1. */
  after: fc.option(fc.integer({ min: -1, max: WIDTH }), { nil: undefined }),
  order: fc.constantFrom(0, 0, 0, 1, 2, 3, 4, 5, 6),
  which: fc.nat(50),
});

const ranges = fc
  .uniqueArray(fc.nat(WIDTH - 1), { minLength: 2, maxLength: 6 })
  .map((cuts) => cuts.sort((one, other) => one - other))
  .map((cuts) =>
    cuts.flatMap((first, index) => {
      const last = cuts[index + 1];
      return index % 2 === 0 && last !== undefined ? [{ first, last }] : [];
    }),
  );

/** What is free, one number after the other. */
class FreeNumbers {
  readonly free = new Set<bigint>();

  constructor(extents: readonly Extent[]) {
    for (const { first, last } of extents) this.put(first, last - first + 1n);
  }

  put(first: bigint, size: bigint): void {
    for (let number = first; number < first + size; number++) this.free.add(number);
  }

  take(first: bigint, size: bigint): void {
    for (let number = first; number < first + size; number++) this.free.delete(number);
  }

  isFree(first: bigint, size: bigint): boolean {
    if (first % size !== 0n) return false;
    for (let number = first; number < first + size; number++) {
      if (!this.free.has(number)) return false;
    }
    return true;
  }

  next(from: bigint, size: bigint, end: bigint): bigint | undefined {
    for (let first = from; first < end; first++) if (this.isFree(first, size)) return first;
    return undefined;
  }
}

function placeAt(words: Words, order: number): Taken {
  return { ...words, order, first: numberOf(words) };
}

test('a tree of what is taken answers as a set of free numbers does', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...BASES),
      ranges,
      fc.array(action, { maxLength: 80, size: 'max' }),
      (base, offsets, actions) => {
        const extents = offsets.map(({ first, last }) => ({
          first: base + BigInt(first),
          last: base + BigInt(last),
        }));
        const tree = new AddressTree<Taken>(extents);
        const numbers = new FreeNumbers(extents);
        const taken: Taken[] = [];
        for (const { after, order, which } of actions) {
          const size = 1n << BigInt(order);
          if (after === -1) {
            const [place] = taken.splice(which % Math.max(1, taken.length), 1);
            if (place === undefined) continue;
            tree.free(place);
            numbers.put(place.first, 1n << BigInt(place.order));
            continue;
          }
          const from = after === undefined ? undefined : base + BigInt(after);
          const found = { a: 0, b: 0, c: 0, d: 0 };
          const isThere = tree.next(from === undefined ? undefined : wordsOf(from), order, found);
          const begin = from === undefined ? base - (base % 64n) : from + 1n;
          const want = numbers.next(begin, size, base + BigInt(WIDTH));
          expect(isThere ? numberOf(found) : undefined).toBe(want);
          if (want === undefined) continue;
          const place = placeAt(wordsOf(want), order);
          tree.take(place);
          numbers.take(want, size);
          taken.push(place);
          const other = want - (want % 64n) + BigInt(which);
          const holder = taken.find(
            (one) => one.first <= other && other < one.first + (1n << BigInt(one.order)),
          );
          const at = tree.at(wordsOf(other));
          if (holder) expect(at).toBe(holder);
          else
            expect(at === undefined ? 'free' : at instanceof Gap).toBe(
              numbers.free.has(other) ? 'free' : true,
            );
          const block = other - (other % size);
          expect(tree.overlapping(wordsOf(block), order) === undefined).toBe(
            numbers.isFree(block, size),
          );
        }
      },
    ),
    { numRuns: 1_000 },
  );
}, 60_000);

test('a search of a full tree for blocks, over and over, does not look at all of it again', () => {
  const tree = new AddressTree<Taken>([{ first: 0n, last: 0xffffn }]);
  const found = { a: 0, b: 0, c: 0, d: 0 };
  // Every other address is taken: free room everywhere, and no block of two.
  for (let number = 0n; number <= 0xffffn; number += 2n) tree.take(placeAt(wordsOf(number), 0));
  expect(tree.next(undefined, 1, found)).toBe(false);
  const begin = performance.now();
  for (let round = 0; round < 20_000; round++) {
    if (tree.next(undefined, 1, found)) throw new Error('there is no block of two');
  }
  // 2 s would be 100 us a search; one that looks at all 2,048 branches takes longer.
  expect(performance.now() - begin).toBeLessThan(2_000);
  const last = tree.at(wordsOf(0x8000n)) as Taken;
  tree.free(last);
  expect(tree.next(undefined, 1, found) && numberOf(found)).toBe(0x8000n);
});
