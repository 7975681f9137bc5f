import {
  AddressBook,
  type AuditInput,
  type BatchAnswer,
  type BatchMode,
  type BatchStep,
  type BookChange,
  type ClaimRecord,
  type ClaimRequest,
  checkPoolName,
  checkPoolSpec,
  incarnationOf,
  NetloomError,
  type PoolRecord,
  type PoolRequest,
  type PoolSpec,
  type PoolUsage,
  type Released,
  type ReleaseRequest,
  type SetAside,
  type Step,
  type TransferRequest,
} from 'netloom';
import type {
  BatchStepAnswer,
  ClaimList,
  ClaimQuery,
  ClaimView,
  PoolView,
  WatchEvent,
  WatchQuery,
} from 'netloom/agent-api';
import type { ProbeDesk } from './audit/probe';
import { auditPending } from './audit/problems';
import { checkAuthority, type PoolAuthority } from './authorities';
import { type ClaimChange, ClaimFeed } from './claim-feed';
import { fitsFilter, labelsOf } from './claim-filter';
import { claimView, poolView } from './claim-views';
import { loadBook } from './load-book';
import {
  type ProbeCandidate,
  type ProbedOutcome,
  takeProbedBatch,
  takesNew,
} from './probed-batches';
import { checkCount, KEPT_MS, singleAddresses, takeProbed } from './probed-claims';
import { checkChangeId } from './problems';
import { SharedSteps } from './shared-steps';
import { isShared, type Restoration, type Store, type StreamedContents } from './store';

/** Looks whether addresses of a pool are in use before it may give them. */
export interface PoolGuard {
  /** @throws NetloomError NL_AUDIT_INCOMPLETE */
  inUse(pool: string, spec: PoolSpec): Promise<SetAside[]>;
}

/** What the book says, for an audit. */
export type AuditFacts = Pick<AuditInput, 'pools' | 'claims' | 'setAsides'>;

/** Milliseconds since 1970. */
export type Clock = () => number;

/** A claim's id and what goes with it in a release. */
export type ReleaseById = Omit<ReleaseRequest, 'incarnation'> & { readonly id: string };

/** The ways to ask for an address. */
export type AskVerb = 'offer' | 'claim' | 'confirm' | 'renew';

/** Whether a change is only tried: everything is checked and answered, and nothing changes. */
export interface ChangeOptions {
  readonly dryRun?: boolean | undefined;
}

/**
 * Pools and claims: each step of the address book is answered once its rows are durable. What is
 * answered is put together right after the step, before any other request can change it.
 */
export class AddressService {
  private readonly book: AddressBook;
  private readonly feed: ClaimFeed;
  private readonly shared: SharedSteps | undefined;
  private guard: PoolGuard | undefined;
  private probes: ProbeDesk | undefined;
  /** The restoration that waits for an audit; until then everything but reads is refused. */
  awaitsAudit: Restoration | undefined;

  /** @param authorities pools that other agents hold */
  constructor(
    private readonly store: Store,
    contents: StreamedContents,
    private readonly clock: Clock,
    private readonly authorities: readonly PoolAuthority[] = [],
  ) {
    this.book = loadBook(contents, store.place);
    this.feed = new ClaimFeed(this.offersNow());
    this.shared = isShared(store) ? new SharedSteps(store, this.book, this.feed) : undefined;
    this.awaitsAudit = contents.restored?.released ? undefined : contents.restored;
  }

  /** Has the network asked for the addresses of pools that want that. */
  probeBy(probes: ProbeDesk): void {
    this.probes = probes;
  }

  /** Has every pool looked at before it gets a new definition. */
  guardPools(guard: PoolGuard): void {
    this.guard = guard;
  }

  pools(): Promise<PoolView[]> {
    return this.read((now) => {
      const live = this.book.poolNames().filter((name) => this.book.pool(name, now));
      return live.map((name) => this.poolNow(name, now));
    });
  }

  /** @throws NetloomError NL_POOL_UNKNOWN, NL_POOL_ELSEWHERE, and NL_NAME_INVALID for what can't be a name */
  pool(name: string): Promise<PoolView> {
    return this.read((now) => {
      const problems = checkPoolName(name);
      if (problems.length > 0) throw new NetloomError(problems);
      checkAuthority(this.authorities, name);
      return this.poolNow(name, now);
    });
  }

