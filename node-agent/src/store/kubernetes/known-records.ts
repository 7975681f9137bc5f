import type { LearnedClaim } from 'netloom';
import {
  type Entry,
  type OwnerSpecRecord,
  type PoolSpecRecord,
  rowOf,
  type Stored,
} from './records';

/** Records that are being written, and what has become of them meanwhile. */
interface Busy {
  readonly dirty: Set<string>;
  readonly lost: LearnedClaim[];
  readonly ended: Promise<void>;
}

export type OwnerRecord = Stored<OwnerSpecRecord>;
export type KnownPool = Stored<PoolSpecRecord>;

/** Whom the known records tell of changes: the book behind them. */
export interface RecordFollower {
  pool(name: string, known: KnownPool | undefined): void;
  claims(rows: readonly LearnedClaim[]): void;
}

/**
 * The newest version of each owner and pool record that this agent has seen, from its own writes and
 * from the watch, and the rows of the book that follow from them. What is being written here is told to
 * the book only when the write is over: the book is ahead of it until then.
 */
export class KnownRecords {
  readonly owners = new Map<string, OwnerRecord>();
  readonly pools = new Map<string, KnownPool>();
  /** By serial: the owner record that has it. */
  private readonly homes = new Map<number, string>();
  private readonly poolNames = new Map<string, string>();
  private readonly busy = new Map<string, Busy>();

  constructor(private readonly follower: RecordFollower) {}

  homeOf(serial: number): OwnerRecord | undefined {
    const name = this.homes.get(serial);
    return name === undefined ? undefined : this.owners.get(name);
  }

  pool(name: string): KnownPool | undefined {
    const record = this.poolNames.get(name);
    return record === undefined ? undefined : this.pools.get(record);
  }

  /** The end of a write that is under way of one of these records. */
  busyWith(names: Iterable<string>): Promise<void> | undefined {
    for (const name of names) {
      const busy = this.busy.get(name);
      if (busy) return busy.ended;
    }
    return undefined;
  }

  /** Keeps others from writing records until the answer is called. */
  begin(names: readonly string[]): () => void {
    let end = (): void => {};
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    const busy = { dirty: new Set<string>(), lost: [], ended };
    for (const name of names) this.busy.set(name, busy);
    return () => {
      for (const name of names) this.busy.delete(name);
      this.tellAgain(busy.dirty, busy.lost);
      end();
    };
  }

  sawOwner(record: OwnerRecord): void {
    const { name } = record.metadata;
    const before = this.owners.get(name);
    if (before && !isNewer(record, before)) return;
    this.owners.set(name, record);
    for (const { claim, peer, phase } of record.spec.entries) {
      // Until it is confirmed, the old owner's record has it.
      if (peer === undefined || phase !== 'intended') this.homes.set(claim.serial, name);
    }
    this.changed(name, before);
  }

  lostOwner(name: string, resourceVersion: string): void {
    const before = this.owners.get(name);
    if (!before || Number(before.metadata.resourceVersion) > Number(resourceVersion)) return;
    this.owners.delete(name);
    this.changed(name, before);
  }

  sawPool(record: KnownPool): void {
    const { name } = record.metadata;
    const before = this.pools.get(name);
    if (before && !isNewer(record, before)) return;
    const pool = record.spec.pool.name;
    this.pools.set(name, record);
    this.poolNames.set(pool, name);
    this.follower.pool(pool, record);
  }

  lostPool(name: string, resourceVersion: string): void {
    const before = this.pools.get(name);
    if (!before || Number(before.metadata.resourceVersion) > Number(resourceVersion)) return;
    this.pools.delete(name);
    this.poolNames.delete(before.spec.pool.name);
    this.follower.pool(before.spec.pool.name, undefined);
  }

  /** Tells the book all claims of a pool that it did not know. */
  tellPool(pool: string): void {
    this.follower.claims(this.rowsOfPool(pool));
  }

  /** Tells the book what stands of records, and of rows that may be in none. */
  tellAgain(names: Iterable<string>, rows: readonly { pool: string; serial: number }[]): void {
    const lost = rows.filter(({ serial }) => !this.isHome(serial));
    this.follower.claims(lost.map((row) => ({ ...row, claim: undefined })));
    for (const name of names) this.tell(name);
  }

  private isHome(serial: number): boolean {
    const home = this.homeOf(serial);
    return home?.spec.entries.some(({ claim }) => claim.serial === serial) ?? false;
  }

  private changed(name: string, before: OwnerRecord | undefined): void {
    const busy = this.busy.get(name);
    const now = new Set(this.owners.get(name)?.spec.entries.map(({ claim }) => claim.serial));
    const gone = before?.spec.entries.filter(({ claim }) => !now.has(claim.serial)) ?? [];
    const lost: LearnedClaim[] = [];
    for (const { claim } of gone) {
      if (this.homes.get(claim.serial) !== name) continue;
      this.homes.delete(claim.serial);
      if (before) lost.push({ pool: before.spec.pool, serial: claim.serial, claim: undefined });
    }
    if (busy) {
      busy.dirty.add(name);
      busy.lost.push(...lost);
      return;
    }
    if (lost.length > 0) this.follower.claims(lost);
    this.tell(name);
  }

  private tell(name: string): void {
    const record = this.owners.get(name);
    if (record) this.follower.claims(rowsOf(record));
  }

  private rowsOfPool(pool: string): LearnedClaim[] {
    const rows: LearnedClaim[] = [];
    for (const record of this.owners.values()) {
      if (record.spec.pool === pool) rows.push(...rowsOf(record));
    }
    return rows;
  }
}

/** What the book has to know of a record. An intent is an offer until it is confirmed. */
export function rowsOf({ spec }: OwnerRecord): LearnedClaim[] {
  return spec.entries.flatMap((entry): LearnedClaim[] => {
    const { pool } = spec;
    const { serial } = entry.claim;
    if (entry.phase !== 'intended') {
      return [{ pool, serial, claim: rowOf(spec, entry), isTentative: entry.phase === 'free' }];
    }
    if (entry.peer !== undefined) return [];
    if (entry.before !== undefined) {
      const isTentative = entry.before.phase === 'free';
      return [{ pool, serial, claim: rowOf(spec, entry.before), isTentative }];
    }
    return [{ pool, serial, claim: intentRow(spec, entry), isTentative: true }];
  });
}

function intentRow(spec: OwnerSpecRecord, entry: Entry): LearnedClaim['claim'] {
  const { quarantinedUntil: _quarantine, offeredAt: _offered, ...row } = rowOf(spec, entry);
  return { ...row, state: 'offered', incarnation: 0, until: entry.intendedUntil ?? 0 };
}

function isNewer(one: Stored<object>, other: Stored<object>): boolean {
  // Numbers of etcd's revisions, which every release of Kubernetes uses.
  return Number(one.metadata.resourceVersion) > Number(other.metadata.resourceVersion);
}
