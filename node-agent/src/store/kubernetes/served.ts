import {
  IpRange,
  IpRangeSet,
  type PoolSpec,
  parseMac,
  parseMacRange,
  parsePoolSubnet,
} from 'netloom';
import type { PoolSpecRecord } from './records';

/** Whether a pool gives an address or block now: it is inside, and nothing is about to close it. */
export function isServed({ pool, closing }: PoolSpecRecord, address: string): boolean {
  if (pool.removedUntil !== undefined || closing?.pool === null) return false;
  return isInside(pool.spec, address) && (!closing || isInside(closing.pool?.spec, address));
}

/** Whether all numbers of an address or block are in a definition. */
export function isInside(spec: PoolSpec | undefined, address: string): boolean {
  if (spec === undefined) return false;
  if (parseMac(address) !== undefined) return isMacIn(spec, address);
  const range = IpRange.parse(address);
  return spec.subnets.some((subnet) =>
    parsedOf(subnet).assignable.ranges.some(
      (part) => part.contains(range.first) && part.contains(range.last),
    ),
  );
}

function isMacIn({ macs = [] }: PoolSpec, address: string): boolean {
  const value = parseMac(address) as bigint;
  return macs.some((text) => {
    const range = parseMacRange(text);
    return range !== undefined && value >= range.first && value <= range.last;
  });
}

/** Whether a definition gives everything that the one before gave. */
export function isWider(before: PoolSpec, after: PoolSpec): boolean {
  const given = (spec: PoolSpec): IpRangeSet =>
    IpRangeSet.of(spec.subnets.flatMap((subnet) => [...parsedOf(subnet).assignable.ranges]));
  const macs = new Set(after.macs);
  const hasMacs = (before.macs ?? []).every((text) => macs.has(text));
  return hasMacs && given(before).subtract(given(after)).isEmpty;
}

const parsed = new WeakMap<object, ReturnType<typeof parsePoolSubnet>>();

function parsedOf(subnet: PoolSpec['subnets'][number]): ReturnType<typeof parsePoolSubnet> {
  const before = parsed.get(subnet);
  if (before) return before;
  const made = parsePoolSubnet(subnet);
  parsed.set(subnet, made);
  return made;
}
