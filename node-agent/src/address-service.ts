import {
  type AddressBook,
  type BatchAnswer,
  type BatchMode,
  type BatchStep,
  type ClaimRecord,
  type ClaimRequest,
  incarnationOf,
  NetloomError,
  type PoolRequest,
  type PoolSpec,
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
import { type AuditFacts, auditFacts } from './audit/facts';
import type { ProbeDesk } from './audit/probe';
import { checkAuthority, type PoolAuthority } from './authorities';
import { asRead, BookSteps, type Clock } from './book-steps';
import { ClaimLists, type ClaimWatch } from './claim-lists';
import { claimView } from './claim-views';
import { clearedBatch, probeOfStep } from './cleared-batch';
import { type ChangeOptions, PoolDefinitions, type PoolGuard } from './pool-definitions';
import { type ProbeCandidate, type ProbedOutcome, takeProbedBatch } from './probed-batches';
import { takeProbed } from './probed-claims';
import { SetAsides } from './set-asides';
import type { Restoration, Store, StreamedContents } from './store';

/** A claim's id and what goes with it in a release. */
export type ReleaseById = Omit<ReleaseRequest, 'incarnation'> & { readonly id: string };

/** The ways to ask for an address. */
export type AskVerb = 'offer' | 'claim' | 'confirm' | 'renew';

/**
 * Pools and claims: each step of the address book is answered once its rows are durable. What is
 * answered is put together right after the step, before any other request can change it.
 */
export class AddressService {
  private readonly steps: BookSteps;
  private readonly definitions: PoolDefinitions;
  private readonly lists: ClaimLists;
  private readonly setAsides: SetAsides;
  private probes: ProbeDesk | undefined;

  /** @param authorities pools that other agents hold */
  constructor(
    store: Store,
    contents: StreamedContents,
    clock: Clock,
    private readonly authorities: readonly PoolAuthority[] = [],
  ) {
    this.steps = new BookSteps(store, contents, clock);
    this.setAsides = new SetAsides(this.steps);
    this.lists = new ClaimLists(this.steps, authorities);
    this.definitions = new PoolDefinitions(this.steps, this.setAsides, authorities);
  }

  /** Has the network asked for the addresses of pools that want that. */
  probeBy(probes: ProbeDesk): void {
    this.probes = probes;
  }

  /** Has every pool looked at before it gets a new definition. */
  guardPools(guard: PoolGuard): void {
    this.definitions.guard = guard;
  }

  /** The restoration that waits for an audit; until then everything but reads is refused. */
  get awaitsAudit(): Restoration | undefined {
    return this.steps.awaitsAudit;
  }

  pools(): Promise<PoolView[]> {
    return this.definitions.all();
  }

  /** @throws NetloomError NL_POOL_UNKNOWN, NL_POOL_ELSEWHERE, and NL_NAME_INVALID for what can't be a name */
  pool(name: string): Promise<PoolView> {
    return this.definitions.get(name);
  }

  offerPool(request: PoolRequest, options: ChangeOptions = {}): Promise<PoolView> {
    return this.definitions.offer(request, options);
  }

  /** @param id of the incarnation to change; without, a new one begins */
  putPool(
    request: Omit<PoolRequest, 'incarnation'>,
    id?: string,
    options: ChangeOptions = {},
  ): Promise<PoolView> {
    return this.definitions.put(request, id, options);
  }

  /** False when the pool was gone already or a newer incarnation has taken its place. */
  removePool(
    name: string,
    id: string,
    asker: { owner: string; identity: string },
    options: ChangeOptions = {},
  ): Promise<boolean> {
    return this.definitions.remove(name, id, asker, options);
  }

  /** Claims that keep a pool from a new definition. */
  outside(name: string, spec: PoolSpec, after?: number, limit?: number): Promise<ClaimList> {
    return this.lists.outside(name, spec, after, limit);
  }

  /** Claims and offers of a pool that a query asks for; without a limit all of them. */
  claims(query: ClaimQuery): Promise<ClaimList> {
    return this.lists.of(query);
  }

  /**
   * Calls a listener with every change of claims that a query asks for, once it is durable.
   *
   * @param mayActFor owners whose claims the listener may see
   * @throws NetloomError NL_WATCH_GONE, when `since` is too long ago; NL_POOL_ELSEWHERE
   */
  watch(
    query: WatchQuery,
    mayActFor: (owner: string) => boolean,
    listener: (event: WatchEvent) => void,
  ): ClaimWatch {
    return this.lists.watch(query, mayActFor, listener);
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
    return this.steps.change((now) => {
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
    return this.steps.change((now) => {
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
    return this.steps.change((now) => {
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
    if (probes && !dryRun && this.isProbed(steps)) {
      return takeProbedBatch({
        take: (isCleared) => this.takeCleared(steps, mode, isCleared),
        answers: (addresses, dev) => probes.answers(addresses, dev),
        setAside: (wishes) => this.setAside(wishes),
      });
    }
    return this.steps.change((now) => {
      for (const { request } of steps) checkAuthority(this.authorities, request.pool);
      if (dryRun) return asRead(this.answered(this.book.tryBatch(steps, mode, now)));
      const { value, changes } = this.book.batch(steps, mode, now);
      return { value: this.answered(value), changes };
    });
  }

  private takeCleared(
    steps: readonly BatchStep[],
    mode: BatchMode,
    isCleared: (candidate: ProbeCandidate) => boolean,
  ): Promise<ProbedOutcome<BatchStepAnswer[]>> {
    return this.steps.change((now): Step<ProbedOutcome<BatchStepAnswer[]>> => {
      for (const { request } of steps) checkAuthority(this.authorities, request.pool);
      const { value, changes } = clearedBatch(this.book, steps, mode, isCleared, now);
      return { value: 'done' in value ? { done: this.answered(value.done) } : value, changes };
    });
  }

  /** Whose credential holds an owner's claim; undefined when it has none. */
  identityOf(pool: string, owner: string): string | undefined {
    return this.book.find(pool, owner, this.steps.clock())?.identity;
  }

  /** What an owner holds in a pool now, for the audit log: `10.10.0.100`, or undefined. */
  heldBy(pool: string, owner: string): string | undefined {
    return heldText(this.book.find(pool, owner, this.steps.clock()));
  }

  /** False for a store that many agents share: it has no record for what is nobody's claim. */
  get keepsAside(): boolean {
    return this.setAsides.areKept;
  }

  /**
   * What an audit compares with what is in use.
   *
   * @param addresses only claims of these: a large store then needs no list of all. @default - all claims
   */
  auditFacts(addresses?: ReadonlySet<string>): Promise<AuditFacts> {
    return this.steps.read((now) => auditFacts(this.book, now, addresses));
  }

  /** Keeps addresses that are in use from everybody; what is claimed, or of no pool, stays as it is. */
  setAside(wishes: readonly SetAside[]): Promise<void> {
    return this.setAsides.add(wishes);
  }

  /** Lets addresses be given again that were set aside. */
  putBack(places: readonly Pick<SetAside, 'pool' | 'address'>[]): Promise<void> {
    return this.setAsides.putBack(places);
  }

  /** Releases a claim on behalf of its owner, by order of the operator; false when it is gone. */
  releaseClaim(claim: ClaimRecord): Promise<boolean> {
    return this.steps.change((now) => {
      const { value, changes } = this.book.release(claim, now);
      return { value: value.released, changes };
    });
  }

  /** Serves a restored store: what is in use without a claim has been set aside. */
  auditPassed(why: string): Promise<void> {
    return this.steps.auditPassed(why);
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
    return this.book.pool(pool, this.steps.clock())?.spec.probe;
  }

  private offerOf(pool: string, owner: string): ClaimView | undefined {
    const filter = { pool, owner, state: 'offered' } as const;
    const [offer] = this.book.page(filter, this.steps.clock()).claims;
    return offer && claimView(this.book, offer);
  }

  private get book(): AddressBook {
    return this.steps.book;
  }

  /** Whether a step takes from a pool that wants the network asked. */
  private isProbed(steps: readonly BatchStep[]): boolean {
    const now = this.steps.clock();
    return steps.some((step) => probeOfStep(this.book, step, now) !== undefined);
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
}

/** Only the number counts: a claim that was handed over keeps it under its new owner's name. */
export function releasedNumber(id: string): number {
  // An offer has none: nothing has that incarnation.
  return incarnationOf(id) ?? -1;
}

function heldText(claim: ClaimRecord | undefined): string | undefined {
  return claim && [...claim.addresses, ...(claim.mac === undefined ? [] : [claim.mac])].join(' ');
}
