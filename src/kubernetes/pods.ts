import { isMembers, type KeyStep } from '../cni';

/** The parts of an object that say how many pods it makes and what they look like. */
export interface PodsManifest {
  readonly kind: string;
  /** Steps to the annotations of its pods. */
  readonly annotationsPath: readonly KeyStep[];
  /** Annotations of its pods that are texts. */
  readonly annotations: Readonly<Record<string, string>>;
  readonly object: Readonly<Record<string, unknown>>;
}

const TEMPLATE: readonly KeyStep[] = ['spec', 'template', 'metadata'];

const METADATA_PATHS: Readonly<Record<string, readonly KeyStep[]>> = {
  Pod: ['metadata'],
  PodTemplate: ['template', 'metadata'],
  CronJob: ['spec', 'jobTemplate', ...TEMPLATE],
};

/**
 * The pods of an object: of a Pod, of a workload, and of anything else with a pod template where
 * workloads have it (Argo Rollouts, Knative and the like). Undefined for an object that makes none.
 */
export function podsOf(object: unknown): PodsManifest | undefined {
  if (!isMembers(object) || typeof object['kind'] !== 'string') return undefined;
  const { kind } = object;
  const path = METADATA_PATHS[kind] ?? TEMPLATE;
  const metadata = valueAt(object, path);
  if (kind !== 'Pod' && !isMembers(valueAt(object, path.slice(0, -1)))) return undefined;
  const annotations = isMembers(metadata) ? metadata['annotations'] : undefined;
  const texts = Object.entries(isMembers(annotations) ? annotations : {}).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return {
    kind,
    annotationsPath: [...path, 'annotations'],
    annotations: Object.fromEntries(texts),
    object,
  };
}

/** The value that steps lead to; undefined where they lead nowhere. */
export function valueAt(value: unknown, steps: readonly KeyStep[]): unknown {
  let at = value;
  for (const step of steps) {
    if (typeof at !== 'object' || at === null) return undefined;
    at = (at as Record<KeyStep, unknown>)[step];
  }
  return at;
}
