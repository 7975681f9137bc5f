import type { ClusterFacts } from './world';

/** As much of a workload's object as tells how many pods it has at once, and where. */
export interface WorkloadManifest {
  readonly kind?: string;
  readonly spec?: PodSpecManifest & {
    readonly replicas?: number;
    readonly parallelism?: number;
    readonly strategy?: StrategyManifest;
    readonly updateStrategy?: StrategyManifest;
    readonly ordinals?: { readonly start?: number };
    readonly template?: { readonly spec?: PodSpecManifest };
    readonly jobTemplate?: {
      readonly spec?: {
        readonly parallelism?: number;
        readonly template?: { readonly spec?: PodSpecManifest };
      };
    };
  };
}

interface StrategyManifest {
  readonly type?: string;
  readonly rollingUpdate?: { readonly maxSurge?: number | string } | null;
}

/** As much of a pod's `spec` as the rules look at. */
export interface PodSpecManifest {
  readonly terminationGracePeriodSeconds?: number;
  readonly hostNetwork?: boolean;
  readonly nodeName?: string;
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly affinity?: { readonly podAntiAffinity?: object };
  readonly topologySpreadConstraints?: readonly object[];
}

/** The `spec` of the pods that a workload makes. */
export function podSpecOf({ spec }: WorkloadManifest): PodSpecManifest | undefined {
  return spec?.template?.spec ?? spec?.jobTemplate?.spec?.template?.spec ?? spec;
}

/** How many pods a workload has at once. */
export interface PodsAtOnce {
  /** At rest; undefined where nothing tells. */
  readonly count: number | undefined;
  /** How many more while it is rolled out. */
  readonly surge: number;
}

/**
 * How many pods a workload has at once.
 *
 * @param nodes how many there are, for a DaemonSet
 */
export function podsAtOnce(workload: WorkloadManifest, nodes?: number): PodsAtOnce {
  const { kind = '', spec } = workload;
  const count = countOf(spec?.replicas) ?? 1;
  switch (kind) {
    case 'Pod':
      return { count: 1, surge: 0 };
    case 'Deployment':
      return { count, surge: surgeOf(spec?.strategy, count, '25%') };
    case 'StatefulSet':
    case 'ReplicaSet':
    case 'ReplicationController':
      return { count, surge: 0 };
    case 'DaemonSet':
      return { count: nodes, surge: surgeOf(spec?.updateStrategy, nodes ?? 0, 0) };
    case 'Job':
      return { count: countOf(spec?.parallelism) ?? 1, surge: 0 };
    case 'CronJob':
      return { count: countOf(spec?.jobTemplate?.spec?.parallelism) ?? 1, surge: 0 };
    default:
      return { count: countOf(spec?.replicas), surge: 0 };
  }
}

/** How many nodes there are, as far as that is known. */
export function nodesOf({ nodes, platform }: ClusterFacts): number | undefined {
  return nodes ?? (platform?.isSingleNode ? 1 : undefined);
}

/** True for a workload that certainly has more than one pod at a time, once it is at rest. */
export function hasSeveralPods(workload: WorkloadManifest, nodes?: number): boolean {
  if (workload.kind === 'DaemonSet') return nodes !== 1;
  return (podsAtOnce(workload, nodes).count ?? 1) > 1;
}

/** Manifests of somebody else may hold anything. */
function countOf(value: unknown): number | undefined {
  return Number.isInteger(value) ? (value as number) : undefined;
}

/** Kubernetes rounds a percentage up. */
function surgeOf(
  strategy: StrategyManifest | undefined,
  count: number,
  usual: number | string,
): number {
  if (strategy?.type === 'Recreate' || strategy?.type === 'OnDelete') return 0;
  const surge: unknown = strategy?.rollingUpdate?.maxSurge ?? usual;
  const [, percent] = /^(\d+)%$/.exec(String(surge)) ?? [];
  if (percent !== undefined) return Math.ceil((count * Number(percent)) / 100);
  return countOf(surge) ?? 0;
}
