import type {
  AttachmentBandwidth,
  KubeOvnPodSettings,
  PortMapping,
  VirtualMachineAttachment,
} from '../kubernetes';
import type { AddressClaim } from './address-claim';

/** How a pod is attached to a network. */
export interface AttachOptions {
  /**
   * Name of the interface in the pod, 1 to 15 bytes.
   *
   * @default - net1, net2 and so on, by position; of a virtual machine the network's name
   * @throws NL_INTERFACE_TWICE, NL_IFNAME_TOO_LONG, NL_IFNAME_INVALID, at synthesis
   */
  readonly interface?: string;
  /** Addresses to ask for; static IPAM needs prefix lengths. @default - the IPAM chooses */
  readonly ips?: string[];
  /** MAC address to ask for. @default - the plugin chooses */
  readonly mac?: string;
  /**
   * Next hops; moves the pod's default route to this interface. At most one of each family in a pod.
   * An empty list keeps the network's own gateway and takes away those of the other interfaces.
   *
   * @default - the default route stays where it is
   */
  readonly defaultRoute?: string[];
  /** Brings the addresses. The pod then attaches to the network's `-claimed` twin. @default - none */
  readonly claim?: AddressClaim;
  /**
   * Group of nodes, of a network whose interface differs by node (`masterByNodeGroup`): the pod then
   * runs on these nodes only.
   *
   * @default - none
   * @throws NL_NODE_GROUP, at synthesis, for no group or another one than the network has
   */
  readonly nodeGroup?: string;
  /** Ports of the node that lead to the pod. Needs the chained plugin portmap. @default - none */
  readonly portMappings?: PortMapping[];
  /** Limits, bit/s and bit. Needs the chained plugin bandwidth. @default - what the network says */
  readonly bandwidth?: AttachmentBandwidth;
  /**
   * What Kube-OVN is asked for, on a network of its plugin or its IPAM: `ips` and `mac` are written
   * here, too, as `ipAddress` and `macAddress`.
   *
   * @default - Kube-OVN chooses
   */
  readonly kubeOvn?: KubeOvnPodSettings;
  /** GUID of an InfiniBand interface, eight octets. @default - the plugin chooses */
  readonly infinibandGuid?: string;
  /** Arguments for the plugins, merged into `args.cni` of each. @default - none */
  readonly cniArgs?: Readonly<Record<string, unknown>>;
  /** Device to use; ignored where the device plugin gives one. @default - the device plugin's */
  readonly deviceID?: string;
  /** Name of an IPAMClaim; Multus ignores it, OVN-Kubernetes reads it. @default - none */
  readonly ipamClaimReference?: string;
  /** How a virtual machine's interface is bound. @default bridge */
  readonly binding?: VirtualMachineAttachment['binding'];
  /** Keys of the attachment that netloom does not know, as they are written. @default - none */
  readonly extra?: Readonly<Record<string, unknown>>;
}

/** How a pod's cluster network is replaced. */
export type DefaultNetworkOptions = Pick<
  AttachOptions,
  'ips' | 'mac' | 'claim' | 'nodeGroup' | 'kubeOvn' | 'cniArgs' | 'extra'
>;
