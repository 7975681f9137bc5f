import type { BookChange, PoolRecord } from 'netloom';
import { OutrunError } from './api-problems';
import type { KnownPool, OwnerRecord } from './known-records';
import { newStamp } from './record-api';
import type { RecordStore } from './record-store';
import {
  type Entry,
  numbersOf,
  POOL_LABEL,
  type PoolSpecRecord,
  poolHash,
  poolRecordName,
} from './records';
import { isInside, isWider } from './served';

export type PoolChange = Extract<BookChange, { kind: 'pool' }>;

/** Looks at a range that is closed: each finds fewer intents, and nobody writes new ones that stand. */
const MOST_LOOKS = 20;

/**
 * Pools: one record each, changed as a whole. What makes a pool smaller closes the range first, then looks
 * at all that was written before, and only then is committed.
 */
export class PoolWriter {
  constructor(private readonly records: RecordStore) {}

  /** @throws OutrunError when the pool has changed, or a claim stands in what would be closed */
  async write({ name, pool }: PoolChange): Promise<void> {
    const known = this.records.known.pool(name);
    if (!known) {
      if (pool) await this.create(pool);
      return;
    }
    const { pool: before } = known.spec;
    const isOpen = before.removedUntil === undefined;
    if (pool && (!isOpen || (isWider(before.spec, pool.spec) && !pool.removedUntil))) {
      await this.replace(known, { pool, sizes: known.spec.sizes });
      return;
    }
    const target = pool?.removedUntil === undefined ? pool : undefined;
    const closing = { pool: target ?? null, since: this.records.now() };
    const closed = await this.replace(known, { ...known.spec, closing });
    const last = await this.look(closed, target);
    await this.commit(closed, pool, last);
  }

  /** Opens a range again that somebody has closed and left so. */
  async reopen(known: KnownPool): Promise<void> {
    const { pool, sizes } = known.spec;
    await this.replace(known, { pool, sizes });
  }

  private async create(pool: PoolRecord): Promise<void> {
    const name = poolRecordName(pool.name);
    const record = await this.records.pools.create(name, { pool, sizes: {}, stamp: newStamp() });
    if (record) {
      this.records.known.sawPool(record);
      return;
    }
    await this.records.readPool(name);
    throw new OutrunError(`pool ${pool.name} was made meanwhile`);
  }

  private async replace(known: KnownPool, spec: Omit<PoolSpecRecord, 'stamp'>): Promise<KnownPool> {
    const record = await this.records.pools.replace(known, { ...spec, stamp: newStamp() });
    if (record) {
      this.records.known.sawPool(record);
      return record;
    }
    await this.records.readPool(known.metadata.name);
    throw new OutrunError(`pool ${known.spec.pool.name} has changed`);
  }

  /**
   * Goes through all owners of a pool whose range is closed, until nothing is left outside but claims,
   * which end it, and freed addresses, which stay. An intent that is dropped is one its writer can't confirm.
   *
   * @returns the end of the last quarantine in the pool
   */
  private async look(closed: KnownPool, target: PoolRecord | undefined): Promise<number> {
    const { name } = closed.spec.pool;
    const isOutside = ({ claim }: Entry): boolean =>
      numbersOf(claim).some((address) => !isInside(target?.spec, address));
    for (let looks = 0; looks < MOST_LOOKS; looks++) {
      const giving: OwnerRecord[] = [];
      let isClaimed = false;
      let last = 0;
      await this.records.owners.list(
        (page) => {
          for (const record of page) {
            this.records.known.sawOwner(record);
            for (const entry of record.spec.entries.filter(isOutside)) {
              if (isHeldClaim(entry)) isClaimed = true;
              else if (isGiving(entry)) giving.push(record);
            }
            for (const { claim, phase } of record.spec.entries) {
              if (phase === 'held') last = Math.max(last, quarantineOf(claim));
            }
          }
        },
        `${POOL_LABEL}=${poolHash(name)}`,
      );
      if (isClaimed) {
        await this.reopen(closed);
        throw new OutrunError(`claims stand in what is to be closed of pool ${name}`);
      }
      if (giving.length === 0) return last;
      for (const record of new Set(giving)) await this.giveUp(record, isOutside);
    }
    throw new OutrunError(`pool ${name} is in use`);
  }

  private async giveUp(
    { metadata, spec }: OwnerRecord,
    isOutside: (entry: Entry) => boolean,
  ): Promise<void> {
    const { pool, owner } = spec;
    const base = this.records.known.owners.get(metadata.name);
    if (base?.metadata.resourceVersion !== metadata.resourceVersion) return;
    const now = this.records.now();
    const entries = spec.entries.flatMap((entry) =>
      isOutside(entry) && isGiving(entry) ? leftOf(entry, now) : [entry],
    );
    await this.records.writeOwner({ name: metadata.name, pool, owner }, base, entries);
  }

  private async commit(
    closed: KnownPool,
    pool: PoolRecord | undefined,
    last: number,
  ): Promise<void> {
    const { sizes } = closed.spec;
    const isRemoval = pool === undefined || pool.removedUntil !== undefined;
    if (!isRemoval) {
      await this.replace(closed, { pool, sizes });
      return;
    }
    if (last > this.records.now()) {
      const before = pool ?? closed.spec.pool;
      const { offeredUntil: _offered, ...record } = before;
      const removedUntil = Math.max(last, pool?.removedUntil ?? 0);
      await this.replace(closed, { pool: { ...record, removedUntil }, sizes });
      return;
    }
    if (await this.records.pools.remove(closed)) {
      this.records.known.lostPool(closed.metadata.name, closed.metadata.resourceVersion);
      return;
    }
    await this.records.readPool(closed.metadata.name);
    throw new OutrunError(`pool ${closed.spec.pool.name} has changed`);
  }
}

function isHeldClaim({ phase, claim }: Entry): boolean {
  return phase === 'handed' || (phase === 'held' && claim.state === 'claimed');
}

/** What yields to a smaller pool: offers, and intents but those of a claim that is being handed over. */
function isGiving({ phase, claim, peer }: Entry): boolean {
  if (phase === 'intended') return peer === undefined;
  return phase === 'held' && claim.state === 'offered';
}

/** The quarantine of an offered address goes on. */
function leftOf(entry: Entry, now: number): Entry[] {
  if (entry.phase === 'intended') return entry.before ? [entry.before] : [];
  const { quarantinedUntil = 0, offeredAt: _offered, ...claim } = entry.claim;
  if (quarantinedUntil <= now) return [];
  return [{ ...entry, claim: { ...claim, state: 'released', until: quarantinedUntil } }];
}

function quarantineOf({ state, until = 0, quarantinedUntil = 0 }: Entry['claim']): number {
  return state === 'released' ? until : quarantinedUntil;
}
