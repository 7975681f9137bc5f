export type { InterfaceStatus } from '../kubernetes';
export * from './address-claim';
export * from './address-pool';
export * from './bridge-network';
export * from './host-bridge';
export type { HostLocalRangeArgs, IpamArgs, RouteArgs, StaticAddressArgs } from './ipam';
export * from './multi-net-pod';
export { Network, type NetworkArgs } from './network';
