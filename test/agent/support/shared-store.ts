import { MemoryDisk, MemoryStore, type Store } from '../../../node-agent/src/store';
import {
  accessByKubeconfig,
  KubernetesStore,
  type KubernetesStoreOptions,
} from '../../../node-agent/src/store/kubernetes';
import { storeCrds } from '../../../src/installs';
import type { ApiServer } from '../../support/api-server';
import type { KubernetesObject } from '../../support/api-server-client';

let made = 0;

/** The kinds of the store on a real API server. */
export async function installStore(server: ApiServer): Promise<void> {
  for (const { manifest } of storeCrds()) {
    await server.client.establish(manifest as unknown as KubernetesObject);
  }
}

/** A namespace of its own for each store, so that tests share one server. */
export async function newNamespace(server: ApiServer): Promise<string> {
  const name = `store-${process.pid}-${++made}`;
  await server.client.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  return name;
}

/** One agent's view of a store. */
export function openShared(
  server: ApiServer,
  namespace: string,
  options: Partial<KubernetesStoreOptions> = {},
): Promise<KubernetesStore> {
  const local: Store = new MemoryStore(new MemoryDisk());
  return KubernetesStore.open({
    access: accessByKubeconfig(server.kubeconfig),
    namespace,
    agent: 'edge-1',
    local,
    // The tests sweep when they want it.
    sweepMs: 3_600_000,
    ...options,
  });
}
