import type { Layer } from '../kubernetes';

/** Where Flux finds the manifests. */
export interface FluxSource {
  /** @default GitRepository */
  readonly kind?: 'GitRepository' | 'OCIRepository' | 'Bucket' | 'ExternalArtifact';
  /** @default flux-system, the name that `flux bootstrap` gives it */
  readonly name?: string;
  /** @default - that of the Kustomizations */
  readonly namespace?: string;
}

export interface FluxSettings {
  /** @default - the GitRepository `flux-system` */
  readonly source?: FluxSource;
  /** Folder of the synthesized files inside the source. @default ./dist */
  readonly path?: string;
  /** What the Kustomizations' names start with: `<prefix>-<layer>`. @default netloom */
  readonly prefix?: string;
  /** Namespace of the Kustomizations. @default flux-system */
  readonly namespace?: string;
  /** How often Flux looks for drift, e.g. `10m`. @default 10m */
  readonly interval?: string;
  /** How soon it tries again after a failure. @default 1m */
  readonly retryInterval?: string;
  /** How long a layer may take to become healthy. @default 5m */
  readonly timeout?: string;
  /** Removes what is no longer there from the cluster. @default true */
  readonly prune?: boolean;
  /** ServiceAccount that Flux applies as. @default - Flux' own */
  readonly serviceAccountName?: string;
}

/** An object that has to be healthy before the next layer. */
export interface FluxHealthCheck {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string | undefined;
}

/** What differs from layer to layer. */
export interface FluxLayer {
  readonly layer: Layer;
  /** The layer that has to be ready before. */
  readonly after?: Layer | undefined;
  /** What is looked at instead of everything in the layer. @default - everything */
  readonly healthChecks?: readonly FluxHealthCheck[] | undefined;
}

/** Kind of Flux that applies one folder. */
export const FLUX_KUSTOMIZATION = {
  apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
  kind: 'Kustomization',
} as const;

/** Name of the Kustomization of a layer. */
export function fluxName(layer: Layer, { prefix = 'netloom' }: FluxSettings): string {
  return `${prefix}-${layer}`;
}

/** The `spec` of a layer's Kustomization. */
export function fluxKustomizationSpec(
  { layer, after, healthChecks }: FluxLayer,
  settings: FluxSettings = {},
): Readonly<Record<string, unknown>> {
  const { source = {}, path = './dist', serviceAccountName } = settings;
  const { kind = 'GitRepository', name = 'flux-system', namespace } = source;
  return {
    ...(after ? { dependsOn: [{ name: fluxName(after, settings) }] } : {}),
    ...(healthChecks ? { healthChecks } : {}),
    interval: settings.interval ?? '10m',
    path: `${path.replace(/\/+$/, '')}/${layer}`,
    prune: settings.prune ?? true,
    retryInterval: settings.retryInterval ?? '1m',
    ...(serviceAccountName === undefined ? {} : { serviceAccountName }),
    sourceRef: { kind, name, ...(namespace === undefined ? {} : { namespace }) },
    timeout: settings.timeout ?? '5m',
    // Flux passes over healthChecks where it waits for everything.
    ...(healthChecks ? {} : { wait: true }),
  };
}
