import { randomBytes } from 'node:crypto';
import { type BookChange, type ClaimRecord, NetloomError, type Problem, SET_ASIDE } from 'netloom';

/** How many changes are kept for watches that come back. */
export const KEPT_CHANGES = 4_096;

/** One change of a claim, as a watch is told of it. */
export interface ClaimChange {
  /** Counts up by one, over all pools. */
  readonly number: number;
  readonly type: 'put' | 'removed';
  /** As it is now, or was last. */
  readonly claim: ClaimRecord;
  /** The owner that handed it over. */
  readonly from?: string | undefined;
}

/** Changes of one step, told to nobody before they are durable. */
export interface Noted {
  readonly changes: readonly ClaimChange[];
  isDurable: boolean;
}

const NOTHING: Noted = { changes: [], isDurable: true };

/** Called with every change, in order. */
export type ClaimListener = (change: ClaimChange) => void;

/**
 * The changes of claims in order, for those who watch. A version names a place in this order; it
 * holds until the agent ends, and as long as the changes behind it are kept.
 */
export class ClaimFeed {
  /** Tells the versions of this start from those of others. */
  private readonly start = randomBytes(6).toString('hex');
  private readonly kept: ClaimChange[] = [];
  private readonly waiting: Noted[] = [];
  private readonly listeners = new Set<ClaimListener>();
  /** A removed row does not say what it was; only offers are removed without a word before. */
  private readonly offers = new Map<number, ClaimRecord>();
  private number = 0;

  /** @param offers those that stand at the start */
  constructor(offers: Iterable<ClaimRecord>) {
    for (const offer of offers) this.offers.set(offer.serial, offer);
  }

  /** Place behind everything that was noted so far. */
  get version(): string {
    return this.versionOf(this.number);
  }

  versionOf(number: number): string {
    return `${this.start}-${number}`;
  }

  /** Takes the rows of one step in. @param from the owner that handed a claim over in it */
  note(rows: readonly BookChange[], from?: string): Noted {
    if (rows.length === 0) return NOTHING;
    const changes: ClaimChange[] = [];
    for (const row of rows) {
      if (row.kind !== 'claim') continue;
      const change = this.changeOf(row.serial, row.claim, from);
      if (change) changes.push(change);
    }
    const noted: Noted = { changes, isDurable: false };
    this.waiting.push(noted);
    return noted;
  }

  /** Tells everybody of a step, and of those before it, once all of them are durable. */
  settle(noted: Noted): void {
    noted.isDurable = true;
    while (this.waiting[0]?.isDurable) {
      for (const change of this.waiting.shift()?.changes ?? []) this.publish(change);
    }
  }

  /**
   * Calls a listener with every change behind a version, first those that are kept.
   *
   * @returns what ends it
   * @throws NetloomError NL_WATCH_GONE
   */
  watch(since: string | undefined, listener: ClaimListener): () => void {
    const after = since === undefined ? this.number : this.placeOf(since);
    for (const change of this.kept) {
      if (change.number > after) listener(change);
    }
    // What is noted and not yet durable is told later, to this listener, too.
    const behind: ClaimListener = (change) => {
      if (change.number > after) listener(change);
    };
    this.listeners.add(behind);
    return () => this.listeners.delete(behind);
  }

  private changeOf(
    serial: number,
    claim: ClaimRecord | undefined,
    from: string | undefined,
  ): ClaimChange | undefined {
    const before = this.offers.get(serial);
    if (claim?.state === 'offered') this.offers.set(serial, claim);
    else if (before !== undefined) this.offers.delete(serial);
    const told = claim ?? before;
    // What is set aside is nobody's claim.
    if (told === undefined || told.owner === SET_ASIDE.owner) return undefined;
    const type = claim === undefined || claim.state === 'released' ? 'removed' : 'put';
    this.number += 1;
    return { number: this.number, type, claim: told, ...(from === undefined ? {} : { from }) };
  }

  private publish(change: ClaimChange): void {
    this.kept.push(change);
    // Seldom, so that it costs little: twice as many are held at times.
    if (this.kept.length >= 2 * KEPT_CHANGES) this.kept.splice(0, KEPT_CHANGES);
    for (const listener of this.listeners) listener(change);
  }

  private placeOf(version: string): number {
    const [start, digits = ''] = version.split('-');
    const number = /^\d{1,15}$/.test(digits) ? Number(digits) : Number.NaN;
    if (start !== this.start || !(number <= this.number)) {
      throw new NetloomError(watchGone(version, 'is not of this start of the agent'));
    }
    const first = this.kept[0]?.number ?? this.firstWaiting();
    if (number + 1 >= first) return number;
    throw new NetloomError(watchGone(version, `lies before change ${first}, the oldest one kept`));
  }

  private firstWaiting(): number {
    return (
      this.waiting.find(({ changes }) => changes.length > 0)?.changes[0]?.number ?? this.number + 1
    );
  }
}

function watchGone(version: string, why: string): Problem {
  return {
    code: 'NL_WATCH_GONE',
    key: 'since',
    found: `"${version}" ${why}, so changes may have been missed`,
    allowed: 'a version that this agent gave since its start, and not too many changes ago',
    fix: 'list the claims anew, and watch from the version of that list',
  };
}
