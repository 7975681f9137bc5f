import {
  Cidr,
  InterfaceAddress,
  IpAddress,
  IpRange,
  IpRangeSet,
  type PoolSpec,
  type PoolSubnet,
} from '../ipam';
import { print } from './codec';
import { STATIC_ADDRESS, type StaticAddress } from './ipam-static';
import type { PluginConfig } from './network-config';
import { type CniDns, DNS } from './plugin-settings';
import { type CniRoute, ROUTE } from './routes';
import {
  flag,
  integer,
  object,
  objectSpec,
  objects,
  text,
  texts,
  type WithExtra,
  word,
} from './spec';

/** Addresses of which every pod gets one. */
export interface WhereaboutsRange extends WithExtra {
  /** Network in prefix form, or `FIRST-LAST/PREFIX`: `10.20.0.0/24`, `10.20.0.5-10.20.0.9/24`. */
  readonly range: string;
  /** First address given; ignored by the plugin where it lies outside. @default - the one behind the network address */
  readonly rangeStart?: string | undefined;
  /** Last address given; ignored by the plugin where it lies outside. @default - the one before the last */
  readonly rangeEnd?: string | undefined;
  /** Addresses and CIDRs that are not given. @default - none */
  readonly exclude?: readonly string[] | undefined;
}

/** One family or subnet of a pool, with its gateway. */
export interface WhereaboutsPoolRange extends WhereaboutsRange {
  /**
   * Next hop of the pods' routes of this family. Not given to pods: it is put into `exclude`, and
   * into each route, because the plugin's own `gateway` does neither and goes to both families.
   *
   * @default - none
   */
  readonly gateway?: string | undefined;
}

/** What an IPAM of whereabouts has besides its ranges. */
export interface WhereaboutsOptions extends WithExtra {
  /** Routes for the pod. @default - none */
  readonly routes?: readonly CniRoute[] | undefined;
  readonly dns?: CniDns | undefined;
  /** Addresses that every pod gets as well; nobody looks whether they are free. @default - none */
  readonly addresses?: readonly StaticAddress[] | undefined;
  /**
   * A pool of its own for the same CIDR, e.g. of a tenant. Networks of one name and CIDR share their
   * addresses, networks of different names don't know of each other.
   *
   * @default - the pool of the CIDR
   */
  readonly networkName?: string | undefined;
  /** Looks in all pools of one `networkName` that no address is given twice. @default true */
  readonly enableOverlappingRanges?: boolean | undefined;
  /** Prefix length of each node's share, `/26` or `26`: faster, IPv4 and the first range only. Experimental, since whereabouts 0.9.0. @default - no shares */
  readonly nodeSliceSize?: string | undefined;
  /** Absolute path on the node. @default - none */
  readonly logFile?: string | undefined;
  /** @default - none */
  readonly logLevel?: 'debug' | 'verbose' | 'error' | 'panic' | undefined;
  /** Milliseconds. @default 1500 */
  readonly leaderLeaseDuration?: number | undefined;
  /** Milliseconds. @default 1000 */
  readonly leaderRenewDeadline?: number | undefined;
  /** Milliseconds. @default 500 */
  readonly leaderRetryPeriod?: number | undefined;
  /** Access to the API server. @default - from the flat file that the installer writes */
  readonly kubernetes?: WhereaboutsKubernetes | undefined;
  /** Where the flat file is: k3s needs it. @default - in the folders that the plugin knows */
  readonly configurationPath?: string | undefined;
  /** Five fields; read from the flat file only. @default - the installer's */
  readonly reconcilerCronExpression?: string | undefined;
  /** Seconds; a test aid. @default 0 */
  readonly sleepForRace?: number | undefined;
  /** Accepted and ignored since the etcd backend is gone. */
  readonly datastore?: string | undefined;
}

/** How whereabouts reaches the API server. */
export interface WhereaboutsKubernetes extends WithExtra {
  /** Absolute path on the node. */
  readonly kubeconfig?: string | undefined;
  /** Not used any more. */
  readonly k8sApiRoot?: string | undefined;
}

/**
 * Addresses from pools in the cluster, each given once over all nodes.
 *
 * @see https://github.com/k8snetworkplumbingwg/whereabouts
 */
