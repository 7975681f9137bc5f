import { createHash } from 'node:crypto';
import { Cidr, type ClaimRecord, IpAddress, type PoolRecord, parseMac, SET_ASIDE } from 'netloom';

/** Group and version of the records; a release that can't read it refuses to start. */
export const RECORDS_API = 'netloom.io/v1alpha1';

/** How the records are called in paths. */
export const PLURALS = {
  PoolRecord: 'poolrecords',
  OwnerRecord: 'ownerrecords',
  AddressRecord: 'addressrecords',
  StoreRecord: 'storerecords',
} as const;

export type RecordKind = keyof typeof PLURALS;

/** Label of owner and address records with the hash of their pool. */
export const POOL_LABEL = 'netloom.io/pool';

/** An object as the API server has it. */
export interface Stored<Spec> {
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly resourceVersion: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly spec: Spec;
}

/** A pool, and what is being done to it. */
export interface PoolSpecRecord {
  readonly pool: PoolRecord;
  /** The one size of claims, as the exponent of 2, by kind; set by the first claim. */
  readonly sizes: Readonly<Record<string, number>>;
  /** What the pool is about to be: everything outside is closed. Null while it is being removed. */
  readonly closing?: { readonly pool: PoolRecord | null; readonly since: number } | undefined;
  /** Made up for each write, so that its sender knows its own. */
  readonly stamp: string;
}

/** How far a claim has come. */
export type Phase =
  /** Wanted: its address records may be there or not. */
  | 'intended'
  /** Its address records are there and say its grant. */
  | 'held'
  /** Its time is over and its address records may go; remembered for its owner. */
  | 'free'
  /** Its new owner has it, and its records have to be brought there. */
  | 'handed';

/** One claim, offer or freed address of an owner. */
export interface Entry {
  /** Made up for each attempt, never used again; the address records carry it, too. */
  readonly grant: string;
  readonly phase: Phase;
  readonly claim: Omit<ClaimRecord, 'pool' | 'owner'>;
  /** Of an intent: when somebody else may drop it, in ms since 1970. */
  readonly intendedUntil?: number | undefined;
  /** Of an intent to take an own freed address again: what it is when that comes to nothing. */
  readonly before?: Entry | undefined;
  /** Of an intent to take a claim over, or of a claim handed over: the other side. */
  readonly peer?: { readonly record: string; readonly grant: string } | undefined;
}

/** All that one owner has in one pool. */
export interface OwnerSpecRecord {
  readonly pool: string;
  readonly owner: string;
  readonly entries: readonly Entry[];
  readonly stamp: string;
}

/** The address's one holder: whoever creates it has it. */
export interface AddressSpecRecord {
  readonly pool: string;
  readonly address: string;
  /** Name of the owner record. */
  readonly record: string;
  readonly grant: string;
}

/** One for each store. */
export interface StoreSpecRecord {
  /** All numbers up to here are given to agents. */
  readonly numbers: number;
  readonly stamp: string;
}

export const STORE_NAME = 'store';

export function poolHash(pool: string): string {
  return hash(pool).slice(0, 16);
}

export function poolRecordName(pool: string): string {
  return `p-${hash(pool)}`;
}

/**
 * The record of an owner. What is set aside has one owner for all; such an address has a record of
 * its own, lest one object grow without end.
 */
export function ownerRecordName(claim: Pick<ClaimRecord, 'pool' | 'owner' | 'addresses'>): string {
  const own = claim.owner === SET_ASIDE.owner ? `\n${claim.addresses.join(' ')}` : '';
  return `o-${hash(`${claim.pool}\n${claim.owner}${own}`)}`;
}

/** The number, or the first of a block; with one claim size in a pool that names the block. */
export function addressRecordName(pool: string, address: string): string {
  const [first = ''] = address.split('/');
  const mac = parseMac(first);
  const kind = mac !== undefined ? 'm' : first.includes(':') ? '6' : '4';
  const value = mac ?? IpAddress.parse(first).value;
  return `a-${poolHash(pool)}-${kind}-${value.toString(16)}`;
}

/** Addresses and MAC address of a claim. */
export function numbersOf({ addresses, mac }: Pick<ClaimRecord, 'addresses' | 'mac'>): string[] {
  return mac === undefined ? [...addresses] : [...addresses, mac];
}

/** The kind of a number, and the exponent of its size. */
export function sizeOf(address: string): { kind: 'ipv4' | 'ipv6' | 'mac'; order: number } {
  if (parseMac(address) !== undefined) return { kind: 'mac', order: 0 };
  const bits = address.includes(':') ? 128 : 32;
  const order = address.includes('/') ? bits - Cidr.parse(address).prefixLength : 0;
  return { kind: bits === 128 ? 'ipv6' : 'ipv4', order };
}

/** The row of an entry, as the address book knows it. */
export function rowOf(spec: Pick<OwnerSpecRecord, 'pool' | 'owner'>, entry: Entry): ClaimRecord {
  const { serial, ...rest } = entry.claim;
  return { serial, pool: spec.pool, owner: spec.owner, ...rest };
}

/** The mirror of {@link rowOf}. */
export function claimOf({ pool: _pool, owner: _owner, ...claim }: ClaimRecord): Entry['claim'] {
  return claim;
}

/** Whether an address record with this grant is the entry's own. */
export function holds(entry: Entry, address: string): boolean {
  const isHolding = entry.phase === 'held' || entry.phase === 'handed';
  return (isHolding || entry.phase === 'intended') && numbersOf(entry.claim).includes(address);
}

/** Whether what keeps others from its addresses is over. */
export function isOver(entry: Entry, now: number): boolean {
  if (entry.peer !== undefined) return false;
  const { state, until = 0, quarantinedUntil = 0 } = entry.claim;
  if (entry.phase === 'intended') return (entry.intendedUntil ?? 0) <= now;
  return entry.phase === 'held' && state !== 'claimed' && Math.max(until, quarantinedUntil) <= now;
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
