import type { NetloomError } from '../errors';
import { NETWORKS_ANNOTATION } from '../kubernetes';
import type { PodManifest } from '../rules';
import type { Cluster, ClusterObject } from './cluster';

/** The kinds of workloads whose pods can be waited for, with what their lists are called. */
export const WORKLOAD_PLACES: Readonly<Record<string, string>> = {
  Pod: '/api/v1/namespaces/NAMESPACE/pods',
  Deployment: '/apis/apps/v1/namespaces/NAMESPACE/deployments',
  StatefulSet: '/apis/apps/v1/namespaces/NAMESPACE/statefulsets',
  DaemonSet: '/apis/apps/v1/namespaces/NAMESPACE/daemonsets',
};

/** A Pod as the API server has it. */
export interface LivePod extends PodManifest {
  readonly metadata: PodManifest['metadata'] & {
    readonly uid?: string;
    readonly deletionTimestamp?: string;
  };
}

/** The pods of a workload, and how many there have to be. */
export interface LivePods {
  /** Those of the newest template, by name; ones that are about to go are left out. */
  readonly pods: readonly LivePod[];
  /** Undefined while the controller has not looked. */
  readonly expected: number | undefined;
  /** What the controller says of pods that it can't make. */
  readonly refusals: readonly string[];
  /** Id of the workload itself. */
  readonly uid: string | undefined;
}

/** A Pod, or a workload, by its kind and name. */
export interface PodsReference {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

interface WorkloadObject {
  readonly metadata: { readonly uid?: string; readonly generation?: number };
  readonly spec: {
    readonly replicas?: number;
    readonly selector?: Selector;
    readonly updateStrategy?: { readonly type?: string };
    readonly template?: {
      readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> };
    };
  };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly desiredNumberScheduled?: number;
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly message?: string;
    }[];
  };
}

interface Selector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
}

/**
 * The pods of a workload as they are; undefined where it is not there.
 *
 * @throws NetloomError NL_CLUSTER_UNREACHABLE
 */
export async function livePods(cluster: Cluster, of: PodsReference): Promise<LivePods | undefined> {
  const place = placeOf(of.kind, of.namespace);
  const object = await cluster.read(`${place}/${encodeURIComponent(of.name)}`);
  if (!object) return undefined;
  if (of.kind === 'Pod') return { ...NONE, pods: [object as unknown as LivePod], expected: 1 };
  const { metadata, spec, status } = object as unknown as WorkloadObject;
  const labelSelector = selectorText(spec.selector ?? {});
  const all = await cluster.list(placeOf('Pod', of.namespace), { labelSelector });
  const wanted = spec.template?.metadata?.annotations?.[NETWORKS_ANNOTATION];
  const pods = (all as unknown as LivePod[])
    .filter((pod) => pod.metadata.deletionTimestamp === undefined)
    .filter((pod) => pod.metadata.annotations?.[NETWORKS_ANNOTATION] === wanted)
    .sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  const isSeen = (status?.observedGeneration ?? 0) >= (metadata.generation ?? 0);
  const count = of.kind === 'DaemonSet' ? status?.desiredNumberScheduled : (spec.replicas ?? 1);
  // Nobody renews pods of this strategy but whoever deletes them.
  const isLeft = spec.updateStrategy?.type === 'OnDelete';
  return {
    pods,
    expected: isSeen ? (isLeft ? pods.length : count) : undefined,
    refusals: (status?.conditions ?? [])
      .filter((one) => one.type === 'ReplicaFailure' && one.status === 'True')
      .map(({ message = '' }) => message),
    uid: metadata.uid,
  };
}

const NONE = { pods: [], expected: undefined, refusals: [], uid: undefined } as const;

/** Events of an object, as many as the API server keeps; none where they must not be read. */
export async function eventsOf(
  cluster: Cluster,
  namespace: string,
  uid: string | undefined,
): Promise<readonly ClusterObject[]> {
  if (uid === undefined) return [];
  const place = `/api/v1/namespaces/${encodeURIComponent(namespace)}/events`;
  return quietly(cluster.list(place, { fieldSelector: `involvedObject.uid=${uid}` }), []);
}

/** What is asked for explanations only: that it must not be read explains nothing. */
export function quietly<T, U>(answer: Promise<T>, otherwise: U): Promise<T | U> {
  return answer.catch((_error: NetloomError) => otherwise);
}

function placeOf(kind: string, namespace: string): string {
  return (WORKLOAD_PLACES[kind] ?? '').replace('NAMESPACE', encodeURIComponent(namespace));
}

function selectorText({ matchLabels = {}, matchExpressions = [] }: Selector): string {
  const labels = Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`);
  const conditions = matchExpressions.map(({ key, operator, values = [] }) => {
    if (operator === 'Exists') return key;
    if (operator === 'DoesNotExist') return `!${key}`;
    return `${key} ${operator === 'In' ? 'in' : 'notin'} (${values.join(',')})`;
  });
  return [...labels, ...conditions].join(',');
}

/** True once a pod does what it is for. */
export function isReady({ status }: PodManifest): boolean {
  if (status?.phase === 'Succeeded') return true;
  return (status?.conditions ?? []).some(
    ({ type, status: is }) => type === 'Ready' && is === 'True',
  );
}
