import { isNetloomError, NetloomError, type Problem } from 'netloom';
import type { BridgeView } from 'netloom/agent-api';
import type { OpenChange } from '../checkpoint';
import type { BridgeRecord, BridgeWish, PendingPut, StoreChange } from '../store';
import { bootId } from './boot-id';
import type { BridgeParts, BridgeRemoval, BridgeRemoved, BridgeRequest } from './bridge-requests';
import { bridgeOwned, bridgeView, incarnationIn, neverAsWanted } from './bridge-view';
import {
  bridgeOfSubject,
  bridgeSubject,
  runChecked,
  touchedLinks,
  withProblems,
} from './checked-changes';
import {
  checkBridge,
  checkBridgeId,
  checkBridgeName,
  checkHost,
  checkUplinkBridge,
  type Guard,
  throwIfAny,
  watchedPart,
} from './checks';
import { Healer, type Healing } from './healer';
import { currentImages, withImages } from './images';
import type { HostLinks } from './links';
import { type BridgeMarks, bridgeMarks, isMarked } from './marks';
import { planBridge } from './plan';
import { checkPolicy, DEFAULT_POLICY, type HostPolicy } from './policy';
import { changedRecord, formerRecord, isSettled, keeping, settled } from './records';
import { planRemoval } from './removal';
import { Repairs } from './repairs';
import type { PlanStep } from './step';
import { Turns } from './turns';

/** Rounds of looking and applying after which a link that is never as wanted counts as failed. */
const ROUNDS = 3;

/**
 * The host's bridges: what is wanted is durable first, then done in the kernel, then answered. A
 * crash at any point is made good by {@link restore} from the record alone.
 */
export class BridgeService {
  private readonly records: Map<string, BridgeRecord>;
  private counter: number;
  /** One change of the host at a time; whatever else changes it takes its turns here. */
  readonly turns = new Turns();
  private readonly repairs: Repairs;
  private readonly healer: Healer;
  private readonly policy: HostPolicy;
  private readonly bootId: string;
  /** Asked for several times at each look, and made with hashes. */
  private readonly knownMarks = new WeakMap<BridgeRecord, BridgeMarks>();

  constructor(private readonly parts: BridgeParts) {
    this.policy = parts.policy ?? DEFAULT_POLICY;
    this.bootId = parts.bootId ?? bootId();
    this.repairs = new Repairs(parts.now ?? (() => performance.now()));
    this.healer = new Healer({
      links: {
        observe: () => this.look([...this.records.values()]),
        apply: (lines) => parts.links.apply(lines),
      },
      repairs: this.repairs,
      isDone: (record, host) => isSettled(record) && this.imaged(record, host) === record,
      problems: (record, host) => checkHost(this.guard(record), host),
      plan: (record, host) => this.plan(record, host),
      carryOn: (record) => this.carryOn(record),
    });
    this.records = new Map(parts.records.map((record) => [record.name, record]));
    this.counter = parts.records.reduce(
      (max, one) => Math.max(max, one.incarnation),
      parts.counter,
    );
  }

  /** Bridges with what the kernel has of them. */
  async list(): Promise<BridgeView[]> {
    await this.parts.store.write([]);
    const host = await this.parts.links.observe();
    return this.sorted().map((record) => {
      const health = this.repairs.of(record.name);
      return { ...bridgeView(record, host, []), ...(health && { health }) };
    });
  }

  /** Repairs since the start, and how many bridges are in which state. */
  healthCounts(): { repairs: number; contended: number; failed: number } {
    return this.repairs.counts();
  }

  /** Changes that wait for others, and the one that is being made. */
  changesWaiting(): number {
    return this.turns.waiting;
  }

  /** Milliseconds until a bridge that is left alone for a while may be tried; undefined for none. */
  nextTry(): number | undefined {
    return this.repairs.nextTry();
  }

