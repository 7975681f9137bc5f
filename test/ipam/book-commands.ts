import fc from 'fast-check';
import {
  AddressBook,
  type BatchStep,
  type BookChange,
  type ClaimRecord,
  type ClaimRequest,
  NetloomError,
  OFFER_MS,
  type PoolRecord,
  type PoolRequest,
  QUARANTINE_MS,
  type Step,
} from 'netloom';
import { BookModel, type ModelAnswer } from './book-model';

const POOL = 'apps/lan';
const OWNERS = ['a', 'b', 'c', 'd'];

/** The book, and the rows that a store would have after all of its changes. */
export class BookUnderTest {
  book = new AddressBook();
  readonly pools = new Map<string, PoolRecord>();
  readonly claims = new Map<number, ClaimRecord>();
  /** What the store has of the highest number: it is written together with rows. */
  private number = 0;

  write(changes: readonly BookChange[]): void {
    for (const change of changes) {
      if (change.kind === 'pool') put(this.pools, change.name, change.pool);
      else put(this.claims, change.serial, change.claim);
    }
    if (changes.length > 0) this.number = this.book.lastNumber;
  }

  /** A book as it is after a restart. */
  reloaded(): AddressBook {
    const rows = [
      structuredClone([...this.pools.values()]),
      structuredClone([...this.claims.values()]),
    ];
    return new AddressBook(rows[0] as PoolRecord[], rows[1] as ClaimRecord[], this.number);
  }
}

/** The model, with what the steps so far have answered. */
export class ModelState {
  model = new BookModel();
  now = 1_000_000;
  /** Every claim that was ever given, for releases that come late or twice. */
  readonly given: ClaimRecord[] = [];
  /** When an address was freed last, and whose it was. */
  readonly freed = new Map<number, { owner: string; at: number }>();
}

type BookCommand = fc.Command<ModelState, BookUnderTest>;

interface Ask {
  readonly verb: 'offer' | 'claim' | 'confirm' | 'renew';
  readonly owner: string;
  readonly identity: string;
  /** Addresses of the block: 1 for a single one. */
  readonly size: number;
  readonly at: number | undefined;
  readonly offerMs: number | undefined;
}

function requestOf({ owner, identity, size, at, offerMs }: Ask): ClaimRequest {
  const prefixLength = 32 - Math.log2(size);
  return {
    pool: POOL,
    owner,
    identity,
    ...(at === undefined ? {} : { addresses: [textOf(at, size)] }),
    ...(at === undefined && size > 1 ? { prefixLength } : {}),
    ...(offerMs === undefined ? {} : { offerMs }),
  };
}

function textOf(at: number, size: number): string {
  return size === 1 ? `10.0.0.${at}` : `10.0.0.${at}/${32 - Math.log2(size)}`;
}

function placeOf(record: ClaimRecord): { at: number; size: number } {
  const [, at, length] = /^10\.0\.0\.(\d+)(?:\/(\d+))?$/.exec(record.addresses[0] ?? '') ?? [];
  return { at: Number(at), size: length === undefined ? 1 : 2 ** (32 - Number(length)) };
}

/** What a step answers, or the codes of its problems; what is refused must not have changed a thing. */
function attempt<T>(
  { now }: ModelState,
  real: BookUnderTest,
  run: (book: AddressBook) => Step<T>,
): { value: T } | { codes: string[] } {
  const before = snapshot(real.book, now);
  try {
    const { value, changes } = run(real.book);
    real.write(changes);
    return { value };
  } catch (error) {
    if (!(error instanceof NetloomError)) throw error;
    expect(snapshot(real.book, now)).toEqual(before);
    return { codes: error.problems.map(({ code }) => code) };
  }
}

/** All that can be seen of a book. */
export function snapshot(book: AddressBook, now: number): unknown {
  // Expiry first: it is no part of a refused step.
  const pools = book.poolNames().map((name) => [name, book.pool(name, now)]);
  return {
    pools,
    rows: book.rows(),
    last: book.lastNumber,
    usage: book.pool(POOL, now) && book.usage(POOL, now),
  };
}

