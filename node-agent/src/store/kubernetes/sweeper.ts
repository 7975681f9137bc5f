import { setTimeout as sleep } from 'node:timers/promises';
import { OutrunError } from './api-problems';
import { type ClaimWriter, endWhatIsOver } from './claim-writer';
import type { PoolWriter } from './pool-writer';
import type { RecordStore } from './record-store';
import { type AddressSpecRecord, holds, isOver, type Stored } from './records';

/** How long a range stays closed that nobody goes on with. */
const CLOSING_MS = 30_000;

/** Told of a round that was not answered; the next one tries again. */
export type SweepListener = (error: unknown) => void;

/**
 * Brings back what nobody carries on: intents, hand-overs and closed ranges of agents that are gone,
 * and address records whose time is over or that no claim has. What is not answered is left as it is.
 */
export class Sweeper {
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;

  constructor(
    private readonly records: RecordStore,
    private readonly claims: ClaimWriter,
    private readonly pools: PoolWriter,
    private readonly onFailure: SweepListener,
  ) {}

  /** @param everyMs between rounds, jittered: agents take turns by chance */
  start(everyMs: number): void {
    const { signal } = this.stopping;
    const run = async (): Promise<void> => {
      for (;;) {
        await sleep(everyMs * (0.5 + Math.random()), undefined, { signal });
        await this.sweep().catch(this.onFailure);
      }
    };
    this.running = run().catch(() => {});
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  /** One round. @throws NetloomError NL_STORE_FAILED */
  async sweep(): Promise<void> {
    await this.sweepOwners();
    await this.sweepAddresses();
    await this.sweepPools();
  }

  private async sweepOwners(): Promise<void> {
    const { known } = this.records;
    const now = this.records.now();
    for (const [name, record] of [...known.owners]) {
      if (this.stopping.signal.aborted) return;
      const { entries } = record.spec;
      // A hand-over that is under way here or elsewhere needs some time.
      if (entries.some((one) => one.peer !== undefined && (one.intendedUntil ?? 0) <= now)) {
        if (!known.busyWith([name])) await this.claims.handOvers.settle(name);
        continue;
      }
      const ended = entries.filter((entry) => isOver(entry, now));
      if (ended.length === 0 || known.busyWith([name])) continue;
      if (!(await endWhatIsOver(this.records, record, (entry) => isOver(entry, now)))) continue;
      for (const entry of ended) await this.claims.locks.giveBack(record.spec.pool, entry);
    }
  }

  /** Only what is not in any known record is looked at closer. */
  private async sweepAddresses(): Promise<void> {
    const suspects: Stored<AddressSpecRecord>[] = [];
    await this.records.addresses.list((page) => {
      for (const there of page) {
        const { record, grant, address } = there.spec;
        const owner = this.records.known.owners.get(record);
        const entry = owner?.spec.entries.find((one) => one.grant === grant);
        if (!entry || !holds(entry, address)) suspects.push(there);
      }
    });
    for (const there of suspects) {
      if (this.stopping.signal.aborted) return;
      try {
        await this.claims.locks.clear(there);
      } catch (error) {
        if (!(error instanceof OutrunError)) throw error;
      }
    }
  }

  private async sweepPools(): Promise<void> {
    for (const known of [...this.records.known.pools.values()]) {
      const { closing, pool } = known.spec;
      const now = this.records.now();
      try {
        if (closing && closing.since + CLOSING_MS <= now) await this.pools.reopen(known);
        const end = pool.removedUntil ?? pool.offeredUntil;
        if (end !== undefined && end <= now) {
          await this.pools.write({ kind: 'pool', name: pool.name, pool: undefined });
        }
      } catch (error) {
        if (!(error instanceof OutrunError)) throw error;
      }
    }
  }
}
