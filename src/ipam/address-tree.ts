import {
  allSlots,
  digit,
  freeRuns,
  isWordTop,
  levelOf,
  lowestBit,
  orderOf,
  putSlot,
  slotMask,
  TOP_LEVEL,
} from './tree-levels';
import {
  alignedBlocks,
  alignUp,
  compareWords,
  copyWords,
  covers,
  type Extent,
  type Found,
  putNext,
  type Words,
  wordsOf,
} from './words';

/** What stands on 2^order numbers from its words on, aligned: an address or a block. */
export interface Place extends Words {
  readonly order: number;
}

/** Numbers that are never given: what lies between ranges, and excludes. */
export class Gap implements Place {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;

  constructor(
    words: Words,
    readonly order: number,
  ) {
    this.a = words.a;
    this.b = words.b;
    this.c = words.c;
    this.d = words.d;
  }
}

/** Above every order: anything may be free below a branch. */
const ANY_ORDER = 255;

/** A slot is empty, or holds a branch of the next level, or a place: one that fills the slot, or the only one in it. */
type Slot<P> = Branch<P> | P | Gap | undefined;

class Branch<P> {
  /** A bit for each slot in which nothing is free. */
  full = 0;
  /** A bit for each slot in which something stands. */
  used = 0;
  /** No aligned block of a higher order is free in here: never too low, maybe too high, never above the branch's own above it. */
  bound = ANY_ORDER;

  constructor(readonly slots: Slot<P>[]) {}
}

/**
 * What is taken of a space of up to 2^128 numbers: a radix tree with bitmaps that has branches only
 * where something stands. Looking up, taking, freeing and finding the next free number take one way
 * down (4 levels for a /16 of IPv4, 14 for a /64 of IPv6), however full it is.
 *
 * What lies outside the ranges stands in the tree itself, so that no search looks at ranges.
 */
export class AddressTree<P extends Place> {
  private readonly top: number;
  private readonly root: Branch<P>;
  private readonly base: Words;
  private readonly rootOrder: number;
  /** The way down of the call that is running, by level. */
  private readonly path: Branch<P>[] = [];

  /** @param ranges what may be given: sorted, disjoint, at least one */
  constructor(ranges: readonly Extent[]) {
    const { first } = ranges[0] as Extent;
    const { last } = ranges.at(-1) as Extent;
    // One level more than tells them apart, so that a block can be as large as all of them.
    this.top = Math.min(TOP_LEVEL, levelOf((first ^ last).toString(2).length - 1) + 1);
    this.rootOrder = orderOf(this.top) + (isWordTop(this.top) ? 2 : 5);
    this.root = new Branch(emptySlots(this.top));
    const size = 1n << BigInt(this.rootOrder);
    const base = first - (first % size);
    this.base = wordsOf(base);
    let open = base;
    for (const range of ranges) {
      this.close({ first: open, last: range.first - 1n });
      open = range.last + 1n;
    }
    this.close({ first: open, last: base + size - 1n });
  }

  /** Puts a place on numbers of which {@link overlapping} says that they are free. */
  take(place: P | Gap): void {
    const target = levelOf(place.order);
    let branch = this.root;
    let level = this.top;
    this.path[level] = branch;
    while (level > target) {
      const index = digit(place, level);
      const slot = branch.slots[index];
      if (slot === undefined) {
        branch.slots[index] = place;
        branch.used |= 1 << index;
        return;
      }
      branch = slot instanceof Branch ? slot : openSlot(branch, index, level, slot);
      level--;
      this.path[level] = branch;
    }
    const mask = fill(branch, place, level, place);
    branch.full |= mask;
    branch.used |= mask;
    while (level < this.top && branch.full === allSlots(level)) {
      level++;
      branch = this.path[level] as Branch<P>;
      branch.full |= 1 << digit(place, level);
    }
  }

  /** Takes a place away that {@link take} has put there. */
  free(place: P): void {
    let branch = this.root;
    let level = this.top;
    let index = digit(place, level);
    this.path[level] = branch;
    while (branch.slots[index] !== place) {
      branch = branch.slots[index] as Branch<P>;
      level--;
      index = digit(place, level);
      this.path[level] = branch;
    }
    let mask = 1 << index;
    if (level === levelOf(place.order)) mask = fill(branch, place, level, undefined);
    else branch.slots[index] = undefined;
    branch.full &= ~mask;
    branch.used &= ~mask;
    branch.bound = ANY_ORDER;
    while (level < this.top) {
      const isEmpty = branch.used === 0;
      level++;
      branch = this.path[level] as Branch<P>;
      index = digit(place, level);
      // What holds here holds further up, too.
      const isKnown = (branch.full & (1 << index)) === 0 && branch.bound === ANY_ORDER;
      if (isKnown && !isEmpty) return;
      branch.full &= ~(1 << index);
      branch.bound = ANY_ORDER;
      if (!isEmpty) continue;
      branch.slots[index] = undefined;
      branch.used &= ~(1 << index);
    }
  }

