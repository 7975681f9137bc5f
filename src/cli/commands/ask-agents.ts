import {
  AgentClient,
  type AgentConnection,
  agentConnections,
  chooseAgent,
  environmentSettings,
} from '../../agent-api';
import { isNetloomError, type Problem } from '../../errors';
import { UsageError } from '../usage-error';

/** What one agent said, or why it said nothing. */
export interface Asked<T> {
  readonly agent: string;
  /** Undefined where the agent did not answer, or refused. */
  readonly answer?: T | undefined;
  readonly problems: readonly Problem[];
}

/**
 * Asks agents, all at once. One that does not answer keeps nobody else from it.
 *
 * @param names of agents; none for all that are configured
 * @throws UsageError where no agent is configured, or none of that name
 */
export function askAgents<T>(
  names: readonly string[],
  ask: (client: AgentClient) => Promise<T>,
): Promise<Asked<T>[]> {
  return Promise.all(connectionsOf(names).map((connection) => askOne(connection, ask)));
}

async function askOne<T>(
  connection: AgentConnection,
  ask: (client: AgentClient) => Promise<T>,
): Promise<Asked<T>> {
  const agent = connection.name;
  const client = new AgentClient(connection);
  try {
    return { agent, answer: await ask(client), problems: [] };
  } catch (error) {
    if (!isNetloomError(error)) throw error;
    return { agent, problems: error.problems };
  } finally {
    await client.close();
  }
}

function connectionsOf(names: readonly string[]): AgentConnection[] {
  try {
    const all = agentConnections(environmentSettings(process.env));
    if (names.length > 0) return names.map((name) => chooseAgent(all, name));
    if (all.size > 0) return [...all.values()];
  } catch (error) {
    if (!isNetloomError(error)) throw error;
    throw new UsageError(error.problems.map(({ found }) => found).join('; '), { cause: error });
  }
  throw new UsageError(
    'no agent is configured: set NETLOOM_AGENTS=\'{"edge-1":"https://10.0.0.5:8443"}\', NETLOOM_CA_FILE and NETLOOM_TOKEN_FILE',
  );
}
