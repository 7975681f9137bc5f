import { NetloomError, type Problem } from '../errors';
import { type BatchAnswer, type BatchMode, type BatchStep, runAll, runEach, tryOut } from './batch';
import { ClaimDesk } from './claim-desk';
import { claimsCollide, claimWithoutPool } from './claim-problems';
import type {
  Asker,
  ClaimFilter,
  ClaimPage,
  ClaimRecord,
  ClaimRequest,
  PoolRecord,
  PoolRequest,
  PoolUsage,
  Released,
  ReleaseRequest,
  Step,
  TransferRequest,
} from './claim-records';
import { holdingOf, recordOf } from './holding';
import { Journal } from './journal';
import { type LearnedClaim, learnClaim } from './learned';
import { pageOf, pageOfHoldings } from './listing';
import { newestIncarnation } from './own-claims';
import type { ParsedPoolSubnet, PoolSpec } from './pool';
import { PoolRegister } from './pool-register';
import { putBack, type SetAside, type SettingAside, setAside, setAsides } from './set-aside';
import { SET_ASIDE } from './set-aside-marks';
import { Tallies } from './tallies';
import { readWords } from './words';

/**
 * All pools of one authority and who holds which address: the rules of giving, with no disk, clock
 * or socket. Each step either throws {@link NetloomError} and has changed nothing, or has changed
 * the book and says which rows have to be written before anybody is told.
 */
export class AddressBook {
  private readonly tallies = new Tallies();
  private readonly journal = new Journal();
  private readonly pools = new PoolRegister(this.journal, () => this.nextNumber());
  private readonly desk = new ClaimDesk(this.pools, this.tallies, () => this.nextNumber());
  private counter: number;

  /** @throws NetloomError NL_CLAIMS_COLLIDE, of all claims that do not fit together */
  constructor(pools: Iterable<PoolRecord> = [], claims: Iterable<ClaimRecord> = [], counter = 0) {
    this.counter = counter;
    for (const record of pools) {
      this.pools.load(record);
      this.counter = Math.max(this.counter, record.incarnation);
    }
    const problems: Problem[] = [];
    for (const claim of inOrder(claims)) this.load(claim, problems);
    if (problems.length > 0) throw new NetloomError(problems);
  }

  /** Highest number used for serials and incarnations; kept so that none comes back after a restart. */
  get lastNumber(): number {
    return this.counter;
  }

  poolNames(): string[] {
    return this.pools.names();
  }

  pool(name: string, now: number): PoolRecord | undefined {
    return this.pools.live(name, now)?.record;
  }

  /** @throws NetloomError NL_POOL_UNKNOWN */
  usage(name: string, now: number): PoolUsage {
    const ledger = this.pools.need(name, now);
    return { size: ledger.size, ...ledger.usage };
  }

  /**
   * Claims and offers of a pool that stand now, in the order of giving.
   *
   * @throws NetloomError NL_POOL_UNKNOWN
   */
  claims(name: string, now: number): ClaimRecord[] {
    const ledger = this.pools.need(name, now);
    return pageOf(ledger, { pool: name }, 0, Number.POSITIVE_INFINITY).claims;
  }

  /**
   * A page of the claims and offers that stand now, in the order of giving.
   *
   * @param after `next` of the page before. @param limit most claims on the page
   * @throws NetloomError NL_POOL_UNKNOWN
   */
  page(filter: ClaimFilter, now: number, after = 0, limit = 1_000): ClaimPage {
    return pageOf(this.pools.need(filter.pool, now), filter, after, limit);
  }

  /** All rows that a store has of the claims, also of what is only remembered. */
  rows(): ClaimRecord[] {
    return [...this.pools.all()].flatMap((ledger) => ledger.records());
  }

  /** The newest claim of an owner. */
  find(pool: string, owner: string, now: number): ClaimRecord | undefined {
    const ledger = this.pools.live(pool, now);
    const newest = ledger && newestIncarnation(ledger, owner);
    return newest && recordOf(pool, newest);
  }

  /** The pool subnet that an address or block of a claim belongs to. */
  subnetOf(poolName: string, address: string): ParsedPoolSubnet | undefined {
    const { kind, words } = readWords(address);
    return this.pools.ledger(poolName)?.subnetOf(kind, words);
  }

  /** Keeps a pool for a while, so that a preview can take offers from it before it is made. */
  offerPool(request: PoolRequest, now: number): Step<PoolRecord> {
    return this.done(this.pools.offer(request, now));
  }

  /**
   * Makes a pool, or gives an existing one of the same owner a new definition.
   *
   * @throws NetloomError NL_POOL_OWNED; NL_POOL_IN_USE, when claims would lie outside
   */
  putPool(request: PoolRequest, now: number): Step<PoolRecord> {
    return this.done(this.pools.put(request, now));
  }