  async offerPool(request: PoolRequest, { dryRun }: ChangeOptions = {}): Promise<PoolView> {
    const inUse = dryRun ? [] : await this.inUse(request);
    return this.change((now) => {
      checkAuthority(this.authorities, request.name);
      if (dryRun) return asRead(this.triedPool(request, now, true));
      const step = this.book.offerPool(request, now);
      const changes = [...step.changes, ...this.setAsideNow(request.name, inUse, now)];
      return { changes, value: this.poolNow(request.name, now, step.value) };
    });
  }

  /** @param id of the incarnation to change; without, a new one begins */
  async putPool(
    request: Omit<PoolRequest, 'incarnation'>,
    id?: string,
    { dryRun }: ChangeOptions = {},
  ): Promise<PoolView> {
    const inUse = dryRun ? [] : await this.inUse(request);
    return this.change((now) => {
      checkAuthority(this.authorities, request.name);
      const problems = checkChangeId('pool', request.name, id, this.highestNumber);
      if (problems.length > 0) throw new NetloomError(problems);
      const asked = id === undefined ? undefined : incarnationOf(id);
      const present = this.book.pool(request.name, now)?.incarnation ?? 0;
      // Never lower than before: a removal of an older incarnation must stay without effect.
      const incarnation = asked === undefined ? undefined : Math.max(asked, present);
      if (dryRun) return asRead(this.triedPool({ ...request, incarnation }, now, false));
      const step = this.book.putPool({ ...request, incarnation }, now);
      const changes = [...step.changes, ...this.setAsideNow(request.name, inUse, now)];
      return { changes, value: this.poolNow(request.name, now) };
    });
  }

  /** False when the pool was gone already or a newer incarnation has taken its place. */
  removePool(
    name: string,
    id: string,
    asker: { owner: string; identity: string },
    { dryRun }: ChangeOptions = {},
  ): Promise<boolean> {
    const incarnation = id.startsWith(`${name}#`) ? incarnationOf(id) : undefined;
    if (incarnation === undefined) return this.read(() => false);
    return this.change((now) => {
      checkAuthority(this.authorities, name);
      if (dryRun) return asRead(this.book.tryRemovePool(name, asker, incarnation, now));
      return this.book.removePool(name, asker, incarnation, now);
    });
  }

  /** Claims that keep a pool from a new definition. */
  outside(name: string, spec: PoolSpec, after?: number, limit?: number): Promise<ClaimList> {
    return this.read((now) => {
      checkAuthority(this.authorities, name);
      return this.listed(this.book.outside(name, spec, now, after, limit));
    });
  }

  /** Claims and offers of a pool that a query asks for; without a limit all of them. */
  claims(query: ClaimQuery): Promise<ClaimList> {
    const { after, limit = Number.POSITIVE_INFINITY, label, ...rest } = query;
    return this.read((now) => {
      checkAuthority(this.authorities, query.pool);
      const { version } = this.feed;
      const page = this.book.page({ ...rest, labels: labelsOf(label) }, now, after, limit);
      return { ...this.listed(page), version };
    });
  }

  /**
   * Calls a listener with every change of claims that a query asks for, once it is durable.
   *
   * @param mayActFor owners whose claims the listener may see
   * @returns where the watch stands, and what ends it
   * @throws NetloomError NL_WATCH_GONE, when `since` is too long ago; NL_POOL_ELSEWHERE
   */
  watch(
    { since, label, ...rest }: WatchQuery,
    mayActFor: (owner: string) => boolean,
    listener: (event: WatchEvent) => void,
  ): { readonly version: () => string; readonly stop: () => void } {
    checkAuthority(this.authorities, rest.pool);
    const filter = { ...rest, labels: labelsOf(label) };
    let told = since ?? this.feed.version;
    const tell = (change: ClaimChange): void => {
      const { type, claim, from } = change;
      told = this.feed.versionOf(change.number);
      const former = from === undefined ? undefined : { ...claim, owner: from };
      for (const [kind, one] of [['removed', former] as const, [type, claim] as const]) {
        if (!one || !fitsFilter(one, filter) || !mayActFor(one.owner)) continue;
        listener({ type: kind, version: told, claim: claimView(this.book, one) });
      }
    };
    const stop = this.feed.watch(since, tell);
    return { version: () => told, stop };
  }

