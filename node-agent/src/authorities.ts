import { NetloomError } from 'netloom';
import { matches } from './globs';

/** Pools whose authority is another agent. */
export interface PoolAuthority {
  /** Names of pools; `*` stands for any characters. */
  readonly pools: readonly string[];
  /** Name of that agent. */
  readonly agent: string;
  readonly url?: string | undefined;
}

/**
 * A pool has one authority: two that give its addresses would give some of them twice.
 *
 * @throws NetloomError NL_POOL_ELSEWHERE, with the authority's name
 */
export function checkAuthority(authorities: readonly PoolAuthority[], pool: string): void {
  const other = authorities.find(({ pools }) => pools.some((glob) => matches(glob, pool)));
  if (other === undefined) return;
  const where = other.url === undefined ? `"${other.agent}"` : `"${other.agent}" (${other.url})`;
  throw new NetloomError({
    code: 'NL_POOL_ELSEWHERE',
    key: 'pool',
    found: `pool "${pool}" belongs to agent ${where}`,
    allowed: 'a pool that this agent is the authority of',
    fix: `ask that agent: agent: '${other.agent}' where the pool is declared`,
  });
}
