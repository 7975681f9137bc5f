import { Cidr, IpAddress, IpRange, IpRangeSet, type PoolSpec, type PoolSubnet } from '../ipam';
import { type CniRoute, definedOnly, type PluginConfig } from './network-config';

/** Consecutive addresses that host-local gives to pods of one node. */
export interface HostLocalRange {
  /** Network in prefix form without host bits, e.g. `10.10.0.0/24`; at most /30 or /126. */
  readonly subnet: string;
  /** First address given. @default - the one behind the network address */
  readonly rangeStart?: string | undefined;
  /** Last address given. @default - the one before the broadcast address; in IPv6 the last */
  readonly rangeEnd?: string | undefined;
  /** Told to the pod, and never given. @default - the address behind the network address */
  readonly gateway?: string | undefined;
}

/**
 * Addresses from files on the node, one store for each node: two nodes give the same address.
 *
 * @see https://www.cni.dev/plugins/current/ipam/host-local/
 */
export interface HostLocalSettings {
  /** One address from each. `rangeSets` is the other way to say it. */
  readonly ranges?: readonly HostLocalRange[] | undefined;
  /** Upstream's list of lists: one address from each set, whose ranges together are one pool. */
  readonly rangeSets?: readonly (readonly HostLocalRange[])[] | undefined;
  /**
   * Addresses that host-local never gives, for netloom to hand out: `10.10.0.100-10.10.0.119`,
   * `fd00:10::80/121` or single ones. They are cut out of the ranges, and the network gets a
   * `-claimed` twin.
   *
   * @default - none
   */
  readonly claimable?: readonly string[] | undefined;
  /** Routes for the pod. @default - none */
  readonly routes?: readonly CniRoute[] | undefined;
  /** Folder on the node for its files. @default /var/lib/cni/networks */
  readonly dataDir?: string | undefined;
  /** File on the node to read name servers from. @default - none */
  readonly resolvConf?: string | undefined;
}

/** The sets as upstream means them. */
export function hostLocalSets(settings: HostLocalSettings): (readonly HostLocalRange[])[] {
  const { rangeSets, ranges = [] } = settings;
  const single = ranges.map((range) => [range]);
  return rangeSets ? [...rangeSets, ...single] : single;
}

/** The gateway that the plugin reports for a range: the given one, or the first host address. */
export function gatewayOf(range: HostLocalRange): IpAddress {
  if (range.gateway !== undefined) return IpAddress.parse(range.gateway);
  const { network } = Cidr.parse(range.subnet);
  return network.plus(1) as IpAddress;
}

/** The span that the plugin would give from if nothing was claimable. */
export function spanOf(range: HostLocalRange): IpRange {
  return IpRange.of(...endsOf(range));
}

/** Both ends of the span, which may still be in the wrong order. */
export function endsOf(range: HostLocalRange): [first: IpAddress, last: IpAddress] {
  const { rangeStart, rangeEnd } = range;
  const subnet = Cidr.parse(range.subnet);
  const end = subnet.family === 4 ? subnet.last.plus(-1) : subnet.last;
  return [
    rangeStart === undefined ? (subnet.network.plus(1) as IpAddress) : IpAddress.parse(rangeStart),
    rangeEnd === undefined ? (end as IpAddress) : IpAddress.parse(rangeEnd),
  ];
}

/** What is left for pods at run time: the range's span without the claimable part. */
export function runtimeRanges(range: HostLocalRange, claimable: IpRangeSet): readonly IpRange[] {
  return IpRangeSet.of([spanOf(range)]).subtract(claimable).ranges;
}

/** All that the plugin gives to pods at run time: never a gateway, never what is claimable. */
export function runtimeSet(settings: HostLocalSettings): IpRangeSet {
  const claimable = claimableSet(settings.claimable);
  const given = hostLocalSets(settings)
    .flat()
    .map((range) => IpRangeSet.of(runtimeRanges(range, claimable)).subtract(gatewaySet([range])));
  return given.reduce((sum, one) => sum.union(one), IpRangeSet.EMPTY);
}

/** The gateways of ranges as a set of addresses. */
export function gatewaySet(ranges: readonly HostLocalRange[]): IpRangeSet {
  return IpRangeSet.of(ranges.map(gatewayOf).map((gateway) => IpRange.of(gateway, gateway)));
}

/** The claimable part as a set of addresses. */
export function claimableSet(claimable: readonly string[] | undefined): IpRangeSet {
  if (claimable === undefined || claimable.length === 0) return IpRangeSet.EMPTY;
  return IpRangeSet.of(claimable.map(IpRange.parse));
}

/** The plugin's configuration, the claimable part cut out of the ranges. */
export function hostLocalIpam(settings: HostLocalSettings): PluginConfig {
  const claimable = claimableSet(settings.claimable);
  return definedOnly({
    type: 'host-local',
    ranges: hostLocalSets(settings).map((set) => {
      const [only] = set;
      return only && set.length === 1
        ? split(only, claimable)
        : set.flatMap((range) => split(range, claimable));
    }),
    routes: settings.routes?.map((route) => definedOnly({ dst: route.dst, gw: route.gw })),
    dataDir: settings.dataDir,
    resolvConf: settings.resolvConf,
  });
}

function split(range: HostLocalRange, claimable: IpRangeSet): HostLocalRange[] {
  const { subnet, rangeStart, rangeEnd, gateway } = range;
  if (claimable.isEmpty) return [definedOnly({ subnet, rangeStart, rangeEnd, gateway })];
  const span = spanOf(range);
  const left = runtimeRanges(range, claimable);
  if (left.length === 1 && left[0]?.equals(span)) {
    return [definedOnly({ subnet, rangeStart, rangeEnd, gateway })];
  }
  return left.map(({ first, last }) => {
    const ends = { subnet, rangeStart: String(first), rangeEnd: String(last) };
    return gateway === undefined ? ends : { ...ends, gateway };
  });
}

/** The claimable part as a pool, one subnet for each range that has a share of it. */
export function hostLocalPool(settings: HostLocalSettings): PoolSpec {
  const claimable = claimableSet(settings.claimable);
  const subnets = new Map<string, PoolSubnet>();
  for (const range of hostLocalSets(settings).flat()) {
    const cidr = Cidr.parse(range.subnet);
    const share = claimable.intersect(IpRangeSet.of([IpRange.ofCidr(cidr)]));
    const subnet = String(cidr);
    if (share.isEmpty || subnets.has(subnet)) continue;
    subnets.set(subnet, {
      subnet,
      gateway: String(gatewayOf(range)),
      ranges: share.ranges.map(String),
    });
  }
  return { subnets: [...subnets.values()] };
}
