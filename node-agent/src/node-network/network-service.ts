import { checkNodeNetwork, isNetloomError, NetloomError, type Problem, within } from 'netloom';
import { type NodeNetworkView, normalNodeNetwork } from 'netloom/agent-api';
import {
  bootId,
  DEFAULT_POLICY,
  type Healing,
  incarnationIn,
  Repairs,
  runChecked,
  Turns,
  throwIfAny,
  withProblems,
} from '../bridges';
import type { CheckedChange, Checkpoints, OpenChange } from '../checkpoint';
import { checkChangeId } from '../problems';
import type { NetworkRecord, NetworkWish } from '../store';
import type { HostNetwork } from './host-network';
import { commandsOf, type HostStep, linksOf } from './host-step';
import { changedLinks } from './network-checks';
import { LinkClaims } from './network-claims';
import { type NetworkLook, NetworkLooks } from './network-looks';
import {
  footprinted,
  isSettledNetwork,
  ofThisBoot,
  settledNetwork,
  takenBack,
  wishedRecord,
  wishOf,
} from './network-records';
import type {
  NetworkParts,
  NetworkRemoval,
  NetworkRemoved,
  NetworkRequest,
} from './network-requests';
import { networkView, neverRight, notYours } from './network-view';
import { changedFirst } from './plan-network';

/** Rounds of looking and applying after which a host that is never as wanted counts as failed. */
const ROUNDS = 3;

/**
 * The wanted networks of a node, one for each owner: what is wanted is durable first, then done in the
 * kernel, then answered. A crash at any point is made good by {@link heal} from the record alone.
 */
export class NetworkService {
  private readonly records: Map<string, NetworkRecord>;
  private counter: number;
  private readonly turns: Turns;
  private readonly repairs: Repairs;
  private readonly claims: LinkClaims;
  private readonly looks: NetworkLooks;
  private readonly bootId: string;

  constructor(private readonly parts: NetworkParts) {
    const policy = parts.policy ?? DEFAULT_POLICY;
    this.bootId = parts.bootId ?? bootId();
    this.repairs = new Repairs(parts.now ?? (() => performance.now()));
    this.turns = parts.turns ?? new Turns();
    this.looks = new NetworkLooks({
      ...{ node: parts.node, kernel: parts.kernel, bridges: parts.bridges, policy },
      records: () => this.sorted(),
    });
    this.claims = new LinkClaims(parts.node, parts.addresses);
    this.records = new Map(parts.records.map((record) => [record.owner, record]));
    this.counter = parts.records.reduce(
      (max, one) => Math.max(max, one.incarnation),
      parts.counter,
    );
  }

  /** The networks of all owners. */
  async list(): Promise<NodeNetworkView[]> {
    await this.parts.store.write([]);
    return this.sorted().map((record) => this.view(record, []));
  }

  /** What is recorded of an owner's network now, without looking at the kernel. */
  recorded(owner: string): NetworkRecord | undefined {
    return this.records.get(owner);
  }

  /** Who has declared a link, or changes it; undefined for a link that is nobody's. */
  ownerOf(link: string): NetworkRecord | undefined {
    return this.sorted().find(
      ({ spec, resolved, made }) =>
        made.includes(link) || changedLinks(spec, resolved).some(({ name }) => name === link),
    );
  }

  /** Says which steps {@link put} would take, and takes none. */
  async preview(request: NetworkRequest): Promise<NodeNetworkView> {
    return this.turns.take(async () => {
      const { record, steps, problems } = await this.prepare(request, true);
      throwIfAny(problems);
      return this.view(record, steps);
    });
  }

