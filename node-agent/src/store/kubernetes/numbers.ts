import type { ApiClient } from './api-client';
import { newStamp, RecordApi } from './record-api';
import { STORE_NAME, type Stored, type StoreSpecRecord } from './records';

/** Numbers that an agent takes at once: one write for as many claims. */
const BLOCK = 1_000;

/** Serials and incarnations, never given twice: the store's record says up to where they are given. */
export class Numbers {
  private readonly api: RecordApi<StoreSpecRecord>;
  private record: Stored<StoreSpecRecord> | undefined;
  /** Last one of the block that this agent has. */
  last = 0;

  constructor(client: ApiClient, namespace: string) {
    this.api = new RecordApi(client, 'StoreRecord', namespace);
  }

  /** Made once with the store. */
  get storeId(): string | undefined {
    return this.record?.metadata.uid;
  }

  /** Up to where numbers are given, as far as it is known here. */
  get given(): number {
    return this.record?.spec.numbers ?? 0;
  }

  /** Reads the store's record, and makes it for the first agent. */
  async start(): Promise<void> {
    while (!this.record) {
      this.record =
        (await this.api.get(STORE_NAME)) ??
        (await this.api.create(STORE_NAME, { numbers: 0, stamp: newStamp() }));
    }
  }

  /** @returns the first of a new block, above all that any agent has given */
  async take(least = 1): Promise<number> {
    const count = Math.max(BLOCK, least);
    const first = (await this.raise((given) => given + count)) - count + 1;
    this.last = first + count - 1;
    return first;
  }

  /** No number up to this one is given any more. */
  async skip(number: number): Promise<void> {
    if (number <= this.given) return;
    await this.raise((given) => Math.max(given, number));
  }

  private async raise(next: (given: number) => number): Promise<number> {
    for (;;) {
      await this.start();
      const known = this.record as Stored<StoreSpecRecord>;
      const numbers = next(known.spec.numbers);
      if (numbers === known.spec.numbers) return numbers;
      const written = await this.api.replace(known, { numbers, stamp: newStamp() });
      this.record = written ?? (await this.api.get(STORE_NAME));
      if (written) return numbers;
    }
  }
}
