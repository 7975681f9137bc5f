import { Cidr, IpAddress, IpRange, IpRangeSet, type PoolSpec, type PoolSubnet } from '../ipam';
import { parse, printInto } from './codec';
import type { PluginConfig } from './network-config';
import { type CniRoute, ROUTE } from './routes';
import { objectSpec, objects, shaped, text, texts, type WithExtra } from './spec';

/** Consecutive addresses that host-local gives to pods of one node. */
export interface HostLocalRange extends WithExtra {
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
export interface HostLocalSettings extends WithExtra {
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
  /** Upstream's old form of a single range: one more set, in front of the others. @default - `ranges` */
  readonly subnet?: string | undefined;
  /** Of the old form. */
  readonly rangeStart?: string | undefined;
  /** Of the old form. */
  readonly rangeEnd?: string | undefined;
  /** Of the old form. */
  readonly gateway?: string | undefined;
}

const RANGE_KEYS = {
  subnet: text(),
  rangeStart: text(),
  rangeEnd: text(),
  gateway: text(),
};

export const HOST_LOCAL_RANGE = objectSpec<HostLocalRange>('a range of host-local', RANGE_KEYS);

/** What host-local has in netloom only. */
export const HOST_LOCAL_OWN = objectSpec<Pick<HostLocalSettings, 'ranges' | 'claimable'>>(
  'host-local',
  { ranges: objects(HOST_LOCAL_RANGE), claimable: texts() },
);

/** `rangeSets` has upstream's name `ranges` on the wire. */
export const HOST_LOCAL = objectSpec<Omit<HostLocalSettings, 'ranges' | 'claimable'>>(
  'host-local',
  {
    ...RANGE_KEYS,
    rangeSets: shaped(
      { kind: 'list', of: { kind: 'list', of: { kind: 'object', spec: HOST_LOCAL_RANGE } } },
      { wire: 'ranges' },
    ),
    routes: objects(ROUTE),
    dataDir: text(),
    resolvConf: text(),
  },
);

/** The sets as upstream means them, the old form in front. */
export function hostLocalSets(settings: HostLocalSettings): (readonly HostLocalRange[])[] {
  const { rangeSets = [], ranges = [] } = settings;
  const single = ranges.map((range) => [range]);
  const old = oldForm(settings);
  if (old) return [[old], ...rangeSets, ...single];
  return rangeSets.length > 0 ? [...rangeSets, ...single] : single;
}

/** The range that stands in the settings themselves. */
export function oldForm(settings: HostLocalSettings): HostLocalRange | undefined {
  const { subnet, rangeStart, rangeEnd, gateway } = settings;
  return subnet === undefined ? undefined : { subnet, rangeStart, rangeEnd, gateway };
}

/** The gateway that the plugin reports for a range: the given one, or the first host address. */
export function gatewayOf(range: HostLocalRange): IpAddress {
  // An empty text is none to the plugin, here and below.
  if (range.gateway) return IpAddress.parse(range.gateway);
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
  return [
    rangeStart ? IpAddress.parse(rangeStart) : firstHost(range),
    rangeEnd ? IpAddress.parse(rangeEnd) : lastHost(range),
  ];
}

function firstHost({ subnet }: HostLocalRange): IpAddress {
  return Cidr.parse(subnet).network.plus(1) as IpAddress;
}

function lastHost({ subnet }: HostLocalRange): IpAddress {
  const { family, last } = Cidr.parse(subnet);
  return family === 4 ? (last.plus(-1) as IpAddress) : last;
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
  const { subnet } = settings;
  // The old form stays as it was written, as long as nothing is cut out of it.
  const isOld = subnet !== undefined && claimable.isEmpty;
  const sets = hostLocalSets(settings).slice(isOld ? 1 : 0);
  const isNone = sets.length === 0 && settings.rangeSets === undefined;
  const rangeSets = isNone ? undefined : claimable.isEmpty ? sets : cutSets(sets, claimable);
  const given = isOld || subnet === undefined ? settings : { ...settings, ...NO_OLD_FORM };
  return printInto({ type: 'host-local' }, HOST_LOCAL, { ...given, rangeSets }) as PluginConfig;
}

const NO_OLD_FORM = {
  subnet: undefined,
  rangeStart: undefined,
  rangeEnd: undefined,
  gateway: undefined,
};

function cutSets(
  sets: readonly (readonly HostLocalRange[])[],
  claimable: IpRangeSet,
): (readonly HostLocalRange[])[] {
  return sets.map((set) => set.flatMap((range) => split(range, claimable)));
}

/** The settings of a configuration, the mirror of {@link hostLocalIpam}. */
export function parseHostLocal(wire: Record<string, unknown>): HostLocalSettings {
  return parse<HostLocalSettings>(HOST_LOCAL, wire);
}

function split(range: HostLocalRange, claimable: IpRangeSet): HostLocalRange[] {
  const span = spanOf(range);
  const left = runtimeRanges(range, claimable);
  if (left.length === 1 && left[0]?.equals(span)) return [range];
  return left.map(({ first, last }) => {
    return { ...range, rangeStart: String(first), rangeEnd: String(last) };
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