  /**
   * Makes an owner's network as wanted. What the owner's last one had beyond it goes, and what was there
   * before comes back.
   *
   * @throws NetloomError NL_LINK_OWNED, NL_BRIDGE_FOREIGN, NL_BRIDGE_PORT, NL_LINK_IN_USE, NL_HOST_POLICY,
   *     NL_HOST_COMMAND: then the host is as it was before
   */
  async put(request: NetworkRequest): Promise<NodeNetworkView> {
    await this.parts.checkpoints?.free();
    return this.turns.take(async () => {
      await this.parts.checkpoints?.free();
      const looked = await this.prepare(request, true);
      throwIfAny(looked.problems);
      const claims = await this.claims.take(looked.record.spec, false);
      const isSame = JSON.stringify(claims) === JSON.stringify(looked.record.claims);
      const record = isSame ? looked.record : { ...looked.record, claims };
      this.counter = Math.max(this.counter, record.incarnation);
      const handsOver = request.from !== undefined && request.from !== request.owner;
      const begin = () => this.save(record, handsOver ? request.from : undefined);
      const { steps, awaits } = await this.carryOut(record, looked, begin, request.confirmSeconds);
      for (const step of steps) this.repairs.forget(step.link);
      return this.view(this.records.get(record.owner) ?? record, steps, awaits);
    });
  }

  /** Brings a record to what became of a change that an earlier run had begun. */
  async recover(subject: string, outcome: 'kept' | 'undone'): Promise<void> {
    const record = this.records.get(ownerOfSubject(subject) ?? '');
    const { pending } = record ?? {};
    const goesBack = pending?.kind === 'put' || pending?.before !== undefined;
    if (record && goesBack && outcome === 'undone') await this.goBack(record);
  }

  /** False when it was gone already or a newer incarnation has taken its place. */
  async remove(removal: NetworkRemoval): Promise<boolean> {
    return (await this.removeShown(removal)).removed;
  }

  /**
   * Takes an owner's network away and brings back what was there before; under a checkpoint where there is
   * a watchdog.
   */
  async removeShown(removal: NetworkRemoval): Promise<NetworkRemoved> {
    await this.parts.checkpoints?.free();
    return this.turns.take(async () => {
      const { checkpoints, watchdogRule } = this.parts;
      await checkpoints?.free();
      const record = this.removable(removal);
      if (!record) return { removed: false, steps: [] };
      if (!checkpoints) return { removed: true, steps: await this.takeAway(record) };
      const pending = { kind: 'remove', before: wishOf(record) } as const;
      const empty: NetworkRecord = { ...this.emptied(record), pending };
      const looked = await this.looks.look(empty, removal.requestAddress);
      throwIfAny(looked.problems);
      const needsWatchdog = looked.watched() ?? watchdogRule;
      const isGuarded = needsWatchdog !== undefined || (await checkpoints.isWatched());
      if (!isGuarded || looked.steps.length === 0) {
        return { removed: true, steps: await this.takeAway(record) };
      }
      const { confirmSeconds } = removal;
      const done = await this.checked(checkpoints, empty, looked, {
        needsWatchdog,
        confirmSeconds,
        begin: () => this.save(empty),
        apply: async () => (await this.apply(empty, looked)).steps,
        keep: () => this.forget(record, looked.steps),
      });
      return { removed: true, ...done };
    });
  }

  /** Says which steps {@link removeShown} would take, and takes none. */
  async previewRemoval(removal: NetworkRemoval): Promise<NetworkRemoved> {
    return this.turns.take(async () => {
      const record = this.removable(removal);
      if (!record) return { removed: false, steps: [] };
      const { requestAddress } = removal;
      const { problems, steps } = await this.looks.look(this.emptied(record), requestAddress);
      throwIfAny(problems);
      return { removed: true, steps };
    });
  }

  /** Removes every network, whoever owns it: for taking netloom off a host. @returns the links' names */
  async removeAll(): Promise<string[]> {
    return this.turns.take(async () => {
      const links = this.sorted().flatMap((record) => record.made);
      for (const record of this.sorted()) await this.takeAway(record);
      return [...new Set(links)];
    });
  }

  /** Brings the kernel to what is recorded, after a start. @returns what went wrong, by link or owner */
  async restore(): Promise<Map<string, Error>> {
    const { failures, repairs } = await this.heal();
    for (const link of repairs.keys()) this.repairs.discount(link);
    return failures;
  }

  /**
   * One look at the host for each owner; then whatever is not as recorded is made so again. Where all is
   * right, nothing is written, neither to the kernel nor to the store.
   */
  async heal(): Promise<Healing> {
    return this.turns.take(async () => {
      const healing: Healing = { failures: new Map(), repairs: new Map(), news: new Map() };
      // What waits for its confirmation is neither right nor wrong yet.
      const waiting = ownerOfSubject(this.parts.checkpoints?.current?.subject ?? '');
      for (const record of this.sorted()) {
        if (record.owner !== waiting) await this.healOne(record, healing);
      }
      return healing;
    });
  }

