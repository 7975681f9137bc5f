export {
  type BridgeSettings,
  type CniDns,
  type CniRoute,
  type DhcpSettings,
  type HostLocalRange,
  type HostLocalSettings,
  IpvlanMode,
  type IpvlanSettings,
  MacvlanMode,
  type MacvlanSettings,
  type NetworkConfig,
  type PluginConfig,
  type StaticAddress,
  type StaticSettings,
  type VlanTrunk,
} from '../cni';
export type { HostBridgeDefinition } from '../kubernetes';
export * from './address-claim';
export * from './bridge-network';
export * from './host-bridge';
export * from './ipam';
export * from './ipvlan-network';
export * from './macvlan-network';
export * from './multi-net-pod';
export * from './netloom-crds';
export * from './network';
export * from './platform';
export * from './pod-networks';