/** Compares an answer of the book with the model's, and notes what was given. */
function compareAnswer(
  state: ModelState,
  want: ModelAnswer,
  got: ClaimRecord,
  owner: string,
): void {
  expect({ ...placeOf(got), state: got.state, owner: got.owner }).toEqual(
    'code' in want ? want : { at: want.at, size: want.size, state: want.state, owner },
  );
  if (got.state !== 'claimed') return;
  const { at, size } = placeOf(got);
  const hold = state.model.holds.find(
    (one) => one.owner === owner && one.at === at && one.state === 'claimed',
  );
  if (hold) hold.incarnation = got.incarnation;
  state.given.push(got);
  // Whoever had it last may hand it over once it has it again.
  for (let one = at; one < at + size; one++) {
    if (state.freed.get(one)?.owner === owner) state.freed.delete(one);
  }
}

function askOne(state: ModelState, { verb, ...ask }: Ask, hint?: number): ModelAnswer {
  const request = requestOf({ verb, ...ask });
  return state.model.ask(verb, request, { at: ask.at, size: ask.size, hint }, state.now);
}

/** I1: nobody's places overlap. I4: what was just freed is its former owner's alone. */
function checkPromises(state: ModelState, real: BookUnderTest): void {
  const { now, model } = state;
  if (real.book.pool(POOL, now) === undefined) return;
  const seen = new Map<number, string>();
  for (const record of real.book.claims(POOL, now)) {
    const { at, size } = placeOf(record);
    for (let one = at; one < at + size; one++) {
      expect([one, seen.get(one)]).toEqual([one, undefined]);
      seen.set(one, record.owner);
      const freed = state.freed.get(one);
      if (freed && freed.owner !== record.owner) {
        expect(now - freed.at).toBeGreaterThanOrEqual(QUARANTINE_MS);
      }
    }
  }
  const standing = real.book
    .claims(POOL, now)
    .map((record) => ({ owner: record.owner, state: record.state, ...placeOf(record) }));
  const want = model
    .standing(now)
    .map(({ owner, state: how, at, size }) => ({ owner, state: how, at, size }));
  expect(sorted(standing)).toEqual(sorted(want));
  const asides = real.book.setAsides(POOL, now).map(({ address }) => address);
  expect(asides.sort()).toEqual(
    model
      .asides()
      .map(({ at }) => textOf(at, 1))
      .sort(),
  );
  const quarantined = model.holds.filter((hold) => hold.state === 'released' && hold.until > now);
  expect(real.book.usage(POOL, now).quarantined).toBe(quarantined.length);
  // A restart changes nothing that can be seen.
  expect(snapshot(real.reloaded(), now)).toEqual(snapshot(real.book, now));
}

function sorted<T extends { at: number }>(holds: T[]): T[] {
  return holds.sort((one, other) => one.at - other.at);
}

abstract class Base implements BookCommand {
  check(): boolean {
    return true;
  }

  run(state: ModelState, real: BookUnderTest): void {
    state.model.advance(state.now);
    this.step(state, real);
    checkPromises(state, real);
  }

  abstract step(state: ModelState, real: BookUnderTest): void;
  abstract toString(): string;
}

class AskCommand extends Base {
  constructor(private readonly ask: Ask) {
    super();
  }

  step(state: ModelState, real: BookUnderTest): void {
    const { verb, owner } = this.ask;
    const request = requestOf(this.ask);
    const got = attempt(state, real, (book) => book[verb](request, state.now));
    const hint = 'value' in got ? placeOf(got.value).at : undefined;
    const want = askOne(state, this.ask, hint);
    if ('codes' in got) {
      expect(want).toEqual({ code: got.codes[0] });
      return;
    }
    compareAnswer(state, want, got.value, owner);
    // I3: the same request has the same answer, also after a restart.
    const again = real.reloaded()[verb](request, state.now).value;
    expect(again.addresses).toEqual(got.value.addresses);
  }

  toString(): string {
    const { verb, owner, identity, size, at, offerMs } = this.ask;
    const what = at === undefined ? (size === 1 ? '' : `a block of ${size}`) : textOf(at, size);
    return `${owner}(${identity}) ${verb} ${what}${offerMs === undefined ? '' : ` for ${offerMs} ms`}`;
  }
}

class ReleaseCommand extends Base {
  constructor(
    private readonly which: number,
    private readonly by: string | undefined,
  ) {
    super();
  }

