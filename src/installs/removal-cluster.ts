import type { RemovalPhase } from './removal-settings';

/** An object of the cluster, by its name. */
export interface RemovalObject {
  readonly apiVersion: string;
  readonly kind: string;
  /** Undefined for objects of the whole cluster. */
  readonly namespace?: string | undefined;
  readonly name: string;
  /** What made it, and would make it again, e.g. `Helm release multus`. @default - nothing known */
  readonly managedBy?: string | undefined;
}

/** A pod that has secondary networks, or waits for them. */
export interface RemovalPod {
  readonly namespace: string;
  readonly name: string;
  /** Undefined while it has no node. */
  readonly node?: string | undefined;
  /** Networks as `namespace/name`, each once. */
  readonly networks: readonly string[];
  /** What has to go so that it does not come back: a workload, or the pod itself. */
  readonly maker: RemovalObject;
}

/** What is known of a cluster that Multus is to go from; every list holds what is there at that moment. */
export interface RemovalCluster {
  /** Whether a DaemonSet of Multus is there: without it no pod gets networks, and none loses them. */
  readonly hasMultus: boolean;
  readonly pods: readonly RemovalPod[];
  /** How many pods Multus started, with networks or without. */
  readonly startedWithMultus: number;
  /** Workloads whose pods ask for networks, and which have none now. */
  readonly templates: readonly RemovalObject[];
  /** NetworkAttachmentDefinitions, and policies about them. */
  readonly networks: readonly RemovalObject[];
  /** Objects by which a platform installs Multus: HelmChart, PackageInstall. */
  readonly settings: readonly RemovalObject[];
  /** DaemonSets and Deployments of Multus, whereabouts and the DHCP daemon. */
  readonly daemons: readonly RemovalObject[];
  /** Objects of whereabouts, with its Lease. */
  readonly pools: readonly RemovalObject[];
  /** ServiceAccounts, roles, bindings, ConfigMaps. */
  readonly access: readonly RemovalObject[];
  readonly crds: readonly RemovalObject[];
  /** What takes files off the nodes, as long as it is there. */
  readonly remover: readonly RemovalObject[];
  /** What it has done on every node. */
  readonly nodeFiles: 'untouched' | RemovalPhase;
}

/** A cluster in which nothing is left. */
export const EMPTY_CLUSTER: RemovalCluster = {
  hasMultus: false,
  pods: [],
  startedWithMultus: 0,
  templates: [],
  networks: [],
  settings: [],
  daemons: [],
  pools: [],
  access: [],
  crds: [],
  remover: [],
  nodeFiles: 'untouched',
};

/** How an object is called in a sentence, e.g. `DaemonSet kube-system/multus`. */
export function removalName({ kind, namespace, name }: RemovalObject): string {
  return `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;
}
