import {
  type CniRoute,
  excludedSet,
  gatewayOf,
  gatewaySet,
  type HostLocalRange,
  type HostLocalSettings,
  hostLocalSets,
  type IpamConfig,
  ipamType,
  isDefaultRoute,
  routesOf,
  type StaticSettings,
  spanOf,
  type WhereaboutsRange,
  type WhereaboutsSettings,
  whereaboutsNetwork,
  whereaboutsRanges,
} from '../cni';
import { Cidr, IpAddress, IpRange, IpRangeSet } from '../ipam';

/** More spans than these are counted, not listed. */
const MOST_SPANS = 4;

/**
 * Where a network's addresses come from, how many there are, and the routes that come with them.
 *
 * @param configName name of the network's folder in host-local's files
 */
export function describeIpam(ipam: IpamConfig, configName: string): string[] {
  switch (ipam.kind) {
    case 'none':
      return ['no addresses'];
    case 'host-local':
      return [...describeHostLocal(ipam.settings, configName), ...describeRoutes(ipam)];
    case 'static':
      return [describeStatic(ipam.settings), ...describeRoutes(ipam)];
    case 'dhcp':
      return ["dhcp: an IPv4 address that the node's DHCP daemon leases, with the server's routes"];
    case 'whereabouts':
      return [...describeWhereabouts(ipam.settings), ...describeRoutes(ipam)];
    case 'kube-ovn': {
      const { provider } = ipam.settings;
      const subnet = provider === undefined ? "the network's subnet" : `the subnet of ${provider}`;
      return [`kube-ovn: an address of ${subnet}`, ...describeRoutes(ipam)];
    }
    case 'raw':
      return [`${ipamType(ipam)}: an IPAM that netloom does not know`];
  }
}

function describeHostLocal(settings: HostLocalSettings, configName: string): string[] {
  const sets = hostLocalSets(settings).map(describeRangeSet);
  const { dataDir = '/var/lib/cni/networks', resolvConf } = settings;
  return [
    `host-local: ${sets.length === 0 ? 'no ranges, so no addresses' : sets.join(', ')}`,
    `files in ${dataDir.replace(/\/$/, '')}/${configName}, on each node its own`,
    ...(resolvConf === undefined ? [] : [`name servers from the node's ${resolvConf}`]),
  ];
}

function describeRangeSet(ranges: readonly HostLocalRange[]): string {
  const gateways = orUndefined(() => [...new Set(ranges.map(gatewayOf).map(String))]);
  const given = orUndefined(() => IpRangeSet.of(ranges.map(spanOf)).subtract(gatewaySet(ranges)));
  if (!given || !gateways) return `one of ${ranges.map(writtenRange).join(', ')}`;
  const subnets = [...new Set(ranges.map(({ subnet }) => String(Cidr.parse(subnet))))];
  const gateway = gateways.length === 1 ? 'gateway' : 'gateways';
  return `${describeChoice(given)} of ${listed(subnets, 'and')} (${gateway} ${gateways.join(', ')})`;
}

/** A range that the plugin would refuse, as it stands there. */
function writtenRange({ subnet, rangeStart, rangeEnd }: HostLocalRange): string {
  const ends = [rangeStart, rangeEnd].filter((end) => end !== undefined);
  return ends.length === 0 ? subnet : `${ends.join(' to ')} of ${subnet}`;
}

/** `one of 31 IPv4 addresses 10.10.0.20 to 10.10.0.50`. */
function describeChoice(given: IpRangeSet): string {
  const [first] = given.ranges;
  if (!first) return 'none of the addresses';
  const spans = given.ranges.map(spanText);
  const shown = spans.slice(0, MOST_SPANS);
  const more = spans.length - shown.length;
  const text = more > 0 ? `${shown.join(', ')} and ${more} more` : listed(shown, 'and');
  if (given.size === 1n) return `the IPv${first.family} address ${text}`;
  return `one of ${count(given.size)} IPv${first.family} addresses ${text}`;
}