  step(state: ModelState, real: BookUnderTest): void {
    const record = state.given[this.which % Math.max(1, state.given.length)];
    if (!record) return;
    const owner = this.by ?? record.owner;
    const got = attempt(state, real, (book) => book.release({ ...record, owner }, state.now));
    const hold = state.model.holds.find((one) => one.incarnation === record.incarnation);
    const isThere = real.pools.has(POOL) && state.model.pool !== undefined;
    const want = isThere && state.model.release(record, owner, state.now);
    expect('value' in got && got.value.released).toBe(want);
    if (!want || !hold) return;
    for (let at = hold.at; at < hold.at + hold.size; at++) {
      state.freed.set(at, { owner, at: state.now });
    }
  }

  toString(): string {
    return `release of claim ${this.which}${this.by === undefined ? '' : ` by ${this.by}`}`;
  }
}

class TransferCommand extends Base {
  constructor(
    private readonly from: string,
    private readonly owner: string,
    private readonly identity: string,
  ) {
    super();
  }

  step(state: ModelState, real: BookUnderTest): void {
    const { from, owner, identity } = this;
    const got = attempt(state, real, (book) =>
      book.transfer({ pool: POOL, from, owner, identity }, state.now),
    );
    const want = state.model.transfer(from, owner, identity, state.now);
    if ('codes' in got) expect(want).toEqual({ code: got.codes[0] });
    else compareAnswer(state, want, got.value, owner);
  }

  toString(): string {
    return `transfer from ${this.from} to ${this.owner}(${this.identity})`;
  }
}

class SetAsideCommand extends Base {
  constructor(private readonly at: number) {
    super();
  }

  step(state: ModelState, real: BookUnderTest): void {
    const { at } = this;
    const wish = { pool: POOL, address: textOf(at, 1), why: 'seen', byValue: false };
    const got = attempt(state, real, (book) => book.setAside(wish, state.now));
    const want = state.model.setAside(at, state.now);
    if ('codes' in got) expect(want).toEqual({ code: got.codes[0] });
    else expect(got.value.claim === undefined).toBe(want);
    // Nobody had it in the meantime who could have it too early: it is told by `checkPromises`.
    if (want === true) state.freed.delete(at);
  }

  toString(): string {
    return `${textOf(this.at, 1)} set aside`;
  }
}

class PutBackCommand extends Base {
  constructor(private readonly at: number) {
    super();
  }

  step(state: ModelState, real: BookUnderTest): void {
    const got = attempt(state, real, (book) => book.putBack(POOL, textOf(this.at, 1), state.now));
    expect(got).toEqual({ value: state.model.putBack(this.at) });
  }

  toString(): string {
    return `${textOf(this.at, 1)} put back`;
  }
}

/** Tries some steps, and then does them: a dry run changes nothing, and says what comes of it. */
class TryCommand extends Base {
  constructor(
    private readonly asks: readonly Ask[],
    private readonly mode: 'all' | 'each',
  ) {
    super();
  }

  step(state: ModelState, real: BookUnderTest): void {
    const steps = this.asks.map((ask): BatchStep => ({ verb: ask.verb, request: requestOf(ask) }));
    const { now } = state;
    const before = snapshot(real.book, now);
    const outcome = (run: (book: AddressBook) => unknown): unknown => {
      try {
        return run(real.book);
      } catch (error) {
        return (error as NetloomError).problems;
      }
    };
    const tried = outcome((book) => book.tryBatch(steps, this.mode, now));
    expect(snapshot(real.book, now)).toEqual(before);
    expect(outcome((book) => book.tryBatch(steps, this.mode, now))).toEqual(tried);
    // On a book of its own: what comes of it is no part of this history.
    const copy = real.reloaded();
    const retried = outcome(() => copy.tryBatch(steps, this.mode, now));
    expect(outcome(() => copy.batch(steps, this.mode, now).value)).toEqual(retried);
  }

  toString(): string {
    return `dry run (${this.mode}) of ${this.asks.map((ask) => String(new AskCommand(ask))).join('; ')}`;
  }
}

class DefineCommand extends Base {
  constructor(
    private readonly first: number,
    private readonly last: number,
    private readonly isOffer: boolean,
  ) {
    super();
  }

