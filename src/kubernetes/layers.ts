/**
 * What belongs together when manifests are applied step by step, in this order: each layer may need
 * whatever stands in front of it.
 */
export type Layer = 'namespaces' | 'crds' | 'settings' | 'installs' | 'networks' | 'workloads';

/** All layers, the first to be applied first. */
export const LAYERS: readonly Layer[] = [
  'namespaces',
  'crds',
  // What installs and workloads read or run as: RBAC, ConfigMaps, Secrets.
  'settings',
  // Multus, its IPAMs, and what makes a platform install them.
  'installs',
  // Networks, pools, bridges on nodes, and policies about them.
  'networks',
  // Everything else.
  'workloads',
];

/** As much of a Kubernetes object as tells its layer. */
export interface LayeredObject {
  readonly apiVersion: string;
  readonly kind: string;
}

const SETTINGS: readonly string[] = [
  'ServiceAccount',
  'Role',
  'RoleBinding',
  'ClusterRole',
  'ClusterRoleBinding',
  'ConfigMap',
  'Secret',
  'PriorityClass',
  'RuntimeClass',
  'SecurityContextConstraints',
  'PackageRepository',
];

/** `<group>/<kind>` of objects that let a controller of the platform install something. */
const INSTALLERS: readonly string[] = [
  'helm.cattle.io/HelmChart',
  'helm.cattle.io/HelmChartConfig',
  'operator.openshift.io/Network',
  'packaging.carvel.dev/PackageInstall',
];

/** Groups all of whose kinds are about networks. */
const NETWORK_GROUPS: readonly string[] = [
  'k8s.cni.cncf.io',
  'k8s.ovn.org',
  'kubeovn.io',
  'netloom.io',
  'sriovnetwork.openshift.io',
  'whereabouts.cni.cncf.io',
];

/** The policies that guard networks have to be there before any pod. */
const POLICY_KINDS: readonly string[] = [
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionPolicyBinding',
];

/**
 * The layer of an object, by its kind.
 *
 * @param isInstall true for a part of an install: its DaemonSets and Deployments are no workloads
 */
export function layerOf({ apiVersion, kind }: LayeredObject, isInstall = false): Layer {
  const group = groupOf(apiVersion);
  if (kind === 'Namespace' && group === '') return 'namespaces';
  if (kind === 'CustomResourceDefinition') return 'crds';
  if (SETTINGS.includes(kind)) return 'settings';
  if (INSTALLERS.includes(`${group}/${kind}`)) return 'installs';
  if (NETWORK_GROUPS.includes(group) || POLICY_KINDS.includes(kind)) return 'networks';
  return isInstall ? 'installs' : 'workloads';
}

/** True for an object that lets a controller of the platform install something. */
export function isInstaller({ apiVersion, kind }: LayeredObject): boolean {
  return INSTALLERS.includes(`${groupOf(apiVersion)}/${kind}`);
}

/** True for an object whose kind a CustomResourceDefinition brings, as far as its group tells. */
export function isCustomResource({ apiVersion }: LayeredObject): boolean {
  const group = groupOf(apiVersion);
  return NETWORK_GROUPS.includes(group) || (group.includes('.') && !group.endsWith('.k8s.io'));
}

/** The group of an `apiVersion`; empty for Kubernetes' core. */
function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/');
  return slash === -1 ? '' : apiVersion.slice(0, slash);
}
