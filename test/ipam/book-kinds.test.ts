import fc from 'fast-check';
import {
  type AddressBook,
  type ClaimRecord,
  type ClaimRequest,
  NetloomError,
  QUARANTINE_MS,
  type Step,
} from 'netloom';
import { BookUnderTest, snapshot } from './book-commands';

const POOL = 'apps/lan';
const QUOTA = 4;

/** What a claim may ask for: at most one number of each kind, all of them or none. */
const WANTS = {
  ipv4: { family: 'ipv4' },
  ipv6: { family: 'ipv6' },
  both: { family: 'dual' },
  mac: { family: 'none', mac: true },
  all: { family: 'dual', mac: true },
  bare: { family: 'dual', mac: false },
} as const;

type Want = keyof typeof WANTS;
type Kind = 'ipv4' | 'ipv6' | 'mac';

const KINDS_OF: Record<Want, Kind[]> = {
  ipv4: ['ipv4'],
  ipv6: ['ipv6'],
  both: ['ipv4', 'ipv6'],
  mac: ['mac'],
  all: ['ipv4', 'ipv6', 'mac'],
  bare: ['ipv4', 'ipv6'],
};

/** How many there are of each: few, so that one kind is used up while others are not. */
const SIZES: Record<Kind, number> = { ipv4: 5, ipv6: 4, mac: 3 };

interface Held {
  readonly owner: string;
  readonly identity: string;
  readonly incarnation: number;
  numbers: ReadonlyMap<Kind, string>;
  /** End of the quarantine, once it was given back. */
  until: number;
}

type Action =
  | {
      readonly act: 'claim';
      readonly owner: string;
      readonly identity: string;
      readonly want: Want;
    }
  | { readonly act: 'release'; readonly which: number }
  | { readonly act: 'wait' | 'restart' | 'crash' };

const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      act: fc.constant('claim' as const),
      owner: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
      identity: fc.constantFrom('ci', 'ci', 'ci', 'other'),
      want: fc.constantFrom<Want>('ipv4', 'ipv6', 'both', 'mac', 'all', 'all', 'bare', 'bare'),
    }),
  },
  { weight: 3, arbitrary: fc.record({ act: fc.constant('release' as const), which: fc.nat(9) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      act: fc.constantFrom<'wait' | 'restart' | 'crash'>('wait', 'restart', 'crash'),
    }),
  },
);

function numbersOf({ addresses, mac }: ClaimRecord): Map<Kind, string> {
  const numbers = new Map<Kind, string>();
  for (const address of addresses) numbers.set(address.includes(':') ? 'ipv6' : 'ipv4', address);
  if (mac !== undefined) numbers.set('mac', mac);
  return numbers;
}

/** A pool of both families and MAC addresses, and a list of what is held of it. */
class Kinds {
  readonly real = new BookUnderTest();
  now = 1_000_000;
  private held: Held[] = [];

  constructor() {
    const spec = {
      subnets: [
        { subnet: '10.0.0.0/24', ranges: ['10.0.0.8-10.0.0.12'] },
        { subnet: 'fd00::/64', ranges: ['fd00::8-fd00::b'] },
      ],
      macs: ['02:00:00:00:00:01-02:00:00:00:00:03'],
    };
    const request = { name: POOL, spec, owner: 'stack', identity: 'ci' };
    this.real.write(this.real.book.putPool(request, this.now).changes);
  }

  run(one: Action): void {
    if (one.act === 'wait') this.now += QUARANTINE_MS / 2;
    else if (one.act === 'restart') this.real.book = this.real.reloaded();
    else if (one.act === 'crash') this.crash();
    else if (one.act === 'release') this.release(one.which);
    else if (one.act === 'claim') this.claim(one.owner, one.identity, one.want);
    this.check();
  }

  private claim(owner: string, identity: string, want: Want): void {
    const request: ClaimRequest = {
      pool: POOL,
      owner,
      identity,
      quota: { claims: QUOTA },
      ...WANTS[want],
    };
    const mine = this.held.filter((one) => one.owner === owner && this.isHeld(one));
    const claimedAs = (wanted: Want): Held | undefined =>
      mine.find(
        (one) => one.until === 0 && KINDS_OF[wanted].join() === [...one.numbers.keys()].join(),
      );
    // Without MAC address, the next best claim is the one that has one too many.
    const spare = want === 'bare' && !claimedAs(want) ? claimedAs('all') : undefined;
    const claimed = claimedAs(want) ?? spare;
    const codes = this.refusalOf(owner, identity, want, mine, claimed);
    if (claimed && codes.length === 0) this.offerChangesNothing(request, claimed);
    const record = this.attempt((book) => book.claim(request, this.now));
    if (Array.isArray(record)) {
      expect(codes).toContain(record[0]);
      return;
    }
    if (spare) this.freeMac(spare);
    expect(codes).toEqual([]);
    const numbers = numbersOf(record);
    expect([...numbers.keys()]).toEqual(KINDS_OF[want]);
    if (claimed) expect(numbers).toEqual(claimed.numbers);
    for (const [kind, number] of numbers) {
      expect([number, this.isFree(kind, number, owner, claimed)]).toEqual([number, true]);
    }
    this.held = this.held.filter((one) => one !== claimed);
    this.takeFromFreed(owner, numbers);
    this.held.push({ owner, identity, incarnation: record.incarnation, numbers, until: 0 });
  }