  /** What is recorded of a bridge now, without looking at the kernel. */
  recorded(name: string): BridgeRecord | undefined {
    return this.records.get(name);
  }

  /** All that is recorded now. */
  allRecorded(): Iterable<BridgeRecord> {
    return this.records.values();
  }

  names(): string[] {
    return this.sorted().map((record) => record.name);
  }

  /** Says which steps {@link put} would take, and takes none. */
  async preview(request: BridgeRequest): Promise<BridgeView> {
    return this.turns.take(async () => {
      const { record, host } = await this.prepare(request);
      return bridgeView(record, host, this.plan(record, host));
    });
  }

  /**
   * Makes a bridge, or gives an existing one of the same owner a new definition.
   *
   * @throws NetloomError NL_BRIDGE_OWNED, NL_BRIDGE_FOREIGN, NL_BRIDGE_PORT, NL_HOST_COMMAND: then
   *     the host is as it was before
   */
  async put(request: BridgeRequest): Promise<BridgeView> {
    await this.parts.checkpoints?.free();
    return this.turns.take(async () => {
      await this.parts.checkpoints?.free();
      const { record, host: before } = await this.prepare(request);
      this.counter = Math.max(this.counter, record.incarnation);
      const steps = this.plan(record, before);
      const { checkpoints } = this.parts;
      if (!checkpoints || steps.length === 0) {
        await this.save(record);
        return this.viewAfter(record, await this.settle(record));
      }
      const guard = { ...this.guard(record), requestAddress: request.requestAddress };
      const { value, awaits } = await runChecked(checkpoints, {
        subject: bridgeSubject(record.name),
        touched: touchedLinks(record, steps, before),
        needsWatchdog: watchedPart(guard, before) ?? this.parts.watchdogRule,
        confirmSeconds: request.confirmSeconds,
        begin: () => this.save(record),
        apply: () => this.apply(record),
        keep: () => this.save(settled(this.records.get(record.name) ?? record)),
        back: () => this.putBack(record),
      });
      return this.viewAfter(record, value, awaits);
    });
  }

  /** False when it was gone already or a newer incarnation has taken its place. */
  async remove(removal: BridgeRemoval): Promise<boolean> {
    return (await this.removeChecked(removal)).removed;
  }

  /**
   * Takes a bridge away and brings back what was there before: under a checkpoint where there is a
   * watchdog, and one that carries the node's own traffic in no other way.
   */
  async removeChecked(removal: BridgeRemoval): Promise<BridgeRemoved> {
    const { name, confirmSeconds } = removal;
    throwIfAny(checkBridgeName(name));
    await this.parts.checkpoints?.free();
    return this.turns.take(async () => {
      const found = await this.prepareRemoval(removal);
      if (!found) return { removed: false, steps: [] };
      const { record, host, use, steps } = found;
      const { checkpoints } = this.parts;
      const isGuarded = use !== undefined || (await checkpoints?.isWatched());
      if (!checkpoints || !isGuarded) {
        return { removed: true, steps: await this.takeAway(record) };
      }
      const { value, awaits } = await runChecked(checkpoints, {
        subject: bridgeSubject(name),
        touched: touchedLinks(record, steps, host),
        needsWatchdog: use,
        confirmSeconds,
        begin: () => this.save({ ...record, pending: { kind: 'remove' } }),
        apply: () => this.bringBack(record, true),
        keep: () => this.forget(name),
        back: async () => {
          await this.save(record);
          return [];
        },
      });
      return { removed: true, steps: value, awaits };
    });
  }

  /** Says which steps {@link removeChecked} would take, and takes none. */
  async previewRemoval(removal: BridgeRemoval): Promise<BridgeRemoved> {
    throwIfAny(checkBridgeName(removal.name));
    return this.turns.take(async () => {
      const found = await this.prepareRemoval(removal);
      return { removed: found !== undefined, steps: found?.steps ?? [] };
    });
  }

