import { isMapping } from '../input/lists';
import { type ApiServer, Forbidden, type ListedObject } from './api-server';

/**
 * How many nodes take pods. Undefined where that is not known: those who may read namespaces only
 * must not list nodes.
 *
 * @throws UsageError where the server does not answer
 */
export async function countNodes(server: ApiServer): Promise<number | undefined> {
  try {
    const nodes = await server.list('/api/v1/nodes', isSchedulable);
    return nodes?.length || undefined;
  } catch (error) {
    if (error instanceof Forbidden) return undefined;
    throw error;
  }
}

/** Taints don't count: there may be pods that tolerate them. */
function isSchedulable({ spec }: ListedObject): boolean {
  return !(isMapping(spec) && spec['unschedulable'] === true);
}
