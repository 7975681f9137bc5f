export * from './bandwidth';
export * from './bridge';
export * from './chain';
export { isMembers, type KeyStep, keyOfSteps, stepsOf } from './codec';
export * from './dummy';
export * from './firewall';
export * from './host-device';
export * from './ipam';
export * from './ipam-dhcp';
export * from './ipam-host-local';
export * from './ipam-kube-ovn';
export * from './ipam-static';
export * from './ipam-whereabouts';
export * from './ipvlan';
export * from './kube-ovn';
export * from './link';
export * from './macvlan';
export * from './network-config';
export * from './ovn-k8s';
export * from './plugin-settings';
export * from './portmap';
export * from './ptp';
export * from './releases';
export * from './routes';
export * from './sbr';
export {
  type Component,
  type KeySpec,
  MTU_LIMITS,
  type ObjectSpec,
  type ValueSpec,
  type WithExtra,
} from './spec';
export * from './sriov';
export * from './tap';
export * from './tuning';
export * from './vlan';
export * from './vrf';
