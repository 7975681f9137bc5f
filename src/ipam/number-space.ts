import { AddressTree, Gap, type Place } from './address-tree';
import type { Holding } from './holding';
import {
  compareWords,
  type Extent,
  type Found,
  type NumberKind,
  numberOf,
  type Words,
  wordsOf,
} from './words';

/** An address, MAC or block of a holding. */
export class HeldPlace implements Place {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
  /** Undefined only until the holding has been put together. */
  holding: Holding | undefined = undefined;
  /** The next place of its holding. */
  next: HeldPlace | undefined = undefined;

  constructor(
    readonly kind: NumberKind,
    words: Words,
    readonly order: number,
  ) {
    this.a = words.a;
    this.b = words.b;
    this.c = words.c;
    this.d = words.d;
  }

  isAt(words: Words, order: number): boolean {
    return this.order === order && compareWords(this, words) === 0;
  }
}

/** The numbers of one kind that a pool gives: which are taken, and which comes next. */
export class NumberSpace {
  /** How many numbers may be given. */
  readonly size: bigint;
  private readonly open: Part | undefined;
  private readonly reserved: Part | undefined;
  /** Last number given; the search for a free one goes on behind it. */
  last: Words | undefined;
  /** Blocks in quarantine that a new definition of the pool cuts. */
  private readonly cut = new Map<HeldPlace, Piece[]>();

  /**
   * @param open what may be chosen, sorted and disjoint
   * @param reserved what is only given to those who ask for it by value
   */
  constructor(
    readonly kind: NumberKind,
    open: readonly Extent[],
    reserved: readonly Extent[] = [],
  ) {
    this.open = open.length === 0 ? undefined : new Part(open);
    this.reserved = reserved.length === 0 ? undefined : new Part(reserved);
    this.size = [...open, ...reserved].reduce(
      (sum, { first, last }) => sum + last - first + 1n,
      0n,
    );
  }

  /** Whether all numbers of a block may be given, to those who ask for it. */
  serves(words: Words, order: number): boolean {
    return this.partOf(words, order) !== undefined;
  }

  /** One of those who hold a number of a block; undefined when all that is given of it is free. */
  holderOf(words: Words, order: number): HeldPlace | undefined {
    const part = this.partOf(words, order);
    if (part) return part.holderOf(words, order);
    for (const piece of this.piecesOf(words, order)) {
      const holder = piece.part.holderOf(piece.place, piece.place.order);
      if (holder) return holder;
    }
    return undefined;
  }

  /** The next free block behind the last one given, coming round at the end. */
  next(order: number): Words | undefined {
    const tree = this.open?.tree;
    if (tree === undefined) return undefined;
    const found: Found = { a: 0, b: 0, c: 0, d: 0 };
    const isThere = tree.next(this.last, order, found) || tree.next(undefined, order, found);
    return isThere ? found : undefined;
  }

  /** The search for a free block begins behind that part of what may be chosen. */
  startAt(part: number): void {
    this.last = this.open?.at(part);
  }

  /** The search for a free block goes on behind this place. */
  moveBehind(place: HeldPlace): void {
    this.last = lastOf(place, place.order);
  }

  /** Of a place that the pool's present definition cuts, what is inside; outside there is nothing to give. */
  take(place: HeldPlace): void {
    const part = this.partOf(place, place.order);
    if (part) {
      part.tree.take(place);
      return;
    }
    const pieces = this.piecesOf(place, place.order, place.holding);
    for (const piece of pieces) piece.part.tree.take(piece.place);
    if (pieces.length > 0) this.cut.set(place, pieces);
  }

  free(place: HeldPlace): void {
    const part = this.partOf(place, place.order);
    if (part) {
      part.tree.free(place);
      return;
    }
    for (const piece of this.cut.get(place) ?? []) piece.part.tree.free(piece.place);
    this.cut.delete(place);
  }

  private partOf(words: Words, order: number): Part | undefined {
    if (this.open?.holds(words, order)) return this.open;
    return this.reserved?.holds(words, order) ? this.reserved : undefined;
  }

  /** The largest blocks of a block that lie in a part. */
  private piecesOf(words: Words, order: number, holding?: Holding): Piece[] {
    const part = this.partOf(words, order);
    if (part) {
      const place = new HeldPlace(this.kind, words, order);
      place.holding = holding;
      return [{ part, place }];
    }
    const isOutside = !this.open?.touches(words, order) && !this.reserved?.touches(words, order);
    if (order === 0 || isOutside) return [];
    const half = 1n << BigInt(order - 1);
    return [
      ...this.piecesOf(words, order - 1, holding),
      ...this.piecesOf(wordsOf(numberOf(words) + half), order - 1, holding),
    ];
  }
}

interface Piece {
  readonly part: Part;
  readonly place: HeldPlace;
}

/** Ranges, and what is taken of them. */
class Part {
  readonly tree: AddressTree<HeldPlace>;
  private readonly ranges: readonly Range[];

  constructor(extents: readonly Extent[]) {
    this.tree = new AddressTree(extents);
    this.ranges = extents.map(({ first, last }) => ({
      first: wordsOf(first),
      last: wordsOf(last),
    }));
  }

  holderOf(words: Words, order: number): HeldPlace | undefined {
    const found = this.tree.overlapping(words, order);
    return found instanceof Gap ? undefined : found;
  }

  /** The number behind which a part of all numbers comes, from 0 to 1. */
  at(part: number): Words | undefined {
    const sizes = this.ranges.map(({ first, last }) => numberOf(last) - numberOf(first) + 1n);
    const all = sizes.reduce((sum, size) => sum + size, 0n);
    // A millionth of the numbers is near enough.
    let rest = (all * BigInt(Math.floor(part * 1_000_000))) / 1_000_000n;
    for (const [index, { first }] of this.ranges.entries()) {
      const size = sizes[index] as bigint;
      if (rest < size) return wordsOf(numberOf(first) + rest);
      rest -= size;
    }
    return undefined;
  }

  /** Whether all numbers of a block are in one of the ranges. */
  holds(words: Words, order: number): boolean {
    const range = this.lastFrom(words);
    if (range === undefined) return false;
    return compareWords(order === 0 ? words : lastOf(words, order), range.last) <= 0;
  }

  /** Whether any number of a block is in one of the ranges. */
  touches(words: Words, order: number): boolean {
    const range = this.lastFrom(lastOf(words, order));
    return range !== undefined && compareWords(words, range.last) <= 0;
  }

  /** The last range that does not begin behind a number. */
  private lastFrom(words: Words): Range | undefined {
    let low = 0;
    let high = this.ranges.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareWords((this.ranges[middle] as Range).first, words) <= 0) low = middle + 1;
      else high = middle;
    }
    return this.ranges[low - 1];
  }
}

interface Range {
  readonly first: Words;
  readonly last: Words;
}

/** The last number of a block. */
function lastOf({ a, b, c, d }: Words, order: number): Words {
  if (order === 0) return { a, b, c, d };
  const word = (value: number, bits: number): number => {
    if (bits <= 0) return value;
    return bits >= 32 ? -1 : value | ((1 << bits) - 1);
  };
  return {
    a: word(a, order - 96),
    b: word(b, order - 64),
    c: word(c, order - 32),
    d: word(d, order),
  };
}
