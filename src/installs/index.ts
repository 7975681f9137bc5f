export * from './chart-values';
export * from './dhcp-parts';
export * from './dhcp-settings';
export * from './gitops-argo-cd';
export * from './gitops-flux';
export * from './host-readme';
export * from './install-object';
export type { InstallPodSettings } from './install-pods';
export * from './microshift-firewall';
export * from './multus-dhcp';
export * from './multus-objects';
export * from './multus-parts';
export * from './multus-prepare';
export * from './multus-rbac';
export * from './multus-releases';
export * from './multus-settings';
export * from './network-crd';
export * from './node-agent-parts';
export * from './node-agent-settings';
export * from './openshift-macvlan';
export * from './openshift-networks';
export * from './openshift-scc';
export * from './openshift-shims';
export * from './removal-cluster';
export { REMOVAL_ANNOTATION, REMOVAL_NAME, removalObjects } from './removal-objects';
export {
  ownsNodes,
  planRemoval,
  REMOVAL_STEPS,
  type RemovalChoices,
  type RemovalStep,
  type RemovalStepId,
} from './removal-plan';
export { REMOVAL_SCRIPT } from './removal-script';
export type { RemovalPhase, RemovalSettings } from './removal-settings';
export { helmRelease, REMOVAL_LEFT, removalHostSteps, removalNotes } from './removal-texts';
export { type Rke2Feature, rke2Has, rke2Since } from './rke2-releases';
export * from './store-crds';
export * from './store-rbac';
export { TANZU_MULTUS_PACKAGE, TANZU_MULTUS_VERSIONS } from './tanzu-versions';
export * from './whereabouts-objects';
export * from './whereabouts-parts';
export * from './whereabouts-rbac';
export * from './whereabouts-release';
export * from './whereabouts-script';
export * from './whereabouts-settings';
