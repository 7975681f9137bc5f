/** A call of a client as it was recorded, and what it was answered. */
export interface Operation<Input, Output> {
  readonly client: number;
  readonly input: Input;
  /** Absent when there was no answer: nobody knows whether it took effect. */
  readonly output?: Output | undefined;
  /** In ms of one clock. */
  readonly invoked: number;
  /** When it was answered, or when it was certain that it can't take effect any more. */
  readonly returned: number;
}

/** What a single caller at a time would see. */
export interface SequentialModel<State, Input, Output> {
  readonly initial: State;
  /** The states that a call may lead to; none when its answer is impossible in this one. */
  next(state: State, operation: Operation<Input, Output>): readonly State[];
  /** The same text for the same state. */
  keyOf(state: State): string;
}

/** Whether there is an order of all calls that explains all answers. */
export type Verdict<Input, Output> =
  | { readonly verdict: 'linearizable' }
  | {
      readonly verdict: 'impossible';
      /** As far as an order could be found. */
      readonly longest: readonly Operation<Input, Output>[];
      /** The answer that no order explains. */
      readonly stuckAt: Operation<Input, Output>;
    }
  | { readonly verdict: 'undecided'; readonly steps: number };

/** How many steps a search may take. */
const STEP_LIMIT = 2_000_000;

interface Event<Input, Output> {
  readonly operation: Operation<Input, Output>;
  readonly index: number;
  readonly isCall: boolean;
  /** Of a call: the event of its answer. */
  answer?: Event<Input, Output>;
  before: Event<Input, Output> | undefined;
  after: Event<Input, Output> | undefined;
}

/**
 * Looks for an order of the calls that explains all answers and in which each call takes effect
 * between its beginning and its answer: the search of Wing and Gong, that never looks twice at the
 * same calls done and the same state.
 *
 * @see https://www.cs.cmu.edu/~wing/publications/WingGong93.pdf
 * @see http://www.cs.ox.ac.uk/people/gavin.lowe/LinearizabiltyTesting/ for the memory of states
 */
export function linearize<State, Input, Output>(
  model: SequentialModel<State, Input, Output>,
  operations: readonly Operation<Input, Output>[],
  stepLimit = STEP_LIMIT,
): Verdict<Input, Output> {
  const head = linkedEvents(operations);
  const done = new DoneSet(operations.length);
  const seen = new Set<string>();
  const order: { event: Event<Input, Output>; alternative: number; state: State }[] = [];
  let longest: Operation<Input, Output>[] = [];
  let stuckAt = operations[0] as Operation<Input, Output>;
  let state = model.initial;
  let event = head.after;
  let alternative = 0;
  for (let step = 0; head.after; step++) {
    if (step > stepLimit) return { verdict: 'undecided', steps: step };
    if (event?.isCall) {
      const states = model.next(state, event.operation);
      done.add(event.index);
      while (alternative < states.length) {
        const key = `${done.key} ${model.keyOf(states[alternative] as State)}`;
        if (!seen.has(key)) {
          seen.add(key);
          break;
        }
        alternative++;
      }
      if (alternative < states.length) {
        order.push({ event, alternative, state });
        state = states[alternative] as State;
        takeOut(event);
        event = head.after;
      } else {
        done.remove(event.index);
        event = event.after;
      }
      alternative = 0;
      continue;
    }
    // An answer whose call is still to be placed: what is before it is not the right order.
    if (event && order.length >= longest.length) {
      longest = order.map((one) => one.event.operation);
      stuckAt = event.operation;
    }
    const last = order.pop();
    if (last === undefined) return { verdict: 'impossible', longest, stuckAt };
    putBack(last.event);
    done.remove(last.event.index);
    state = last.state;
    event = last.event;
    alternative = last.alternative + 1;
  }
  return { verdict: 'linearizable' };
}

/** The calls and answers in the order of time, behind a head. */
function linkedEvents<Input, Output>(
  operations: readonly Operation<Input, Output>[],
): { after: Event<Input, Output> | undefined } {
  const events: Event<Input, Output>[] = [];
  operations.forEach((operation, index) => {
    const ends = { before: undefined, after: undefined };
    const answer: Event<Input, Output> = { operation, index, isCall: false, ...ends };
    events.push({ operation, index, isCall: true, answer, ...ends }, answer);
  });
  const timeOf = ({ isCall, operation }: Event<Input, Output>): number =>
    isCall ? operation.invoked : operation.returned;
  // At the same time calls come first: they may then have met.
  events.sort((one, other) => {
    const [at, otherAt] = [timeOf(one), timeOf(other)];
    return at === otherAt ? Number(other.isCall) - Number(one.isCall) : at < otherAt ? -1 : 1;
  });
  const head = { after: undefined } as unknown as Event<Input, Output>;
  let last = head;
  for (const event of events) {
    last.after = event;
    event.before = last;
    last = event;
  }
  return head;
}

function takeOut<Input, Output>(call: Event<Input, Output>): void {
  for (const event of [call, call.answer as Event<Input, Output>]) {
    (event.before as Event<Input, Output>).after = event.after;
    if (event.after) event.after.before = event.before;
  }
}

/** The mirror of {@link takeOut}, in reverse. */
function putBack<Input, Output>(call: Event<Input, Output>): void {
  for (const event of [call.answer as Event<Input, Output>, call]) {
    (event.before as Event<Input, Output>).after = event;
    if (event.after) event.after.before = event;
  }
}

/** Which operations have been placed. All up to some number have, so that a few more tell it. */
class DoneSet {
  private readonly flags: Uint8Array;
  private first = 0;
  private last = 0;

  constructor(size: number) {
    this.flags = new Uint8Array(size);
  }

  add(index: number): void {
    this.flags[index] = 1;
    while (this.flags[this.first] === 1) this.first++;
    this.last = Math.max(this.last, index);
  }

  remove(index: number): void {
    this.flags[index] = 0;
    this.first = Math.min(this.first, index);
  }

  get key(): string {
    let text = `${this.first}`;
    for (let index = this.first; index <= this.last; index++) {
      if (this.flags[index] === 1) text += `,${index - this.first}`;
    }
    return text;
  }
}
