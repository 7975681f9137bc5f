import { setTimeout as sleep } from 'node:timers/promises';
import { NetloomError, type Problem } from '../errors';
import type { AgentConnection } from './connections';
import { confirmedSchema, type OpenChangeView } from './schemas';
import { AgentTransport } from './transport';

/** How long an agent keeps a change that nobody has confirmed, in s. */
export const CONFIRM_SECONDS = 60;

/** How long one try may take, and the pause to the next, in ms. */
const TRY_MS = 5_000;
const PAUSE_MS = 250;

/**
 * Tells an agent that it can still be reached, over a connection of its own: one that was open before
 * the change proves less. Until then the agent is ready to take the change back.
 *
 * @throws NetloomError NL_CHECKPOINT_GONE when the agent was not to be reached in time
 */
export async function confirmChange(
  connection: AgentConnection,
  change: OpenChangeView,
  about: string,
): Promise<void> {
  const until = performance.now() + change.seconds * 1000;
  for (;;) {
    const transport = new AgentTransport(connection, TRY_MS);
    try {
      const path = ['checkpoints', change.id, 'confirm'];
      const call = { method: 'POST', path, about: `the confirmation of ${about}` } as const;
      await transport.call(confirmedSchema, call);
      return;
    } catch (error) {
      if (!isAbsence(error)) throw error;
      if (performance.now() + PAUSE_MS > until) {
        throw new NetloomError(notReached(connection, change, about), { cause: error });
      }
      await sleep(PAUSE_MS);
    } finally {
      await transport.close();
    }
  }
}

function isAbsence(error: unknown): boolean {
  return (
    error instanceof NetloomError &&
    error.problems.every((problem) => problem.code === 'NL_AGENT_UNREACHABLE')
  );
}

function notReached(connection: AgentConnection, change: OpenChangeView, about: string): Problem {
  return {
    code: 'NL_CHECKPOINT_GONE',
    key: 'agent',
    found: `after the change of ${about} agent "${connection.name}" (${connection.url}) could not be reached for ${Math.round(change.seconds)} s; its watchdog takes the change back`,
    allowed: 'an agent that answers over a new connection after the change',
    fix: 'see whether ports, addresses, VLAN and MTU fit the network that the node is on',
  };
}