  /** @returns undefined for what is gone already, or is a newer incarnation's */
  private async prepareRemoval(removal: BridgeRemoval) {
    const { name, id, owner, identity, requestAddress } = removal;
    const record = this.records.get(name);
    if (!record || record.incarnation !== incarnationIn(id, name)) return undefined;
    if (record.owner !== owner || record.identity !== identity) {
      throw new NetloomError(bridgeOwned(record));
    }
    const host = await this.look([record]);
    const guard = { ...this.guard(record), requestAddress };
    const use = watchedPart(guard, host);
    if (this.parts.checkpoints && use !== undefined) throwIfAny(checkUplinkBridge(guard, host));
    return { record, host, use, steps: this.removalPlan(record, host) };
  }

  /** Brings a record to what became of a change that an earlier run had begun. */
  async recover(subject: string, outcome: 'kept' | 'undone'): Promise<void> {
    const record = this.records.get(bridgeOfSubject(subject) ?? '');
    if (!record?.pending || outcome === 'kept') return;
    if (record.pending.kind === 'put') await this.putBack(record);
    else {
      const { pending: _pending, ...rest } = record;
      await this.save(rest);
    }
  }

  private async viewAfter(
    record: BridgeRecord,
    steps: readonly PlanStep[],
    awaits?: OpenChange,
  ): Promise<BridgeView> {
    this.repairs.forget(record.name);
    const host = await this.parts.links.observe();
    const view = bridgeView(this.records.get(record.name) ?? record, host, steps);
    if (!awaits) return view;
    return { ...view, checkpoint: { id: awaits.id, seconds: awaits.secondsLeft } };
  }

  /** Removes every bridge, whoever owns it: for taking netloom off a host. */
  async removeAll(): Promise<string[]> {
    return this.turns.take(async () => {
      const names = this.sorted();
      for (const record of names) await this.takeAway(record);
      return names.map((record) => record.name);
    });
  }

  /**
   * Brings the kernel to what is recorded, after a start. A change that was interrupted is carried
   * on, or taken back when the kernel refuses it.
   *
   * @returns what went wrong, by bridge
   */
  async restore(): Promise<Map<string, Error>> {
    const { failures, repairs } = await this.heal();
    for (const name of repairs.keys()) this.repairs.discount(name);
    return failures;
  }

  /**
   * One look at the host; then whatever is not as recorded is made so again. Where all is right,
   * nothing is written, neither to the kernel nor to the store.
   */
  async heal(): Promise<Healing> {
    return this.turns.take(() => {
      // What waits for its confirmation is neither right nor wrong yet.
      const waiting = bridgeOfSubject(this.parts.checkpoints?.current?.subject ?? '');
      return this.healer.heal(this.sorted().filter((record) => record.name !== waiting));
    });
  }

  private async prepare(
    request: BridgeRequest,
  ): Promise<{ record: BridgeRecord; host: HostLinks }> {
    const { name, owner, identity, spec, requestAddress } = request;
    throwIfAny([...checkBridge(name, spec), ...checkBridgeId(name, request.id, this.counter)]);
    throwIfAny(checkPolicy(this.policy, name, spec));
    const existing = this.records.get(name);
    const isOwner = existing?.owner === owner || existing?.owner === request.from;
    if (existing && (!isOwner || existing.identity !== identity)) {
      throw new NetloomError(bridgeOwned(existing));
    }
    const wish: BridgeWish = {
      owner,
      identity,
      spec,
      incarnation: this.incarnation(request, existing),
    };
    const host = await this.look([...(existing ? [existing] : []), { name, spec }]);
    const changed = changedRecord(name, wish, existing, !host.links.has(name));
    const guard = { ...this.guard(changed), requestAddress };
    throwIfAny(checkHost(guard, host));
    const record = this.imaged(changed, host, requestAddress);
    if (this.plan(record, host).length > 0) throwIfAny(checkUplinkBridge(guard, host));
    return { record, host };
  }