  /** An offer tells what the claim will be, and leaves what it is. */
  private offerChangesNothing(request: ClaimRequest, { numbers }: Held): void {
    const before = snapshot(this.real.book, this.now);
    const { value, changes } = this.real.book.offer(request, this.now);
    expect(changes).toEqual([]);
    expect(snapshot(this.real.book, this.now)).toEqual(before);
    const wanted = [...numbers].filter(([kind]) => kind !== 'mac' || request.mac !== false);
    expect([...numbersOf(value)]).toEqual(wanted);
  }

  /** What a claim gave back of itself is in quarantine for everybody but its owner. */
  private freeMac(claim: Held): void {
    const mac = claim.numbers.get('mac') as string;
    claim.numbers = new Map([...claim.numbers].filter(([kind]) => kind !== 'mac'));
    const { owner, identity } = claim;
    const until = this.now + QUARANTINE_MS;
    this.held.push({ owner, identity, incarnation: 0, numbers: new Map([['mac', mac]]), until });
  }

  /** Codes that a claim may be refused with; none when it has to be given. */
  private refusalOf(
    owner: string,
    identity: string,
    want: Want,
    mine: readonly Held[],
    claimed: Held | undefined,
  ): string[] {
    if (mine.some((one) => one.identity !== identity)) return ['NL_OWNER_IDENTITY'];
    if (claimed) return [];
    const count = this.held.filter((one) => one.until === 0 && one.identity === identity).length;
    if (count >= QUOTA) return ['NL_QUOTA_REACHED'];
    const isFull = KINDS_OF[want].some((kind) => {
      const taken = this.held.filter(
        (one) =>
          this.isHeld(one) && one.numbers.has(kind) && (one.until === 0 || one.owner !== owner),
      );
      return taken.length >= SIZES[kind];
    });
    return isFull ? ['NL_POOL_FULL'] : [];
  }

  private release(which: number): void {
    const claims = this.held.filter((one) => one.until === 0);
    const one = claims[which % Math.max(1, claims.length)];
    if (one === undefined) return;
    const { owner, identity, incarnation } = one;
    const request = { pool: POOL, owner, identity, incarnation };
    expect(this.attempt((book) => book.release(request, this.now))).toEqual({ released: true });
    one.until = this.now + QUARANTINE_MS;
  }

  private crash(): void {
    const before = snapshot(this.real.reloaded(), this.now);
    try {
      this.real.book.claim({ pool: POOL, owner: 'a', identity: 'ci', family: 'dual' }, this.now);
    } catch (error) {
      if (!(error instanceof NetloomError)) throw error;
    }
    this.real.book = this.real.reloaded();
    expect(snapshot(this.real.book, this.now)).toEqual(before);
  }

  /** The answer, or the codes of a refusal, which must not have changed a thing. */
  private attempt<T>(run: (book: AddressBook) => Step<T>): T | string[] {
    const before = snapshot(this.real.book, this.now);
    try {
      const { value, changes } = run(this.real.book);
      this.real.write(changes);
      return value;
    } catch (error) {
      if (!(error instanceof NetloomError)) throw error;
      expect(snapshot(this.real.book, this.now)).toEqual(before);
      return error.problems.map(({ code }) => code);
    }
  }

  /** No number twice; a restart changes nothing; what stands is what was given. */
  private check(): void {
    const { now, real } = this;
    expect(snapshot(real.reloaded(), now)).toEqual(snapshot(real.book, now));
    const standing = real.book.claims(POOL, now);
    const numbers = standing.flatMap((record) => [...numbersOf(record).values()]);
    expect(new Set(numbers).size).toBe(numbers.length);
    const told = this.held.filter((one) => one.until === 0);
    const all = (rows: { owner: string; numbers: ReadonlyMap<Kind, string> }[]): string[] =>
      rows.map((row) => `${row.owner} ${[...row.numbers.values()].join(' ')}`).sort();
    expect(
      all(standing.map((record) => ({ owner: record.owner, numbers: numbersOf(record) }))),
    ).toEqual(all(told));
  }

  private isHeld({ until }: Held): boolean {
    return until === 0 || until > this.now;
  }

  private isFree(kind: Kind, number: string, owner: string, but: Held | undefined): boolean {
    return this.held.every(
      (one) =>
        one === but ||
        !this.isHeld(one) ||
        one.numbers.get(kind) !== number ||
        (one.until > 0 && one.owner === owner),
    );
  }

  /** What an owner takes again of what it gave back is in quarantine no more. */
  private takeFromFreed(owner: string, numbers: ReadonlyMap<Kind, string>): void {
    this.held = this.held.map((one) => {
      if (one.until === 0 || one.owner !== owner) return one;
      const left = new Map(
        [...one.numbers].filter(([kind, number]) => numbers.get(kind) !== number),
      );
      return { ...one, numbers: left };
    });
  }
}

describe('claims of both families and MAC addresses, with quotas', () => {
  test('all of a claim or nothing, no number twice, and a restart or a crash changes nothing', () => {
    const history = fc.array(action, { maxLength: 40, size: 'max' });
    fc.assert(
      fc.property(history, (actions) => {
        const kinds = new Kinds();
        for (const one of actions) kinds.run(one);
      }),
      { numRuns: 300 },
    );
  }, 120_000);
});
