/** Something that happens at a time, in ms since 1970. */
export interface Timer<T> {
  readonly at: number;
  /** Decides between timers of the same time. */
  readonly rank: number;
  readonly subject: T;
  /** Its place in the heap; kept by {@link Timers}. */
  index: number;
}

/** Timers, the earliest first: a binary heap from which each can be taken out. */
export class Timers<T> {
  private readonly heap: Timer<T>[] = [];

  get size(): number {
    return this.heap.length;
  }

  /** The earliest. */
  get first(): Timer<T> | undefined {
    return this.heap[0];
  }

  add(at: number, rank: number, subject: T): Timer<T> {
    const timer: Timer<T> = { at, rank, subject, index: this.heap.length };
    this.heap.push(timer);
    this.rise(timer);
    return timer;
  }

  remove(timer: Timer<T>): void {
    const last = this.heap.pop();
    if (last === undefined || last === timer) return;
    last.index = timer.index;
    this.heap[timer.index] = last;
    this.rise(last);
    this.sink(last);
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
