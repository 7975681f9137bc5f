import { stringify } from 'yaml';
import { definedOnly } from '../cni';
import { asksApiServer, auditedFolders, sandboxFolder } from './node-agent-access';
import type { NodeAgentPlace } from './node-agent-place';
import type { AgentRights, NodeAgentSettings } from './node-agent-settings';

/** Folders in the container. */
export const AGENT_FOLDERS = {
  config: '/etc/netloom',
  tls: '/etc/netloom-tls',
  tokens: '/etc/netloom-tokens',
  /** Where folders of the host are, below their own paths. */
  host: '/host',
} as const;

/** File name of the configuration, and key of its ConfigMap. */
export const AGENT_CONFIG_FILE = 'agent.yaml';

/**
 * `agent.yaml` of a pod: one text for all nodes. Name and address of the node come from the
 * environment (`NETLOOM_NODE_NAME`, `NETLOOM_HOST_ADDRESS`).
 */
export function nodeAgentConfig(place: NodeAgentPlace, settings: NodeAgentSettings): string {
  const { tokens = [], clients = [], callers = [], scanSeconds, store } = settings;
  const { policy, probes } = settings;
  const { tls, tokens: tokenFolder } = AGENT_FOLDERS;
  const config = definedOnly({
    listen: [`:${place.port}`],
    stateDir: place.stateDir,
    // The pod is not told its namespace in the way that the agent looks for it.
    store:
      store?.type === 'kubernetes' ? { type: store.type, namespace: place.namespace } : undefined,
    tls: definedOnly({
      certFile: `${tls}/tls.crt`,
      keyFile: `${tls}/tls.key`,
      clientCaFile: clients.length > 0 ? `${tls}/ca.crt` : undefined,
    }),
    tokens: listOf(tokens, (token) => ({
      name: token.name,
      file: `${tokenFolder}/${token.key ?? token.name}`,
      ...rightsOf(token),
    })),
    clients: listOf(clients, (client) => ({ name: client.name, ...rightsOf(client) })),
    kubernetes: asksApiServer(settings)
      ? {
          // Without callers none: only the agent itself asks the API server.
          accounts: callers.map(({ namespace, serviceAccount, pools, owners }) =>
            definedOnly({ name: `${namespace}/${serviceAccount}`, pools, owners }),
          ),
        }
      : undefined,
    audit: auditConfig(place, settings),
    host: definedOnly({
      policy: policy && definedOnly({ ...policy }),
      // It runs beside the agent: a change that nothing could take back has to wait for it.
      watchdog: 'required',
      probes: probes && definedOnly({ ...probes }),
      scanSeconds,
      root: seesHost(settings) ? AGENT_FOLDERS.host : undefined,
      ...cniFolders(place, settings),
    }),
  });
  return stringify(config, { lineWidth: 0 });
}

/** Where to look; undefined where nothing is looked for, which is the agent's default in a pod. */
function auditConfig({ facts }: NodeAgentPlace, settings: NodeAgentSettings): object | undefined {
  const { audit } = settings;
  if (audit === undefined) return undefined;
  const folders = auditedFolders(settings);
  return definedOnly({
    sources: [...audit.sources],
    everySeconds: audit.everySeconds,
    graceSeconds: audit.graceSeconds,
    ...(folders.length > 0 && { hostLocalDirs: [...folders], sandboxDirs: [sandboxFolder(facts)] }),
  });
}

function seesHost(settings: NodeAgentSettings): boolean {
  return settings.nodeFacts === true || auditedFolders(settings).length > 0;
}

/** The platform's own folders: only these are mounted. */
function cniFolders({ facts }: NodeAgentPlace, { nodeFacts }: NodeAgentSettings): object {
  if (!nodeFacts) return {};
  return { cniConfDirs: [facts.cniConfDir], cniBinDirs: [facts.cniBinDir] };
}

function rightsOf({ verbs, pools, owners }: AgentRights): object {
  return definedOnly({ verbs: [...verbs], pools, owners });
}

function listOf<T>(list: readonly T[], write: (one: T) => object): object[] | undefined {
  return list.length === 0 ? undefined : list.map((one) => definedOnly(write(one)));
}
