import { NetloomError } from 'netloom';
import { AddressLocks, endOf } from './address-locks';
import { OutrunError } from './api-problems';
import { type ClaimChange, type HandOver, type OwnerPlan, planClaims } from './claim-plan';
import { HandOvers } from './hand-overs';
import type { OwnerRecord } from './known-records';
import { PoolReads } from './pool-reads';
import { newStamp } from './record-api';
import type { RecordStore } from './record-store';
import { type Entry, numbersOf, type PoolSpecRecord, poolRecordName, sizeOf } from './records';
import { isServed } from './served';

/**
 * Writes the rows of a step in the order of the two-record protocol: intents, address records, a look
 * at the pool, and what makes them claims. A step that another agent has come before leaves nothing behind.
 */
export class ClaimWriter {
  readonly locks: AddressLocks;
  readonly handOvers: HandOvers;
  private readonly pools: PoolReads;

  constructor(private readonly records: RecordStore) {
    this.locks = new AddressLocks(records);
    this.handOvers = new HandOvers(records);
    this.pools = new PoolReads(records);
  }

  /**
   * @throws OutrunError when another agent was quicker; NetloomError NL_STORE_FAILED when nobody knows;
   * NL_VALUE_OUT_OF_RANGE for another size of claims than the pool's
   */
  async write(changes: readonly ClaimChange[]): Promise<void> {
    const { known } = this.records;
    const plan = planClaims(known, changes, this.records.now());
    const names = [
      ...plan.owners.map(({ place }) => place.name),
      ...plan.handOvers.flatMap(({ from, to }) => HandOvers.namesOf(from, to)),
    ];
    const busy = known.busyWith(names);
    if (busy) {
      await busy;
      known.tellAgain(names, rowsIn(changes, known.homeOf.bind(known)));
      throw new OutrunError('the same owner is being served');
    }
    const end = known.begin(names);
    try {
      for (const name of plan.unsettled) await this.handOvers.settle(name);
      if (plan.unsettled.length > 0) throw new OutrunError('a claim was on its way to a new owner');
      await this.fixSizes(plan.owners);
      for (const handOver of plan.handOvers) await this.handOver(handOver);
      await this.writeOwners(plan.owners);
    } catch (error) {
      known.tellAgain(names, rowsIn(changes, known.homeOf.bind(known)));
      throw error;
    } finally {
      end();
    }
  }

  private async handOver(handOver: HandOver): Promise<void> {
    if (!(await this.handOvers.run(handOver))) throw new OutrunError('the old owner has changed');
  }

  private async writeOwners(owners: readonly OwnerPlan[]): Promise<void> {
    const taking = owners.filter((plan) => plan.taking.length > 0);
    // Offers that give way go first.
    await allOf(
      owners
        .filter((plan) => plan.taking.length === 0)
        .map((plan) => this.must(plan, plan.base, plan.entries)),
    );
    if (taking.length === 0) return;
    const written = new Map<OwnerPlan, OwnerRecord>();
    try {
      await allOf(
        taking.map(async (plan) => {
          const record = await this.must(plan, plan.base, plan.entries);
          if (record) written.set(plan, record);
        }),
      );
      await allOf(
        taking.flatMap(({ place, taking: intents }) =>
          intents.map((entry) => this.locks.take(place.pool, place.name, entry)),
        ),
      );
      await allOf(taking.map((plan) => this.checkPool(plan)));
      await allOf(
        taking.map(async (plan) => {
          const intents = new Set(plan.taking.map(({ grant }) => grant));
          const entries = plan.entries.map((entry) =>
            intents.has(entry.grant) ? confirmed(entry) : entry,
          );
          await this.must(plan, written.get(plan), entries);
          written.delete(plan);
        }),
      );
    } catch (error) {
      // Where nobody knows what arrived, the intents stay: they end by themselves.
      if (error instanceof OutrunError) await this.takeBack(written);
      throw error;
    }
  }

  private async must(
    { place }: OwnerPlan,
    base: OwnerRecord | undefined,
    entries: readonly Entry[],
  ): Promise<OwnerRecord | undefined> {
    const written = await this.records.writeOwner(place, base, entries);
    if (!written) throw new OutrunError(`the record of ${place.owner} has changed`);
    return written.record;
  }

