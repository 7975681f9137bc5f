import { stringify } from 'yaml';
import { definedOnly } from '../cni';
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
  const { tokens = [], clients = [], callers = [], policy, scanSeconds } = settings;
  const { tls, tokens: tokenFolder } = AGENT_FOLDERS;
  const config = definedOnly({
    listen: [`:${place.port}`],
    stateDir: place.stateDir,
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
    kubernetes:
      callers.length === 0
        ? undefined
        : {
            accounts: callers.map(({ namespace, serviceAccount, pools, owners }) =>
              definedOnly({ name: `${namespace}/${serviceAccount}`, pools, owners }),
            ),
          },
    host: definedOnly({
      policy: policy && definedOnly({ ...policy }),
      // It runs beside the agent: a change that nothing could take back has to wait for it.
      watchdog: 'required',
      scanSeconds,
      root: settings.nodeFacts ? AGENT_FOLDERS.host : undefined,
      ...cniFolders(place, settings),
    }),
  });
  return stringify(config, { lineWidth: 0 });
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
