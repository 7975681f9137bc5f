import type { PlatformFacts } from '../kubernetes';
import type { NodeAgentSettings } from './node-agent-settings';

/** Name of the DaemonSet, its ServiceAccount, Service and configuration. */
export const NODE_AGENT_NAME = 'netloom-agent';

/** Where the agent of a cluster is, with everything that was left to us. */
export interface NodeAgentPlace {
  readonly facts: PlatformFacts;
  readonly namespace: string;
  readonly port: number;
  readonly tlsSecret: string;
  readonly serverName: string;
  readonly stateDir: string;
}

/** Fills in what the settings leave out. */
export function nodeAgentPlace(facts: PlatformFacts, settings: NodeAgentSettings): NodeAgentPlace {
  const { namespace = 'netloom-system', port = 8443, stateDir = '/var/lib/netloom' } = settings;
  const { tlsSecret = 'netloom-agent-tls' } = settings;
  const { serverName = `${NODE_AGENT_NAME}.${namespace}.svc` } = settings;
  return { facts, namespace, port, tlsSecret, serverName, stateDir };
}

/** Labels of everything that belongs to the agent. */
export const NODE_AGENT_LABELS: Readonly<Record<string, string>> = {
  'app.kubernetes.io/name': NODE_AGENT_NAME,
  'app.kubernetes.io/part-of': 'netloom',
};
