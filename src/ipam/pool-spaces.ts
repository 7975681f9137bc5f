import { parseMacRange } from './mac';
import { NumberSpace } from './number-space';
import type { ParsedPoolSubnet, PoolSpec } from './pool';
import type { IpRange } from './range';
import { IpRangeSet } from './range-set';
import type { Extent, NumberKind } from './words';

/** The numbers of each kind that a pool gives. */
export function spacesOf(
  spec: PoolSpec,
  subnets: readonly ParsedPoolSubnet[],
): Map<NumberKind, NumberSpace> {
  const spaces = new Map<NumberKind, NumberSpace>();
  for (const [kind, family] of [
    ['ipv4', 4],
    ['ipv6', 6],
  ] as const) {
    const ofFamily = subnets.filter(({ subnet }) => subnet.family === family);
    if (ofFamily.length === 0) continue;
    const open = ofFamily.flatMap(({ assignable, reserved }) => [
      ...assignable.subtract(reserved).ranges,
    ]);
    const reserved = ofFamily.flatMap((subnet) => [...subnet.reserved.ranges]);
    spaces.set(kind, new NumberSpace(kind, extentsOf(open), extentsOf(reserved)));
  }
  const macs = spec.macs?.flatMap((text) => parseMacRange(text) ?? []) ?? [];
  if (macs.length > 0) spaces.set('mac', new NumberSpace('mac', joined(macs)));
  return spaces;
}

function extentsOf(ranges: readonly IpRange[]): Extent[] {
  return joined(
    IpRangeSet.of(ranges).ranges.map(({ first, last }) => ({
      first: first.value,
      last: last.value,
    })),
  );
}

/** Sorted, and without overlaps. */
function joined(extents: readonly Extent[]): Extent[] {
  const sorted = [...extents].sort((one, other) => (one.first < other.first ? -1 : 1));
  const result: Extent[] = [];
  for (const extent of sorted) {
    const previous = result.at(-1);
    if (previous === undefined || previous.last + 1n < extent.first) {
      result.push(extent);
    } else if (previous.last < extent.last) {
      result[result.length - 1] = { first: previous.first, last: extent.last };
    }
  }
  return result;
}
