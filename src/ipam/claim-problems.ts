import type { Problem } from '../errors';
import type { ClaimRecord, PoolRecord } from './claim-records';
import type { ParsedPoolSubnet } from './pool';
import { POOL_NAME } from './pool';

/** The problem of a wanted address that the pool does not give. */
export function outsideClaimable(
  text: string,
  pool: string,
  subnets: readonly ParsedPoolSubnet[],
  key = 'address',
): Problem {
  const allowed = subnets.map((subnet) => String(subnet.assignable)).filter((part) => part !== '');
  return {
    code: 'NL_CLAIM_OUTSIDE_CLAIMABLE',
    key,
    found: `"${text}" is not in the claimable part of "${pool}"`,
    allowed: `one of ${allowed.join(', ')}`,
    fix: 'take one of these, or leave the address out to be given one',
  };
}

/** Everything wrong with a pool's name. */
export function checkPoolName(name: string, key = 'name'): Problem[] {
  if (typeof name === 'string' && POOL_NAME.test(name)) return [];
  return [
    {
      code: 'NL_NAME_INVALID',
      key,
      found: `${JSON.stringify(name)} is not a name for a pool`,
      allowed:
        '1 to 253 of a-z, 0-9, "-", ".", "_" and "/", beginning and ending with a letter or digit',
      fix: 'choose a name such as vips or apps/lan',
    },
  ];
}

export function poolUnknown(name: string, offered: boolean): Problem {
  return {
    code: 'NL_POOL_UNKNOWN',
    key: 'pool',
    found: offered
      ? `pool "${name}" has only been offered to a preview, not made`
      : `there is no pool "${name}"`,
    allowed: 'a pool that this agent holds',
    fix: 'make the pool (AddressPool, or a network with a claimable part) before claiming from it',
  };
}

export function poolOwned(record: PoolRecord): Problem {
  return {
    code: 'NL_POOL_OWNED',
    key: 'name',
    found: `pool "${record.name}" belongs to ${record.owner} (identity "${record.identity}")`,
    allowed: 'a pool of your own',
    fix: 'choose another name, or change the pool where it is declared',
  };
}

export function ownerIdentity(claim: ClaimRecord): Problem {
  return {
    code: 'NL_OWNER_IDENTITY',
    key: 'owner',
    found: `owner "${claim.owner}" is in use by identity "${claim.identity}"`,
    allowed: 'an owner key that only one credential uses',
    fix: 'set a netloom:identity of its own in the configuration of each stack',
  };
}

export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

export function listOf(claims: readonly ClaimRecord[]): string {
  const shown = claims.slice(0, 5).map((claim) => `${claim.addresses.join(' ')} (${claim.owner})`);
  const more = claims.length - shown.length;
  return shown.join(', ') + (more > 0 ? `, and ${more} more` : '');
}

export function seconds(until: number | undefined, now: number): string {
  return `${Math.max(1, Math.ceil(((until ?? now) - now) / 1000))} s`;
}