  /** How many owners have a network here. */
  count(): number {
    return this.records.size;
  }

  /** Repairs since the start, and how many links are in which state. */
  healthCounts(): { repairs: number; contended: number; failed: number } {
    return this.repairs.counts();
  }

  /** Milliseconds until a link that is left alone for a while may be tried; undefined for none. */
  nextTry(): number | undefined {
    return this.repairs.nextTry();
  }

  /** Resolves when every change that was begun is done. */
  idle(): Promise<void> {
    return this.turns.idle();
  }

  private async prepare(request: NetworkRequest, isDry: boolean): Promise<NetworkLook> {
    const { owner, identity, id, from } = request;
    const { node } = this.parts;
    const spec = normalNodeNetwork(request.spec);
    throwIfAny([
      ...within('spec', checkNodeNetwork(request.spec)),
      ...checkChangeId('network', node, id, this.counter),
    ]);
    const existing = this.records.get(owner) ?? this.records.get(from ?? owner);
    if (existing && existing.identity !== identity) throw new NetloomError(notYours(existing));
    const asked = incarnationIn(id ?? '', node);
    const incarnation =
      asked === undefined ? this.counter + 1 : Math.max(asked, existing?.incarnation ?? 0);
    const resolved = existing?.bootId === this.bootId ? existing.resolved : {};
    const claims = await this.claims.take(spec, isDry);
    const wish: NetworkWish = { owner, identity, incarnation, spec, resolved, claims };
    const record = ofThisBoot(wishedRecord(wish, existing, this.bootId), this.bootId);
    return this.looks.look(record, request.requestAddress, from);
  }

  /** All of a change or nothing: under a checkpoint where there are any. */
  private async carryOut(
    record: NetworkRecord,
    looked: NetworkLook,
    begin: () => Promise<void>,
    confirmSeconds: number | undefined,
  ): Promise<{ steps: readonly HostStep[]; awaits?: OpenChange | undefined }> {
    const { checkpoints, watchdogRule } = this.parts;
    const { steps } = looked;
    if (!checkpoints || steps.length === 0) {
      await begin();
      return { steps: await this.settle(record, looked) };
    }
    let last: NetworkLook | undefined;
    return this.checked(checkpoints, record, looked, {
      needsWatchdog: looked.watched() ?? watchdogRule,
      confirmSeconds,
      begin,
      apply: async () => {
        const done = await this.apply(record, looked);
        last = done.last;
        return done.steps;
      },
      keep: async () => {
        if (last) await this.keep(last);
      },
    });
  }

  /** Runs a change that can be taken back. @throws what was wrong, and what stood in the way of that */
  private async checked(
    checkpoints: Checkpoints,
    record: NetworkRecord,
    { steps, host }: Pick<NetworkLook, 'steps' | 'host'>,
    change: Omit<CheckedChange<HostStep[]>, 'subject' | 'touched' | 'sysctls' | 'back'>,
  ): Promise<{ steps: readonly HostStep[]; awaits?: OpenChange | undefined }> {
    const { value, awaits } = await runChecked(checkpoints, {
      ...change,
      subject: `${SUBJECT}${record.owner}`,
      touched: touchedLinks(steps, host),
      sysctls: [...host.sysctls].map(([file, value]) => `${file}=${value}`),
      back: () => this.goBack(record),
    });
    return { steps: value, awaits };
  }

  /** Applies a record; a change that the kernel refuses is taken back before the error goes on. */
  private async settle(record: NetworkRecord, looked: NetworkLook): Promise<HostStep[]> {
    try {
      const { steps, last } = await this.apply(record, looked);
      await this.keep(last);
      return steps;
    } catch (error) {
      if (record.pending?.kind !== 'put') throw error;
      throw withProblems(error, await this.goBack(record));
    }
  }

