import type { AgentClient, AgentInfo, ClaimQuery, ClaimView } from '../../agent-api';
import { type AgentArguments, printAnswers } from '../output/answers';
import { table } from '../output/columns';
import { type Asked, askAgents } from './ask-agents';

const PAGE = 500;

/** Arguments of `netloom claims`. */
export interface ClaimsArguments extends AgentArguments {
  /** Owners that begin so. @default - all */
  readonly owner?: string | undefined;
  readonly state?: 'claimed' | 'offered' | undefined;
  /** Whoever holds this address or MAC address. @default - all */
  readonly address?: string | undefined;
  /** `name=value`, all of them. */
  readonly label: readonly string[];
}

/**
 * `netloom claims`: who holds which address. Of agents that share a store the first one tells.
 *
 * @param pools by name; none for all
 * @throws UsageError where no agent is configured
 */
export async function claims(pools: readonly string[], given: ClaimsArguments): Promise<void> {
  const infos = await askAgents(given.agent, (client) => client.info());
  const tellers = firstOfEachStore(infos);
  const silent = infos.flatMap(({ agent, problems }) =>
    problems.length > 0 ? [{ agent, problems }] : [],
  );
  const told =
    tellers.length === 0
      ? []
      : await askAgents(tellers, (client) => claimsOf(client, pools, given));
  await printAnswers([...told, ...silent], given, (all) => {
    const rows = all.flatMap(({ agent, answer = [] }) => answer.map((one) => rowOf(agent, one)));
    return rows.length === 0 ? ['no claims'] : table(rows);
  });
}

function firstOfEachStore(infos: readonly Asked<AgentInfo>[]): string[] {
  const agents = new Map<string, string>();
  for (const { agent, answer } of infos) {
    if (answer && !agents.has(answer.store)) agents.set(answer.store, agent);
  }
  return [...agents.values()];
}

async function claimsOf(
  client: AgentClient,
  pools: readonly string[],
  given: ClaimsArguments,
): Promise<ClaimView[]> {
  const names = pools.length > 0 ? pools : (await client.pools()).map(({ name }) => name);
  const found: ClaimView[] = [];
  for (const pool of names) {
    const query = queryOf(pool, given);
    let after: number | undefined;
    do {
      const page = await client.claimPage({ ...query, ...(after !== undefined && { after }) });
      found.push(...page.claims);
      after = page.next;
    } while (after !== undefined);
  }
  return found;
}

function queryOf(pool: string, { owner, state, address, label }: ClaimsArguments): ClaimQuery {
  return {
    pool,
    ...(owner !== undefined && { ownerPrefix: owner }),
    ...(state !== undefined && { state }),
    ...(address !== undefined && { address }),
    ...(label.length > 0 && { label: [...label] }),
    limit: PAGE,
  };
}

function rowOf(agent: string, claim: ClaimView): Record<string, string> {
  const { pool, cidrs, mac = '', state, owner, until = '', labels = {}, reason = '' } = claim;
  const texts = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
  return {
    agent,
    pool,
    addresses: cidrs.join(' '),
    mac,
    state,
    until,
    owner,
    labels: texts.join(' '),
    reason,
  };
}
