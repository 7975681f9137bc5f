import { storeUnreachable } from './api-problems';
import { newStamp } from './record-api';
import type { RecordStore } from './record-store';
import type { OwnerSpecRecord, Stored } from './records';
import type { RecordWatch } from './watched-records';

/** As long as a watch may be behind before all is read anew. */
const SILENT_MS = 5_000;
const DEADLINE_MS = 20_000;

/**
 * Tells when all that was written before a moment has been seen here: a mark is written, and the watch
 * brings it behind everything older. Those who ask meanwhile share the next mark.
 */
export class Freshness {
  private running: Promise<void> | undefined;
  private following: Promise<void> | undefined;
  private seen = 0;
  private waiting: { version: number; resolve: () => void }[] = [];
  private mark: Stored<OwnerSpecRecord> | undefined;

  constructor(
    private readonly records: RecordStore,
    private readonly watch: () => RecordWatch<OwnerSpecRecord>,
    private readonly agent: string,
    private readonly also: () => Promise<void>,
    private readonly deadlineMs = DEADLINE_MS,
  ) {}

  get markName(): string {
    return `mark-${this.agent}`;
  }

  /** @throws NetloomError NL_STORE_FAILED */
  async catchUp(): Promise<void> {
    if (!this.running) return this.begin();
    const next = (): Promise<void> => this.begin();
    this.following ??= this.running.then(next, next);
    return this.following;
  }

  /** The watch has brought the agent's own mark. */
  saw(record: Stored<OwnerSpecRecord>): void {
    this.seen = Math.max(this.seen, Number(record.metadata.resourceVersion));
    const ready = this.waiting.filter(({ version }) => version <= this.seen);
    this.waiting = this.waiting.filter(({ version }) => version > this.seen);
    for (const { resolve } of ready) resolve();
  }

  private begin(): Promise<void> {
    this.following = undefined;
    const running = Promise.all([this.markAndWait(), this.also()]).then(() => {});
    this.running = running;
    const end = (): void => {
      if (this.running === running) this.running = undefined;
    };
    running.then(end, end);
    return running;
  }

  private async markAndWait(): Promise<void> {
    const version = Number((await this.write()).metadata.resourceVersion);
    if (version <= this.seen) return;
    let timer: NodeJS.Timeout | undefined;
    const restart = setInterval(() => this.watch().restart(), SILENT_MS);
    try {
      await new Promise<void>((resolve, reject) => {
        this.waiting.push({ version, resolve });
        const fail = (): void =>
          reject(storeUnreachable(this.records.client.server, 'its watch brings nothing'));
        timer = setTimeout(fail, this.deadlineMs);
      });
    } finally {
      clearInterval(restart);
      clearTimeout(timer);
    }
  }

  private async write(): Promise<Stored<OwnerSpecRecord>> {
    const { owners } = this.records;
    for (;;) {
      const spec = { pool: '', owner: this.agent, entries: [], stamp: newStamp() };
      const written = this.mark
        ? await owners.replace(this.mark, spec)
        : await owners.create(this.markName, spec);
      this.mark = written ?? (await owners.get(this.markName));
      if (written) return written;
    }
  }
}
