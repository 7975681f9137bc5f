import type { ClaimRecord, PoolSpec } from 'netloom';
import type { ClaimList, ClaimQuery, WatchEvent, WatchQuery } from 'netloom/agent-api';
import { checkAuthority, type PoolAuthority } from './authorities';
import type { BookSteps } from './book-steps';
import type { ClaimChange } from './claim-feed';
import { fitsFilter, labelsOf } from './claim-filter';
import { claimView } from './claim-views';

/** What a watch gives back to whoever began it. */
export interface ClaimWatch {
  /** Where it stands. */
  readonly version: () => string;
  readonly stop: () => void;
}

/** Claims as they are listed and watched. */
export class ClaimLists {
  /** @param authorities pools that other agents hold */
  constructor(
    private readonly steps: BookSteps,
    private readonly authorities: readonly PoolAuthority[],
  ) {}

  /** Claims that keep a pool from a new definition. */
  outside(name: string, spec: PoolSpec, after?: number, limit?: number): Promise<ClaimList> {
    return this.steps.read((now) => {
      checkAuthority(this.authorities, name);
      return this.listed(this.steps.book.outside(name, spec, now, after, limit));
    });
  }

  /** Claims and offers of a pool that a query asks for; without a limit all of them. */
  of(query: ClaimQuery): Promise<ClaimList> {
    const { after, limit = Number.POSITIVE_INFINITY, label, ...rest } = query;
    return this.steps.read((now) => {
      checkAuthority(this.authorities, query.pool);
      const { version } = this.steps.feed;
      const page = this.steps.book.page({ ...rest, labels: labelsOf(label) }, now, after, limit);
      return { ...this.listed(page), version };
    });
  }

  /**
   * Calls a listener with every change of claims that a query asks for, once it is durable.
   *
   * @param mayActFor owners whose claims the listener may see
   * @throws NetloomError NL_WATCH_GONE, when `since` is too long ago; NL_POOL_ELSEWHERE
   */
  watch(
    { since, label, ...rest }: WatchQuery,
    mayActFor: (owner: string) => boolean,
    listener: (event: WatchEvent) => void,
  ): ClaimWatch {
    checkAuthority(this.authorities, rest.pool);
    const filter = { ...rest, labels: labelsOf(label) };
    let told = since ?? this.steps.feed.version;
    const tell = (change: ClaimChange): void => {
      const { type, claim, from } = change;
      told = this.steps.feed.versionOf(change.number);
      const former = from === undefined ? undefined : { ...claim, owner: from };
      for (const [kind, one] of [['removed', former] as const, [type, claim] as const]) {
        if (!one || !fitsFilter(one, filter) || !mayActFor(one.owner)) continue;
        listener({ type: kind, version: told, claim: claimView(this.steps.book, one) });
      }
    };
    const stop = this.steps.feed.watch(since, tell);
    return { version: () => told, stop };
  }

  private listed({
    claims,
    next,
  }: {
    claims: ClaimRecord[];
    next?: number | undefined;
  }): ClaimList {
    const views = claims.map((claim) => claimView(this.steps.book, claim));
    return { claims: views, ...(next === undefined ? {} : { next }) };
  }
}
