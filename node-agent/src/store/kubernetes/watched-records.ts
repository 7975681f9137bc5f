import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiClient } from './api-client';
import type { RecordApi } from './record-api';
import type { Stored } from './records';

const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 10_000;

/** What happens to a record: changed, or gone with what was known last. */
export interface WatchedRecords<Spec extends object> {
  changed(record: Stored<Spec>): void;
  gone(name: string, resourceVersion: string): void;
  /** Names that are known, for those that are gone when all is read anew. */
  names(): Iterable<string>;
}

/**
 * Follows all records of a kind: read once, then watched. What a watch has lost (410) is read anew,
 * and what is not in it then is gone; a list that fails tells nothing.
 */
export class RecordWatch<Spec extends object> {
  private stopWatch: (() => void) | undefined;
  private isStopped = false;
  private isCurrent = false;
  private running: Promise<void> | undefined;
  /** How often all was read anew, for the metrics and tests. */
  lists = 0;

  constructor(
    private readonly client: ApiClient,
    private readonly api: RecordApi<Spec>,
    private readonly records: WatchedRecords<Spec>,
  ) {}

  /** Resolves when everything was read once. */
  async start(): Promise<void> {
    const version = await this.list();
    this.running = this.follow(version);
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    this.stopWatch?.();
    await this.running;
  }

  /** Reads all anew: the watch has fallen silent. */
  restart(): void {
    this.isCurrent = false;
    this.stopWatch?.();
  }

  private async list(): Promise<string> {
    const before = new Set(this.records.names());
    const version = await this.api.list((page) => {
      for (const record of page) {
        before.delete(record.metadata.name);
        this.records.changed(record);
      }
    });
    for (const name of before) this.records.gone(name, version);
    this.isCurrent = true;
    this.lists++;
    return version;
  }

  private async follow(first: string): Promise<void> {
    let version = first;
    let wait = FIRST_WAIT_MS;
    while (!this.isStopped) {
      const startedAt = Date.now();
      try {
        if (!this.isCurrent) version = await this.list();
        const watch = this.client.watch(this.api.path, version, (line) => {
          version = this.take(line) ?? version;
        });
        this.stopWatch = watch.stop;
        if (this.isStopped) watch.stop();
        await watch.ended;
      } catch {
        // Not answered: what is known stays, and is asked again.
      }
      if (Date.now() - startedAt > LONGEST_WAIT_MS) wait = FIRST_WAIT_MS;
      if (!this.isStopped) await sleep(wait * (0.5 + Math.random() / 2));
      wait = Math.min(wait * 2, LONGEST_WAIT_MS);
    }
  }

  private take(line: string): string | undefined {
    let event: { type?: string; object?: Stored<Spec> };
    try {
      event = JSON.parse(line);
    } catch {
      // Cut off in the middle: the watch goes on from the version before.
      this.restart();
      return undefined;
    }
    const { type, object } = event;
    const version = object?.metadata?.resourceVersion;
    if (type === 'ERROR' || object === undefined || version === undefined) {
      this.restart();
      return undefined;
    }
    if (type === 'DELETED') this.records.gone(object.metadata.name, version);
    else if (type !== 'BOOKMARK') this.records.changed(object);
    return version;
  }
}
