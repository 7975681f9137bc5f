import { hash } from 'node:crypto';
import type { ClaimFamily, PoolSpec } from './pool';

/** How long an offer is kept when nobody claims it: 15 minutes. */
export const OFFER_MS = 15 * 60_000;

/**
 * How old an offer is when a newer one of the same credential may take its place in a full pool. The
 * resources of one preview ask within seconds: what has not asked again since is not in the program
 * any more.
 */
export const STALE_OFFER_MS = 15_000;

/** How long a freed address stays out of use (neighbours still hold it in their ARP caches): 60 seconds. */
export const QUARANTINE_MS = 60_000;

/** End of what has none: addresses that are set aside. */
export const FOREVER = Number.MAX_SAFE_INTEGER;

/** A pool as it is stored. */
export interface PoolRecord {
  readonly name: string;
  readonly spec: PoolSpec;
  readonly owner: string;
  /** Whose credential made it. */
  readonly identity: string;
  /** Raised by each create; a removal with an older one has no effect. 0 while only offered. */
  readonly incarnation: number;
  /** End of an offered pool, in ms since 1970; absent once it is made. */
  readonly offeredUntil?: number | undefined;
  /**
   * Of a pool that was removed: end of the last quarantine in it, in ms since 1970. Until then a
   * pool of the same name takes its quarantines over.
   */
  readonly removedUntil?: number | undefined;
}

/** An address or one of each family, a MAC address, or both, held by or kept for one owner. */
export interface ClaimRecord {
  /** Order of giving, unique over all pools, never used again. */
  readonly serial: number;
  readonly pool: string;
  readonly owner: string;
  readonly identity: string;
  readonly state: 'offered' | 'claimed' | 'released';
  /** Raised by each claim; a release with an older one has no effect. 0 while only offered. */
  readonly incarnation: number;
  /** IPv4 before IPv6; a block in prefix form. Empty for a MAC address alone. */
  readonly addresses: readonly string[];
  /** Six octets in lower case with colons. */
  readonly mac?: string | undefined;
  /** End of an offer or of the quarantine after a release, in ms since 1970. */
  readonly until?: number | undefined;
  /** Of an offer: end of the quarantine that its address is still in for everybody else. */
  readonly quarantinedUntil?: number | undefined;
  /** When an offer was last asked for, in ms since 1970. @default - {@link OFFER_MS} before `until` */
  readonly offeredAt?: number | undefined;
  /** What the owner wants to find it by. */
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** What it is for, in the owner's words. */
  readonly reason?: string | undefined;
}

/** One row to write. The caller answers its client after all rows of a step are durable. */
export type BookChange =
  | { readonly kind: 'pool'; readonly name: string; readonly pool: PoolRecord | undefined }
  | { readonly kind: 'claim'; readonly serial: number; readonly claim: ClaimRecord | undefined };

/** What a step answers, and what it wants written. */
export interface Step<T> {
  readonly value: T;
  readonly changes: readonly BookChange[];
}

/** Who asks. The owner is the key of the thing that holds the address, the identity its credential. */
export interface Asker {
  readonly owner: string;
  readonly identity: string;
}

/** How much one credential may hold at a time, over all pools. */
export interface Quota {
  /** @default - any number */
  readonly claims?: number | undefined;
  /** @default - any number */
  readonly offers?: number | undefined;
}

export interface PoolRequest extends Asker {
  readonly name: string;
  readonly spec: PoolSpec;
  /** The incarnation to change. @default - a new one begins */
  readonly incarnation?: number | undefined;
  /** The owner that hands the pool over, of the same identity. @default - none */
  readonly from?: string | undefined;
}

export interface ClaimRequest extends Asker {
  readonly pool: string;
  /** Exactly these addresses; a block in prefix form. @default - of the book's choice */
  readonly addresses?: readonly string[] | undefined;
  /**
   * `none` for a MAC address alone.
   *
   * @default - the families of `addresses`, else IPv4 where the pool has it, else IPv6, else none
   */
  readonly family?: ClaimFamily | 'none' | undefined;
  /** Prefix length of an aligned block, e.g. 28, of one family. @default - a single address */
  readonly prefixLength?: number | undefined;
  /**
   * A MAC address, too: this one, or with `true` one of the book's choice. With `false` none: a claim
   * of the owner that has one beside what is asked for gives it back, and keeps the rest. An offer
   * answers so, and changes nothing.
   *
   * @default - none, but for `none`; a claim with one is another claim
   */
  readonly mac?: string | boolean | undefined;
  /** The owner that hands its claim over, incarnation and all; of the same identity. @default - none */
  readonly from?: string | undefined;
  /** How long an offer is kept, in ms. @default {@link OFFER_MS} */
  readonly offerMs?: number | undefined;
  /** What to find it by. @default - what the claim has already */
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** What it is for. @default - what the claim has already */
  readonly reason?: string | undefined;
  /** @default - none */
  readonly quota?: Quota | undefined;
}

/** Which claim to give back. */
export interface ReleaseRequest extends Asker {
  readonly pool: string;
  readonly incarnation: number;
}

/** What a release did. One that frees nothing is a success, too. */
export interface Released {
  readonly released: boolean;
  /**
   * Why nothing was freed: the owner has a newer incarnation, or it holds no claim of that
   * incarnation, because it is gone or somebody else's.
   */
  readonly why?: 'newer' | 'not-held';
}

/** Which claim to hand over, incarnation and all, to an owner of the same identity. */
export interface TransferRequest extends Asker {
  readonly pool: string;
  /** The owner that has it. */
  readonly from: string;
  /** Which of its claims. @default - the newest */
  readonly addresses?: readonly string[] | undefined;
}

/** Which claims to list. */
export interface ClaimFilter {
  readonly pool: string;
  readonly owner?: string | undefined;
  /** Owners that begin so. */
  readonly ownerPrefix?: string | undefined;
  readonly state?: 'offered' | 'claimed' | undefined;
  /** Labels that it must have, with these values. */
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** Whoever holds this address or MAC. */
  readonly address?: string | undefined;
}

/** A page of claims in the order of giving. */
export interface ClaimPage {
  readonly claims: ClaimRecord[];
  /** What to go on behind for the next page; absent on the last one. */
  readonly next?: number | undefined;
}

/** How full a pool is. `size` may exceed what a number can hold. */
export interface PoolUsage {
  readonly size: bigint;
  readonly claimed: number;
  readonly offered: number;
  readonly quarantined: number;
}

/** The stable part of a claim's id: the same owner and pool always have the same. */
export function claimName(pool: string, owner: string): string {
  return hash('sha256', `${pool}\n${owner}`).slice(0, 16);
}

/** Puts `<claim>#<incarnation>` together. */
export function claimId(claim: Pick<ClaimRecord, 'pool' | 'owner' | 'incarnation'>): string {
  return `${claimName(claim.pool, claim.owner)}#${claim.incarnation}`;
}

/** The number behind the `#` of a claim's or pool's id; undefined for any other text. */
export function incarnationOf(id: string): number | undefined {
  const digits = /#([1-9]\d{0,15})$/.exec(id)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