  /**
   * Removes a pool. An older incarnation than the present one, or a pool that is gone, is a success
   * without effect. Addresses in quarantine stay in it, also when the pool is made again.
   *
   * @throws NetloomError NL_POOL_IN_USE, NL_POOL_OWNED
   */
  removePool(name: string, asker: Asker, incarnation: number, now: number): Step<boolean> {
    return this.done(this.pools.remove(name, asker, incarnation, now));
  }

  /**
   * What a claim of this owner would get; kept for it until the offer ends. Asking again keeps it
   * for longer.
   *
   * @throws NetloomError NL_POOL_UNKNOWN, NL_POOL_FULL, NL_ADDRESS_NOT_FREE, NL_CLAIM_OUTSIDE_CLAIMABLE,
   * NL_FAMILY_MISSING, NL_OWNER_IDENTITY, NL_QUOTA_REACHED and what is wrong with the values
   */
  offer(request: ClaimRequest, now: number): Step<ClaimRecord> {
    return this.done(this.desk.offer(request, now));
  }

  /**
   * Takes an address for an owner: its offer where it has one, what it holds already where it does.
   *
   * @throws NetloomError as {@link offer}
   */
  claim(request: ClaimRequest, now: number): Step<ClaimRecord> {
    return this.done(this.desk.claim(request, now));
  }

  /**
   * Turns the offer that an owner has into a claim; one that was turned already gets a new
   * incarnation, as with {@link claim}.
   *
   * @throws NetloomError NL_OFFER_GONE, and as {@link claim}
   */
  confirm(request: ClaimRequest, now: number): Step<ClaimRecord> {
    return this.done(this.desk.confirm(request, now));
  }

  /**
   * Keeps an offer for longer. A claim needs none of it and stays as it is.
   *
   * @throws NetloomError NL_OFFER_GONE, and as {@link offer}
   */
  renew(request: ClaimRequest, now: number): Step<ClaimRecord> {
    return this.done(this.desk.renew(request, now));
  }

  /**
   * Gives a claim back. The value says whether anything was freed, and else why not: an older
   * incarnation, a claim that is gone, and somebody else's claim are left as they are.
   *
   * @throws NetloomError NL_OWNER_IDENTITY
   */
  release(request: ReleaseRequest, now: number): Step<Released> {
    return this.done(this.desk.release(request, now));
  }

  /**
   * Hands a claim over to a new owner, incarnation and all: its resource was renamed. Repeated, it
   * changes nothing.
   *
   * @throws NetloomError NL_OWNER_IDENTITY; NL_OFFER_GONE when neither has such a claim
   */
  transfer(request: TransferRequest, now: number): Step<ClaimRecord> {
    return this.done(this.desk.transfer(request, now));
  }

  /**
   * Keeps an address from everybody that somebody uses without a claim, until it is put back. An offer
   * of it ends; a claim of it stays, and is answered. Repeated, it changes nothing.
   *
   * @throws NetloomError NL_POOL_UNKNOWN, NL_CLAIM_OUTSIDE_CLAIMABLE
   */
  setAside(wish: SetAside, now: number): Step<SettingAside> {
    const ledger = this.pools.need(wish.pool, now);
    const tally = this.tallies.of(SET_ASIDE.identity);
    return this.done(setAside(ledger, wish, tally, () => this.nextNumber(), now));
  }

  /** Whether a pool has this address to give, to somebody. */
  serves(pool: string, address: string): boolean {
    const { kind, words, order } = readWords(address);
    return this.pools.ledger(pool)?.space(kind)?.serves(words, order) ?? false;
  }

  /** Lets an address be given again that was set aside; false when it was not. */
  putBack(pool: string, address: string, now: number): Step<boolean> {
    const ledger = this.pools.live(pool, now);
    return this.done(ledger ? putBack(ledger, address) : { value: false, changes: [] });
  }

  /** All addresses of a pool that are set aside. */
  setAsides(pool: string, now: number): SetAside[] {
    const ledger = this.pools.live(pool, now);
    return ledger ? setAsides(ledger) : [];
  }

  /**
   * Several steps at once, in order.
   *
   * @param mode `all`: when one is refused nothing has changed; `each`: every step by itself
   * @throws NetloomError in mode `all`, with the problems of all steps; their keys begin with `[index]`
   */
  batch(steps: readonly BatchStep[], mode: BatchMode, now: number): Step<BatchAnswer[]> {
    // What ends by itself now has ended before anything that may be taken back.
    for (const { request } of steps) this.pools.live(request.pool, now);
    if (mode === 'each') return this.done(runEach(this.desk, steps, now));
    const last = this.counter;
    try {
      return this.done(runAll(this.desk, this.journal, steps, now));
    } catch (error) {
      this.counter = last;
      throw error;
    }
  }

