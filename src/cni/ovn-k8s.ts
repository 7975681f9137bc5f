import { type PluginSettings, pluginSpec } from './plugin-settings';
import { ANY, flag, integer, shaped, text, word } from './spec';

/**
 * Settings of OVN-Kubernetes' secondary networks. Its `name` counts in the whole cluster: networks
 * of one name are one, and have to agree.
 *
 * @see https://ovn-kubernetes.io/features/multiple-networks/multi-homing/
 */
export interface OvnK8sSettings extends PluginSettings {
  /** `layer2`: over the whole cluster; `localnet`: a physical network; `layer3`: a subnet for each node. */
  readonly topology: 'layer2' | 'localnet' | 'layer3';
  /** CIDRs, with commas between; for `layer3` with the nodes' prefix length, `10.128.0.0/16/24`. @default - no addresses */
  readonly subnets?: string | undefined;
  /** CIDRs of `subnets` that are not given, with commas between; not for `layer3`. @default - none */
  readonly excludeSubnets?: string | undefined;
  /** CIDRs of `subnets` that are given on request only; `layer2`. OVN-Kubernetes 1.2. @default - none */
  readonly reservedSubnets?: string | undefined;
  /** CIDRs of `subnets` for the network's own use; `layer2` and primary. OVN-Kubernetes 1.2. @default - none */
  readonly infrastructureSubnets?: string | undefined;
  /** Bytes. @default - the cluster network's */
  readonly mtu?: number | undefined;
  /** VLAN of a `localnet`, 1 to 4094. @default - untagged */
  readonly vlanID?: number | undefined;
  /** Name of the `localnet`'s mapping to a bridge of the nodes. @default - the configuration's name */
  readonly physicalNetworkName?: string | undefined;
  /** Addresses outlive their pods, for virtual machines (IPAMClaim). @default false */
  readonly allowPersistentIPs?: boolean | undefined;
  /** @default secondary */
  readonly role?: 'primary' | 'secondary' | undefined;
  /** CIDRs for the network's own routers, with commas between. @default - chosen */
  readonly joinSubnet?: string | undefined;
  /** CIDRs between the network's routers, with commas between; `layer2` and primary. @default - chosen */
  readonly transitSubnet?: string | undefined;
  /** Next hops of the pods, with commas between; `layer2` and primary. @default - the first address of each subnet */
  readonly defaultGatewayIPs?: string | undefined;
  /** How nodes reach each other. @default - OVN's overlay */
  readonly transport?: 'no-overlay' | 'evpn' | undefined;
  /** Only with `no-overlay`. @default - the cluster's */
  readonly outboundSNAT?: 'enabled' | 'disabled' | undefined;
  /** Only with `evpn`. @default - none */
  readonly evpn?: unknown;
  /** Name of an Uplink object, the way out of the cluster; gateway mode shared only. @default - the cluster's */
  readonly uplink?: string | undefined;
  /** Address of a virtual function; Multus writes it when the network has a `resourceName`. @default - none */
  readonly deviceID?: string | undefined;
  /** Absolute path on the node. @default - none */
  readonly logFile?: string | undefined;
  /** 0 to 5. @default - the cluster's */
  readonly logLevel?: string | undefined;
  /** MB. @default 100 */
  readonly logFileMaxSize?: number | undefined;
  /** Files. @default 5 */
  readonly logFileMaxBackups?: number | undefined;
  /** Days. @default 5 */
  readonly logFileMaxAge?: number | undefined;
  /** `<namespace>/<network>`, which has to be the network itself. @default - computed from the network */
  readonly netAttachDefName?: string | undefined;
}

const COUNT = [0, 2147483647, 'a count'] as const;

export const OVN_K8S = pluginSpec<OvnK8sSettings>('ovn-k8s-cni-overlay', {
  topology: word(['layer2', 'localnet', 'layer3']),
  subnets: text(),
  excludeSubnets: text(),
  reservedSubnets: text(),
  infrastructureSubnets: text(),
  mtu: integer(0, 65535, 'an MTU in bytes'),
  vlanID: integer(0, 4094, 'a VLAN'),
  physicalNetworkName: text(),
  allowPersistentIPs: flag(),
  role: word(['primary', 'secondary']),
  joinSubnet: text(),
  transitSubnet: text(),
  defaultGatewayIPs: text(),
  transport: word(['no-overlay', 'evpn']),
  outboundSNAT: word(['enabled', 'disabled']),
  evpn: shaped(ANY),
  uplink: text(),
  deviceID: text(),
  logFile: text(),
  logLevel: text(),
  logFileMaxSize: integer(...COUNT, { wire: 'logfile-maxsize' }),
  logFileMaxBackups: integer(...COUNT, { wire: 'logfile-maxbackups' }),
  logFileMaxAge: integer(...COUNT, { wire: 'logfile-maxage' }),
  netAttachDefName: text(),
});