  /** Until there is nothing left to do: what was asked for must be what the kernel then has. */
  private async apply(
    asked: NetworkRecord,
    first?: NetworkLook,
  ): Promise<{ steps: HostStep[]; last: NetworkLook }> {
    const done: HostStep[] = [];
    let record = asked;
    let failure: unknown;
    for (let round = 0; ; round++) {
      const isFirst = round === 0 && first?.record === record;
      const last = isFirst ? first : await this.looks.look(record);
      throwIfAny(last.problems);
      if (last.steps.length === 0) return { steps: done, last };
      if (round === ROUNDS) throw failure ?? new NetloomError(neverRight(last.steps));
      record = await this.noted(record, last);
      try {
        await this.parts.kernel.applyNetwork(commandsOf(last.steps));
        done.push(...last.steps);
        failure = undefined;
      } catch (error) {
        // Another look: an `ip` that outlived a killed agent may have done the same at the same time.
        failure = error;
      }
    }
  }

  /** What is about to be made and changed is on disk before it is. */
  private async noted(
    asked: NetworkRecord,
    { record, plan, host }: NetworkLook,
  ): Promise<NetworkRecord> {
    const noted = footprinted(record, plan.wanted, changedFirst(plan, host));
    if (noted !== asked) await this.save(noted);
    return noted;
  }

  private async keep({ record, plan }: NetworkLook): Promise<void> {
    const former = record.pending?.kind === 'put' ? record.pending.before : undefined;
    if (!isSettledNetwork(record, plan.wanted))
      await this.save(settledNetwork(record, plan.wanted));
    else if (record !== this.records.get(record.owner)) await this.save(record);
    if (former) await this.claims.giveBack(former.claims, record.claims);
  }

  /** @returns what stood in the way; the record then says what {@link heal} has to do */
  private async goBack(asked: NetworkRecord): Promise<readonly Problem[]> {
    const record = this.records.get(asked.owner) ?? asked;
    const former = asked.pending?.before;
    try {
      if (!former) {
        await this.takeAway(record);
        return [];
      }
      const back = takenBack(record, former);
      await this.save(back, record.owner === back.owner ? undefined : record.owner);
      const { last } = await this.apply(back);
      await this.keep(last);
      await this.claims.giveBack(record.claims, former.claims);
      return [];
    } catch (error) {
      return isNetloomError(error) ? error.problems : [];
    }
  }

  /** Undefined for what is gone already, or is a newer incarnation's. */
  private removable({ owner, identity, id }: NetworkRemoval): NetworkRecord | undefined {
    const record = this.records.get(owner);
    if (!record || record.incarnation !== incarnationIn(id, this.parts.node)) return undefined;
    if (record.identity !== identity) throw new NetloomError(notYours(record));
    return record;
  }

  private emptied(record: NetworkRecord): NetworkRecord {
    const wish = { ...record, spec: {}, resolved: {}, pending: { kind: 'remove' } as const };
    return ofThisBoot(wish, this.bootId);
  }

  /** To what was there before: an empty network, and then no record of it. @returns what was done */
  private async takeAway(record: NetworkRecord): Promise<HostStep[]> {
    const empty = this.emptied(record);
    if (record.pending?.kind !== 'remove') await this.save(empty);
    const { steps } = await this.apply(empty);
    await this.forget(record, steps);
    return steps;
  }

  private async forget(record: NetworkRecord, steps: readonly HostStep[]): Promise<void> {
    await this.claims.giveBack(record.claims, {});
    for (const step of steps) this.repairs.forget(step.link);
    this.records.delete(record.owner);
    await this.write(record.owner, undefined);
  }

  private async healOne(known: NetworkRecord, healing: Healing): Promise<void> {
    const record = ofThisBoot(known, this.bootId);
    try {
      if (record.pending?.kind === 'remove') {
        await this.takeAway(record);
        return;
      }
      const looked = await this.looks.look(record);
      throwIfAny(looked.problems);
      if (looked.steps.length === 0) {
        await this.keep(looked);
        for (const link of this.linksOf(looked)) tell(healing, link, this.repairs.right(link));
        return;
      }
      await this.repair(record, looked, healing);
    } catch (error) {
      healing.failures.set(record.owner, error as Error);
      const codes = isNetloomError(error) ? error.problems.map((problem) => problem.code) : [];
      const tried = codes.length === 0 || codes.includes('NL_HOST_COMMAND');
      const noted = this.repairs.failed(record.owner, (error as Error).message, tried);
      if (noted.news) healing.news.set(record.owner, noted.health);
    }
  }

