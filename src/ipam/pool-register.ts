import { NetloomError } from '../errors';
import { giveUp } from './claim-moves';
import { checkPoolName, claimsOutside, poolOwned, poolUnknown, poolUsed } from './claim-problems';
import {
  type Asker,
  type BookChange,
  OFFER_MS,
  type PoolRecord,
  type PoolRequest,
  type Step,
} from './claim-records';
import type { Holding } from './holding';
import type { Journal } from './journal';
import { checkPoolSpec, type PoolSpec, parsePoolSubnet } from './pool';
import { PoolLedger } from './pool-ledger';
import { spacesOf } from './pool-spaces';
import { dropped } from './set-aside';
import { isSetAside } from './set-aside-marks';
import { type Timer, Timers } from './timers';

/** The pools of a book: who may define them, and when offered and removed ones end. */
export class PoolRegister {
  private readonly pools = new Map<string, PoolLedger>();
  private readonly ends = new Timers<PoolLedger>();
  private readonly endOf = new Map<PoolLedger, Timer<PoolLedger>>();
  /** Rows to be taken away with the next step: of what ended by itself. */
  private leftOver: BookChange[] = [];
  private number = 0;

  /** @param nextNumber an incarnation that was never used before */
  constructor(
    private readonly journal: Journal,
    private readonly nextNumber: () => number,
  ) {}

  /** Pools that were not removed, in order. */
  names(): string[] {
    const present = [...this.pools.values()].filter(({ record }) => !record.removedUntil);
    return present.map(({ name }) => name).sort();
  }

  /** All pools, also those of which only quarantines are left. */
  all(): Iterable<PoolLedger> {
    return this.pools.values();
  }

  /** Whatever there is of a pool: made, offered, ended or removed. */
  ledger(name: string): PoolLedger | undefined {
    return this.pools.get(name);
  }

  /** A pool that is made or offered. What ended by now has ended in it. */
  live(name: string, now: number): PoolLedger | undefined {
    this.advance(now);
    const ledger = this.pools.get(name);
    if (ledger === undefined || (endOf(ledger.record) ?? Number.POSITIVE_INFINITY) <= now) {
      return undefined;
    }
    const forgotten = ledger.advance(now);
    if (forgotten.length > 0) this.leftOver = [...this.leftOver, ...forgotten.map(rowGone)];
    return ledger.record.removedUntil === undefined ? ledger : undefined;
  }

  /** @throws NetloomError NL_POOL_UNKNOWN */
  need(name: string, now: number): PoolLedger {
    const ledger = this.live(name, now);
    if (ledger === undefined) throw new NetloomError(poolUnknown(name, false));
    return ledger;
  }

  /** The rows of what ended by itself since the last step, together with a step's own. */
  withLeftOver(changes: readonly BookChange[]): readonly BookChange[] {
    if (this.leftOver.length === 0) return changes;
    const all = [...this.leftOver, ...changes];
    this.leftOver = [];
    return all;
  }

  load(record: PoolRecord): void {
    const ledger = new PoolLedger(record, this.journal);
    this.pools.set(record.name, ledger);
    this.plan(ledger);
  }

  /** Takes a pool over as another book of the same store has left it. */
  learn(name: string, record: PoolRecord | undefined): void {
    const ledger = this.pools.get(name);
    if (record === undefined) {
      if (ledger) this.drop(ledger);
    } else if (ledger === undefined) {
      this.load(record);
    } else {
      ledger.redefine(record);
      this.plan(ledger);
    }
  }

  offer(request: PoolRequest, now: number): Step<PoolRecord> {
    const existing = this.checked(request, now)?.record;
    if (existing && existing.offeredUntil === undefined) {
      return { value: { ...existing, spec: request.spec }, changes: [] };
    }
    return this.commit({ ...pick(request), incarnation: 0, offeredUntil: now + OFFER_MS }, now);
  }

  put(request: PoolRequest, now: number): Step<PoolRecord> {
    this.checked(request, now);
    const incarnation = request.incarnation ?? this.nextNumber();
    return this.commit({ ...pick(request), incarnation }, now);
  }

  remove(name: string, asker: Asker, incarnation: number, now: number): Step<boolean> {
    const ledger = this.removable(name, asker, incarnation, now);
    if (ledger === undefined) return { value: false, changes: [] };
    const given = [...ledger.serials.behind(0)].filter((one) => !isQuarantined(one));
    // What somebody uses without a claim is looked for anew where a pool of the name is made again.
    const changes = given.map((holding) =>
      isSetAside(holding) ? dropped(ledger, holding) : giveUp(ledger, holding, [], now),
    );
    const removedUntil = ledger.lastQuarantine();
    if (removedUntil === undefined)
      return { value: true, changes: [...changes, this.drop(ledger)] };
    const record: PoolRecord = { ...ledger.record, removedUntil };
    ledger.record = record;
    this.plan(ledger);
    return { value: true, changes: [...changes, { kind: 'pool', name, pool: record }] };
  }

