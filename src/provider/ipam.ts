import type * as pulumi from '@pulumi/pulumi';
import {
  type CniDns,
  type DhcpSettings,
  definedOnly,
  HOST_LOCAL_OWN,
  IPAM_SPECS,
  type IpamConfig,
  ipamSpec,
  type KubeOvnIpamSettings,
  type PluginConfig,
  WHEREABOUTS_OWN,
  type WhereaboutsOptions,
  type WhereaboutsSettings,
} from '../cni';
import type { Problem } from '../errors';
import type { InputsOf } from './inputs';
import type { KubeOvnSubnet } from './kube-ovn-subnet';
import { checkMembers, unknownType } from './members';
import type { WhereaboutsPool } from './whereabouts-pool';

/** Consecutive addresses that host-local gives to pods of one node. */
export interface HostLocalRangeArgs {
  /** Network in prefix form without host bits, e.g. `10.10.0.0/24`. */
  subnet: pulumi.Input<string>;
  /** First address given. @default - the one behind the network address */
  rangeStart?: pulumi.Input<string>;
  /** Last address given. @default - the one before the broadcast address; in IPv6 the last */
  rangeEnd?: pulumi.Input<string>;
  /** Told to the pod, and never given. @default - the address behind the network address */
  gateway?: pulumi.Input<string>;
}

/** Addresses that one of each pod is of: `subnet` for host-local, `range` for whereabouts. */
export interface IpamRangeArgs extends Partial<HostLocalRangeArgs> {
  /** whereabouts: network in prefix form, or `FIRST-LAST/PREFIX`. */
  range?: pulumi.Input<string>;
  /** whereabouts: addresses and CIDRs that are not given. @default - none */
  exclude?: pulumi.Input<pulumi.Input<string>[]>;
}

export interface RouteArgs {
  /** Destination in prefix form. */
  dst: pulumi.Input<string>;
  /** Next hop. @default - the gateway of the same family that the IPAM reports */
  gw?: pulumi.Input<string>;
  /** Bytes. Since plugins 1.6.0. @default - the interface's */
  mtu?: pulumi.Input<number>;
  /** Metric: less wins. Since plugins 1.6.0. @default 0 */
  priority?: pulumi.Input<number>;
  /** Routing table. Since plugins 1.6.0. @default - main */
  table?: pulumi.Input<number>;
}

export interface StaticAddressArgs {
  /** With prefix length. */
  address: pulumi.Input<string>;
  /** @default - none */
  gateway?: pulumi.Input<string>;
}

type Others = Partial<
  InputsOf<
    Omit<DhcpSettings, 'extra'> &
      Omit<KubeOvnIpamSettings, 'routes' | 'extra'> &
      Omit<WhereaboutsOptions, 'routes' | 'dns' | 'addresses' | 'extra'> &
      Pick<
        WhereaboutsSettings,
        'range' | 'rangeStart' | 'rangeEnd' | 'exclude' | 'ipRanges' | 'gateway'
      >
  >
>;

/** Where the addresses of a network come from. One shape for all IPAMs; `type` says which members count. */
export interface IpamArgs extends Others {
  /** `host-local`, `whereabouts`, `static`, `dhcp`, `kube-ovn`, `none`, or `raw` for any other. */
  type: pulumi.Input<string>;
  /** host-local, whereabouts: one address from each. */
  ranges?: pulumi.Input<pulumi.Input<IpamRangeArgs>[]>;
  /** host-local: upstream's list of lists, one address from each set. */
  rangeSets?: pulumi.Input<pulumi.Input<pulumi.Input<HostLocalRangeArgs>[]>[]>;
  /** host-local, whereabouts: addresses left to claims. @default - none */
  claimable?: pulumi.Input<pulumi.Input<string>[]>;
  /** whereabouts: addresses shared by several networks, instead of `ranges`. @default - `ranges` */
  pool?: WhereaboutsPool;
  /** kube-ovn: the subnet, for this network alone. @default - one that something else makes */
  subnet?: KubeOvnSubnet;
  /** host-local: folder on the node for its files. @default /var/lib/cni/networks */
  dataDir?: pulumi.Input<string>;
  /** host-local: file on the node to read name servers from. @default - none */
  resolvConf?: pulumi.Input<string>;
  /** static: addresses that every pod gets; whereabouts: beside its own. @default - none */
  addresses?: pulumi.Input<pulumi.Input<StaticAddressArgs>[]>;
  /** static, whereabouts: name servers. @default - none */
  dns?: pulumi.Input<CniDns>;
  /** Routes for the pod; not of dhcp. @default - none */
  routes?: pulumi.Input<pulumi.Input<RouteArgs>[]>;
  /** raw: the plugin's configuration as upstream writes it. Not checked. */
  config?: pulumi.Input<PluginConfig>;
  /** Keys that netloom does not know, written as they are given. @default - none */
  extra?: pulumi.Input<Record<string, unknown>>;
}

/** {@link IpamArgs} with every value known, and without what refers to a resource. */
export type PlainIpam = { readonly type: string } & Readonly<Record<string, unknown>>;

const MEMBERS: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(
    Object.entries(IPAM_SPECS).map(([type, spec]) => [
      type,
      [...spec.keys.map(({ prop }) => prop), 'extra'],
    ]),
  ),
  'host-local': [
    ...HOST_LOCAL_OWN.keys.map(({ prop }) => prop),
    ...['rangeSets', 'routes', 'dataDir', 'resolvConf', 'extra'],
  ],
  whereabouts: [
    ...new Set([
      ...WHEREABOUTS_OWN.keys.map(({ prop }) => prop),
      'pool',
      ...(ipamSpec('whereabouts')?.keys ?? []).map(({ prop }) => prop),
      'extra',
    ]),
  ],
  'kube-ovn': ['subnet', ...IPAM_SPECS['kube-ovn'].keys.map(({ prop }) => prop), 'extra'],
  none: [],
  raw: ['config'],
};

/** A type that is unknown, and members of another type, which would be ignored. */
export function checkIpamArgs(ipam: PlainIpam, args: IpamArgs): Problem[] {
  const members = MEMBERS[ipam.type];
  if (!members) return [unknownType('ipam', ipam.type, Object.keys(MEMBERS))];
  const { pool, subnet } = args;
  const problems = checkMembers('ipam', definedOnly({ ...ipam, pool, subnet }), members);
  const doubled = ['ranges', 'range', 'ipRanges', 'claimable', 'networkName'].filter(
    (name) => pool !== undefined && ipam[name] !== undefined,
  );
  return [
    ...problems,
    ...doubled.map((name) => ({
      code: 'NL_VALUES_CONFLICT' as const,
      key: `ipam.${name}`,
      found: `"${name}" is set, and the pool says it`,
      allowed: 'one of pool and the members that it stands for',
      fix: `leave ${name} out, or pool`,
    })),
  ];
}

/** The model's form of the arguments. */
export function ipamConfig(ipam: PlainIpam): IpamConfig {
  const { type, config, ...settings } = ipam;
  if (type === 'raw') return { kind: 'raw', config: config as PluginConfig };
  if (type === 'none' || !Object.hasOwn(IPAM_SPECS, type)) return { kind: 'none' };
  return { kind: type, settings: definedOnly(settings) } as unknown as IpamConfig;
}