  /** The host, with all of the links where the node's own traffic moves to a bridge. */
  private async look(
    records: readonly Pick<BridgeRecord, 'name' | 'spec' | 'images'>[],
  ): Promise<HostLinks> {
    const host = await this.parts.links.observe();
    const names = records.flatMap(({ name, spec, images }) => {
      const ports = Object.entries(images?.ports ?? {});
      const had = ports.flatMap(([port, image]) => (image.uplink ? [port] : []));
      return spec.uplink || had.length > 0 ? [name, ...had, ...(spec.ports ?? [])] : [];
    });
    if (names.length === 0 || !this.parts.links.image) return host;
    const details = await this.parts.links.image(() => new Set(names));
    return { ...host, details };
  }

  /** Never lower than before: a removal of an older incarnation must stay without effect. */
  private incarnation(request: BridgeRequest, existing: BridgeRecord | undefined): number {
    const asked = incarnationIn(request.id ?? '', request.name);
    if (asked === undefined) return this.counter + 1;
    return Math.max(asked, existing?.incarnation ?? 0);
  }

  /** What is left to do for a record: the end of a removal, or what its wish lacks. */
  private async carryOn(record: BridgeRecord): Promise<PlanStep[]> {
    if (record.pending?.kind !== 'remove') return this.settle(record);
    await this.takeAway(record);
    return [];
  }

  /** Applies a record; a change that the kernel refuses is taken back before the error goes on. */
  private async settle(record: BridgeRecord): Promise<PlanStep[]> {
    let steps: PlanStep[];
    try {
      steps = await this.apply(record);
    } catch (error) {
      if (record.pending?.kind !== 'put') throw error;
      throw withProblems(error, await this.goBack(record, record.pending));
    }
    const done = this.records.get(record.name) ?? record;
    if (!isSettled(done)) await this.save(settled(done));
    return steps;
  }

  /** Until there is nothing left to do: what was asked for must be what the kernel then has. */
  private async apply(asked: BridgeRecord): Promise<PlanStep[]> {
    const done: PlanStep[] = [];
    let record = asked;
    let failure: unknown;
    for (let round = 0; ; round++) {
      const host = await this.look([record]);
      throwIfAny(checkHost(this.guard(record), host));
      const imaged = this.imaged(record, host);
      const steps = this.plan(imaged, host);
      const safe = keeping(imaged, steps);
      if (safe !== record) await this.save(safe);
      record = safe;
      if (steps.length === 0) return done;
      if (round === ROUNDS) throw failure ?? new NetloomError(neverAsWanted(record, steps));
      try {
        await this.parts.links.apply(steps.flatMap((step) => step.lines));
        done.push(...steps);
        failure = undefined;
      } catch (error) {
        // Another look: an `ip` that outlived a killed agent may have done the same at the same time.
        failure = error;
      }
    }
  }

  /** After a change that was taken back. What the kernel still has of it goes, too. */
  private async putBack(asked: BridgeRecord): Promise<readonly Problem[]> {
    const record = this.records.get(asked.name) ?? asked;
    return record.pending?.kind === 'put' ? this.goBack(record, record.pending) : [];
  }

  /** @returns what stood in the way; the record then says what {@link restore} has to do */
  private async goBack(asked: BridgeRecord, pending: PendingPut): Promise<readonly Problem[]> {
    const record = this.records.get(asked.name) ?? asked;
    try {
      if (pending.before) {
        const former = formerRecord(record, pending.before);
        await this.save(former);
        await this.apply(former);
        await this.save(settled(this.records.get(former.name) ?? former));
      } else {
        await this.bringBack(record, pending.makes);
        await this.forget(record.name);
      }
      return [];
    } catch (error) {
      return isNetloomError(error) ? error.problems : [];
    }
  }

