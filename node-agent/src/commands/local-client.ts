import { existsSync } from 'node:fs';
import { NetloomError } from 'netloom';
import { AgentClient } from 'netloom/agent-api';
import { loadConfig, socketPath } from '../config';

/**
 * A client of the agent on this host, by its Unix socket. It needs no token: the kernel lets root, the
 * agent's own user and the group of the socket in.
 *
 * @throws NetloomError NL_AGENT_UNREACHABLE
 */
export function localClient(configFile: string): AgentClient {
  const config = loadConfig(configFile);
  const file = socketPath(config);
  if (file !== undefined && existsSync(file)) {
    return new AgentClient({ name: config.name, url: 'http://localhost', socketPath: file });
  }
  throw new NetloomError({
    code: 'NL_AGENT_UNREACHABLE',
    key: 'socket',
    found:
      file === undefined ? 'socket: none stands in agent.yaml' : `there is no socket ${file} here`,
    allowed: 'an agent that runs on this host and listens on its Unix socket',
    fix:
      file === undefined
        ? 'give it a socket in agent.yaml, and start the agent anew'
        : 'start the agent; netloom-agent status reads the store without it',
  });
}