  /** What stands on a number; a {@link Gap} where none is given, undefined where it is free. */
  at(words: Words): P | Gap | undefined {
    return this.overlapping(words, 0);
  }

  /** One of the places that stand on any of 2^order numbers. */
  overlapping(words: Words, order: number): P | Gap | undefined {
    if (!covers(this.base, this.rootOrder, words)) return new Gap(words, order);
    const target = levelOf(order);
    let branch = this.root;
    for (let level = this.top; ; level--) {
      const index = digit(words, level);
      if (level === target) {
        const taken = branch.used & slotMask(index, order, level);
        return taken === 0 ? undefined : anyPlace(branch, lowestBit(taken));
      }
      const slot = branch.slots[index];
      if (slot === undefined) return undefined;
      if (slot instanceof Branch) {
        branch = slot;
        continue;
      }
      const isThere = covers(words, order, slot) || covers(slot, slot.order, words);
      return isThere ? slot : undefined;
    }
  }

  /**
   * Puts the first free number behind `after`, or the first number of an aligned free block, into
   * `found`. It does not come round at the end.
   *
   * @param after begins at the first number of all when absent
   */
  next(after: Words | undefined, order: number, found: Found): boolean {
    if (after === undefined) {
      copyWords(this.base, found);
      return this.search(order, found, false);
    }
    if (!putNext(after, found) || !alignUp(found, order)) return false;
    if (covers(this.base, this.rootOrder, found)) return this.search(order, found, true);
    return compareWords(found, this.base) < 0 && this.next(undefined, order, found);
  }

  private close(extent: Extent): void {
    for (const { words, order } of alignedBlocks(extent)) this.take(new Gap(words, order));
  }

  /**
   * Moves `found`, which is aligned, on to the next free block.
   *
   * @param isBeginning the search is still on the way down to where it begins
   */
  private search(order: number, found: Found, isBeginning: boolean): boolean {
    if (this.root.bound < order) return false;
    const target = levelOf(order);
    let level = this.top;
    let branch = this.root;
    let start = digit(found, level);
    /** Branches below this level are searched from their first slot on. */
    let whole = isBeginning ? level : level + 1;
    for (;;) {
      const free = level === target ? freeRuns(branch.used, order, level) : ~branch.full;
      const open = start > 31 ? 0 : free & allSlots(level) & (-1 << start);
      if (open === 0) {
        if (level < whole) branch.bound = order - 1;
        else whole = level + 1;
        if (level === this.top) return false;
        level++;
        branch = this.path[level] as Branch<P>;
        start = digit(found, level) + 1;
        isBeginning = false;
        continue;
      }
      const index = lowestBit(open);
      if (!isBeginning || index !== start) {
        putSlot(found, index, level);
        isBeginning = false;
      }
      const slot = branch.slots[index];
      if (slot === undefined) return true;
      const below = slot instanceof Branch ? slot : openSlot(branch, index, level, slot);
      if (below.bound < order) {
        start = index + 1;
        isBeginning = false;
        continue;
      }
      this.path[level] = branch;
      branch = below;
      level--;
      if (isBeginning) whole = level;
      start = isBeginning ? digit(found, level) : 0;
    }
  }
}

function emptySlots<P>(level: number): Slot<P>[] {
  return new Array<Slot<P>>(isWordTop(level) ? 4 : 32).fill(undefined);
}

/** Writes a place, or nothing, into all slots of its own level, and tells which they are. */
function fill<P extends Place>(
  branch: Branch<P>,
  place: Place,
  level: number,
  content: Slot<P>,
): number {
  const mask = slotMask(digit(place, level), place.order, level);
  for (let rest = mask; rest !== 0; rest &= rest - 1) branch.slots[lowestBit(rest)] = content;
  return mask;
}

/** Makes a branch of a slot that one place has for itself without filling it. */
function openSlot<P extends Place>(
  branch: Branch<P>,
  index: number,
  level: number,
  lone: P | Gap,
): Branch<P> {
  const below = new Branch<P>(emptySlots(level - 1));
  below.bound = branch.bound;
  if (levelOf(lone.order) === level - 1) {
    below.full = fill(below, lone, level - 1, lone);
    below.used = below.full;
  } else {
    const at = digit(lone, level - 1);
    below.slots[at] = lone;
    below.used = 1 << at;
  }
  branch.slots[index] = below;
  return below;
}

/** Any place in a slot that is in use. */
function anyPlace<P extends Place>(branch: Branch<P>, index: number): P | Gap {
  let slot = branch.slots[index];
  while (slot instanceof Branch) slot = slot.slots[lowestBit(slot.used)];
  return slot as P | Gap;
}
