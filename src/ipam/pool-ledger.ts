import { type ClaimRecord, FOREVER, OFFER_MS, type PoolRecord } from './claim-records';
import { type FullReport, reportOn } from './full-report';
import { type Holding, recordOf, type Standing } from './holding';
import type { Journal } from './journal';
import type { HeldPlace, NumberSpace } from './number-space';
import { OwnerIndex } from './owner-index';
import { type ParsedPoolSubnet, parsePoolSubnet } from './pool';
import { spacesOf } from './pool-spaces';
import { SerialList } from './serial-list';
import { SubnetFinder } from './subnet-finder';
import { Timers } from './timers';
import type { NumberKind, Words } from './words';
import { YieldingOffers } from './yielding-offers';

/**
 * How many freed addresses a pool remembers beyond their quarantine, so that their owners get them
 * again: those that were freed last. What is in quarantine does not count.
 */
export const REMEMBERED_LIMIT = 4_096;

/** For how long the figures of a refusal are used again, so that many refusals cost no more than one. */
const REPORT_MS = 1_000;
const LARGE_POOL = 1_000;

/**
 * Who holds what of one pool, by number, owner and time. Three moves change it (add, drop, put);
 * each knows how it is taken back.
 */
export class PoolLedger {
  subnets: readonly ParsedPoolSubnet[];
  readonly owners = new OwnerIndex();
  readonly serials = new SerialList();
  readonly offers = new YieldingOffers();
  readonly usage = { claimed: 0, offered: 0, quarantined: 0 };
  private spaces: ReadonlyMap<NumberKind, NumberSpace>;
  private finder: SubnetFinder;
  /** Ends of offers and quarantines. */
  private readonly ends = new Timers<Holding>();
  /** What was freed and is not held any more, by the end of its quarantine. */
  private readonly remembered = new Timers<Holding>();
  private readonly reports = new Map<NumberKind, { at: number; report: FullReport }>();

  constructor(
    public record: PoolRecord,
    private readonly journal: Journal,
  ) {
    this.subnets = record.spec.subnets.map(parsePoolSubnet);
    this.finder = new SubnetFinder(this.subnets);
    this.spaces = spacesOf(record.spec, this.subnets);
  }

  get name(): string {
    return this.record.name;
  }

  /** Number of addresses; of MAC addresses in a pool of those alone. */
  get size(): bigint {
    const isMac = this.subnets.length === 0;
    if (isMac) return this.space('mac')?.size ?? 0n;
    return this.subnets.reduce((sum, subnet) => sum + subnet.assignable.size, 0n);
  }

  space(kind: NumberKind): NumberSpace | undefined {
    return this.spaces.get(kind);
  }

  /** The subnet that an address is of. */
  subnetOf(kind: NumberKind, words: Words): ParsedPoolSubnet | undefined {
    return this.finder.find(kind, words);
  }

  /** Gives the pool a new definition. What is held stays where it is. */
  redefine(record: PoolRecord): void {
    const isSame = JSON.stringify(record.spec) === JSON.stringify(this.record.spec);
    this.record = record;
    if (isSame) return;
    const before = this.spaces;
    this.subnets = record.spec.subnets.map(parsePoolSubnet);
    this.finder = new SubnetFinder(this.subnets);
    this.spaces = spacesOf(record.spec, this.subnets);
    for (const [kind, space] of this.spaces) space.last = before.get(kind)?.last;
    for (const holding of this.serials.behind(0)) {
      if (holding.isHeld) this.takePlaces(holding);
    }
  }

  /** Puts a holding in whose places are free. */
  add(holding: Holding): void {
    this.serials.add(holding);
    this.owners.add(holding);
    holding.isHeld = true;
    this.takePlaces(holding);
    this.begin(holding);
    if (this.journal.isOn) this.noteAdded(holding);
  }

  drop(holding: Holding): void {
    this.serials.remove(holding);
    this.owners.remove(holding);
    if (holding.isHeld) {
      this.end(holding);
      this.freePlaces(holding);
    } else {
      this.forgetTimer(holding);
    }
    if (this.journal.isOn) this.noteDropped(holding, holding.isHeld);
  }

