import {
  ipPoolName,
  isMembers,
  type WhereaboutsRange,
  type WhereaboutsSettings,
  whereaboutsNetwork,
} from '../../cni';
import { Cidr, type IpAddress, IpRange, IpRangeSet } from '../../ipam';
import { valueAt } from '../../kubernetes';
import type { Item, NamedObject } from './item';

/** An IPPool of whereabouts: what of a range is in use, and by whom. */
export interface IpPoolItem extends Item {
  readonly of: 'ipPool';
  readonly range: Cidr | undefined;
  readonly allocations: readonly IpAllocation[];
}

interface IpAllocation {
  readonly address: IpAddress;
  /** `namespace/pod interface`. */
  readonly holder: string;
}

/** As many holders are named. */
const MOST_HOLDERS = 8;

export function isIpPool({ kind, group }: NamedObject): boolean {
  return kind === 'IPPool' && group === 'whereabouts.cni.cncf.io';
}

/** Keys of the allocations count from the network address. */
export function ipPoolItem(object: NamedObject): IpPoolItem {
  const range = Cidr.tryParse(String(valueAt(object.manifest, ['spec', 'range'])));
  const allocations = valueAt(object.manifest, ['spec', 'allocations']);
  const entries = range && isMembers(allocations) ? Object.entries(allocations) : [];
  const read = entries.flatMap(([offset, allocation]): IpAllocation[] => {
    const address = /^\d+$/.test(offset) ? range?.network.plus(BigInt(offset)) : undefined;
    if (!address || !isMembers(allocation)) return [];
    const { podref, ifname } = allocation;
    const holder = [podref, ifname].filter((part) => typeof part === 'string' && part !== '');
    return [{ address, holder: holder.join(' ') }];
  });
  read.sort((a, b) => a.address.compare(b.address));
  return { ...object, of: 'ipPool', range, allocations: read };
}

/** The IPPools of a cluster. */
export class IpPools {
  private readonly byName = new Map<string, IpPoolItem[]>();

  constructor(private readonly pools: readonly IpPoolItem[]) {
    for (const pool of pools) {
      this.byName.set(pool.name, [...(this.byName.get(pool.name) ?? []), pool]);
    }
  }

  /** Those that whereabouts keeps for a range; it finds them by their names. */
  of(range: WhereaboutsRange, { networkName, nodeSliceSize }: WhereaboutsSettings): IpPoolItem[] {
    let network: Cidr;
    try {
      network = whereaboutsNetwork(range);
    } catch {
      return []; // its check tells
    }
    if (!nodeSliceSize) return this.byName.get(ipPoolName(network, networkName)) ?? [];
    // With node slices each node has a pool of its own, with its name in front.
    return this.pools.filter(
      (pool) =>
        pool.range !== undefined &&
        network.contains(pool.range.network) &&
        (!networkName || pool.name.startsWith(`${networkName}-`)),
    );
  }
}

/** `IPPool 10.20.0.0-24 has 2 addresses in use: 10.20.0.1 (apps/web-0 net1), ...`. */
export function describeIpPool({ name, allocations }: IpPoolItem): string {
  const [first] = allocations;
  if (!first) return `IPPool ${name} has no address in use.`;
  const count = `${allocations.length} ${allocations.length === 1 ? 'address' : 'addresses'}`;
  const texts =
    allocations.length <= MOST_HOLDERS
      ? allocations.map(({ address, holder }) => `${address}${holder && ` (${holder})`}`)
      : spansOf(allocations);
  return `IPPool ${name} has ${count} in use: ${texts.join(', ')}.`;
}

function spansOf(allocations: readonly IpAllocation[]): string[] {
  const used = IpRangeSet.of(allocations.map(({ address }) => IpRange.of(address, address)));
  const texts = used.ranges.map(String);
  const more = texts.length - MOST_HOLDERS;
  return more <= 0 ? texts : [...texts.slice(0, MOST_HOLDERS), `and ${more} more ranges`];
}
