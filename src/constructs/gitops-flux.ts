import { ApiObject, type App, Chart, Lazy } from 'cdk8s';
import type { Construct } from 'constructs';
import {
  FLUX_KUSTOMIZATION,
  type FluxHealthCheck,
  type FluxSettings,
  fluxKustomizationSpec,
  fluxName,
} from '../installs';
import { LAYERS, type Layer } from '../kubernetes';
import { type OutputFile, stableNames, writeInstead } from './gitops-files';
import { finishAll } from './gitops-hook';
import { layerOfObject, objectsBelow } from './gitops-layers';
import { Platform } from './platform';

/** Settings of the Kustomizations that an app is applied with. */
export interface FluxOptions extends FluxSettings {}

/** Kinds whose rollout Flux can wait for. */
const ROLLED_OUT: readonly string[] = ['DaemonSet', 'Deployment', 'StatefulSet'];

/** Folder of the Kustomizations, beside those of the layers. */
const OWN_FOLDER = 'flux';

/**
 * The Kustomizations of Flux that apply an app layer by layer: one for each layer that has objects,
 * behind the one in front of it. Made by `GitOps.flux`.
 */
export class FluxKustomizations extends Chart {
  private readonly byLayer: ReadonlyMap<Layer, ApiObject>;

  /** @internal */
  constructor(app: App, options: FluxOptions) {
    super(app, OWN_FOLDER, {
      namespace: options.namespace ?? 'flux-system',
      disableResourceNameHashes: true,
    });
    const layers = new LayersInUse(app, this);
    this.byLayer = new Map(
      LAYERS.map((layer) => [layer, new LayerKustomization(this, layer, layers, options)]),
    );
    writeByLayer(app, this);
  }

  /** The Kustomization of a layer, to be patched for what no option says; written where there is a need for it. */
  kustomization(layer: Layer): ApiObject {
    return this.byLayer.get(layer) as ApiObject;
  }

  override toJson(): unknown[] {
    return super.toJson().filter((manifest) => manifest !== undefined);
  }
}

/** The layers that an app has objects of. */
class LayersInUse {
  constructor(
    private readonly app: App,
    private readonly own: Chart,
  ) {}

  objectsOf(layer: Layer): ApiObject[] {
    const all = objectsBelow(this.app).filter((object) => Chart.of(object) !== this.own);
    return all.filter((object) => layerOfObject(object) === layer);
  }

  /** The nearest layer in front of this one that has objects. */
  before(layer: Layer): Layer | undefined {
    const front = LAYERS.slice(0, LAYERS.indexOf(layer)).reverse();
    return front.find((one) => this.objectsOf(one).length > 0);
  }
}

class LayerKustomization extends ApiObject {
  constructor(
    scope: Construct,
    private readonly layer: Layer,
    private readonly layers: LayersInUse,
    options: FluxOptions,
  ) {
    const spec = {
      produce: () => {
        const after = layers.before(layer);
        const healthChecks = healthChecksOf(layers.objectsOf(layer));
        return fluxKustomizationSpec({ layer, after, healthChecks }, options);
      },
    };
    const metadata = { name: fluxName(layer, options) };
    super(scope, layer, { ...FLUX_KUSTOMIZATION, metadata, spec: Lazy.any(spec) });
  }

  /** Undefined, which cdk8s passes over, for a layer without objects: Flux would miss its folder. */
  override toJson(): unknown {
    return this.layers.objectsOf(this.layer).length === 0 ? undefined : super.toJson();
  }
}

/**
 * What Flux has to look at by name: a chart of k3s or RKE2 is done for it as soon as its object is
 * there, long before the DaemonSet that comes of it. Undefined where Flux sees everything by itself.
 */
function healthChecksOf(objects: readonly ApiObject[]): FluxHealthCheck[] | undefined {
  const charts = objects.filter(({ apiGroup }) => apiGroup === 'helm.cattle.io');
  const [chart] = charts;
  const facts = chart && Platform.of(chart)?._facts;
  if (facts?.parts.multus !== 'settings') return undefined;
  const { multusDaemonSet: name, multusNamespace: namespace } = facts;
  const rolledOut = objects.filter(({ kind }) => ROLLED_OUT.includes(kind));
  return [
    { apiVersion: 'apps/v1', kind: 'DaemonSet', name, namespace },
    ...rolledOut.map(({ apiVersion, kind, name: own, metadata }) => ({
      apiVersion,
      kind,
      name: own,
      namespace: metadata.namespace,
    })),
  ];
}

/** Writes `<layer>/<chart>.k8s.yaml`, and the Kustomizations into a folder of their own. */
function writeByLayer(app: App, own: Chart): void {
  const layers = new WeakMap<object, Layer>();
  finishAll(app, () => (object, manifest) => {
    layers.set(manifest, layerOfObject(object));
    return manifest;
  });
  writeInstead(app, () => {
    const files = new Map<string, unknown[]>();
    for (const [chart, name] of stableNames(app.charts)) {
      for (const manifest of chart.toJson()) {
        const folder = chart === own ? OWN_FOLDER : layers.get(manifest);
        const path = `${folder}/${name}${app.outputFileExtension}`;
        files.set(path, [...(files.get(path) ?? []), manifest]);
      }
    }
    return [...files].map(([path, manifests]): OutputFile => ({ path, manifests }));
  });
}
