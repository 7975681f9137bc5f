import type { Problem } from '../errors';
import { addressProblem, IpAddress, IpRange, IpRangeSet } from '../ipam';
import {
  type KubeOvnIpPoolDefinition,
  type KubeOvnSubnetDefinition,
  kubeOvnProvider,
  type ReadKubeOvnSettings,
  readKubeOvnAnnotations,
} from '../kubernetes';
import { annotationKey } from './annotations';
import { checkKubeOvnKeys } from './kube-ovn-keys';
import { kubeOvnCidrs, parseExcludeIp } from './kube-ovn-subnet';
import { checkMac } from './macs';
import { nodesOf, podsAtOnce, type WorkloadManifest } from './workloads';
import { findingsOf, type PodsDefinition, type World, type WorldRule } from './world';
import { subnetsByProvider } from './world-overlaps';

/** What pods ask of Kube-OVN in annotations. */
export const checkKubeOvnPods: WorldRule = (world) => {
  const books = new Books(world);
  return world.pods.flatMap((pods) => findingsOf(pods, checkPods(pods, books, world)));
};

/** Subnets and pools by what pods name them by. */
class Books {
  readonly byProvider: ReadonlyMap<string, KubeOvnSubnetDefinition>;
  readonly byName: ReadonlyMap<string, KubeOvnSubnetDefinition>;
  readonly pools: ReadonlyMap<string, KubeOvnIpPoolDefinition>;
  /** True where a pool that is not among the objects does not exist. */
  readonly hasPools: boolean;

  constructor({ subnets = [], ipPools = [], isComplete }: World) {
    this.byProvider = subnetsByProvider(subnets);
    this.byName = new Map(subnets.map((subnet) => [subnet.name, subnet]));
    this.pools = new Map(ipPools.map((pool) => [pool.name, pool]));
    this.hasPools = ipPools.length > 0 || isComplete === true;
  }
}

function checkPods(pods: PodsDefinition, books: Books, world: World): Problem[] {
  const networks = pods.attachments.flatMap(({ network }) =>
    network && kubeOvnProvider(network) !== undefined ? [network] : [],
  );
  if (networks.length === 0) return [];
  return [
    ...checkKubeOvnKeys(pods.annotations, networks),
    ...checkAsked(pods, books),
    ...readKubeOvnAnnotations(pods.annotations, networks).flatMap((read) =>
      checkSettings(read, subnetOf(read, books), pods.workload, books, world),
    ),
  ];
}

function subnetOf(
  { network, settings }: Pick<ReadKubeOvnSettings, 'network' | 'settings'>,
  { byName, byProvider }: Books,
): KubeOvnSubnetDefinition | undefined {
  const named = settings.logicalSwitch;
  if (named !== undefined && network.link.kind === 'kube-ovn') return byName.get(named);
  return byProvider.get(kubeOvnProvider(network) as string);
}

/** What stands in the `networks` annotation itself. */
function checkAsked({ attachments }: PodsDefinition, books: Books): Problem[] {
  return attachments.flatMap(({ attachment, network }, index) => {
    const provider = network && kubeOvnProvider(network);
    const subnet = provider === undefined ? undefined : books.byProvider.get(provider);
    if (!subnet) return [];
    return (attachment.ips ?? []).flatMap((text, inner) => {
      const address = IpAddress.tryParse(text);
      return address ? checkInside(`attachments[${index}].ips[${inner}]`, address, subnet) : [];
    });
  });
}

function checkSettings(
  read: ReadKubeOvnSettings,
  subnet: KubeOvnSubnetDefinition | undefined,
  workload: WorkloadManifest,
  books: Books,
  world: World,
): Problem[] {
  const { ipAddress, ipPool, macAddress } = read.settings;
  return [
    ...(ipAddress === undefined
      ? []
      : checkAddresses(keyOf(read, 'ip_address'), ipAddress, subnet)),
    ...(ipPool === undefined
      ? []
      : checkPool(keyOf(read, 'ip_pool'), ipPool, {
          subnet,
          workload,
          books,
          nodes: nodesOf(world),
        })),
    ...(macAddress === undefined ? [] : checkMacAddress(read, macAddress)),
  ];
}

/** The annotation that a setting was read from. */
function keyOf({ keys }: ReadKubeOvnSettings, name: string): string {
  const suffix = new RegExp(`/${name}(\\.[^/]*)?$`);
  return annotationKey(keys.find((key) => suffix.test(key)) ?? name);
}

/** One address, or one of each family with a comma between. An excluded one is there to be asked for. */
function checkAddresses(
  key: string,
  text: string,
  subnet: KubeOvnSubnetDefinition | undefined,
): Problem[] {
  return text.split(',').flatMap((part) => {
    const address = IpAddress.tryParse(part);
    if (!address) return [addressProblem(key, part)];
    return subnet ? checkInside(key, address, subnet) : [];
  });
}

