import type { Logger } from 'pino';
import type { Healing } from './healer';
import type { LinkDriver } from './links';

/** Events come in bundles: one change of ours is several of the kernel's. In ms. */
const GATHER_MS = 50;

/** Least time from the end of a look to the next, so that a host whose pods come and go all the time costs little. In ms. */
const REST_MS = 400;

/** How long until events are asked for again after they ended, at first and at most. In ms. */
const FIRST_REWATCH_MS = 500;
const LONGEST_REWATCH_MS = 30_000;

/** Something of the host that is recorded and can be made right again. */
export interface Healable {
  heal(): Promise<Healing>;
  /** Milliseconds until what is left alone for a while may be tried; undefined for nothing. */
  nextTry(): number | undefined;
}

/** What the watch is made of. */
export interface DriftParts {
  readonly bridges: Healable;
  /** Networks of the node, as a whole. @default - none */
  readonly networks?: Healable | undefined;
  readonly links: LinkDriver;
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>;
  /** How often all is looked at without an event, in ms. */
  readonly scanMs: number;
  /** Other programs of this host that manage its network, for the line about a fight. */
  readonly otherManagers: () => readonly string[];
}

/**
 * Looks at the bridges when the kernel says that something changed, and at times without: events
 * can be lost. What drifted is repaired, what is contended or failed is logged once.
 */
export class DriftWatch {
  private timer: NodeJS.Timeout | undefined;
  private dueAt = Number.POSITIVE_INFINITY;
  private looking: Promise<void> | undefined;
  private restsUntil = 0;
  private endWatch: (() => void) | undefined;
  private rewatch: NodeJS.Timeout | undefined;
  private rewatchMs = FIRST_REWATCH_MS;
  private isStopped = false;
  /** How often events ended and had to be asked for again. */
  watchesLost = 0;
  /** When all bridges were looked at for the last time, in s since 1970. */
  lookedAt: number | undefined;

  constructor(private readonly parts: DriftParts) {}

  /** Begins with a look, for what changed before the first event could come. */
  start(): void {
    this.watch();
    this.lookIn(0);
  }

  /** Resolves when a look that is under way has ended. */
  async stop(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer);
    clearTimeout(this.rewatch);
    this.endWatch?.();
    await this.looking;
  }

  private watch(): void {
    const since = performance.now();
    this.endWatch = this.parts.links.watch({
      changed: () => this.lookIn(GATHER_MS),
      ended: (why) => {
        this.watchesLost += 1;
        this.parts.log.warn({ event: 'link_events_ended', why });
        if (performance.now() - since > LONGEST_REWATCH_MS) this.rewatchMs = FIRST_REWATCH_MS;
        this.rewatch = setTimeout(() => {
          this.watch();
          this.lookIn(0);
        }, this.rewatchMs);
        this.rewatchMs = Math.min(this.rewatchMs * 2, LONGEST_REWATCH_MS);
      },
    });
  }

  /** Sees to it that there is a look by then; one that is due earlier stays. */
  private lookIn(ms: number): void {
    if (this.isStopped) return;
    const now = performance.now();
    const at = Math.max(now + ms, this.restsUntil);
    if (at >= this.dueAt) return;
    this.dueAt = at;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.turn(), at - now);
  }

  private turn(): void {
    // One at a time: what happens during a look is seen by the next.
    if (this.looking) {
      this.dueAt = Number.POSITIVE_INFINITY;
      this.lookIn(REST_MS);
      return;
    }
    this.dueAt = Number.POSITIVE_INFINITY;
    this.looking = this.look().finally(() => {
      this.looking = undefined;
      this.restsUntil = performance.now() + REST_MS;
      const { bridges, networks, scanMs } = this.parts;
      const tries = [bridges, networks].map((one) => one?.nextTry() ?? scanMs);
      this.lookIn(Math.min(...tries, scanMs));
    });
  }

  private async look(): Promise<void> {
    const { bridges, networks, log } = this.parts;
    try {
      this.tell('bridge', await bridges.heal());
      if (networks) this.tell('link', await networks.heal());
      this.lookedAt = Date.now() / 1000;
    } catch (error) {
      // The command itself fails: the next look may find it well again.
      log.error({ event: 'look_failed', err: error });
    }
  }

  private tell(what: 'bridge' | 'link', { failures, repairs, news }: Healing): void {
    const { log, otherManagers } = this.parts;
    for (const [name, steps] of repairs) {
      log.info({ event: `${what}_repaired`, [what]: name, steps });
    }
    for (const [name, { state, detail, repairs: count }] of news) {
      const about = { [what]: name };
      if (state === 'failed') {
        const problems = (failures.get(name) as { problems?: unknown } | undefined)?.problems;
        log.error({ event: `${what}_failed`, ...about, problems: problems ?? detail });
      } else if (state === 'contended') {
        const facts = { repairs: count, steps: detail, otherManagers: otherManagers() };
        log.warn({ event: `${what}_contended`, ...about, ...facts });
      } else if (!repairs.has(name)) {
        log.info({ event: `${what}_right_again`, ...about });
      }
    }
  }
}