  /** Changes how a holding stands; its places stay. One that was only remembered is held again. */
  put(holding: Holding, standing: Standing): void {
    if (this.journal.isOn) this.noteBefore(holding);
    if (holding.isHeld) {
      this.end(holding);
    } else {
      this.forgetTimer(holding);
      this.takePlaces(holding);
      holding.isHeld = true;
    }
    holding.state = standing.state;
    holding.incarnation = standing.incarnation;
    holding.timed = standing.timed;
    holding.notes = standing.notes;
    this.begin(holding);
  }

  /** @param part of each space's size, from 0 to 1 */
  startAt(part: number): void {
    for (const space of this.spaces.values()) space.startAt(part);
  }

  /** The search for free numbers goes on behind those of a holding. */
  moveBehind(holding: Holding): void {
    for (let place: HeldPlace | undefined = holding.place; place; place = place.next) {
      const space = this.spaces.get(place.kind);
      if (space === undefined) continue;
      if (this.journal.isOn) this.noteLast(space, space.last);
      space.moveBehind(place);
    }
  }

  /**
   * Puts a stored holding in: what is claimed, and else what was given later, has the address.
   *
   * @returns another claim of the same address, which the store then must not have; nothing has changed
   */
  load(holding: Holding): Holding | undefined {
    for (let rival = this.rivalOf(holding); rival; rival = this.rivalOf(holding)) {
      const isClaimed = holding.state === 'claimed';
      if (rival.state === 'claimed' && isClaimed) return rival;
      if (rival.state === 'claimed' || (!isClaimed && timeOf(rival) > timeOf(holding))) {
        this.recall(holding);
        return undefined;
      }
      this.remember(rival);
    }
    this.add(holding);
    this.moveBehind(holding);
    return undefined;
  }

  private rivalOf(holding: Holding): Holding | undefined {
    for (let place: HeldPlace | undefined = holding.place; place; place = place.next) {
      const rival = this.spaces.get(place.kind)?.holderOf(place, place.order)?.holding;
      if (rival) return rival;
    }
    return undefined;
  }

  /** Ends offers and quarantines whose time is over; gives those that nobody remembers any more. */
  advance(now: number): Holding[] {
    for (let { first } = this.ends; first && first.at <= now; first = this.ends.first) {
      this.endTime(first.subject);
    }
    const forgotten: Holding[] = [];
    while (this.remembered.size > REMEMBERED_LIMIT) {
      const holding = this.remembered.first?.subject as Holding;
      this.drop(holding);
      forgotten.push(holding);
    }
    return forgotten;
  }

  /** How the pool is used, with numbers of one kind: all holdings are looked at, in a large pool at most once a second. */
  report(kind: NumberKind, now: number): FullReport {
    const before = this.reports.get(kind);
    const isLarge = this.serials.size > LARGE_POOL;
    if (before && isLarge && Math.abs(now - before.at) < REPORT_MS) return before.report;
    const report = reportOn(this.serials.behind(0), kind);
    this.reports.set(kind, { at: now, report });
    return report;
  }

  /** The latest end of what is in quarantine for everybody else; undefined when nothing is. */
  lastQuarantine(): number | undefined {
    let last: number | undefined;
    for (const holding of this.serials.behind(0)) {
      if (holding.isHeld && holding.state === 'released' && holding.until !== FOREVER)
        last = Math.max(last ?? 0, holding.until ?? 0);
    }
    return last;
  }

  records(): ClaimRecord[] {
    return [...this.serials.behind(0)].map((holding) => recordOf(this.name, holding));
  }

  /** One thing ends at a time, so that it makes no difference how often somebody looks. */
  private endTime(holding: Holding): void {
    const rest = restOf(holding);
    if (rest === undefined) this.remember(holding);
    else this.put(holding, rest);
  }

  private noteLast(space: NumberSpace, last: NumberSpace['last']): void {
    this.journal.note(() => {
      space.last = last;
    });
  }

