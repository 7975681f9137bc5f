import path from 'node:path';
import { AgentClient } from 'netloom/agent-api';
import { listenAddresses, loadConfig } from '../config';

/**
 * Talks to the agent of this host with the token that `init` made.
 *
 * @param folder the folder that `init` made
 */
export function localClient(folder: string): AgentClient {
  const config = loadConfig(path.join(folder, 'agent.yaml'));
  const [first] = listenAddresses(config);
  const { host = '127.0.0.1', port = 8443 } = first ?? {};
  const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return new AgentClient({
    name: config.name,
    url: `https://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`,
    caFile: path.join(folder, 'ca.crt'),
    tokenFile: path.join(folder, 'token'),
  });
}
