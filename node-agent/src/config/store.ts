import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Problem } from 'netloom';
import { z } from 'zod';

/** Where a pod finds out in which namespace it runs. */
const POD_NAMESPACE = '/var/run/secrets/kubernetes.io/serviceaccount/namespace';

const NAMESPACE = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** Where pools and claims are kept; bridges are always in `stateDir`. */
export const storeSchema = z
  .discriminatedUnion('type', [
    /** A file in `stateDir`: this agent's alone. */
    z.strictObject({ type: z.literal('sqlite') }),
    /** Objects in etcd: all agents of the cluster that name the same namespace share them. */
    z.strictObject({
      type: z.literal('kubernetes'),
      /** @default - the pod's own, else `netloom-system` */
      namespace: z.string().regex(NAMESPACE, 'the name of a namespace').optional(),
      /** @default - `kubernetes.apiServer`, `caFile` and `tokenFile`, else those of the pod */
      kubeconfig: z.string().min(1).optional(),
    }),
  ])
  .prefault({ type: 'sqlite' });

/** Part of `agent.yaml`. */
export type StoreConfig = z.infer<typeof storeSchema>;

/** With an absolute path. */
export function absoluteStore(store: StoreConfig, folder: string): StoreConfig {
  if (store.type === 'sqlite' || store.kubeconfig === undefined) return store;
  return { ...store, kubeconfig: path.resolve(folder, store.kubeconfig) };
}

/** The namespace of the store's records. */
export function storeNamespace({ namespace }: { namespace?: string | undefined }): string {
  if (namespace !== undefined) return namespace;
  try {
    return readFileSync(POD_NAMESPACE, 'utf8').trim();
  } catch {
    return 'netloom-system';
  }
}

/** What is wrong with a store of an agent that is in no pod and has no other way to the API server. */
export function checkStoreAccess(
  store: StoreConfig,
  apiServer: string | undefined,
  key: string,
): Problem[] {
  if (store.type === 'sqlite' || store.kubeconfig !== undefined || apiServer !== undefined) {
    return [];
  }
  return [
    {
      code: 'NL_CONFIG_INVALID',
      key,
      found: 'nothing says where the API server is: this is no pod of a cluster',
      allowed: 'store.kubeconfig or kubernetes.apiServer, outside of a pod',
      fix: 'name a kubeconfig file, or leave `store` out for a store of this agent alone',
    },
  ];
}
