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
  /** True for a call whose answer says that it changes no state whatever; it is placed at once then. */
  changesNothing?(operation: Operation<Input, Output>): boolean;
  /**
   * True when no later state can explain the answer of a call any more: only that is looked at less.
   *
   * @default - what can't be explained is found out later
   */
  isHopeless?(state: State, operation: Operation<Input, Output>): boolean;
}

/** Whether there is an order of all calls that explains all answers. */
export type Verdict<Input, Output> = {
  /** How many the search took. */
  readonly steps: number;
} & (
  | { readonly verdict: 'linearizable' }
  | {
      /** `undecided`: it took too many steps to find out. */
      readonly verdict: 'impossible' | 'undecided';
      /** As far as an order could be found. */
      readonly longest: readonly Operation<Input, Output>[];
      /** The answer that no order explained. */
      readonly stuckAt: Operation<Input, Output>;
    }
);

/** How many steps a search may take. */
const STEP_LIMIT = 1_000_000;

interface Event<Input, Output> {
  readonly operation: Operation<Input, Output>;
  readonly index: number;
  readonly isCall: boolean;
  /** Of a call: the event of its answer. */
  answer?: Event<Input, Output>;
  before: Event<Input, Output> | undefined;
  after: Event<Input, Output> | undefined;
}

type Head<Input, Output> = Pick<Event<Input, Output>, 'after'>;

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
  const order: Placed<State, Input, Output>[] = [];
  let longest: Operation<Input, Output>[] = [];
  let stuckAt = operations[0] as Operation<Input, Output>;
  let state = model.initial;
  let turn: Turn<Input, Output> = { calls: callsThatMayBeNext(head), index: 0, alternative: 0 };
  let steps = 0;
  for (; head.after; steps++) {
    if (steps > stepLimit) return { verdict: 'undecided', steps, longest, stuckAt };
    if (turn.index === 0 && turn.alternative === 0) turn = withoutChoice(model, state, turn);
    const call = turn.calls[turn.index];
    if (call !== undefined) {
      const states = model.next(state, call.operation);
      const next = states[turn.alternative];
      if (next === undefined) {
        turn = { calls: turn.calls, index: turn.index + 1, alternative: 0 };
        continue;
      }
      done.add(call.index);
      const key = `${done.key} ${model.keyOf(next)}`;
      takeOut(call);
      const calls = callsThatMayBeNext(head);
      const isHopeless = calls.some((one) => model.isHopeless?.(next, one.operation));
      if (isHopeless || seen.has(key)) {
        putBack(call);
        done.remove(call.index);
        turn = { ...turn, alternative: turn.alternative + 1 };
        continue;
      }
      seen.add(key);
      order.push({ call, turn, state });
      state = next;
      turn = { calls, index: 0, alternative: 0 };
      continue;
    }
    // None of them can be next: what is before them is not the right order.
    if (order.length >= longest.length) {
      longest = order.map((one) => one.call.operation);
      stuckAt = (turn.calls[0] as Event<Input, Output>).operation;
    }
    const last = order.pop();
    if (last === undefined) return { verdict: 'impossible', steps, longest, stuckAt };
    putBack(last.call);
    done.remove(last.call.index);
    state = last.state;
    turn = { ...last.turn, alternative: last.turn.alternative + 1 };
  }
  return { verdict: 'linearizable', steps };
}

/** Which call is tried as the next one, and which of the states that it may lead to. */
interface Turn<Input, Output> {
  readonly calls: readonly Event<Input, Output>[];
  readonly index: number;
  readonly alternative: number;
}

interface Placed<State, Input, Output> {
  readonly call: Event<Input, Output>;
  /** How it was chosen, and the state before it. */
  readonly turn: Turn<Input, Output>;
  readonly state: State;
}

/** A call that fits and only looks can as well be the next one as any later one. */
function withoutChoice<State, Input, Output>(
  model: SequentialModel<State, Input, Output>,
  state: State,
  turn: Turn<Input, Output>,
): Turn<Input, Output> {
  const free = turn.calls.find(
    ({ operation }) => model.changesNothing?.(operation) && model.next(state, operation).length > 0,
  );
  return free ? { ...turn, calls: [free] } : turn;
}

/** All calls before the first answer; that whose answer came first is most likely the next. */
function callsThatMayBeNext<Input, Output>(head: Head<Input, Output>): Event<Input, Output>[] {
  const calls: Event<Input, Output>[] = [];
  for (let event = head.after; event?.isCall; event = event.after) calls.push(event);
  return calls.sort((one, other) => one.operation.returned - other.operation.returned);
}

/** The calls and answers in the order of time, behind a head. */
function linkedEvents<Input, Output>(
  operations: readonly Operation<Input, Output>[],
): Head<Input, Output> {
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
