import { ApiObject, type ApiObjectProps } from 'cdk8s';
import type { Construct } from 'constructs';
import type { InstallObject } from '../installs';
import { clusterScoped } from './metadata';

/**
 * Makes the objects of an install below a construct, each behind those in front of it: cdk8s writes
 * them in this order.
 */
export function addInstallObjects(
  scope: Construct,
  objects: readonly InstallObject[],
): readonly ApiObject[] {
  const made: ApiObject[] = [];
  for (const { id, manifest } of objects) {
    const object = new ApiObject(scope, id, manifest as unknown as ApiObjectProps);
    if (manifest.metadata.namespace === undefined) clusterScoped(object);
    const before = made.at(-1);
    if (before) object.addDependency(before);
    made.push(object);
  }
  return made;
}
