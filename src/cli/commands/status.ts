import type { AgentClient, AgentInfo, CheckpointsView, PoolView } from '../../agent-api';
import { type AgentArguments, printAnswers } from '../output/answers';
import { table } from '../output/columns';
import { type Asked, askAgents } from './ask-agents';

/** What one agent has. */
interface AgentStatus extends AgentInfo {
  readonly pools: readonly PoolView[];
  readonly bridges: number;
  readonly networks: number;
  /** Names of bridges and links that the agent can't keep as they shall be. */
  readonly failing: readonly string[];
  readonly checkpoints: CheckpointsView;
}

/**
 * `netloom status`: who answers, what it has, and what it can't keep right. Exit status 1 where an agent
 * does not answer.
 *
 * @throws UsageError where no agent is configured
 */
export async function status(given: AgentArguments): Promise<void> {
  const asked = await askAgents(given.agent, statusOf);
  await printAnswers(asked, given, (all) => table(all.map(rowOf)));
}

async function statusOf(client: AgentClient): Promise<AgentStatus> {
  const [info, pools, bridges, networks, checkpoints] = await Promise.all([
    client.info(),
    client.pools(),
    client.bridges(),
    client.nodeNetworks(),
    client.checkpoints(),
  ]);
  const isWrong = (state: string | undefined): boolean => state !== undefined && state !== 'right';
  const failing = [
    ...bridges.filter(({ health }) => isWrong(health?.state)).map(({ name }) => name),
    ...networks
      .flatMap(({ health = [] }) => health)
      .filter(({ state }) => isWrong(state))
      .map(({ link }) => link),
  ];
  return {
    ...info,
    pools,
    bridges: bridges.length,
    networks: networks.length,
    failing,
    checkpoints,
  };
}

function rowOf({ agent, answer }: Asked<AgentStatus>): Record<string, string> {
  if (!answer) return { agent, ...EMPTY, state: 'no answer' };
  const { version, pools, bridges, networks, failing, checkpoints } = answer;
  const sum = (count: (pool: PoolView) => number): string =>
    String(pools.reduce((total, pool) => total + count(pool), 0));
  const { open, watchdog } = checkpoints;
  const states = [
    ...(failing.length === 0 ? [] : [`failing: ${failing.join(' ')}`]),
    ...(open === undefined ? [] : [`waits for a confirmation of ${open.subject}`]),
  ];
  return {
    agent,
    version,
    pools: String(pools.length),
    claims: sum(({ claimed }) => claimed),
    offers: sum(({ offers }) => offers),
    bridges: String(bridges),
    networks: String(networks),
    watchdog: watchdog ? 'yes' : 'no',
    state: states.join('; ') || 'ok',
  };
}

const EMPTY = {
  version: '',
  pools: '',
  claims: '',
  offers: '',
  bridges: '',
  networks: '',
  watchdog: '',
};