  private async repair(
    record: NetworkRecord,
    looked: NetworkLook,
    healing: Healing,
  ): Promise<void> {
    const due = looked.steps.filter((step) => !this.repairs.isHeld(step.link));
    if (due.length === 0) return;
    await this.noted(record, looked);
    try {
      await this.parts.kernel.applyNetwork(commandsOf(due));
    } catch {
      // The command stops at what the kernel refuses; the rest is tried link by link.
    }
    const after = await this.looks.look(this.records.get(record.owner) ?? record);
    const left = new Set(after.steps.map((step) => step.link));
    for (const link of linksOf(due)) {
      const words = due.filter((step) => step.link === link).map((step) => step.words);
      if (left.has(link)) await this.repairLink(link, after, words, healing);
      else this.noteRepair(link, words, healing);
    }
    // Where nothing was left nothing was done since.
    const last =
      left.size === 0 ? after : await this.looks.look(this.records.get(record.owner) ?? record);
    if (last.problems.length === 0 && last.steps.length === 0) await this.keep(last);
  }

  /** One link by itself, so that one that fails keeps no other from being right. */
  private async repairLink(
    link: string,
    { steps }: NetworkLook,
    words: readonly string[],
    healing: Healing,
  ): Promise<void> {
    const mine = steps.filter((step) => step.link === link);
    try {
      await this.parts.kernel.applyNetwork(commandsOf(mine));
      this.noteRepair(link, words, healing);
    } catch (error) {
      healing.failures.set(link, error as Error);
      tell(healing, link, this.repairs.failed(link, (error as Error).message, true).health);
    }
  }

  private noteRepair(link: string, words: readonly string[], healing: Healing): void {
    healing.repairs.set(link, words);
    const noted = this.repairs.repaired(link, words);
    if (noted.news) healing.news.set(link, noted.health);
  }

  private linksOf({ record, plan }: NetworkLook): string[] {
    const named = changedLinks(record.spec, record.resolved).map(({ name }) => name);
    return [...new Set([...named, ...plan.footprint.made, record.owner])];
  }

  private view(
    record: NetworkRecord,
    steps: readonly HostStep[],
    awaits?: OpenChange,
  ): NodeNetworkView {
    const health = changedLinks(record.spec, record.resolved).flatMap(({ name }) => {
      const one = this.repairs.of(name);
      return one ? [{ link: name, ...one }] : [];
    });
    const view = networkView(this.parts.node, record, steps, health);
    if (!awaits) return view;
    return { ...view, checkpoint: { id: awaits.id, seconds: awaits.secondsLeft } };
  }

  private sorted(): NetworkRecord[] {
    return [...this.records.values()].sort((a, b) => (a.owner < b.owner ? -1 : 1));
  }

  private async save(record: NetworkRecord, instead?: string): Promise<void> {
    if (instead !== undefined) this.records.delete(instead);
    this.records.set(record.owner, record);
    await this.write(record.owner, record, instead);
  }

  private write(
    owner: string,
    network: NetworkRecord | undefined,
    instead?: string,
  ): Promise<void> {
    return this.parts.store.write([
      ...(instead === undefined
        ? []
        : [{ kind: 'network', owner: instead, network: undefined } as const]),
      { kind: 'network', owner, network },
      { kind: 'counter', name: 'bridges', value: this.counter },
    ]);
  }
}

/** What a journal calls an owner's network. */
const SUBJECT = 'network ';

function ownerOfSubject(subject: string): string | undefined {
  return subject.startsWith(SUBJECT) ? subject.slice(SUBJECT.length) : undefined;
}

/** Links that steps change, and all that their commands name. */
function touchedLinks(steps: readonly HostStep[], host: HostNetwork): string[] {
  const words = commandsOf(steps).flatMap(({ line }) => line.split(' '));
  return [...new Set([...linksOf(steps), ...words.filter((word) => host.links.has(word))])];
}

function tell(healing: Healing, name: string, health: ReturnType<Repairs['right']>): void {
  if (health) healing.news.set(name, health);
}
