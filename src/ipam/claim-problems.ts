import type { Problem } from '../errors';
import { type Asker, type ClaimRecord, FOREVER, type PoolRecord } from './claim-records';
import type { Want } from './claim-wants';
import type { Holding } from './holding';
import type { HeldPlace } from './number-space';
import type { ParsedPoolSubnet } from './pool';
import { POOL_NAME } from './pool';
import type { PoolLedger } from './pool-ledger';
import { KIND_BITS, nameOf, printWords, type Words } from './words';

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

export function ownerIdentity(claim: Pick<ClaimRecord, 'owner' | 'identity'>): Problem {
  return {
    code: 'NL_OWNER_IDENTITY',
    key: 'owner',
    found: `owner "${claim.owner}" is in use by identity "${claim.identity}"`,
    allowed: 'an owner key that only one credential uses',
    fix: 'set a netloom:identity of its own in the configuration of each stack',
  };
}

/** The problem of a step that needs an offer or claim of the owner, and there is none. */
export function offerGone(request: Asker & { pool: string }, from?: string): Problem {
  const whose =
    from === undefined ? `owner "${request.owner}"` : `neither "${from}" nor "${request.owner}"`;
  const verb = from === undefined ? 'has no such offer or claim' : 'has such a claim';
  return {
    code: 'NL_OFFER_GONE',
    key: 'owner',
    found: `${whose} ${verb} in pool "${request.pool}"`,
    allowed: 'an owner that has one; an offer ends by itself, and yields when the pool is full',
    fix: 'ask for it anew',
  };
}

/** The problem of two stored claims of one address: either may be in use. */
export function claimsCollide(one: ClaimRecord, other: ClaimRecord): Problem {
  return {
    code: 'NL_CLAIMS_COLLIDE',
    key: 'claims',
    found: `two claims of pool "${one.pool}" hold one address: ${claimText(one)} and ${claimText(other)}`,
    allowed: 'one claim for each address',
    fix: `find out which of the two has it, and take the other out: netloom-agent forget --config agent.yaml --claim ${other.serial}`,
  };
}

/** The problem of a stored claim whose pool is not stored. */
export function claimWithoutPool(claim: ClaimRecord): Problem {
  return {
    code: 'NL_CLAIMS_COLLIDE',
    key: 'claims',
    found: `${claimText(claim)} is of pool "${claim.pool}", which is not there`,
    allowed: 'claims of pools that the store holds',
    fix: `restore a backup that has the pool, or take the claim out: netloom-agent forget --config agent.yaml --claim ${claim.serial}`,
  };
}

function claimText({ serial, owner, identity, addresses, mac }: ClaimRecord): string {
  const what = [...addresses, ...(mac === undefined ? [] : [mac])].join(' ');
  return `claim ${serial} (${what}, of ${owner}, identity "${identity}")`;
}

/** The problem of a pool that still has claims and is to be removed. */
export function poolUsed(name: string, held: readonly Holding[]): Problem {
  return {
    code: 'NL_POOL_IN_USE',
    key: 'pool',
    found: `pool "${name}" still has ${count(held.length, 'claim')}: ${listOf(held)}`,
    allowed: 'a pool without claims',
    fix: 'release the claims first; a claim that a broken off `pulumi up` left comes back into the stack with another `pulumi up`',
  };
}

/** The problem of a new definition that some claims would lie outside of. */
export function claimsOutside(name: string, outside: readonly Holding[]): Problem {
  return {
    code: 'NL_POOL_IN_USE',
    key: 'ranges',
    found: `${count(outside.length, 'claim')} of pool "${name}" would lie outside its new definition: ${listOf(outside)}`,
    allowed: 'a definition that holds every claimed address',
    fix: 'keep these addresses in the ranges, or release the claims first',
  };
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** The first claims of a list with their addresses and owners, and how many there are besides. */
function listOf(claims: readonly Holding[]): string {
  const shown = claims.slice(0, 5).map((claim) => `${placesOf(claim)} (${claim.owner})`);
  const more = claims.length - shown.length;
  return shown.join(', ') + (more > 0 ? `, and ${more} more` : '');
}

function placesOf(claim: Holding): string {
  return claim.places.map((place) => printWords(place.kind, place, place.order)).join(' ');
}

export function seconds(until: number | undefined, now: number): string {
  return `${Math.max(1, Math.ceil(((until ?? now) - now) / 1000))} s`;
}

/** The problem of a wanted address that somebody holds. */
export function takenProblem(
  ledger: PoolLedger,
  text: string,
  { kind, order }: Want,
  place: HeldPlace,
  next: Words | undefined,
  now: number,
): Problem {
  const { owner, state, until, notes } = place.holding as Holding;
  const whose = place.order === order ? '' : `${printWords(kind, place, place.order)} of it `;
  const how = {
    claimed: `${whose}is claimed by ${owner}`,
    offered: `${whose}is offered to ${owner} for ${seconds(until, now)}`,
    released:
      until === FOREVER
        ? `${whose}is in use without a claim (${notes?.reason})`
        : `${whose}was given back by ${owner} and stays out of use for ${seconds(until, now)}`,
  }[state];
  return {
    code: 'NL_ADDRESS_NOT_FREE',
    key: kind === 'mac' ? 'mac' : 'address',
    found: `"${text}" of pool "${ledger.name}" ${how}`,
    allowed: 'an address that nobody else holds',
    fix: next ? `${printWords(kind, next, order)}?` : 'release a claim, or widen the pool',
  };
}

/** The problem of a pool that has nothing left: how it is used, by whom, and what comes free next. */
export function fullProblem(ledger: PoolLedger, { kind, order }: Want, now: number): Problem {
  const { numbers, owners, nextEnd } = ledger.report(kind, now);
  const what =
    order === 0 ? `free ${nameOf(kind)} address` : `free block of ${sizeOf(kind, order)}`;
  const used = [
    `${numbers.claimed} claimed`,
    `${numbers.offered} offered`,
    `${numbers.quarantined} given back and not yet in use again`,
    ...(numbers.setAside > 0 ? [`${numbers.setAside} in use without a claim`] : []),
  ].join(', ');
  const largest = owners.map(([owner, held]) => `${owner} (${held})`).join(', ');
  return {
    code: 'NL_POOL_FULL',
    key: 'pool',
    found: `pool "${ledger.name}" has no ${what}: ${used}${largest === '' ? '' : `; the largest owners: ${largest}`}`,
    allowed: order === 0 ? 'a pool with a free address' : 'a pool with a free block of that size',
    fix:
      nextEnd === undefined
        ? 'widen the pool, or release a claim'
        : `widen the pool, release a claim, or wait ${seconds(nextEnd, now)} for the next address to come free`,
  };
}

function sizeOf(kind: Want['kind'], order: number): string {
  return `${nameOf(kind)} /${KIND_BITS[kind] - order}`;
}