  ask(verb: AskVerb, request: ClaimRequest, { dryRun }: ChangeOptions = {}): Promise<ClaimView> {
    if (dryRun) return this.tryOne({ verb, request }).then((answer) => answer.claim as ClaimView);
    const { probes } = this;
    const dev = this.probeOf(request.pool);
    // Who keeps what it has, or takes it over, takes nothing from the network.
    if (!probes || dev === undefined || verb === 'renew' || request.from !== undefined)
      return this.take(verb, request);
    return takeProbed(verb, request, {
      take: (step, asked) => this.take(step, asked),
      tried: (step, asked) => this.ask(step, asked, { dryRun: true }),
      offerOf: ({ pool, owner }) => this.offerOf(pool, owner),
      answers: (addresses) => probes.answers(addresses, dev),
      setAside: (wishes) => this.setAside(wishes),
    });
  }

  private take(verb: AskVerb, request: ClaimRequest): Promise<ClaimView> {
    return this.change((now) => {
      checkAuthority(this.authorities, request.pool);
      const { value, changes } = this.book[verb](request, now);
      return { value: claimView(this.book, value), changes };
    }, request.from);
  }

  transfer(request: TransferRequest, { dryRun }: ChangeOptions = {}): Promise<ClaimView> {
    if (dryRun) {
      const step = { verb: 'transfer', request } as const;
      return this.tryOne(step).then((answer) => answer.claim as ClaimView);
    }
    return this.change((now) => {
      checkAuthority(this.authorities, request.pool);
      const { value, changes } = this.book.transfer(request, now);
      return { value: claimView(this.book, value), changes };
    }, request.from);
  }

  /** Nothing is freed for an older incarnation, a claim that is gone, somebody else's. */
  release({ id, ...rest }: ReleaseById, { dryRun }: ChangeOptions = {}): Promise<Released> {
    const request = { ...rest, incarnation: releasedNumber(id) };
    if (dryRun) {
      const step = { verb: 'release', request } as const;
      return this.tryOne(step).then((answer) => answer.released as Released);
    }
    return this.change((now) => {
      checkAuthority(this.authorities, request.pool);
      return this.book.release(request, now);
    });
  }

  /** Steps in order: all or none, or each by itself. */
  batch(
    steps: readonly BatchStep[],
    mode: BatchMode,
    { dryRun }: ChangeOptions = {},
  ): Promise<BatchStepAnswer[]> {
    const { probes } = this;
    if (probes && !dryRun && steps.some((step) => this.probeOfStep(step) !== undefined)) {
      return takeProbedBatch({
        take: (isCleared) => this.takeCleared(steps, mode, isCleared),
        answers: (addresses, dev) => probes.answers(addresses, dev),
        setAside: (wishes) => this.setAside(wishes),
      });
    }
    return this.change((now) => {
      for (const { request } of steps) checkAuthority(this.authorities, request.pool);
      if (dryRun) return asRead(this.answered(this.book.tryBatch(steps, mode, now)));
      const { value, changes } = this.book.batch(steps, mode, now);
      return { value: this.answered(value), changes };
    });
  }

  /** A batch that gives only what was asked for; what else it would give is kept for its owners. */
  private takeCleared(
    steps: readonly BatchStep[],
    mode: BatchMode,
    isCleared: (candidate: ProbeCandidate) => boolean,
  ): Promise<ProbedOutcome<BatchStepAnswer[]>> {
    return this.change((now): Step<ProbedOutcome<BatchStepAnswer[]>> => {
      for (const { request } of steps) checkAuthority(this.authorities, request.pool);
      const answers = this.book.tryBatch(steps, mode, now);
      const given = steps.map((step, index) => this.newOf(step, answers[index], now));
      const asks = given.flat().filter((one) => !isCleared(one));
      if (asks.length === 0) {
        const { value, changes } = this.book.batch(steps, mode, now);
        return { value: { done: this.answered(value) }, changes };
      }
      checkTotal(given.flat());
      const offers = steps.flatMap((step, index): BatchStep[] => {
        if (!takesNew(step) || step.verb === 'confirm' || given[index]?.length === 0) return [];
        const answer = answers[index];
        const addresses = answer && 'claim' in answer ? answer.claim.addresses : [];
        const request = { ...step.request, addresses, family: undefined, prefixLength: undefined };
        return [{ verb: 'offer', request: { ...request, quota: undefined, offerMs: KEPT_MS } }];
      });
      // One that can't be kept yet (another step frees it first) may go to somebody else meanwhile.
      const { changes } = this.book.batch(offers, 'each', now);
      return { value: { asks }, changes };
    });
  }

