import type { IpRange } from '../ipam';

/** A range, and whose it is. */
export interface OwnedRange {
  readonly range: IpRange;
  /** Ranges of one owner may overlap. */
  readonly owner: string;
}

/**
 * For each range that overlaps one of another owner, one such pair. It takes n log n: for a range it
 * is enough to look at the two owners who reach furthest among those that begin before it.
 */
export function overlapsOf<T extends OwnedRange>(ranges: readonly T[]): [before: T, after: T][] {
  const pairs: [T, T][] = [];
  let furthest: T | undefined;
  let second: T | undefined;
  for (const one of [...ranges].sort(byFirst)) {
    const rival = furthest?.owner === one.owner ? second : furthest;
    if (rival && rival.range.last.compare(one.range.first) >= 0) pairs.push([rival, one]);
    if (!furthest || reachesFurther(one, furthest)) {
      if (furthest && furthest.owner !== one.owner) second = furthest;
      furthest = one;
    } else if (one.owner !== furthest.owner && (!second || reachesFurther(one, second))) {
      second = one;
    }
  }
  return pairs;
}

function byFirst(a: OwnedRange, b: OwnedRange): number {
  return a.range.first.compare(b.range.first);
}

function reachesFurther(a: OwnedRange, b: OwnedRange): boolean {
  return a.range.last.compare(b.range.last) > 0;
}
