import { randomBytes } from 'node:crypto';
import { isNetloomError, NetloomError } from 'netloom';
import type { Logger } from 'pino';
import type { WatchdogLink } from '../watchdog/watchdog-link';
import { lateConfirmation, notReachable, stillOpen, watchdogMissing } from './checkpoint-problems';
import type { ImageDriver } from './host-image';
import { type Journal, type JournalFolder, monotonicMs, type StepListener } from './journal';
import type { Place } from './place';
import type { Probe, Probes } from './probes';
import { imageBefore, isOfHere, undoOpenChange } from './undo';

/** How long a confirmation may take where nobody says, in s. */
export const CONFIRM_SECONDS = 60;

/** How long what worked before may take to work again, where nobody confirms. In ms. */
const PROBE_MS = 12_000;

/** How long what worked is remembered, so that many changes in a row ask once. In ms. */
const BASELINE_MS = 5_000;

/** How long a change waits for the one before it to be settled, in ms. */
const QUEUE_MS = 12_000;

/** How often a host that can't be brought back is tried, each time with many looks. */
const TRIES = 3;

/** How long the watchdog may be gone during a change, and how much later than it the agent acts. In ms. */
const WITHOUT_WATCHDOG_MS = 5_000;
const LATER_MS = 1_500;

/** A change of the host, all of it or nothing. */
export interface CheckedChange<T> {
  /** Which record it belongs to, e.g. `bridge br-test`. */
  readonly subject: string;
  /** Links that it names. */
  readonly touched: readonly string[];
  /** Files below /proc/sys that it writes, as they are now: `net/ipv4/ip_forward=0`. */
  readonly sysctls?: readonly string[];
  /** Why it may not be made without a watchdog; undefined when it may. */
  readonly needsWatchdog?: string | undefined;
  /** The caller confirms within that time. @default - probes decide at once */
  readonly confirmSeconds?: number | undefined;
  /** Writes down what is wanted. */
  begin(): Promise<void>;
  /** Brings it to the kernel. */
  apply(): Promise<T>;
  /** Writes down that it is so. */
  keep(): Promise<void>;
  /** Writes down that it is as before; the kernel is already. */
  back(): Promise<void>;
}

/** A change that is made and may still be taken back. */
export interface OpenChange {
  readonly id: string;
  readonly subject: string;
  /** How long a confirmation may still take, in s. */
  readonly secondsLeft: number;
}

/** What became of a change. */
export interface Changed<T> {
  readonly value: T;
  /** There when it has to be confirmed. */
  readonly awaits?: OpenChange | undefined;
}

/** Brings records to what became of a change that an earlier run of the agent had begun. */
export interface Settler {
  keep(subject: string): Promise<void>;
  back(subject: string): Promise<void>;
}

/** What checkpoints are made of. */
export interface CheckpointParts {
  readonly journals: JournalFolder;
  readonly driver: ImageDriver;
  readonly place: Place;
  readonly probes: Probes;
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>;
  readonly step?: StepListener | undefined;
  /** How long what worked before may take to work again, in ms. @default 12000 */
  readonly probeMs?: number | undefined;
}

interface Open extends OpenChange {
  readonly deadline: number;
  readonly baseline: readonly Probe[];
  readonly change: Pick<CheckedChange<unknown>, 'keep' | 'back'>;
  readonly closed: Promise<void>;
  readonly close: () => void;
  /** Ends with the commands: nothing is brought back while they run. */
  applying: Promise<unknown>;
  timer: NodeJS.Timeout | undefined;
  settling: Promise<void> | undefined;
}

/**
 * Makes changes of the host that can't cut it off for long: before anything is done it is on disk how
 * the host was, and a watchdog in a process of its own knows. One change is open at a time.
 */
export class Checkpoints {
  private open: Open | undefined;
  private baseline: { readonly at: number; readonly probes: readonly Probe[] } | undefined;
  private lastKept: string | undefined;
  private orphan: NodeJS.Timeout | undefined;

  /** @param watchdog undefined where there never is one */
  constructor(
    private readonly parts: CheckpointParts,
    private readonly watchdog: Pick<WatchdogLink, 'isAlive' | 'guard' | 'settled' | 'absence'>,
  ) {}