  /** What a step takes from the network, of a pool that wants it asked for. */
  private newOf(step: BatchStep, answer: BatchAnswer | undefined, now: number): ProbeCandidate[] {
    const dev = this.probeOfStep(step);
    if (dev === undefined || answer === undefined || !('claim' in answer)) return [];
    const { pool, owner } = step.request;
    const held = this.book.page({ pool, owner, state: 'claimed' }, now).claims;
    const had = new Set(held.flatMap(({ addresses }) => addresses));
    const fresh = answer.claim.addresses.filter((address) => !had.has(address));
    checkCount(pool, fresh);
    return fresh.flatMap(singleAddresses).map((address) => ({ pool, address, dev }));
  }

  private probeOfStep(step: BatchStep): string | undefined {
    return takesNew(step) ? this.probeOf(step.request.pool) : undefined;
  }

  /** Whose credential holds an owner's claim; undefined when it has none. */
  identityOf(pool: string, owner: string): string | undefined {
    return this.book.find(pool, owner, this.clock())?.identity;
  }

  /** What an owner holds in a pool now, for the audit log: `10.10.0.100`, or undefined. */
  heldBy(pool: string, owner: string): string | undefined {
    return heldText(this.book.find(pool, owner, this.clock()));
  }

  /** False for a store that many agents share: it has no record for what is nobody's claim. */
  get keepsAside(): boolean {
    return this.shared === undefined;
  }

  /**
   * What an audit compares with what is in use.
   *
   * @param addresses only claims of these: a large store then needs no list of all. @default - all claims
   */
  auditFacts(addresses?: ReadonlySet<string>): Promise<AuditFacts> {
    return this.read((now) => {
      const holdersOf = (pool: string): ClaimRecord[] =>
        [...(addresses ?? [])].flatMap((address) => this.book.page({ pool, address }, now).claims);
      const names = this.book.poolNames();
      const pools = names
        .map((name) => this.book.pool(name, now))
        .filter((one) => one !== undefined);
      const claims = pools.flatMap(({ name }) =>
        addresses === undefined ? this.book.claims(name, now) : holdersOf(name),
      );
      const setAsides = pools.flatMap(({ name }) => this.book.setAsides(name, now));
      return { pools, claims, setAsides };
    });
  }

  /** Keeps addresses that are in use from everybody; what is claimed, or of no pool, stays as it is. */
  async setAside(wishes: readonly SetAside[]): Promise<void> {
    if (!this.keepsAside) return;
    return this.step((now) => {
      const pools = new Set(wishes.map(({ pool }) => pool));
      const changes = [...pools].flatMap((pool) => {
        const ofPool = wishes.filter((wish) => wish.pool === pool);
        return this.book.pool(pool, now) ? this.setAsideNow(pool, ofPool, now) : [];
      });
      return { value: undefined, changes };
    });
  }

  /** Lets addresses be given again that were set aside. */
  async putBack(places: readonly Pick<SetAside, 'pool' | 'address'>[]): Promise<void> {
    if (!this.keepsAside) return;
    return this.step((now) => ({
      value: undefined,
      changes: places.flatMap(({ pool, address }) => this.book.putBack(pool, address, now).changes),
    }));
  }

  /** Releases a claim on behalf of its owner, by order of the operator; false when it is gone. */
  releaseClaim(claim: ClaimRecord): Promise<boolean> {
    return this.change((now) => {
      const { value, changes } = this.book.release(claim, now);
      return { value: value.released, changes };
    });
  }

  /** Serves a restored store: what is in use without a claim has been set aside. */
  async auditPassed(why: string): Promise<void> {
    const waiting = this.awaitsAudit;
    if (waiting === undefined) return;
    const released = { at: this.clock(), by: 'audit' as const, why };
    await this.store.write([{ kind: 'restoration', restoration: { ...waiting, released } }]);
    this.awaitsAudit = undefined;
  }

  /** Numbers for the metrics. */
  async counts(): Promise<{ pools: number; claims: number; offers: number }> {
    const pools = await this.pools();
    return {
      pools: pools.length,
      claims: pools.reduce((sum, pool) => sum + pool.claimed, 0),
      offers: pools.reduce((sum, pool) => sum + pool.offers, 0),
    };
  }

  /** The interface that a pool asks the network on. */
  private probeOf(pool: string): string | undefined {
    return this.book.pool(pool, this.clock())?.spec.probe;
  }

  private offerOf(pool: string, owner: string): ClaimView | undefined {
    const filter = { pool, owner, state: 'offered' } as const;
    const [offer] = this.book.page(filter, this.clock()).claims;
    return offer && claimView(this.book, offer);
  }