  /**
   * The pool that a request would change; undefined when it would make one.
   *
   * @throws NetloomError NL_POOL_OWNED, NL_POOL_IN_USE, and what is wrong with the definition
   */
  checked(request: PoolRequest, now: number): PoolLedger | undefined {
    const problems = [...checkPoolName(request.name), ...checkPoolSpec(request.spec)];
    if (problems.length > 0) throw new NetloomError(problems);
    const ledger = this.live(request.name, now);
    if (!ledger) return undefined;
    const { record } = ledger;
    const isOwner = record.owner === request.owner || record.owner === request.from;
    if (!isOwner || record.identity !== request.identity) {
      throw new NetloomError(poolOwned(record));
    }
    const outside = outsideOf(ledger, request).filter(({ state }) => state === 'claimed');
    if (outside.length === 0) return ledger;
    throw new NetloomError(claimsOutside(request.name, outside));
  }

  /** The pool that a removal would remove. @throws NetloomError NL_POOL_OWNED, NL_POOL_IN_USE */
  removable(name: string, asker: Asker, incarnation: number, now: number): PoolLedger | undefined {
    const ledger = this.live(name, now);
    if (ledger === undefined || ledger.record.incarnation !== incarnation) return undefined;
    if (ledger.record.owner !== asker.owner || ledger.record.identity !== asker.identity) {
      throw new NetloomError(poolOwned(ledger.record));
    }
    if (ledger.usage.claimed === 0) return ledger;
    const held = [...ledger.serials.behind(0)].filter((one) => one.state === 'claimed');
    throw new NetloomError(poolUsed(name, held));
  }

  /** Claims that a new definition of a pool would not hold. @throws NetloomError for a wrong one */
  outside(ledger: PoolLedger, spec: PoolSpec): Holding[] {
    const problems = checkPoolSpec(spec);
    if (problems.length > 0) throw new NetloomError(problems);
    return outsideOf(ledger, { spec }).filter(({ state }) => state === 'claimed');
  }

  /** Ends what was offered or removed, with all that is still in it. */
  private advance(now: number): void {
    for (let { first } = this.ends; first && first.at <= now; first = this.ends.first) {
      const ledger = first.subject;
      ledger.advance(now);
      const removedUntil = ledger.lastQuarantine();
      if (removedUntil !== undefined) {
        // An offered pool that took over the quarantines of a removed one.
        ledger.record = { ...ledger.record, removedUntil };
        this.plan(ledger);
        continue;
      }
      for (const { serial } of ledger.serials.behind(0))
        this.leftOver.push({ kind: 'claim', serial, claim: undefined });
      this.leftOver.push(this.drop(ledger));
    }
  }

  private commit(record: PoolRecord, now: number): Step<PoolRecord> {
    const ledger = this.pools.get(record.name);
    if (ledger === undefined) {
      this.load(record);
      return { value: record, changes: [{ kind: 'pool', name: record.name, pool: record }] };
    }
    const lost = outsideOf(ledger, record).filter((holding) => holding.state === 'offered');
    const changes = lost.map((holding) => giveUp(ledger, holding, [], now));
    ledger.redefine(record);
    this.plan(ledger);
    return {
      value: record,
      changes: [...changes, { kind: 'pool', name: record.name, pool: record }],
    };
  }

  private drop(ledger: PoolLedger): BookChange {
    // Counts and offers of its holdings go with them.
    for (const holding of [...ledger.serials.behind(0)]) ledger.drop(holding);
    this.pools.delete(ledger.name);
    const timer = this.endOf.get(ledger);
    if (timer) this.ends.remove(timer);
    this.endOf.delete(ledger);
    return { kind: 'pool', name: ledger.name, pool: undefined };
  }

  private plan(ledger: PoolLedger): void {
    const timer = this.endOf.get(ledger);
    if (timer) this.ends.remove(timer);
    this.endOf.delete(ledger);
    const end = endOf(ledger.record);
    if (end !== undefined) this.endOf.set(ledger, this.ends.add(end, this.number++, ledger));
  }
}

function endOf({ offeredUntil, removedUntil }: PoolRecord): number | undefined {
  return removedUntil ?? offeredUntil;
}

function rowGone({ serial }: Holding): BookChange {
  return { kind: 'claim', serial, claim: undefined };
}

function isQuarantined(holding: Holding): boolean {
  return holding.isHeld && holding.state === 'released' && !isSetAside(holding);
}

/** What is held and would not be served any more. */
function outsideOf(ledger: PoolLedger, { spec }: Pick<PoolRequest, 'spec'>): Holding[] {
  if (JSON.stringify(spec) === JSON.stringify(ledger.record.spec)) return [];
  const spaces = spacesOf(spec, spec.subnets.map(parsePoolSubnet));
  return [...ledger.serials.behind(0)].filter(
    (holding) =>
      holding.isHeld &&
      !holding.places.every((place) => spaces.get(place.kind)?.serves(place, place.order)),
  );
}

function pick(request: PoolRequest): Omit<PoolRecord, 'incarnation'> {
  const { name, spec, owner, identity } = request;
  return { name, spec, owner, identity };
}
