import type { RecordStore } from './record-store';
import { type PoolSpecRecord, poolRecordName, type Stored } from './records';

type PoolAnswer = Stored<PoolSpecRecord> | undefined;

interface Reading {
  readonly running: Promise<PoolAnswer>;
  following: Promise<PoolAnswer> | undefined;
}

/** Reads of a pool's record that begin after they were asked for; those asked for meanwhile share one. */
export class PoolReads {
  private readonly readings = new Map<string, Reading>();

  constructor(private readonly records: RecordStore) {}

  fresh(pool: string): Promise<PoolAnswer> {
    const reading = this.readings.get(pool);
    if (!reading) return this.begin(pool);
    const next = (): Promise<PoolAnswer> => this.begin(pool);
    reading.following ??= reading.running.then(next, next);
    return reading.following;
  }

  private begin(pool: string): Promise<PoolAnswer> {
    const running = this.records.readPool(poolRecordName(pool));
    const reading: Reading = { running, following: undefined };
    this.readings.set(pool, reading);
    const end = (): void => {
      if (this.readings.get(pool) === reading) this.readings.delete(pool);
    };
    running.then(end, end);
    return running;
  }
}
