/** Something that happens at a time, in ms since 1970. */
export interface Timer<T> {
  readonly at: number;
  /** Decides between timers of the same time. */
  readonly rank: number;
  /** Undefined once it was taken out. */
  subject: T | undefined;
  /** Its place in the heap, or -1 in the line; kept by {@link Timers}. */
  index: number;
}

const IN_LINE = -1;

/**
 * Timers, the earliest first, from which each can be taken out. Most come in the order in which they
 * end, because most last equally long: those stand in a line, and the others in a binary heap.
 */
export class Timers<T> {
  private line: Timer<T>[] = [];
  /** Where the line begins. */
  private head = 0;
  /** How many in the line were taken out and not yet swept away. */
  private gone = 0;
  private readonly heap: Timer<T>[] = [];

  get size(): number {
    return this.line.length - this.head - this.gone + this.heap.length;
  }

  /** The earliest. */
  get first(): (Timer<T> & { readonly subject: T }) | undefined {
    while (this.gone > 0 && this.line[this.head]?.subject === undefined) {
      this.head++;
      this.gone--;
    }
    const next = this.line[this.head];
    const top = this.heap[0];
    const first = next === undefined || (top && isEarlier(top, next)) ? top : next;
    return first as (Timer<T> & { readonly subject: T }) | undefined;
  }

  add(at: number, rank: number, subject: T): Timer<T> {
    const timer: Timer<T> = { at, rank, subject, index: IN_LINE };
    const last = this.line.length > this.head ? this.line[this.line.length - 1] : undefined;
    if (last === undefined || isEarlier(last, timer)) {
      this.line.push(timer);
    } else {
      timer.index = this.heap.length;
      this.heap.push(timer);
      this.rise(timer);
    }
    return timer;
  }

  remove(timer: Timer<T>): void {
    if (timer.index === IN_LINE) {
      this.leaveLine(timer);
      return;
    }
    const last = this.heap.pop();
    timer.subject = undefined;
    if (last === undefined || last === timer) return;
    last.index = timer.index;
    this.heap[timer.index] = last;
    this.rise(last);
    this.sink(last);
  }

  private leaveLine(timer: Timer<T>): void {
    timer.subject = undefined;
    if (this.line[this.head] === timer) this.head++;
    else this.gone++;
    const unused = this.head + this.gone;
    if (unused < 64 || unused * 2 < this.line.length) return;
    this.line = this.line.filter(({ subject }) => subject !== undefined);
    this.head = 0;
    this.gone = 0;
  }

  private rise(timer: Timer<T>): void {
    let { index } = timer;
    while (index > 0) {
      const above = (index - 1) >>> 1;
      const parent = this.heap[above] as Timer<T>;
      if (!isEarlier(timer, parent)) break;
      this.heap[index] = parent;
      parent.index = index;
      index = above;
    }
    this.heap[index] = timer;
    timer.index = index;
  }

  private sink(timer: Timer<T>): void {
    let { index } = timer;
    for (;;) {
      let below = 2 * index + 1;
      let child = this.heap[below];
      if (child === undefined) break;
      const other = this.heap[below + 1];
      if (other !== undefined && isEarlier(other, child)) {
        child = other;
        below++;
      }
      if (!isEarlier(child, timer)) break;
      this.heap[index] = child;
      child.index = index;
      index = below;
    }
    this.heap[index] = timer;
    timer.index = index;
  }
}

function isEarlier(one: Timer<unknown>, other: Timer<unknown>): boolean {
  return one.at < other.at || (one.at === other.at && one.rank < other.rank);
}