  /** The change that waits for its confirmation. */
  get current(): OpenChange | undefined {
    if (!this.open) return undefined;
    const { id, subject, deadline } = this.open;
    return { id, subject, secondsLeft: Math.max(0, deadline - monotonicMs()) / 1000 };
  }

  /** @throws NetloomError NL_CHECKPOINT_OPEN when the change before is not settled in time */
  async free(): Promise<void> {
    const end = performance.now() + QUEUE_MS;
    while (this.open) {
      const { current } = this;
      const left = end - performance.now();
      if (left <= 0 && current) throw new NetloomError(stillOpen(current));
      await Promise.race([this.open.closed, pause(left)]);
    }
  }

  /** True while a watchdog is there. */
  isWatched(): Promise<boolean> {
    return this.watchdog.isAlive();
  }

  /** @throws NetloomError NL_WATCHDOG_MISSING */
  async requireWatchdog(why: string): Promise<void> {
    if (await this.watchdog.isAlive()) return;
    throw new NetloomError(watchdogMissing(why, this.watchdog.absence ?? 'it does not answer'));
  }

  /**
   * Makes a change. When it returns, all of it is in the kernel; when it throws, nothing is.
   *
   * @throws NetloomError NL_WATCHDOG_MISSING, NL_HOST_UNREACHABLE, or what `apply` throws
   */
  async run<T>(change: CheckedChange<T>): Promise<Changed<T>> {
    const { needsWatchdog } = change;
    if (needsWatchdog !== undefined) await this.requireWatchdog(needsWatchdog);
    else if (!(await this.watchdog.isAlive())) return unwatched(change);
    const open = await this.prepare(change);
    const applied = change.begin().then(() => change.apply());
    open.applying = applied.catch(() => {});
    let value: T;
    try {
      value = await applied;
      this.parts.step?.('applied');
    } catch (error) {
      await this.takeBack(open, 'the kernel refused it');
      throw error;
    }
    if (change.confirmSeconds === undefined) {
      await this.decideByProbes(open);
      return { value };
    }
    await open.settling;
    if (this.open !== open) throw new NetloomError(lateConfirmation(open.id));
    return { value, awaits: this.current };
  }

  /**
   * The caller says that all is well.
   *
   * @param isLocal true when that proves nothing about the network: probes decide then
   * @throws NetloomError NL_CHECKPOINT_GONE, NL_HOST_UNREACHABLE
   */
  async confirm(id: string, isLocal: boolean): Promise<void> {
    const { open } = this;
    if (open?.id !== id) {
      if (id === this.lastKept) return;
      throw new NetloomError(lateConfirmation(id));
    }
    if (isLocal) await this.decideByProbes(open);
    else await this.keep(open);
  }

  /** The watchdog has brought the host back. */
  async undone(id: string): Promise<void> {
    if (this.open?.id === id) await this.takeBack(this.open, 'the watchdog brought the host back');
  }

  /** A watchdog that stays away can't watch: then the agent itself takes the change back. */
  watchdogLeft(isThere: boolean): void {
    clearTimeout(this.orphan);
    if (isThere || !this.open) return;
    const { open } = this;
    this.orphan = setTimeout(() => {
      void this.takeBack(open, 'the watchdog is gone').catch((error) => this.failed(error));
    }, WITHOUT_WATCHDOG_MS);
    this.orphan.unref();
  }

  /** Settles what an earlier run of the agent has left open. */
  async recover(settler: Settler): Promise<void> {
    const { journals, place, log } = this.parts;
    journals.make();
    const journal = journals.read();
    if (!journal) return journals.clear();
    const { id, subject } = journal;
    const decision =
      journals.decision(id) ??
      journals.decide(id, { outcome: 'undone', why: 'the agent was started anew' });
    log.warn({ event: 'open_change_found', id, subject, ...decision });
    if (decision.outcome === 'kept') await settler.keep(subject);
    else {
      if (isOfHere(journal, place)) await this.bringBack(journal);
      await settler.back(subject);
    }
    journals.clear();
  }

