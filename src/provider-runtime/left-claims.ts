import type { AgentClient, ClaimView } from '../agent-api';
import { isNetloomError, NetloomError, type Problem } from '../errors';
import type { AddressPoolOutputs } from './address-pool';
import type { Agents } from './agents';

/**
 * Removes a pool. Claims of the same stack that are still in it are left over from an update that was
 * broken off before the state had them; or they are in the state, and their pool is to be removed
 * alone. Nobody here can tell, so they are given back only where `netloom:leftovers` says so.
 *
 * @throws NetloomError NL_POOL_IN_USE, with what to do
 */
export async function removePool(
  agents: Agents,
  client: AgentClient,
  id: string,
  { pool, owner }: AddressPoolOutputs,
): Promise<boolean> {
  try {
    return await client.removePool(pool, id, owner);
  } catch (error) {
    const left = isInUse(error) ? await leftClaims(client, pool, identityOf(agents, owner)) : [];
    if (!isNetloomError(error) || left.length === 0) throw error;
    if (agents.setting('leftovers') !== 'release') {
      throw new NetloomError(error.problems.map(withWayOut), { cause: error });
    }
    for (const claim of left) await client.release(pool, claim.id, claim.owner);
    const list = left.map((claim) => `${claim.addresses.join(', ')} (${claim.owner})`).join(', ');
    process.stderr.write(
      `pool "${pool}": left over from a broken off update, given back: ${list}\n`,
    );
    return client.removePool(pool, id, owner);
  }
}

function isInUse(error: unknown): boolean {
  return isNetloomError(error) && error.problems.some(({ code }) => code === 'NL_POOL_IN_USE');
}

/** Claims of the pool, when all of them are of the stack. */
async function leftClaims(
  client: AgentClient,
  pool: string,
  identity: string,
): Promise<readonly ClaimView[]> {
  const claims = (await client.claims(pool)).filter(({ state }) => state === 'claimed');
  return claims.every(({ owner }) => owner.startsWith(`${identity}/`)) ? claims : [];
}

/** The stack's part of an owner: `netloom:identity`, else organisation/project/stack. */
function identityOf(agents: Agents, owner: string): string {
  const identity = agents.configValue('netloom:identity');
  if (identity) return identity;
  return owner.split('/').slice(0, 3).join('/');
}

function withWayOut(problem: Problem): Problem {
  return {
    ...problem,
    fix: 'run `pulumi up` once more, and then `pulumi destroy`: that brings what a broken off update left into the state; or give it back unseen by NETLOOM_LEFTOVERS=release pulumi destroy',
  };
}
