import { ADDRESS_BITS, IpAddress, type IpFamily } from './address';
import { Cidr } from './cidr';
import { IpRange } from './range';

/** A set of addresses, v4 and v6 together, kept as sorted ranges that neither overlap nor touch. */
export class IpRangeSet {
  static readonly EMPTY = new IpRangeSet([]);

  private constructor(readonly ranges: readonly IpRange[]) {}

  static of(ranges: readonly IpRange[]): IpRangeSet {
    const sorted = ranges.slice();
    if (sorted.length < 2) return new IpRangeSet(sorted);
    sorted.sort((a, b) => a.first.compare(b.first));
    const merged: IpRange[] = [];
    for (const range of sorted) {
      const previous = merged.at(-1);
      if (previous && touches(previous, range)) {
        merged[merged.length - 1] = IpRange.of(previous.first, later(previous.last, range.last));
      } else {
        merged.push(range);
      }
    }
    return new IpRangeSet(merged);
  }

  /** Number of addresses. */
  get size(): bigint {
    return this.ranges.reduce((sum, range) => sum + range.size, 0n);
  }

  get isEmpty(): boolean {
    return this.ranges.length === 0;
  }

  /** The addresses of one family only. */
  ofFamily(family: IpFamily): IpRangeSet {
    return new IpRangeSet(this.ranges.filter((range) => range.family === family));
  }

  contains(address: IpAddress): boolean {
    return this.ranges.some((range) => range.contains(address));
  }

  union(other: IpRangeSet): IpRangeSet {
    return IpRangeSet.of([...this.ranges, ...other.ranges]);
  }

  intersect(other: IpRangeSet): IpRangeSet {
    const common: IpRange[] = [];
    for (const a of this.ranges) {
      for (const b of other.ranges) {
        if (!a.overlaps(b)) continue;
        const first = a.first.compare(b.first) > 0 ? a.first : b.first;
        const last = a.last.compare(b.last) < 0 ? a.last : b.last;
        common.push(IpRange.of(first, last));
      }
    }
    return IpRangeSet.of(common);
  }

  subtract(other: IpRangeSet): IpRangeSet {
    let left = this.ranges;
    for (const hole of other.ranges) {
      if (left.some((range) => range.overlaps(hole))) {
        left = left.flatMap((range) => cut(range, hole));
      }
    }
    return left === this.ranges ? this : new IpRangeSet(left);
  }

  equals(other: IpRangeSet): boolean {
    return String(this) === String(other);
  }

  /** The fewest networks in prefix form that hold exactly these addresses. */
  toCidrs(): Cidr[] {
    return this.ranges.flatMap(cidrsOf);
  }

  toString(): string {
    return this.ranges.join(', ');
  }
}

function touches(a: IpRange, b: IpRange): boolean {
  return a.family === b.family && b.first.value <= a.last.value + 1n;
}

function later(a: IpAddress, b: IpAddress): IpAddress {
  return a.compare(b) >= 0 ? a : b;
}

function cut(range: IpRange, hole: IpRange): IpRange[] {
  if (!range.overlaps(hole)) return [range];
  const left: IpRange[] = [];
  const before = hole.first.plus(-1);
  const after = hole.last.plus(1);
  if (before && range.first.compare(before) <= 0) left.push(IpRange.of(range.first, before));
  if (after && after.compare(range.last) <= 0) left.push(IpRange.of(after, range.last));
  return left;
}

function cidrsOf(range: IpRange): Cidr[] {
  const bits = ADDRESS_BITS[range.family];
  const found: Cidr[] = [];
  let start = range.first.value;
  while (start <= range.last.value) {
    let hostBits = 0;
    while (hostBits < bits) {
      const size = 1n << BigInt(hostBits + 1);
      if (start % size !== 0n || start + size - 1n > range.last.value) break;
      hostBits++;
    }
    found.push(Cidr.around(IpAddress.of(range.family, start), bits - hostBits));
    start += 1n << BigInt(hostBits);
  }
  return found;
}