  private async inUse({ name, spec }: Pick<PoolRequest, 'name' | 'spec'>): Promise<SetAside[]> {
    const present = this.book.pool(name, this.clock());
    const isSame = JSON.stringify(present?.spec) === JSON.stringify(spec);
    if (!this.keepsAside || isSame || checkPoolSpec(spec).length > 0) return [];
    return this.guard?.inUse(name, spec) ?? [];
  }

  private setAsideNow(pool: string, wishes: readonly SetAside[], now: number): BookChange[] {
    return wishes.flatMap((wish) => {
      const isThere = this.book.serves(pool, wish.address);
      return isThere ? this.book.setAside({ ...wish, pool }, now).changes : [];
    });
  }

  /** Other agents of a shared store give higher ones than this one. */
  private get highestNumber(): number {
    return this.shared ? Number.POSITIVE_INFINITY : this.book.lastNumber;
  }

  private read<T>(look: (now: number) => T): Promise<T> {
    return this.step((now) => asRead(look(now)));
  }

  /** @throws NetloomError NL_AUDIT_PENDING */
  private async change<T>(run: (now: number) => Step<T>, from?: string): Promise<T> {
    if (this.awaitsAudit) throw new NetloomError(auditPending(this.awaitsAudit));
    return this.step(run, from);
  }

  /**
   * A read and a refusal, too, wait for what is being written: nobody may be told what a crash
   * could take back.
   */
  private async step<T>(run: (now: number) => Step<T>, from?: string): Promise<T> {
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

  private async tryOne(step: BatchStep): Promise<BatchStepAnswer> {
    const [answer] = await this.batch([step], 'each', { dryRun: true });
    if (answer?.problems) throw new NetloomError(answer.problems);
    return answer as BatchStepAnswer;
  }

  private answered(answers: readonly BatchAnswer[]): BatchStepAnswer[] {
    return answers.map((answer): BatchStepAnswer => {
      if ('claim' in answer) return { claim: claimView(this.book, answer.claim) };
      if ('released' in answer) return { released: { ...answer.released } };
      return { problems: [...answer.problems] };
    });
  }

  private listed({
    claims,
    next,
  }: {
    claims: ClaimRecord[];
    next?: number | undefined;
  }): ClaimList {
    const views = claims.map((claim) => claimView(this.book, claim));
    return { claims: views, ...(next === undefined ? {} : { next }) };
  }

  private poolNow(name: string, now: number, record = this.book.pool(name, now)): PoolView {
    return poolView(record as PoolRecord, this.book.usage(name, now));
  }

  /** How a pool would look; what it is used by stays as it is. */
  private triedPool(request: PoolRequest, now: number, isOffer: boolean): PoolView {
    const record = this.book.tryPool(request, now);
    const { size } = new AddressBook([record]).usage(record.name, now);
    const before = this.book.pool(record.name, now);
    const usage: PoolUsage = before
      ? this.book.usage(record.name, now)
      : { size, claimed: 0, offered: 0, quarantined: 0 };
    return { ...poolView(record, { ...usage, size }), offered: isOffer && !isMade(before) };
  }

  private *offersNow(): Generator<ClaimRecord> {
    const now = this.clock();
    for (const name of this.book.poolNames()) {
      if (!this.book.pool(name, now) || this.book.usage(name, now).offered === 0) continue;
      const filter = { pool: name, state: 'offered' } as const;
      yield* this.book.page(filter, now, 0, Number.POSITIVE_INFINITY).claims;
    }
  }
}

/** @throws NetloomError NL_PROBE_IMPOSSIBLE */
function checkTotal(candidates: readonly ProbeCandidate[]): void {
  const [first] = candidates;
  if (first) {
    checkCount(
      first.pool,
      candidates.map(({ address }) => address),
    );
  }
}

function asRead<T>(value: T): Step<T> {
  return { value, changes: [] };
}

function isMade(record: PoolRecord | undefined): boolean {
  return record !== undefined && record.offeredUntil === undefined;
}

/** Only the number counts: a claim that was handed over keeps it under its new owner's name. */
export function releasedNumber(id: string): number {
  // An offer has none: nothing has that incarnation.
  return incarnationOf(id) ?? -1;
}

function heldText(claim: ClaimRecord | undefined): string | undefined {
  return claim && [...claim.addresses, ...(claim.mac === undefined ? [] : [claim.mac])].join(' ');
}
