/** How often the very same repair may be needed within {@link WINDOW_MS}; once more is a fight. */
const MOST_REPEATS = 4;

const WINDOW_MS = 60_000;

/** How long a bridge is left alone after a fight or a failure, at first and at most. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

/** How a bridge fares. */
export interface BridgeHealth {
  /**
   * `contended`: something else keeps undoing it, and it is repaired at longer and longer intervals.
   * `failed`: it could not be brought to what is wanted, and is tried again.
   */
  readonly state: 'right' | 'contended' | 'failed';
  /** Repairs since the agent started. */
  readonly repairs: number;
  /** The last repair, or why it fails. */
  readonly detail: string;
}

/** What a repair or a failure made of a bridge's health; `news` tells whether it is worth a line. */
export interface Noted {
  readonly health: BridgeHealth;
  readonly news: boolean;
}

interface Course {
  state: BridgeHealth['state'];
  detail: string;
  repairs: number;
  /** When each repair was made lately, by its steps. */
  times: Map<string, number[]>;
  pauseMs: number;
  /** Left alone until then. */
  heldUntil: number;
  /** When something had last to be done, or failed. */
  last: number;
}

/**
 * Remembers repairs and failures, and says when a bridge is to be left alone for a while. A repair
 * that is needed again and again means that something else on the host wants the opposite: doing it
 * at once each time would keep the link flapping.
 */
export class Repairs {
  private readonly courses = new Map<string, Course>();
  private total = 0;

  /** @param now milliseconds of a clock that never jumps */
  constructor(private readonly now: () => number) {}

  /** @param steps what was done, in words */
  repaired(bridge: string, steps: readonly string[]): Noted {
    const now = this.now();
    const course = this.course(bridge);
    course.repairs += 1;
    this.total += 1;
    const repair = steps.join(', ');
    const isFight = repeats(course, repair, now) > MOST_REPEATS;
    return this.note(course, isFight ? 'contended' : 'right', repair, now);
  }

  /** @param tried false when the kernel was not asked: looking again costs nothing */
  failed(bridge: string, why: string, tried: boolean): Noted {
    const course = this.course(bridge);
    const noted = this.note(course, 'failed', why, this.now());
    if (!tried) course.heldUntil = 0;
    return noted;
  }

  /** Nothing was to do. @returns the health when that is news */
  right(bridge: string): BridgeHealth | undefined {
    const course = this.courses.get(bridge);
    if (!course || course.state === 'right') return undefined;
    // A fight is over only when the other side has let it be for a while.
    if (course.state === 'contended' && this.now() - course.last < course.pauseMs + WINDOW_MS)
      return;
    Object.assign(course, { state: 'right', pauseMs: 0, heldUntil: 0 });
    course.times.clear();
    return healthOf(course);
  }

  /** True while a bridge is to be left alone. */
  isHeld(bridge: string): boolean {
    return (this.courses.get(bridge)?.heldUntil ?? 0) > this.now();
  }

  /** Milliseconds until the first of those that are held may be tried again; undefined for none. */
  nextTry(): number | undefined {
    const now = this.now();
    const waits = [...this.courses.values()].map((one) => one.heldUntil - now);
    const ahead = waits.filter((ms) => ms > 0);
    return ahead.length === 0 ? undefined : Math.min(...ahead);
  }

  /** Undefined for a bridge that never needed anything. */
  of(bridge: string): BridgeHealth | undefined {
    const course = this.courses.get(bridge);
    return course && healthOf(course);
  }

  /** For a bridge that was changed or removed by its owner: its story begins anew. */
  forget(bridge: string): void {
    this.courses.delete(bridge);
  }

  /** For what was set up at the start: that is no repair. */
  discount(bridge: string): void {
    this.total -= this.courses.get(bridge)?.repairs ?? 0;
    this.courses.delete(bridge);
  }

  /** Repairs since the start, and how many bridges are in which state. */
  counts(): { repairs: number; contended: number; failed: number } {
    const all = [...this.courses.values()];
    const inState = (state: string): number => all.filter((one) => one.state === state).length;
    return {
      repairs: this.total,
      contended: inState('contended'),
      failed: inState('failed'),
    };
  }

  private note(course: Course, state: Course['state'], detail: string, now: number): Noted {
    const pauses = state !== 'right';
    // A bridge that is missing something fails in the same way at each look: one line is enough.
    const news = state === 'right' || course.state !== state || course.detail !== detail;
    const pauseMs = Math.min(Math.max(course.pauseMs * 2, FIRST_PAUSE_MS), LONGEST_PAUSE_MS);
    Object.assign(course, { state, detail, last: now });
    if (pauses) Object.assign(course, { pauseMs, heldUntil: now + pauseMs });
    return { health: healthOf(course), news };
  }

  private course(bridge: string): Course {
    let course = this.courses.get(bridge);
    if (!course) {
      const nothing = { detail: '', repairs: 0, pauseMs: 0, heldUntil: 0, last: 0 };
      course = { state: 'right', times: new Map(), ...nothing };
      this.courses.set(bridge, course);
    }
    return course;
  }
}

/** How often a repair was made within the window, this time included. */
function repeats(course: Course, repair: string, now: number): number {
  for (const [other, times] of course.times) {
    if (now - (times.at(-1) ?? 0) >= WINDOW_MS) course.times.delete(other);
  }
  const times = (course.times.get(repair) ?? []).filter((time) => now - time < WINDOW_MS);
  times.push(now);
  course.times.set(repair, times);
  return times.length;
}

function healthOf({ state, repairs, detail }: Course): BridgeHealth {
  return { state, repairs, detail };
}
