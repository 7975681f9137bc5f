import type { WhereaboutsPoolRange, WhereaboutsSettings } from '../../cni';
import { type IpPoolItem, IpPools } from './ip-pool-item';
import type { NetworkItem } from './network-item';
import { writesSame } from './typed-network';

/** Addresses of whereabouts that stand apart from the networks which use them. */
export interface Pool {
  readonly ranges: readonly WhereaboutsPoolRange[];
  readonly networkName: string | undefined;
  /** The networks that are given it. */
  readonly networks: readonly NetworkItem[];
  /** What the cluster has of it. */
  readonly ipPools: readonly IpPoolItem[];
}

/** The pools of some networks. */
export interface FoundPools {
  readonly pools: readonly Pool[];
  /** IPPools of ranges that stand in a network itself. */
  readonly ownPools: ReadonlyMap<NetworkItem, readonly IpPoolItem[]>;
  /** IPPools that belong to no network here. */
  readonly unreferenced: readonly IpPoolItem[];
}

interface PoolPart {
  readonly ranges: readonly WhereaboutsPoolRange[];
  readonly networkName: string | undefined;
}

/** Networks that agree on their ranges share a pool; so does one whose IPPool is there. */
export function findPools(
  networks: readonly NetworkItem[],
  ipPools: readonly IpPoolItem[],
): FoundPools {
  const groups = new Map<string, { part: PoolPart; networks: NetworkItem[] }>();
  const ownPools = new Map<NetworkItem, IpPoolItem[]>();
  const referenced = new Set<IpPoolItem>();
  const known = new IpPools(ipPools);
  for (const network of networks) {
    const own = ipPoolsOf(network, known);
    for (const one of own) referenced.add(one);
    ownPools.set(network, own);
    const part = poolPartOf(network);
    if (!part) continue;
    const key = JSON.stringify(part);
    const group = groups.get(key) ?? { part, networks: [] };
    group.networks.push(network);
    groups.set(key, group);
  }
  const pools = [...groups.values()].map((group): Pool => {
    const own = group.networks.flatMap((network) => ownPools.get(network) ?? []);
    return { ...group.part, networks: group.networks, ipPools: [...new Set(own)] };
  });
  return {
    pools: pools.filter((pool) => pool.networks.length > 1 || pool.ipPools.length > 0),
    ownPools,
    unreferenced: ipPools.filter((pool) => !referenced.has(pool)),
  };
}

function ipPoolsOf({ definition }: NetworkItem, ipPools: IpPools): IpPoolItem[] {
  const { ipam } = definition;
  if (ipam.kind !== 'whereabouts') return [];
  const { settings } = ipam;
  const { range, ipRanges = [] } = settings;
  const ranges = [...(range === undefined ? [] : [{ range }]), ...ipRanges];
  return ranges.flatMap((one) => ipPools.of(one, settings));
}

/** Undefined for a network that a pool can't say the ranges of. */
function poolPartOf({ typed, config }: NetworkItem): PoolPart | undefined {
  if (typed?.definition.ipam.kind !== 'whereabouts') return undefined;
  const { settings } = typed.definition.ipam;
  const part = { ranges: rangesOf(settings), networkName: settings.networkName };
  if (part.ranges.length === 0 || settings.gateway !== undefined) return undefined;
  const ipam = { kind: 'whereabouts', settings: { ...part, ...beyondPool(settings) } } as const;
  const pooled = { ...typed, definition: { ...typed.definition, ipam } };
  try {
    return writesSame(pooled, config) ? part : undefined;
  } catch {
    return undefined; // a range that netloom can't read: whereabouts itself will tell
  }
}

function rangesOf(settings: WhereaboutsSettings): WhereaboutsPoolRange[] {
  const { range, rangeStart, rangeEnd, exclude, ipRanges = [] } = settings;
  if (range === undefined) return [...ipRanges];
  const first = Object.entries({ range, rangeStart, rangeEnd, exclude });
  const set = first.filter(([, value]) => value !== undefined);
  return [Object.fromEntries(set) as unknown as WhereaboutsPoolRange, ...ipRanges];
}

/** What the IPAM of a network has besides its pool. */
export function beyondPool(settings: WhereaboutsSettings): object {
  const { range, rangeStart, rangeEnd, exclude, ipRanges, networkName, ...options } = settings;
  return options;
}