  private noteAdded(holding: Holding): void {
    this.journal.note(() => this.drop(holding));
  }

  private noteDropped(holding: Holding, wasHeld: boolean): void {
    this.journal.note(() => (wasHeld ? this.add(holding) : this.recall(holding)));
  }

  private noteBefore(holding: Holding): void {
    const { state, incarnation, timed, notes, isHeld } = holding;
    this.journal.note(() => {
      this.put(holding, { state, incarnation, timed, notes });
      if (!isHeld) this.remember(holding);
    });
  }

  /** Others may have its places now; its owner has a first look. */
  private remember(holding: Holding): void {
    this.end(holding);
    this.freePlaces(holding);
    holding.isHeld = false;
    stripEnds(holding);
    holding.timer = this.remembered.add(holding.until ?? 0, holding.serial, holding);
  }

  /** Puts a holding in that is only remembered: somebody else may have its places. */
  private recall(holding: Holding): void {
    this.serials.add(holding);
    this.owners.add(holding);
    holding.isHeld = false;
    stripEnds(holding);
    holding.timer = this.remembered.add(holding.until ?? 0, holding.serial, holding);
  }

  private forgetTimer(holding: Holding): void {
    if (holding.timer) this.remembered.remove(holding.timer);
    holding.timer = undefined;
  }

  private takePlaces(holding: Holding): void {
    for (let place: HeldPlace | undefined = holding.place; place; place = place.next)
      this.spaces.get(place.kind)?.take(place);
  }

  private freePlaces(holding: Holding): void {
    for (let place: HeldPlace | undefined = holding.place; place; place = place.next)
      this.spaces.get(place.kind)?.free(place);
  }

  /** Counts a holding, and starts its time. */
  private begin(holding: Holding): void {
    const { state, timed } = holding;
    if (state === 'claimed') {
      this.usage.claimed++;
      holding.tally.claims++;
      return;
    }
    const { until = 0, quarantinedUntil, offeredAt = until - OFFER_MS } = timed ?? {};
    if (state === 'released') {
      this.usage.quarantined++;
      // What has no end needs no timer, and would stand in the way of all others.
      if (until !== FOREVER) holding.timer = this.ends.add(until, holding.serial, holding);
      return;
    }
    this.usage.offered++;
    holding.tally.offers++;
    if (quarantinedUntil === undefined) this.offers.add(holding, offeredAt);
    const end = Math.min(until, quarantinedUntil ?? until);
    holding.timer = this.ends.add(end, holding.serial, holding);
  }

  /** The mirror of {@link begin}. */
  private end(holding: Holding): void {
    const { state, timer } = holding;
    if (timer) this.ends.remove(timer);
    holding.timer = undefined;
    if (state === 'claimed') {
      this.usage.claimed--;
      holding.tally.claims--;
    } else if (state === 'released') {
      this.usage.quarantined--;
    } else {
      this.usage.offered--;
      holding.tally.offers--;
      this.offers.remove(holding);
    }
  }
}

/** How an offer of an address in quarantine stands once the first of its two times is over. */
function restOf({ state, incarnation, notes, timed }: Holding): Standing | undefined {
  const end = timed?.quarantinedUntil;
  if (state !== 'offered' || timed === undefined || end === undefined) return undefined;
  const { until, offeredAt } = timed;
  // The offer goes on, or the time in which only its owner may have the address.
  if (end <= until) return { state, incarnation, notes, timed: { until, offeredAt } };
  return { state: 'released', incarnation, notes, timed: { until: end } };
}

/** A row that is read late has not seen the first of its times end. */
function stripEnds(holding: Holding): void {
  const rest = restOf(holding);
  if (rest === undefined) return;
  holding.state = rest.state;
  holding.timed = rest.timed;
}

/** When all that a holding keeps from others is over. */
function timeOf({ timed }: Holding): number {
  return Math.max(timed?.until ?? 0, timed?.quarantinedUntil ?? 0);
}