  private async takeAway(record: BridgeRecord): Promise<PlanStep[]> {
    if (record.pending?.kind !== 'remove')
      await this.save({ ...record, pending: { kind: 'remove' } });
    const steps = await this.bringBack(record, true);
    await this.forget(record.name);
    return steps;
  }

  /**
   * To what was there before. Only a link that carries our marks is touched: another one of that name
   * is somebody else's.
   *
   * @param mayDelete false when a link of that name was there that we neither made nor adopted
   * @returns what was done
   */
  private async bringBack(record: BridgeRecord, mayDelete: boolean): Promise<PlanStep[]> {
    const done: PlanStep[] = [];
    const images = currentImages(record, this.bootId);
    if (!mayDelete && !images) return done;
    for (let round = 0; ; round++) {
      const steps = this.removalPlan(record, await this.look([record]));
      if (steps.length === 0) return done;
      try {
        await this.parts.links.apply(steps.flatMap((step) => step.lines));
        done.push(...steps);
      } catch (error) {
        if (round >= ROUNDS) throw error;
      }
    }
  }

  private plan(record: BridgeRecord, host: HostLinks): PlanStep[] {
    const { name, spec, managed } = record;
    const images = currentImages(record, this.bootId);
    const wanted = { name, spec, managed, images, marks: this.marks(record) };
    return planBridge(wanted, host.links, host.details);
  }

  private removalPlan(record: BridgeRecord, host: HostLinks): PlanStep[] {
    const { name, managed } = record;
    const images = currentImages(record, this.bootId);
    const unwanted = { name, managed, images, marks: this.marks(record) };
    return planRemoval(unwanted, host.links, host.details);
  }

  /** With the images of what is about to be changed; the very same record when it has them. */
  private imaged(record: BridgeRecord, host: HostLinks, requestAddress?: string): BridgeRecord {
    const guard = this.guard(record);
    const link = host.links.get(record.name);
    const adopts = guard.adopts && link !== undefined && !isMarked(link, guard.marks);
    return withImages(record, host, this.bootId, adopts, requestAddress);
  }

  /** Resolves when every change that was begun is done. */
  idle(): Promise<void> {
    return this.turns.idle();
  }

  private guard(record: BridgeRecord): Guard {
    const { name, spec, pending } = record;
    const wasMade = pending?.kind !== 'put' || pending.before !== undefined;
    const adopts = spec.adopt === true && this.policy.adopt === 'yes';
    const uplink = spec.uplink === true && this.policy.uplink === 'confirm';
    return { name, spec, marks: this.marks(record), wasMade, adopts, uplink, ours: this.records };
  }

  /** An adopted bridge keeps its MAC address: whoever knows it goes on. */
  private marks(record: BridgeRecord): BridgeMarks {
    const known = this.knownMarks.get(record) ?? this.computeMarks(record);
    this.knownMarks.set(record, known);
    return known;
  }

  private computeMarks(record: BridgeRecord): BridgeMarks {
    const { name, owner, managed } = record;
    const marks = bridgeMarks(this.parts.node, name, owner, managed.formerOwners);
    const image = currentImages(record, this.bootId)?.bridge;
    if (!image) return marks;
    const former = image.alias === undefined ? [] : [image.alias];
    return { ...marks, mac: image.mac, formerAliases: [...marks.formerAliases, ...former] };
  }

  private sorted(): BridgeRecord[] {
    return [...this.records.values()].sort((a, b) => a.name.localeCompare(b.name, 'en'));
  }

  private async save(record: BridgeRecord): Promise<void> {
    this.records.set(record.name, record);
    await this.write({ kind: 'bridge', name: record.name, bridge: record });
  }

  private async forget(name: string): Promise<void> {
    this.records.delete(name);
    this.repairs.forget(name);
    await this.write({ kind: 'bridge', name, bridge: undefined });
  }

  private write(change: StoreChange): Promise<void> {
    return this.parts.store.write([
      change,
      { kind: 'counter', name: 'bridges', value: this.counter },
    ]);
  }
}
