import type * as pulumi from '@pulumi/pulumi';
import type { CniDns, CniRoute, HostLocalRange, IpamConfig, StaticAddress } from '../cni';
import { definedOnly } from '../cni';
import type { Problem } from '../errors';

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

export interface RouteArgs {
  /** Destination in prefix form. */
  dst: pulumi.Input<string>;
  /** Next hop. @default - the gateway of the same family that the IPAM reports */
  gw?: pulumi.Input<string>;
}

export interface StaticAddressArgs {
  /** With prefix length. */
  address: pulumi.Input<string>;
  /** @default - none */
  gateway?: pulumi.Input<string>;
}

/** Where the addresses of a network come from. One shape for all IPAMs; `type` says which members count. */
export interface IpamArgs {
  /** `host-local`, `static`, `dhcp` or `none`. */
  type: pulumi.Input<string>;
  /** host-local: one address from each. */
  ranges?: pulumi.Input<pulumi.Input<HostLocalRangeArgs>[]>;
  /** host-local: upstream's list of lists, one address from each set. */
  rangeSets?: pulumi.Input<pulumi.Input<pulumi.Input<HostLocalRangeArgs>[]>[]>;
  /** host-local: addresses left to claims. @default - none */
  claimable?: pulumi.Input<pulumi.Input<string>[]>;
  /** host-local: folder on the node for its files. @default /var/lib/cni/networks */
  dataDir?: pulumi.Input<string>;
  /** host-local: file on the node to read name servers from. @default - none */
  resolvConf?: pulumi.Input<string>;
  /** static: addresses that every pod gets. @default - none: each pod has to bring its own */
  addresses?: pulumi.Input<pulumi.Input<StaticAddressArgs>[]>;
  /** static: name servers. @default - none */
  dns?: pulumi.Input<CniDns>;
  /** host-local, static: routes for the pod. @default - none */
  routes?: pulumi.Input<pulumi.Input<RouteArgs>[]>;
  /** dhcp: socket of the daemon. @default /run/cni/dhcp.sock */
  daemonSocketPath?: pulumi.Input<string>;
}

/** {@link IpamArgs} with every value known. */
export interface PlainIpam {
  readonly type: string;
  readonly ranges?: readonly HostLocalRange[];
  readonly rangeSets?: readonly (readonly HostLocalRange[])[];
  readonly claimable?: readonly string[];
  readonly dataDir?: string;
  readonly resolvConf?: string;
  readonly addresses?: readonly StaticAddress[];
  readonly dns?: CniDns;
  readonly routes?: readonly CniRoute[];
  readonly daemonSocketPath?: string;
}

const MEMBERS: Readonly<Record<string, readonly string[]>> = {
  'host-local': ['ranges', 'rangeSets', 'claimable', 'dataDir', 'resolvConf', 'routes'],
  static: ['addresses', 'dns', 'routes'],
  dhcp: ['daemonSocketPath'],
  none: [],
};

/** A type that is unknown, and members of another type, which would be ignored. */
export function checkIpamArgs(ipam: PlainIpam): Problem[] {
  const members = MEMBERS[ipam.type];
  if (!members) {
    return [
      {
        code: 'NL_VALUE_OUT_OF_RANGE',
        key: 'ipam.type',
        found: `${JSON.stringify(ipam.type)} is not known`,
        allowed: `one of ${Object.keys(MEMBERS).join(', ')}`,
        fix: 'host-local?',
      },
    ];
  }
  return Object.keys(definedOnly(ipam))
    .filter((key) => key !== 'type' && !members.includes(key))
    .map((key) => ({
      code: 'NL_VALUES_CONFLICT' as const,
      key: `ipam.${key}`,
      found: `"${key}" is not a member of ${ipam.type}`,
      allowed: members.length > 0 ? `one of ${members.join(', ')}` : 'nothing beside type',
      fix: 'leave it out, or choose another type',
    }));
}

/** The model's form of the arguments. */
export function ipamConfig(ipam: PlainIpam): IpamConfig {
  const { type, ranges, rangeSets, claimable, dataDir, resolvConf, addresses, dns, routes } = ipam;
  switch (type) {
    case 'host-local':
      return {
        kind: 'host-local',
        settings: definedOnly({ ranges, rangeSets, claimable, routes, dataDir, resolvConf }),
      };
    case 'static':
      return { kind: 'static', settings: definedOnly({ addresses, routes, dns }) };
    case 'dhcp':
      return { kind: 'dhcp', settings: definedOnly({ daemonSocketPath: ipam.daemonSocketPath }) };
    default:
      return { kind: 'none' };
  }
}
