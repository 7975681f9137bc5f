export {
  type BandwidthSettings,
  type BridgeSettings,
  type CniDns,
  type CniRoute,
  type DhcpProvide,
  type DhcpRequest,
  type DhcpSettings,
  type DummySettings,
  type FirewallSettings,
  type HostDeviceSettings,
  type HostLocalRange,
  type HostLocalSettings,
  IpvlanMode,
  type IpvlanSettings,
  type KubeOvnIpamSettings,
  type KubeOvnSettings,
  MacvlanMode,
  type MacvlanSettings,
  type NetworkConfig,
  type OvnK8sSettings,
  type PluginConfig,
  type PluginSettings,
  type PortmapSettings,
  type PtpSettings,
  type SbrSettings,
  type SriovSettings,
  type StaticAddress,
  type StaticSettings,
  type TapSettings,
  type TargetVersions,
  type TuningSettings,
  type VlanSettings,
  type VlanTrunk,
  type VrfSettings,
  type WhereaboutsKubernetes,
  type WhereaboutsOptions,
  type WhereaboutsPoolRange,
  type WhereaboutsRange,
  type WhereaboutsSettings,
} from '../cni';
export type { ProblemCode } from '../errors';
export type {
  AttachmentBandwidth,
  BondLink,
  BridgeLink,
  BridgePort,
  HostBridgeDefinition,
  HostInterface,
  HostLinkSettings,
  HostRoute,
  KubeOvnPodRoute,
  KubeOvnPodSettings,
  KubeOvnSubnetDefinition,
  MacvlanLink,
  MadeLink,
  NodeExpression,
  NodeNetworkDefinition,
  NodeSelection,
  PortMapping,
  VethLink,
  VlanLink,
  VlanMembership,
} from '../kubernetes';
export * from './address-claim';
export * from './attach-options';
export * from './bridge-network';
export * from './chain';
export * from './cni-network';
export * from './dhcp-daemon';
export * from './dummy-network';
export * from './gitops';
export { FluxKustomizations, type FluxOptions } from './gitops-flux';
export * from './host-bridge';
export * from './host-device-network';
export * from './host-files';
export { addHostParts, type HostParts } from './host-parts';
export * from './install';
export * from './ipam';
export * from './ipvlan-network';
export * from './kube-ovn-network';
export * from './kube-ovn-subnet';
export * from './macvlan-network';
export * from './multi-net-daemon-set';
export * from './multi-net-deployment';
export * from './multi-net-pod';
export * from './multi-net-stateful-set';
export * from './multus-install';
export * from './multus-removal';
export * from './netloom-crds';
export * from './network';
export * from './network-props';
export * from './node-agent-install';
export * from './node-network';
export * from './openshift-networks';
export * from './ovn-kubernetes-network';
export * from './platform';
export * from './pod-networks';
export * from './ptp-network';
export * from './sriov-network';
export * from './tap-network';
export * from './vlan-network';
export * from './warnings';
export * from './whereabouts-install';
export * from './whereabouts-pool';