  /**
   * What {@link batch} would answer now. Nothing changes, and what is given then may be something
   * else: nothing is kept.
   *
   * @throws NetloomError as {@link batch}
   */
  tryBatch(steps: readonly BatchStep[], mode: BatchMode, now: number): BatchAnswer[] {
    for (const { request } of steps) this.pools.live(request.pool, now);
    const last = this.counter;
    try {
      return tryOut(this.desk, this.journal, steps, mode, now);
    } finally {
      this.counter = last;
    }
  }

  /**
   * The pool that {@link putPool} would make, or {@link offerPool}; nothing changes.
   *
   * @throws NetloomError as they do
   */
  tryPool(request: PoolRequest, now: number): PoolRecord {
    const before = this.pools.checked(request, now)?.record;
    const { name, spec, owner, identity } = request;
    const incarnation = request.incarnation ?? before?.incarnation ?? 0;
    return { name, spec, owner, identity, incarnation };
  }

  /**
   * Whether {@link removePool} would remove a pool; nothing changes.
   *
   * @throws NetloomError as it does
   */
  tryRemovePool(name: string, asker: Asker, incarnation: number, now: number): boolean {
    return this.pools.removable(name, asker, incarnation, now) !== undefined;
  }

  /**
   * All claims that keep a pool from a new definition, in the order of giving: their addresses lie
   * outside of it.
   *
   * @param after `next` of the page before. @param limit most claims on the page
   * @throws NetloomError NL_POOL_UNKNOWN, and what is wrong with the definition
   */
  outside(name: string, spec: PoolSpec, now: number, after = 0, limit = 1_000): ClaimPage {
    const ledger = this.pools.need(name, now);
    return pageOfHoldings(ledger, this.pools.outside(ledger, spec), after, limit);
  }

  /**
   * Takes over what another book of the same store has done to a pool; undefined when it is gone.
   * Nothing of it is to be written.
   *
   * @returns true for one that was not known
   */
  learnPool(name: string, record: PoolRecord | undefined): boolean {
    const isNew = record !== undefined && this.pools.ledger(name) === undefined;
    this.pools.learn(name, record);
    return isNew;
  }

  /**
   * Takes over what another book of the same store has done. A claim of an unknown pool is left out.
   *
   * @returns the rows that were others before
   */
  learn(rows: readonly LearnedClaim[]): LearnedClaim[] {
    return rows.filter((row) => {
      const ledger = this.pools.ledger(row.pool);
      const tally = row.claim && this.tallies.of(row.claim.identity);
      return ledger !== undefined && learnClaim(ledger, row, tally);
    });
  }

  /** Numbers that come next, where several books get theirs from one store. */
  continueFrom(number: number): void {
    this.counter = number - 1;
  }

  /**
   * Where the search for free numbers of a pool begins, as a part of its size from 0 to 1: books of
   * one store that begin at different places are seldom in each other's way.
   */
  startAt(pool: string, part: number): void {
    this.pools.ledger(pool)?.startAt(part);
  }

  private load(record: ClaimRecord, problems: Problem[]): void {
    const ledger = this.pools.ledger(record.pool);
    const holding = holdingOf(record, this.tallies.of(record.identity));
    if (ledger === undefined) problems.push(claimWithoutPool(record));
    const rival = ledger?.load(holding);
    if (rival) problems.push(claimsCollide(recordOf(record.pool, rival), record));
    this.counter = Math.max(this.counter, record.serial, record.incarnation);
  }

  private done<T>({ value, changes }: Step<T>): Step<T> {
    return { value, changes: this.pools.withLeftOver(changes) };
  }

  private nextNumber(): number {
    this.counter += 1;
    return this.counter;
  }
}

/** An address of a claim with its subnet's prefix length; a block as it is. */
export function withPrefix(address: string, subnet: ParsedPoolSubnet): string {
  if (address.includes('/')) return address;
  return `${address}/${subnet.subnet.prefixLength}`;
}

/** Sorted by serial; a store gives them so, which spares a list of all of them. */
function* inOrder(claims: Iterable<ClaimRecord>): Generator<ClaimRecord> {
  let last = Number.NEGATIVE_INFINITY;
  let late: ClaimRecord[] | undefined;
  for (const claim of claims) {
    if (late !== undefined || claim.serial < last) {
      late ??= [];
      late.push(claim);
    } else {
      last = claim.serial;
      yield claim;
    }
  }
  if (late) yield* late.sort((one, other) => one.serial - other.serial);
}
