import { definedOnly } from '../cni';
import type { InstallObject } from './install-object';

/** How OpenShift's Cluster Network Operator is told of a network. */
export type AdditionalNetworkType = 'Raw' | 'SimpleMacvlan';

/**
 * A network that OpenShift's Cluster Network Operator makes: an entry of `spec.additionalNetworks`.
 *
 * @see https://github.com/openshift/api/blob/master/operator/v1/types_network.go
 */
export interface AdditionalNetwork {
  /** The list's key: unique in the whole cluster, whatever the namespace. */
  readonly name: string;
  /** Namespace of the NetworkAttachmentDefinition that the operator makes; it has to exist. @default default */
  readonly namespace?: string | undefined;
  /** The CNI configuration as JSON text; with `Raw`. */
  readonly rawCNIConfig?: string | undefined;
  /** The operator's own words for macvlan; with `SimpleMacvlan`. */
  readonly simpleMacvlanConfig?: object | undefined;
  readonly type: AdditionalNetworkType;
}

/** What netloom says of an OpenShift cluster's network. */
export interface OperatorNetworkSettings {
  /** @default - none */
  readonly additionalNetworks?: readonly AdditionalNetwork[] | undefined;
  /** Starts the controller of MultiNetworkPolicy objects. @default - as the cluster has it */
  readonly useMultiNetworkPolicy?: boolean | undefined;
}

const API_VERSION = 'operator.openshift.io/v1';
const KIND = 'Network';
/** The one object of its kind. */
const NAME = 'cluster';

/**
 * How GitOps tools have to treat an object that is not ours: add to it, and never delete it.
 *
 * @see https://argo-cd.readthedocs.io/en/stable/user-guide/sync-options/
 * @see https://fluxcd.io/flux/components/kustomize/kustomizations/#controlling-the-apply-behavior-of-resources
 */
const ANNOTATIONS: Readonly<Record<string, string>> = {
  'argocd.argoproj.io/sync-options': 'ServerSideApply=true,Prune=false,Delete=false',
  'kustomize.toolkit.fluxcd.io/prune': 'disabled',
  'kustomize.toolkit.fluxcd.io/ssa': 'Merge',
};

/**
 * A part of OpenShift's one object `Network.operator.openshift.io/cluster`, for server-side apply
 * only: `kubectl apply --server-side --field-manager=netloom`. The list is keyed by name, so that
 * entries of others stay as they are. A client-side apply or a replace would take the rest away.
 */
export function operatorNetwork(settings: OperatorNetworkSettings): InstallObject {
  const { additionalNetworks = [], useMultiNetworkPolicy } = settings;
  const entries = [...additionalNetworks].sort(byName).map(additionalNetworkEntry);
  return {
    id: 'Network',
    manifest: {
      apiVersion: API_VERSION,
      kind: KIND,
      metadata: { name: NAME, annotations: ANNOTATIONS },
      spec: definedOnly({
        additionalNetworks: entries.length === 0 ? undefined : entries,
        useMultiNetworkPolicy,
      }),
    },
  };
}

/** The entries of an object by {@link operatorNetwork}; undefined for any other object. */
export function additionalNetworksOf({
  manifest,
}: InstallObject): readonly AdditionalNetwork[] | undefined {
  if (manifest.kind !== KIND || manifest.apiVersion !== API_VERSION) return undefined;
  const { additionalNetworks = [] } = manifest['spec'] as OperatorNetworkSettings;
  return additionalNetworks;
}

function additionalNetworkEntry(network: AdditionalNetwork): object {
  const { name, namespace, rawCNIConfig, simpleMacvlanConfig, type } = network;
  return definedOnly({ name, namespace, rawCNIConfig, simpleMacvlanConfig, type });
}

function byName({ name: one }: AdditionalNetwork, { name: other }: AdditionalNetwork): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
