import { isMembers } from '../cni';
import { valueAt } from '../kubernetes';
import { type Manifest, namesOf } from './read-object';

/**
 * Which objects are made by others of them, as in a live cluster: a Deployment makes a ReplicaSet,
 * which makes pods. What is wrong is told where somebody wrote it.
 */
export class Owners {
  private readonly names = new Set<string>();

  constructor(objects: readonly (Manifest | undefined)[]) {
    for (const object of objects) {
      if (!object) continue;
      const { name, namespace } = namesOf(object);
      this.names.add(`${object.kind} ${namespace ?? ''}/${name}`);
    }
  }

  /** True for an object whose controller is among the objects. */
  hasOwnerOf(object: Manifest): boolean {
    const owners = valueAt(object, ['metadata', 'ownerReferences']);
    if (!Array.isArray(owners)) return false;
    const { namespace = '' } = namesOf(object);
    return owners.some(
      (owner) =>
        isMembers(owner) &&
        owner['controller'] === true &&
        this.names.has(`${owner['kind']} ${namespace}/${owner['name']}`),
    );
  }
}