function checkInside(key: string, address: IpAddress, subnet: KubeOvnSubnetDefinition): Problem[] {
  const cidrs = kubeOvnCidrs(subnet);
  if (cidrs.length === 0 || cidrs.some((cidr) => cidr.contains(address))) return [];
  return [
    {
      code: 'NL_ATTACHMENT_IPS',
      key,
      found: `"${address}" is not in ${subnet.cidrBlock}, the subnet of the network (Subnet "${subnet.name}")`,
      allowed: 'an address of the subnet; one of its excludeIps may be asked for',
      fix: 'correct the address or the subnet',
    },
  ];
}

interface PoolContext {
  readonly subnet: KubeOvnSubnetDefinition | undefined;
  readonly workload: WorkloadManifest;
  readonly books: Books;
  readonly nodes: number | undefined;
}

function checkPool(key: string, ips: readonly string[], context: PoolContext): Problem[] {
  const [only = ''] = ips;
  if (ips.length === 1 && !only.includes(',') && !/[.:]/.test(only)) {
    return checkNamedPool(key, only, context);
  }
  const bad = ips.flatMap((one) => checkAddresses(key, one, context.subnet));
  if (bad.length > 0) return bad;
  return checkSize(key, BigInt(ips.length), context);
}

function checkNamedPool(key: string, name: string, context: PoolContext): Problem[] {
  const { pools, hasPools } = context.books;
  const pool = pools.get(name);
  if (pool) return checkSize(key, sizeOf(pool), context);
  if (!hasPools) return [];
  return [
    {
      code: 'NL_ATTACHMENT_IPS',
      key,
      found: `"${name}" is neither an address nor the name of an IPPool`,
      allowed: 'the name of an IPPool of Kube-OVN, or addresses with commas between',
      fix: 'make the IPPool, or correct the name',
    },
  ];
}

/** Of a dual pool, the family that is used up first. */
function sizeOf({ ips }: KubeOvnIpPoolDefinition): bigint {
  const all = IpRangeSet.of(
    ips.flatMap((text) => parseExcludeIp(text) ?? IpRange.tryParse(text) ?? []),
  );
  const [v4, v6] = [all.ofFamily(4).size, all.ofFamily(6).size];
  if (v4 === 0n || v6 === 0n) return v4 + v6;
  // biome-ignore lint/complexity/useMathMinMax: Math.min takes no bigint
  return v4 < v6 ? v4 : v6;
}

/** A pod of a StatefulSet takes the address at its ordinal; of others, each takes one that is free. */
function checkSize(key: string, size: bigint, { workload, nodes }: PoolContext): Problem[] {
  const { count, surge } = podsAtOnce(workload, nodes);
  if (count === undefined) return [];
  const start = firstOrdinal(workload);
  const need = count + surge + start;
  if (size >= BigInt(need)) return [];
  const why = [
    count === 1 ? '1 pod' : `${count} pods`,
    ...(surge > 0 ? [`${surge} more while it is rolled out (maxSurge)`] : []),
    ...(start > 0 ? [`${start} ordinals in front of the first`] : []),
  ];
  return [
    {
      code: 'NL_IP_POOL_SMALL',
      key,
      found: `the pool has ${size} ${size === 1n ? 'address' : 'addresses'}, and this ${workload.kind} needs ${need}: ${why.join(' and ')}`,
      allowed: 'as many addresses as there may be pods at once',
      fix:
        surge > 0 ? 'add addresses, or set maxSurge: 0' : 'add addresses, or have fewer replicas',
    },
  ];
}

function firstOrdinal({ kind, spec }: WorkloadManifest): number {
  const start: unknown = kind === 'StatefulSet' ? spec?.ordinals?.start : undefined;
  return typeof start === 'number' && Number.isInteger(start) ? start : 0;
}

/** The controller does not look at the MAC of an IPAM-only provider, unless an interface is named. */
function checkMacAddress(read: ReadKubeOvnSettings, macAddress: string): Problem[] {
  const { network, interfaceName } = read;
  const key = keyOf(read, 'mac_address');
  const bad = checkMac(key, macAddress);
  if (bad.length > 0 || network.link.kind === 'kube-ovn' || interfaceName !== undefined) return bad;
  return [
    {
      code: 'NL_KEY_IGNORED',
      key,
      found: `"${macAddress}" is ignored: on network "${network.name}" Kube-OVN only gives addresses, and another plugin makes the interface`,
      allowed: 'mac_address on a network whose plugin is kube-ovn',
      fix: 'set mac in the networks annotation',
    },
  ];
}
