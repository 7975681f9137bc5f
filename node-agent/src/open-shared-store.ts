import { isNetloomError } from 'netloom';
import type { Logger } from 'pino';
import { type AgentConfig, apiServerOf, POD_ACCESS, storeNamespace } from './config';
import type { Store } from './store';
import {
  type ApiAccess,
  accessByFiles,
  accessByKubeconfig,
  KubernetesStore,
} from './store/kubernetes';

/**
 * The store in etcd that a configuration names. The agent starts without an answer of the API server,
 * too: bridges have to be there before pods are.
 *
 * @param local the node's own store, for bridges; closed with the other one
 * @throws NetloomError NL_STORE_FAILED, NL_CONFIG_INVALID
 */
export async function openSharedStore(
  config: AgentConfig,
  local: Store,
  log: Logger,
  clock: () => number,
): Promise<KubernetesStore> {
  const { store } = config;
  if (store.type !== 'kubernetes') throw new Error('the configuration names no shared store');
  try {
    return await KubernetesStore.open({
      access: accessOf(config, store.kubeconfig),
      namespace: storeNamespace(store),
      agent: config.name,
      local,
      clock,
      isPatient: true,
      client: { deadlineMs: 10_000, attemptMs: 5_000 },
      onTrouble: (error) => {
        const problems = isNetloomError(error) ? error.problems : String(error);
        log.warn({ event: 'store_trouble', problems });
      },
    });
  } catch (error) {
    await local.close();
    throw error;
  }
}

function accessOf(config: AgentConfig, kubeconfig: string | undefined): ApiAccess {
  if (kubeconfig !== undefined) return accessByKubeconfig(kubeconfig);
  const { caFile = `${POD_ACCESS}/ca.crt`, tokenFile = `${POD_ACCESS}/token` } =
    config.kubernetes ?? {};
  return accessByFiles(apiServerOf(config) ?? '', caFile, tokenFile);
}
