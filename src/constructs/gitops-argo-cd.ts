import { type ApiObject, type App, Chart } from 'cdk8s';
import { argoCdAnnotations } from '../installs';
import { isCustomResource, isInstaller, syncWaves, valueAt } from '../kubernetes';
import { type Finish, finishAll } from './gitops-hook';
import { layeredCharts, layerOfObject, objectsBelow } from './gitops-layers';
import { type Manifest, withValue } from './manifest';

const ANNOTATIONS = ['metadata', 'annotations'];

/** Lets every object of an app say when Argo CD is to apply it. */
export function annotateForArgoCd(app: App): void {
  finishAll(app, () => annotate(app));
}

function annotate(app: App): Finish {
  const wave = syncWaves(layeredCharts(app));
  const isEarlyKind = earlyKinds(objectsBelow(app));
  return (object, manifest) => {
    const order = {
      wave: wave(Chart.of(object).node.path, layerOfObject(object)),
      isEarlyKind: isEarlyKind(object),
    };
    const given = (valueAt(manifest, ANNOTATIONS) ?? {}) as Record<string, string>;
    const added = Object.entries(argoCdAnnotations(given, order));
    return added.reduce(
      (changed: Manifest, [name, text]) => withValue(changed, [...ANNOTATIONS, name], text),
      manifest,
    );
  };
}

/**
 * Tells kinds that the cluster may not know when a sync begins: the program brings their
 * CustomResourceDefinition, or something that it lets the platform install does.
 */
function earlyKinds(objects: readonly ApiObject[]): (object: ApiObject) => boolean {
  const brought = new Set(objects.filter(isDefinition).map(kindDefined));
  const hasInstaller = objects.some(isInstaller);
  return (object) => {
    if (brought.has(`${object.apiGroup}/${object.kind}`)) return true;
    return hasInstaller && isCustomResource(object) && !isInstaller(object);
  };
}

function isDefinition({ kind }: ApiObject): boolean {
  return kind === 'CustomResourceDefinition';
}

function kindDefined(definition: ApiObject): string {
  const { spec } = definition.toJson() as { spec?: { group?: string; names?: { kind?: string } } };
  return `${spec?.group}/${spec?.names?.kind}`;
}