  step(state: ModelState, real: BookUnderTest): void {
    const { model, now } = state;
    const ranges = [`10.0.0.${this.first}-10.0.0.${this.last}`];
    const spec = { subnets: [{ subnet: '10.0.0.0/24', ranges }] };
    const request: PoolRequest = { name: POOL, spec, owner: 'stack', identity: 'ci' };
    const { isOffer } = this;
    const got = attempt(state, real, (book) =>
      isOffer ? book.offerPool(request, now) : book.putPool(request, now),
    );
    const isMade = model.pool !== undefined && model.pool.offeredUntil === undefined;
    // An offer of a pool that is made changes nothing.
    if (isMade && isOffer) {
      expect('value' in got).toBe(model.fits(this.first, this.last));
      return;
    }
    expect('value' in got).toBe(model.define(this.first, this.last, now));
    if ('value' in got && model.pool && isOffer) model.pool.offeredUntil = now + OFFER_MS;
  }

  toString(): string {
    return `${this.isOffer ? 'offer' : 'put'} of the pool as ${this.first}-${this.last}`;
  }
}

class RemoveCommand extends Base {
  step(state: ModelState, real: BookUnderTest): void {
    const { model, now } = state;
    const record = real.book.pool(POOL, now);
    if (!record) return;
    const asker = { owner: 'stack', identity: 'ci' };
    const got = attempt(state, real, (book) =>
      book.removePool(POOL, asker, record.incarnation, now),
    );
    expect('value' in got).toBe(model.remove(now));
  }

  toString(): string {
    return 'removal of the pool';
  }
}

class BatchCommand extends Base {
  constructor(
    private readonly asks: readonly Ask[],
    private readonly mode: 'all' | 'each',
  ) {
    super();
  }

  step(state: ModelState, real: BookUnderTest): void {
    const steps = this.asks.map((ask): BatchStep => ({ verb: ask.verb, request: requestOf(ask) }));
    const got = attempt(state, real, (book) => book.batch(steps, this.mode, state.now));
    const before = structuredClone({ holds: state.model.holds, pool: state.model.pool });
    const answers = 'value' in got ? got.value : [];
    const wants = this.asks.map((ask, index) => {
      const answer = answers[index];
      const claim = answer && 'claim' in answer ? answer.claim : undefined;
      const want = askOne(state, ask, claim && placeOf(claim).at);
      if (claim) compareAnswer(state, want, claim, ask.owner);
      else if (answer && 'problems' in answer) {
        expect(want).toEqual({ code: answer.problems[0]?.code });
      }
      return want;
    });
    const codes = wants.flatMap((want) => ('code' in want ? [want.code] : []));
    if (this.mode === 'each' || 'value' in got) {
      expect('value' in got && (this.mode === 'each' || codes.length === 0)).toBe(true);
      return;
    }
    // Which address a refused step was to get is not told, and after a restart it can't be known.
    if (before.pool?.cursor !== undefined) expect(got.codes).toEqual(codes);
    state.model.holds = before.holds;
    state.model.pool = before.pool;
  }

  toString(): string {
    return `batch (${this.mode}) of ${this.asks.map((ask) => String(new AskCommand(ask))).join('; ')}`;
  }
}

class WaitCommand extends Base {
  constructor(private readonly ms: number) {
    super();
  }

  step(state: ModelState): void {
    state.now += this.ms;
    state.model.advance(state.now);
  }

  toString(): string {
    return `wait ${this.ms} ms`;
  }
}

class RestartCommand extends Base {
  step(state: ModelState, real: BookUnderTest): void {
    real.book = real.reloaded();
    if (state.model.pool) state.model.pool.cursor = undefined;
  }

  toString(): string {
    return 'restart';
  }
}

/** The agent dies before the rows of a step are on disk: nobody was told of it. */
class CrashCommand extends Base {
  constructor(private readonly ask: Ask) {
    super();
  }

  step(state: ModelState, real: BookUnderTest): void {
    // What ends by itself is written with the next step, and ends again after a restart.
    const before = snapshot(real.reloaded(), state.now);
    try {
      real.book[this.ask.verb](requestOf(this.ask), state.now);
    } catch (error) {
      if (!(error instanceof NetloomError)) throw error;
    }
    real.book = real.reloaded();
    expect(snapshot(real.book, state.now)).toEqual(before);
    if (state.model.pool) state.model.pool.cursor = undefined;
  }