  private async prepare(change: CheckedChange<unknown>): Promise<Open> {
    const { journals, driver, place } = this.parts;
    const { subject, touched, sysctls = [], confirmSeconds } = change;
    const id = randomBytes(8).toString('hex');
    const baseline = await this.workingProbes();
    const before = await imageBefore(driver, touched);
    const seconds = confirmSeconds ?? CONFIRM_SECONDS;
    const deadline = monotonicMs() + seconds * 1000;
    journals.write({ id, subject, ...place, deadline, touched, before, sysctls, state: 'open' });
    if (!(await this.watchdog.guard(id))) {
      journals.clear();
      throw new NetloomError(watchdogMissing('its change was not begun', 'it does not answer'));
    }
    let close = (): void => {};
    const closed = new Promise<void>((resolve) => {
      close = resolve;
    });
    const open: Open = {
      ...{ id, subject, deadline, baseline, change, closed, close },
      secondsLeft: seconds,
      applying: Promise.resolve(),
      timer: undefined,
      settling: undefined,
    };
    this.open = open;
    open.timer = setTimeout(
      () => {
        const why = 'no confirmation came in time';
        void this.takeBack(open, why).catch((error) => this.failed(error));
      },
      seconds * 1000 + LATER_MS,
    );
    open.timer.unref();
    this.parts.step?.('guarded');
    return open;
  }

  private async workingProbes(): Promise<readonly Probe[]> {
    const now = performance.now();
    if (!this.baseline || now - this.baseline.at > BASELINE_MS) {
      this.baseline = { at: now, probes: await this.parts.probes.working() };
    }
    return this.baseline.probes;
  }

  private async decideByProbes(open: Open): Promise<void> {
    const waitMs = Math.max(
      0,
      Math.min(this.parts.probeMs ?? PROBE_MS, open.deadline - monotonicMs() - LATER_MS),
    );
    const broken = await this.parts.probes.broken(open.baseline, waitMs);
    if (broken.length === 0) return this.keep(open);
    await this.takeBack(open, `not reachable any more: ${broken.join(', ')}`);
    throw new NetloomError(notReachable(open.subject, broken));
  }

  private async keep(open: Open): Promise<void> {
    if (open.settling) {
      await open.settling;
      if (this.lastKept === open.id) return;
      throw new NetloomError(lateConfirmation(open.id));
    }
    const why = 'it was confirmed';
    const { outcome } = this.parts.journals.decide(open.id, { outcome: 'kept', why });
    if (outcome === 'undone') {
      await this.takeBack(open, why);
      throw new NetloomError(lateConfirmation(open.id));
    }
    await this.settle(open, async () => {
      await open.change.keep();
      this.lastKept = open.id;
    });
  }

  private async takeBack(open: Open, why: string): Promise<void> {
    if (open.settling) return open.settling;
    const { journals, log } = this.parts;
    const decision = journals.decide(open.id, { outcome: 'undone', why });
    if (decision.outcome === 'kept') return;
    log.warn({ event: 'change_undone', id: open.id, subject: open.subject, why: decision.why });
    await this.settle(open, async () => {
      await open.applying;
      const journal = journals.read();
      if (journal) await this.bringBack(journal);
      this.baseline = undefined;
      await open.change.back();
    });
  }

  /** Whoever comes first settles; the others wait for the end of it. */
  private settle(open: Open, how: () => Promise<void>): Promise<void> {
    clearTimeout(open.timer);
    open.settling ??= how()
      // A record that could not be written stops the agent; the next start goes on from the journal.
      .then(() => this.parts.journals.clear())
      .finally(() => {
        this.watchdog.settled(open.id);
        if (this.open === open) this.open = undefined;
        open.close();
      });
    return open.settling;
  }

  /** What can't be brought back is told; the agent's own healing does what it can afterwards. */
  private async bringBack(journal: Journal): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        // Once more where the watchdog was first: it may have met the last of our commands.
        await undoOpenChange(journal.id, { ...this.parts, again: true });
        return;
      } catch (error) {
        this.failed(error);
        if (tries < TRIES) continue;
        this.parts.log.error({ event: 'image_given_up', id: journal.id, before: journal.before });
        return;
      }
    }
  }

  private failed(error: unknown): void {
    const problems = isNetloomError(error) ? error.problems : String(error);
    this.parts.log.error({ event: 'undo_failed', problems });
  }
}

async function unwatched<T>(change: CheckedChange<T>): Promise<Changed<T>> {
  await change.begin();
  let value: T;
  try {
    value = await change.apply();
  } catch (error) {
    await change.back();
    throw error;
  }
  await change.keep();
  return { value };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