function spanText({ first, last }: IpRange): string {
  return first.equals(last) ? String(first) : `${first} to ${last}`;
}

/** Great numbers as powers of two: `2^64`, and `about` where they are none. */
function count(size: bigint): string {
  const bits = size.toString(2).length - 1;
  if (bits < 32) return String(size);
  const above = (size & (size - 1n)) === 0n ? 0 : (1n << BigInt(bits + 1)) - size < 256n ? 1 : 0;
  return `${size === 1n << BigInt(bits + above) ? '' : 'about '}2^${bits + above}`;
}

function describeStatic({ addresses = [] }: StaticSettings): string {
  if (addresses.length === 0) return 'static: the addresses that each pod asks for (ips)';
  const texts = addresses.map(({ address, gateway }) =>
    gateway === undefined ? address : `${address} (gateway ${gateway})`,
  );
  return `static: ${listed(texts, 'and')} for every pod, or what a pod asks for (ips)`;
}

function describeWhereabouts(settings: WhereaboutsSettings): string[] {
  const { gateway, networkName, addresses = [] } = settings;
  const ranges = whereaboutsRanges(settings).map(({ range }) => describeRange(range));
  const pool = networkName === undefined ? '' : ` in the pools of "${networkName}"`;
  return [
    `whereabouts: ${ranges.length === 0 ? 'no range' : ranges.join(', ')}, once in the cluster${pool}`,
    ...(gateway === undefined ? [] : [`gateway ${gateway} on every address`]),
    ...(addresses.length === 0
      ? []
      : [`and ${listed(texts(addresses), 'and')} on every pod, kept free by nobody`]),
  ];
}

function texts(addresses: readonly { readonly address: string }[]): string[] {
  return addresses.map(({ address }) => address);
}

function describeRange(range: WhereaboutsRange): string {
  const given = orUndefined(() => givenOf(range));
  if (!given) return `one of ${range.range}`;
  return `${describeChoice(given)} of ${whereaboutsNetwork(range)}`;
}

/** As the plugin reads a range: ends that lie outside of it don't count, nor do the outermost addresses. */
function givenOf(range: WhereaboutsRange): IpRangeSet {
  const network = whereaboutsNetwork(range);
  let first = network.network.plus(1) as IpAddress;
  let last = network.last.plus(-1) as IpAddress;
  const [ends = ''] = range.range.split('/');
  const [from = '', to] = ends.split('-').map((end) => end.trim());
  const start = IpAddress.tryParse(range.rangeStart ?? (to === undefined ? '' : from));
  const end = IpAddress.tryParse(range.rangeEnd ?? to ?? '');
  const usable = IpRange.of(first, last);
  if (start && usable.contains(start)) first = start;
  if (end && usable.contains(end) && end.compare(first) >= 0) last = end;
  return IpRangeSet.of([IpRange.of(first, last)]).subtract(excludedSet(range.exclude));
}

function describeRoutes(ipam: IpamConfig): string[] {
  return routesOf(ipam).map((route) => {
    const to = isDefaultRoute(route) ? `default route (${route.dst})` : `route to ${route.dst}`;
    return `${to} via ${route.gw ?? "the address's gateway"}${describeRouteOptions(route)}`;
  });
}

function describeRouteOptions({ priority, table, mtu }: CniRoute): string {
  const options = [
    priority === undefined ? '' : `metric ${priority}`,
    table === undefined ? '' : `table ${table}`,
    mtu === undefined ? '' : `MTU ${mtu}`,
  ].filter((option) => option !== '');
  return options.length === 0 ? '' : `, ${options.join(', ')}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(texts: readonly string[], word: 'and' | 'or'): string {
  const last = texts.at(-1) ?? '';
  return texts.length < 2 ? last : `${texts.slice(0, -1).join(', ')} ${word} ${last}`;
}

/** What can be described of a network that rules refuse is described. */
function orUndefined<T>(compute: () => T): T | undefined {
  try {
    return compute();
  } catch {
    return undefined;
  }
}