  private async takeBack(written: ReadonlyMap<OwnerPlan, OwnerRecord>): Promise<void> {
    await Promise.allSettled(
      [...written].map(async ([{ place, taking }, record]) => {
        const grants = new Set(taking.map(({ grant }) => grant));
        const entries = record.spec.entries.flatMap((entry) =>
          grants.has(entry.grant) ? (entry.before ?? []) : [entry],
        );
        const isBack = await this.records.writeOwner(place, record, entries);
        const kept = new Set(entries.map(({ grant }) => grant));
        if (!isBack) return;
        const lost = taking.filter(({ grant }) => !kept.has(grant));
        await Promise.all(lost.map((entry) => this.locks.giveBack(place.pool, entry)));
      }),
    );
  }

  /** After the address records are there: a pool that is being shrunk meanwhile sees the intent. */
  private async checkPool({ place, taking }: OwnerPlan): Promise<void> {
    const record = await this.pools.fresh(place.pool);
    if (!record) throw new OutrunError(`pool ${place.pool} is gone`);
    for (const address of taking.flatMap(({ claim }) => numbersOf(claim))) {
      const { kind, order } = sizeOf(address);
      if (!isServed(record.spec, address) || record.spec.sizes[kind] !== order) {
        throw new OutrunError(`${address} is not in pool ${place.pool} any more`);
      }
    }
  }

  /** The first claim of a pool says how large all its claims are. */
  private async fixSizes(owners: readonly OwnerPlan[]): Promise<void> {
    for (const { place, taking } of owners) {
      const addresses = taking.flatMap(({ claim }) => numbersOf(claim));
      while (!(await this.hasSizes(place.pool, addresses)));
    }
  }

  /** False when the pool's record has changed meanwhile. */
  private async hasSizes(name: string, addresses: readonly string[]): Promise<boolean> {
    const pool = this.records.known.pool(name);
    if (addresses.length === 0) return true;
    if (!pool) {
      await this.records.readPool(poolRecordName(name));
      throw new OutrunError(`pool ${name} was not known`);
    }
    const sizes = { ...pool.spec.sizes };
    for (const address of addresses) {
      const { kind, order } = sizeOf(address);
      sizes[kind] ??= order;
      if (sizes[kind] !== order) throw otherSize(pool.spec, address, sizes[kind]);
    }
    if (Object.keys(sizes).length === Object.keys(pool.spec.sizes).length) return true;
    const spec = { ...pool.spec, sizes, stamp: newStamp() };
    const record = await this.records.pools.replace(pool, spec);
    if (record) this.records.known.sawPool(record);
    else await this.records.readPool(poolRecordName(name));
    return record !== undefined;
  }
}

/** Ends in one write what is over in a record; false when it has changed. */
export async function endWhatIsOver(
  records: RecordStore,
  record: OwnerRecord,
  isOver: (entry: Entry) => boolean,
): Promise<boolean> {
  const { pool, owner, entries } = record.spec;
  const left = entries.flatMap((entry) => (isOver(entry) ? endOf(entry) : [entry]));
  const place = { name: record.metadata.name, pool, owner };
  return (await records.writeOwner(place, record, left)) !== undefined;
}

function confirmed({ intendedUntil: _until, before: _before, ...entry }: Entry): Entry {
  return { ...entry, phase: 'held' };
}

/** Waits for all of them, whatever becomes of the others. */
async function allOf(all: readonly Promise<unknown>[]): Promise<void> {
  const ends = await Promise.allSettled(all);
  const failed = ends.filter((one) => one.status === 'rejected').map(({ reason }) => reason);
  // What nobody knows weighs more than what can simply be done again.
  const worst = failed.find((reason) => !(reason instanceof OutrunError)) ?? failed[0];
  if (worst !== undefined) throw worst;
}

function rowsIn(
  changes: readonly ClaimChange[],
  homeOf: (serial: number) => OwnerRecord | undefined,
): { pool: string; serial: number }[] {
  return changes.flatMap(({ serial, claim }) => {
    const pool = claim?.pool ?? homeOf(serial)?.spec.pool;
    return pool === undefined ? [] : [{ pool, serial }];
  });
}

function otherSize({ pool }: PoolSpecRecord, address: string, order: number): NetloomError {
  const bits = address.includes(':') ? 128 : 32;
  return new NetloomError({
    code: 'NL_VALUE_OUT_OF_RANGE',
    key: 'prefixLength',
    found: `${address} is of another size than the claims of pool "${pool.name}"`,
    allowed: `/${bits - order}: in the kubernetes store all claims of a pool are as large as its first one`,
    fix: `ask for a /${bits - order}, or make a pool of its own for the other size`,
  });
}
