import { ApiObject, type ApiObjectProps } from 'cdk8s';
import type { Construct } from 'constructs';
import { additionalNetworksOf, type InstallObject } from '../installs';
import { addChartObject } from './chart-objects';
import { markInstall } from './gitops-layers';
import { namespaceOnce } from './install-namespaces';
import { clusterScoped } from './metadata';
import { addAdditionalNetworks } from './openshift-operator';

/**
 * Makes the objects of an install below a construct, each behind those in front of it: cdk8s writes
 * them in this order. A part of OpenShift's one object goes to where all parts of it meet,
 * and what is set of a Helm chart into the one object of that chart; installs share a namespace.
 */
export function addInstallObjects(
  scope: Construct,
  objects: readonly InstallObject[],
): readonly ApiObject[] {
  const made: ApiObject[] = [];
  for (const install of objects) {
    const entries = additionalNetworksOf(install);
    if (entries) {
      addAdditionalNetworks(scope, () => entries, true);
      continue;
    }
    if (install.chart) {
      made.push(addChartObject(scope, install));
      continue;
    }
    const before = made.at(-1);
    const object = addObject(scope, install);
    // A namespace of another install waits for nothing of this one.
    if (before && object.node.scope === scope) object.addDependency(before);
    made.push(object);
  }
  return made;
}

function addObject(scope: Construct, { id, manifest }: InstallObject): ApiObject {
  const make = (): ApiObject => {
    const object = new ApiObject(scope, id, manifest as unknown as ApiObjectProps);
    if (manifest.metadata.namespace === undefined) clusterScoped(object);
    markInstall(object);
    return object;
  };
  return manifest.kind === 'Namespace'
    ? namespaceOnce(scope, manifest.metadata.name, make)
    : make();
}