export interface WhereaboutsSettings extends WhereaboutsOptions {
  /** The ranges, one address from each: netloom's way, which keeps the gateways out. */
  readonly ranges?: readonly WhereaboutsPoolRange[] | undefined;
  /**
   * Addresses that whereabouts never gives, for netloom to hand out: they are put into `exclude`, and
   * the network gets a `-claimed` twin.
   *
   * @default - none
   */
  readonly claimable?: readonly string[] | undefined;
  /** Upstream's first range. @default - `ranges` */
  readonly range?: string | undefined;
  readonly rangeStart?: string | undefined;
  readonly rangeEnd?: string | undefined;
  /** Of `range` only. */
  readonly exclude?: readonly string[] | undefined;
  /** Upstream's further ranges. @default - `ranges` */
  readonly ipRanges?: readonly WhereaboutsRange[] | undefined;
  /** Put on every address, of both families; neither kept free nor left out. @default - none */
  readonly gateway?: string | undefined;
}

const RANGE_KEYS = {
  range: text(),
  rangeStart: text({ wire: 'range_start' }),
  rangeEnd: text({ wire: 'range_end' }),
  exclude: texts(),
};

const RANGE = objectSpec<WhereaboutsRange>('a range of whereabouts', {
  ...RANGE_KEYS,
  range: text({ required: true }),
});

/** What whereabouts has in netloom only. */
export const WHEREABOUTS_OWN = objectSpec<Pick<WhereaboutsSettings, 'ranges' | 'claimable'>>(
  'whereabouts',
  {
    ranges: objects(
      objectSpec<WhereaboutsPoolRange>('a range of whereabouts', {
        ...RANGE_KEYS,
        range: text({ required: true }),
        gateway: text(),
      }),
    ),
    claimable: texts(),
  },
);

const KUBERNETES = objectSpec<WhereaboutsKubernetes>('kubernetes', {
  kubeconfig: text(),
  k8sApiRoot: text({ wire: 'k8s_api_root' }),
});

const MILLISECONDS = [0, 3_600_000, 'a time in ms'] as const;

export const WHEREABOUTS = objectSpec<Omit<WhereaboutsSettings, 'ranges' | 'claimable'>>(
  'whereabouts',
  {
    ...RANGE_KEYS,
    ipRanges: objects(RANGE, { since: '0.6.0', component: 'whereabouts' }),
    gateway: text(),
    routes: objects(ROUTE),
    dns: object(DNS),
    addresses: objects(STATIC_ADDRESS),
    networkName: text({ wire: 'network_name', since: '0.6.2', component: 'whereabouts' }),
    enableOverlappingRanges: flag({ wire: 'enable_overlapping_ranges' }),
    nodeSliceSize: text({ wire: 'node_slice_size', since: '0.9.0', component: 'whereabouts' }),
    logFile: text({ wire: 'log_file' }),
    logLevel: word(['debug', 'verbose', 'error', 'panic'], { wire: 'log_level' }),
    leaderLeaseDuration: integer(...MILLISECONDS, { wire: 'leader_lease_duration' }),
    leaderRenewDeadline: integer(...MILLISECONDS, { wire: 'leader_renew_deadline' }),
    leaderRetryPeriod: integer(...MILLISECONDS, { wire: 'leader_retry_period' }),
    kubernetes: object(KUBERNETES),
    configurationPath: text({ wire: 'configuration_path' }),
    reconcilerCronExpression: text({
      wire: 'reconciler_cron_expression',
      since: '0.6.0',
      component: 'whereabouts',
    }),
    sleepForRace: integer(0, 3600, 'a time in seconds', { wire: 'sleep_for_race' }),
    datastore: text(),
  },
);

/** A range with the name that messages call it by. */
export interface LocatedWhereaboutsRange {
  readonly key: string;
  readonly range: WhereaboutsPoolRange;
}

/** Every range, in the order in which the plugin gives addresses. */
export function whereaboutsRanges(settings: WhereaboutsSettings): LocatedWhereaboutsRange[] {
  const { range, rangeStart, rangeEnd, exclude, ipRanges = [], ranges = [] } = settings;
  const first =
    range === undefined ? [] : [{ key: '', range: { range, rangeStart, rangeEnd, exclude } }];
  return [
    ...first,
    ...ipRanges.map((one, index) => ({ key: `ipRanges[${index}]`, range: one })),
    ...ranges.map((one, index) => ({ key: `ranges[${index}]`, range: one })),
  ];
}