  toString(): string {
    return `crash in: ${new AskCommand(this.ask)}`;
  }
}

const owner = fc.constantFrom(...OWNERS);
const identity = fc.oneof(
  { weight: 15, arbitrary: fc.constant('ci') },
  { weight: 1, arbitrary: fc.constant('other') },
);
const ask: fc.Arbitrary<Ask> = fc
  .record({
    verb: fc.constantFrom('offer', 'claim', 'claim', 'confirm', 'renew'),
    owner,
    identity,
    size: fc.constantFrom(1, 1, 1, 2, 4),
    at: fc.option(fc.integer({ min: 8, max: 27 }), { nil: undefined, freq: 2 }),
    offerMs: fc.constantFrom(undefined, undefined, 1_000, 90_000),
  })
  .map(({ at, ...rest }) => ({
    ...(rest as Omit<Ask, 'at'>),
    at: at === undefined ? undefined : at - (at % rest.size),
  }));

/** Every kind of step, so that small pools are full most of the time. */
export const bookCommands: fc.Arbitrary<BookCommand>[] = [
  ask.map((one) => new AskCommand(one)),
  ask.map((one) => new AskCommand(one)),
  fc
    .tuple(fc.nat(30), fc.option(owner, { nil: undefined, freq: 5 }))
    .map(([which, by]) => new ReleaseCommand(which, by)),
  fc.tuple(owner, owner, identity).map((args) => new TransferCommand(...args)),
  fc
    .tuple(fc.integer({ min: 8, max: 12 }), fc.integer({ min: 14, max: 27 }), fc.boolean())
    .map((args) => new DefineCommand(...args)),
  fc.constant(new RemoveCommand()),
  fc
    .tuple(fc.array(ask, { minLength: 1, maxLength: 4 }), fc.constantFrom('all', 'each'))
    .map(([asks, mode]) => new BatchCommand(asks, mode as 'all' | 'each')),
  fc.integer({ min: 7, max: 28 }).map((at) => new SetAsideCommand(at)),
  fc.integer({ min: 8, max: 27 }).map((at) => new PutBackCommand(at)),
  fc
    .tuple(fc.array(ask, { minLength: 1, maxLength: 4 }), fc.constantFrom('all', 'each'))
    .map(([asks, mode]) => new TryCommand(asks, mode as 'all' | 'each')),
  fc.constantFrom(1, 900, 15_000, 59_999, QUARANTINE_MS, OFFER_MS).map((ms) => new WaitCommand(ms)),
  fc.constant(new RestartCommand()),
  ask.map((one) => new CrashCommand(one)),
];

/** One command of each kind, for a pool of two addresses and owners `a` and `b`, and where to begin. */
export function smallCommands(): { beginnings: BookCommand[][]; commands: BookCommand[] } {
  const by = (owner: string, verb: Ask['verb']): Ask => {
    return { verb, owner, identity: 'ci', size: 1, at: undefined, offerMs: undefined };
  };
  return {
    beginnings: [
      [new DefineCommand(8, 9, false)],
      [new DefineCommand(8, 9, false), new AskCommand(by('a', 'offer'))],
      [
        new DefineCommand(8, 9, false),
        new AskCommand(by('a', 'claim')),
        new AskCommand(by('b', 'claim')),
      ],
    ],
    commands: [
      new AskCommand(by('a', 'offer')),
      new AskCommand(by('a', 'confirm')),
      new AskCommand(by('a', 'renew')),
      new AskCommand(by('a', 'claim')),
      new AskCommand(by('b', 'claim')),
      new AskCommand({ ...by('b', 'offer'), at: 8 }),
      new ReleaseCommand(0, undefined),
      new ReleaseCommand(1, 'b'),
      new TransferCommand('a', 'b', 'ci'),
      new WaitCommand(QUARANTINE_MS - 1),
      new WaitCommand(OFFER_MS),
      new RestartCommand(),
      new CrashCommand(by('a', 'claim')),
      new SetAsideCommand(8),
      new PutBackCommand(8),
      new TryCommand([by('a', 'claim'), by('b', 'offer')], 'all'),
    ],
  };
}

function put<K, V>(map: Map<K, V>, key: K, value: V | undefined): void {
  if (value === undefined) map.delete(key);
  else map.set(key, value);
}
