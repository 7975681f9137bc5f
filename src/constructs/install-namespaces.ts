import type { ApiObject } from 'cdk8s';
import { type IConstruct, Node } from 'constructs';
import { clusterOf } from './cluster-facts';
import { isInTree } from './host-parts';

const made = new WeakMap<IConstruct, Map<string, ApiObject>>();

/**
 * A namespace of installs: one object in a cluster, however many installs want it. It stands with the
 * first of them. Flux and Helm refuse what is there twice.
 *
 * @param make called where there is none yet
 */
export function namespaceOnce(scope: IConstruct, name: string, make: () => ApiObject): ApiObject {
  const { root } = Node.of(scope);
  const known = made.get(root) ?? new Map<string, ApiObject>();
  made.set(root, known);
  const key = JSON.stringify([name, clusterOf(scope).key]);
  const there = known.get(key);
  if (there && isInTree(there)) return there;
  const namespace = make();
  known.set(key, namespace);
  return namespace;
}
