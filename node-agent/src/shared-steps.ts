import { setTimeout as sleep } from 'node:timers/promises';
import type { AddressBook, LearnedClaim, PoolRecord, Step } from 'netloom';
import type { ClaimFeed } from './claim-feed';
import type { SharedStore } from './store';
import { OutrunError, storeBusy } from './store/kubernetes';

/** As long as a step is tried again because others are quicker. */
const DEADLINE_MS = 20_000;
/** However slow the API server is. */
const LEAST_TRIES = 8;
const LONGEST_WAIT_MS = 200;

/**
 * Steps of a book whose store others write to, too. A change is tried on what the book knows, and the
 * store says whether that was right; a read or a refusal is answered only on what was known to be fresh.
 */
export class SharedSteps {
  constructor(
    private readonly store: SharedStore,
    private readonly book: AddressBook,
    private readonly feed: ClaimFeed,
  ) {
    store.follow({
      learnPool: (name: string, record: PoolRecord | undefined) => book.learnPool(name, record),
      learn: (rows) => this.learn(rows),
      continueFrom: (number) => book.continueFrom(number),
      startAt: (pool, part) => book.startAt(pool, part),
    });
  }

  /** @throws NetloomError NL_STORE_FAILED, and what the step is refused with */
  async change<T>(run: (now: number) => Step<T>, from?: string): Promise<T> {
    const end = Date.now() + DEADLINE_MS;
    let isFresh = false;
    let tries = 0;
    for (;;) {
      await this.store.ready(this.book.lastNumber);
      const answer = attempt(() => run(this.store.now()));
      const changes = 'step' in answer ? answer.step.changes : [];
      if (changes.length === 0) {
        if (isFresh) {
          if ('step' in answer) return answer.step.value;
          throw answer.refusal;
        }
        await this.store.catchUp();
        // What is being written here is in the book already, and may come to nothing.
        await this.store.write([]);
        isFresh = true;
        continue;
      }
      isFresh = false;
      const counter = { kind: 'counter', name: 'book', value: this.book.lastNumber } as const;
      try {
        await this.store.write([...changes, counter]);
        this.feed.settle(this.feed.note(changes, from));
        if ('step' in answer) return answer.step.value;
      } catch (error) {
        if (!(error instanceof OutrunError)) throw error;
        if (error.needsNumbers) await this.store.ready(Number.POSITIVE_INFINITY);
      }
      tries++;
      if (Date.now() > end && tries >= LEAST_TRIES) throw storeBusy(tries);
      // Two that are in each other's way must not stay so.
      if (tries > 1) await sleep(Math.random() * Math.min(LONGEST_WAIT_MS, 2 ** tries));
    }
  }

  private learn(rows: readonly LearnedClaim[]): void {
    const changed = this.book.learn(rows).filter(({ isTentative }) => !isTentative);
    if (changed.length === 0) return;
    const changes = changed.map(({ serial, claim }) => ({ kind: 'claim', serial, claim }) as const);
    this.feed.settle(this.feed.note(changes));
  }
}

function attempt<T>(
  run: () => Step<T>,
): { readonly step: Step<T> } | { readonly refusal: unknown } {
  try {
    return { step: run() };
  } catch (refusal) {
    return { refusal };
  }
}