/** The network of a range: `10.20.0.5-10.20.0.9/24` lies in 10.20.0.0/24, and host bits don't count. */
export function whereaboutsNetwork(range: WhereaboutsRange): Cidr {
  const [ends = '', length = ''] = range.range.split('/');
  const last = ends.split('-').at(-1) as string;
  return Cidr.around(IpAddress.parse(last.trim()), Number(length));
}

/** Upstream's way to name a pool's object: `192.168.2.0-24`, `tenant-a-2001-db8---64`. */
export function ipPoolName(network: Cidr, networkName?: string): string {
  const name = String(network).replace(/[:/]/g, '-');
  return networkName ? `${networkName}-${name}` : name;
}

/** The plugin's configuration, gateways and the claimable part put into `exclude`. */
export function whereaboutsIpam(settings: WhereaboutsSettings): PluginConfig {
  const { ranges = [], claimable, ...wire } = settings;
  const gateways = whereaboutsGateways(settings);
  const routed = gateways.size === 0 ? wire.routes : wire.routes?.map(throughGateway(gateways));
  const kept = ranges.map((range) => keptRange(range, claimable));
  const [first] = kept;
  const isAlone = kept.length === 1 && wire.range === undefined && wire.ipRanges === undefined;
  const split = isAlone
    ? { ...wire, ...first }
    : kept.length > 0
      ? { ...wire, ipRanges: [...(wire.ipRanges ?? []), ...kept] }
      : wire;
  const extra = isAlone ? { ...wire.extra, ...first?.extra } : wire.extra;
  return {
    type: 'whereabouts',
    ...print(WHEREABOUTS, { ...split, routes: routed, extra }),
  };
}

function throughGateway(gateways: ReadonlyMap<4 | 6, string>): (route: CniRoute) => CniRoute {
  return (route) => {
    const gw = route.gw ?? gateways.get(route.dst.includes(':') ? 6 : 4);
    return gw === undefined ? route : { ...route, gw };
  };
}

/** The gateway of each family: of the first range that has one. */
export function whereaboutsGateways({ ranges = [] }: WhereaboutsSettings): Map<4 | 6, string> {
  const gateways = new Map<4 | 6, string>();
  for (const { gateway } of ranges) {
    const family = gateway?.includes(':') ? 6 : 4;
    if (gateway !== undefined && !gateways.has(family)) gateways.set(family, gateway);
  }
  return gateways;
}

function keptRange(
  range: WhereaboutsPoolRange,
  claimable: readonly string[] = [],
): WhereaboutsRange {
  const { gateway, ...wire } = range;
  const network = IpRangeSet.of([IpRange.ofCidr(whereaboutsNetwork(range))]);
  const kept = IpRangeSet.of([
    ...claimable.map(IpRange.parse),
    ...(gateway === undefined ? [] : [IpRange.parse(gateway)]),
  ]).intersect(network);
  // What is excluded already stays as it was written.
  const more = kept.subtract(excludedSet(range.exclude)).toCidrs().map(String);
  return more.length === 0 ? wire : { ...wire, exclude: [...(range.exclude ?? []), ...more] };
}

/** What `exclude` leaves out; the plugin masks host bits, and what is no address is no matter here. */
export function excludedSet(exclude: readonly string[] | undefined): IpRangeSet {
  return IpRangeSet.of((exclude ?? []).flatMap((text) => excludedRange(text) ?? []));
}

/** The addresses of one entry of `exclude`: a CIDR, host bits allowed, or one address. */
export function excludedRange(text: string): IpRange | undefined {
  const written = InterfaceAddress.tryParse(text);
  return written ? IpRange.ofCidr(written.network) : IpRange.tryParse(text);
}

/** The claimable part as a pool, one subnet for each range that has a share of it. */
export function whereaboutsPool(settings: WhereaboutsSettings): PoolSpec {
  const claimable = IpRangeSet.of((settings.claimable ?? []).map(IpRange.parse));
  const subnets = new Map<string, PoolSubnet>();
  for (const { range } of whereaboutsRanges(settings)) {
    const cidr = whereaboutsNetwork(range);
    const share = claimable.intersect(IpRangeSet.of([IpRange.ofCidr(cidr)]));
    const subnet = String(cidr);
    if (share.isEmpty || subnets.has(subnet)) continue;
    const { gateway } = range;
    subnets.set(subnet, {
      subnet,
      ...(gateway !== undefined && { gateway }),
      ranges: share.ranges.map(String),
    });
  }
  return { subnets: [...subnets.values()] };
}
