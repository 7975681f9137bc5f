export type { InterfaceStatus } from '../kubernetes';
export * from './address-claim';
export * from './address-pool';
export type { AttachedPodsArgs } from './attached-pods';
export type { AttachmentArgs } from './attachments';
export * from './bridge-network';
export type { ChainArgs, KnownChainArgs, RawChainArgs } from './chain';
export * from './cni-network';
export * from './connectivity-probe';
export * from './dhcp-daemon';
export * from './dummy-network';
export * from './host-bridge';
export * from './host-device-network';
export type { InputsOf } from './inputs';
export { Install, type InstallArgs } from './install';
export type {
  HostLocalRangeArgs,
  IpamArgs,
  IpamRangeArgs,
  RouteArgs,
  StaticAddressArgs,
} from './ipam';
export * from './ipvlan-network';
export * from './kube-ovn-network';
export * from './kube-ovn-subnet';
export { KubernetesObject, type ObjectManifest } from './kubernetes-object';
export * from './macvlan-network';
export * from './multi-net-daemon-set';
export * from './multi-net-deployment';
export * from './multi-net-pod';
export * from './multi-net-stateful-set';
export * from './multus-install';
export { type AttachableNetwork, Network } from './network';
export type { MasterArgs, NetworkArgs, NodeGroupMasterArgs } from './network-args';
export {
  NetworkStatus,
  type NetworkStatusArgs,
  type PodInterface,
  type WantedInterfaceArgs,
} from './network-status';
export * from './node-agent-install';
export * from './node-network';
export { OpenShiftNetworks, type OpenShiftNetworksArgs } from './openshift-networks';
export * from './ovn-kubernetes-network';
export * from './ptp-network';
export type { Silence } from './silence';
export * from './sriov-network';
export * from './tap-network';
export * from './vlan-network';
export * from './whereabouts-install';
export * from './whereabouts-pool';
