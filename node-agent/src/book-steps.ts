import { type AddressBook, type ClaimRecord, NetloomError, type Step } from 'netloom';
import { auditPending } from './audit/problems';
import { ClaimFeed } from './claim-feed';
import { loadBook } from './load-book';
import { SharedSteps } from './shared-steps';
import { isShared, type Restoration, type Store, type StreamedContents } from './store';

/** Milliseconds since 1970. */
export type Clock = () => number;

/**
 * Steps of the address book, each answered once its rows are durable. What is answered is put together
 * right after the step, before any other request can change it.
 */
export class BookSteps {
  readonly book: AddressBook;
  readonly feed: ClaimFeed;
  private readonly shared: SharedSteps | undefined;
  /** The restoration that waits for an audit; until then everything but reads is refused. */
  awaitsAudit: Restoration | undefined;

  constructor(
    private readonly store: Store,
    contents: StreamedContents,
    readonly clock: Clock,
  ) {
    this.book = loadBook(contents, store.place);
    this.feed = new ClaimFeed(offersOf(this.book, clock()));
    this.shared = isShared(store) ? new SharedSteps(store, this.book, this.feed) : undefined;
    this.awaitsAudit = contents.restored?.released ? undefined : contents.restored;
  }

  /** True for a store that many agents write to. */
  get isShared(): boolean {
    return this.shared !== undefined;
  }

  /** Other agents of a shared store give higher ones than this one. */
  get highestNumber(): number {
    return this.shared ? Number.POSITIVE_INFINITY : this.book.lastNumber;
  }

  read<T>(look: (now: number) => T): Promise<T> {
    return this.step((now) => asRead(look(now)));
  }

  /**
   * @param from the owner whose claim is handed over
   * @throws NetloomError NL_AUDIT_PENDING, and what the step is refused with
   */
  async change<T>(run: (now: number) => Step<T>, from?: string): Promise<T> {
    if (this.awaitsAudit) throw new NetloomError(auditPending(this.awaitsAudit));
    return this.step(run, from);
  }

  /**
   * A change also of a restored store. A read and a refusal, too, wait for what is being written:
   * nobody may be told what a crash could take back.
   */
  async step<T>(run: (now: number) => Step<T>, from?: string): Promise<T> {
    if (this.shared) return this.shared.change(run, from);
    let step: Step<T>;
    try {
      step = run(this.clock());
    } catch (error) {
      await this.store.write([]);
      throw error;
    }
    const { value, changes } = step;
    if (changes.length === 0) {
      await this.store.write([]);
      return value;
    }
    const noted = this.feed.note(changes, from);
    const counter = { kind: 'counter', name: 'book', value: this.book.lastNumber } as const;
    await this.store.write([...changes, counter]);
    this.feed.settle(noted);
    return value;
  }

  /** Serves a restored store: what is in use without a claim has been set aside. */
  async auditPassed(why: string): Promise<void> {
    const waiting = this.awaitsAudit;
    if (waiting === undefined) return;
    const released = { at: this.clock(), by: 'audit' as const, why };
    await this.store.write([{ kind: 'restoration', restoration: { ...waiting, released } }]);
    this.awaitsAudit = undefined;
  }
}

/** A step that changes nothing. */
export function asRead<T>(value: T): Step<T> {
  return { value, changes: [] };
}

function* offersOf(book: AddressBook, now: number): Generator<ClaimRecord> {
  for (const name of book.poolNames()) {
    if (!book.pool(name, now) || book.usage(name, now).offered === 0) continue;
    const filter = { pool: name, state: 'offered' } as const;
    yield* book.page(filter, now, 0, Number.POSITIVE_INFINITY).claims;
  }
}
