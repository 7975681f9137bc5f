import { NetloomError } from 'netloom';
import type { AgentClient, ClaimView, PoolView } from 'netloom/agent-api';
import { localClient } from './local-client';
import { table } from './status';

/** Most claims asked for at once. */
const PAGE = 1000;

/** Which claims to show. */
export interface ClaimSelection {
  readonly pool?: string | undefined;
  readonly owner?: string | undefined;
  readonly ownerPrefix?: string | undefined;
  readonly address?: string | undefined;
  readonly label?: readonly string[] | undefined;
}

/** Claims and offers of one pool, or of all, that fit. */
export function listClaims(configFile: string, selection: ClaimSelection): Promise<ClaimView[]> {
  return withClient(configFile, async (client) => {
    const { pool, label = [], ...filter } = selection;
    const pools = pool === undefined ? (await client.pools()).map(({ name }) => name) : [pool];
    const found: ClaimView[] = [];
    for (const name of pools) {
      let after: number | undefined;
      do {
        const query = { pool: name, ...filter, label: [...label], limit: PAGE, after };
        const page = await client.claimPage(query);
        for (const claim of page.claims) found.push(claim);
        after = page.next;
      } while (after !== undefined);
    }
    return found;
  });
}

/** Gives the newest claim of an owner back, whoever made it. */
export function releaseClaim(configFile: string, pool: string, owner: string): Promise<string> {
  return withClient(configFile, async (client) => {
    const claim = newest(await client.claims(pool, owner));
    if (claim === undefined) throw new NetloomError(nothingHeld(pool, owner));
    const { removed } = await client.released(pool, claim.id, owner);
    return `${removed ? 'released' : 'not held any more:'} ${held(claim)} of ${owner}`;
  });
}

/** Hands the newest claim of an owner over to another one. */
export function transferClaim(
  configFile: string,
  pool: string,
  from: string,
  to: string,
): Promise<string> {
  return withClient(configFile, async (client) => {
    const claim = await client.transfer({ pool, from, owner: to });
    return `${held(claim)} is held by ${claim.owner}`;
  });
}

export function listPools(configFile: string): Promise<PoolView[]> {
  return withClient(configFile, (client) => client.pools());
}

/** Claims as a table for people. */
export function claimText(claims: readonly ClaimView[]): string {
  if (claims.length === 0) return 'no claims';
  return table(
    claims.map((claim) => ({
      pool: claim.pool,
      held: held(claim),
      state: claim.until === undefined ? claim.state : `${claim.state} until ${claim.until}`,
      owner: claim.owner,
      reason: claim.reason ?? '',
    })),
  );
}

/** Pools as a table for people. */
export function poolText(pools: readonly PoolView[]): string {
  if (pools.length === 0) return 'no pools';
  return table(
    pools.map((pool) => ({
      name: pool.name,
      subnets: pool.spec.subnets.map(({ subnet }) => subnet).join(' '),
      size: pool.size,
      claimed: String(pool.claimed),
      offered: String(pool.offers),
      quarantined: String(pool.quarantined),
      owner: pool.owner,
    })),
  );
}

function newest(claims: readonly ClaimView[]): ClaimView | undefined {
  const number = ({ id }: ClaimView): number => Number(id.split('#')[1]);
  const held = claims.filter(({ state }) => state === 'claimed');
  return held.sort((one, other) => number(other) - number(one))[0];
}

function held({ addresses, mac }: ClaimView): string {
  return [...addresses, ...(mac === undefined ? [] : [mac])].join(' ');
}

function nothingHeld(pool: string, owner: string): NetloomError['problems'][number] {
  return {
    code: 'NL_OFFER_GONE',
    key: '--owner',
    found: `owner "${owner}" has no claim in pool "${pool}"`,
    allowed: 'an owner that has one',
    fix: 'netloom-agent claims lists them',
  };
}

async function withClient<T>(
  configFile: string,
  use: (client: AgentClient) => Promise<T>,
): Promise<T> {
  const client = localClient(configFile);
  try {
    return await use(client);
  } finally {
    await client.close();
  }
}
