import fc from 'fast-check';
import {
  AddressBook,
  type BookChange,
  type ClaimRecord,
  type ClaimRequest,
  claimId,
  incarnationOf,
  NetloomError,
  OFFER_MS,
  type PoolRecord,
  type PoolSpec,
  QUARANTINE_MS,
  STALE_OFFER_MS,
  type Step,
} from 'netloom';

const POOL = 'apps/lan';
const lan: PoolSpec = {
  subnets: [
    { subnet: '10.10.0.0/24', ranges: ['10.10.0.100-10.10.0.103'], gateway: '10.10.0.100' },
    { subnet: 'fd00:10::/64', ranges: ['fd00:10::80-fd00:10::82'] },
  ],
};

function bookWith(spec: PoolSpec = lan): AddressBook {
  const book = new AddressBook();
  book.putPool({ name: POOL, spec, owner: 'stack', identity: 'ci' }, 0);
  return book;
}

function ask(owner: string, more: Partial<ClaimRequest> = {}): ClaimRequest {
  return { pool: POOL, owner, identity: 'ci', ...more };
}

function codes(run: () => unknown): string[] {
  try {
    run();
  } catch (error) {
    if (error instanceof NetloomError) return error.problems.map((problem) => problem.code);
    throw error;
  }
  return [];
}

function claim(book: AddressBook, owner: string, now = 0, more = {}): ClaimRecord {
  return book.claim(ask(owner, more), now).value;
}

function release(book: AddressBook, held: ClaimRecord, now = 0): boolean {
  return book.release({ ...held }, now).value.released;
}

describe('the choice of an address', () => {
  test('goes on behind the last one given, not lowest first, and comes round', () => {
    const book = bookWith();
    const first = claim(book, 'a');
    expect(first.addresses).toEqual(['10.10.0.101']);
    release(book, first);
    const late = QUARANTINE_MS + 1;
    expect(claim(book, 'b', late).addresses).toEqual(['10.10.0.102']);
    expect(claim(book, 'c', late).addresses).toEqual(['10.10.0.103']);
    expect(claim(book, 'd', late).addresses).toEqual(['10.10.0.101']);
    expect(codes(() => claim(book, 'e', late))).toEqual(['NL_POOL_FULL']);
  });

  test('one of each family, or none at all', () => {
    const book = bookWith({ subnets: [lan.subnets[0] as never, { subnet: 'fd00:10::/128' }] });
    expect(claim(book, 'a', 0, { family: 'dual' }).addresses).toEqual(['10.10.0.101', 'fd00:10::']);
    const before = book.usage(POOL, 0);
    expect(codes(() => claim(book, 'b', 0, { family: 'dual' }))).toEqual(['NL_POOL_FULL']);
    expect(book.usage(POOL, 0)).toEqual(before);
  });

  test.each([
    { name: 'one outside', addresses: ['10.10.0.99'], want: ['NL_CLAIM_OUTSIDE_CLAIMABLE'] },
    { name: 'the gateway', addresses: ['10.10.0.100'], want: ['NL_CLAIM_OUTSIDE_CLAIMABLE'] },
    { name: 'no address at all', addresses: ['10.10.0'], want: ['NL_ADDRESS_INVALID'] },
    {
      name: 'two of one family',
      addresses: ['10.10.0.101', '10.10.0.102'],
      want: ['NL_ADDRESS_TWICE'],
    },
    {
      name: 'two wrong ones',
      addresses: ['10.9.0.1', 'x'],
      want: ['NL_CLAIM_OUTSIDE_CLAIMABLE', 'NL_ADDRESS_INVALID'],
    },
    { name: 'one that another has', addresses: ['10.10.0.101'], want: ['NL_ADDRESS_NOT_FREE'] },
    { name: 'a free one', addresses: ['10.10.0.102'], want: [] },
  ])('by value: $name', ({ addresses, want }) => {
    const book = bookWith();
    claim(book, 'other');
    expect(codes(() => claim(book, 'me', 0, { addresses }))).toEqual(want);
  });
});

describe('offers', () => {
  test('the claim gets what was offered, also after others came in between', () => {
    const book = bookWith();
    const offered = book.offer(ask('a'), 0).value;
    claim(book, 'b');
    expect(claim(book, 'a').addresses).toEqual(offered.addresses);
  });

  test('the same owner gets the same offer, and only one at a time', () => {
    const book = bookWith();
    const first = book.offer(ask('a'), 0).value;
    expect(book.offer(ask('a'), 5).value.addresses).toEqual(first.addresses);
    const other = book.offer(ask('a', { addresses: ['10.10.0.103'] }), 6).value;
    expect(book.claims(POOL, 6)).toEqual([other]);
  });

  test('they expire', () => {
    const book = bookWith();
    for (const owner of ['a', 'b', 'c']) book.offer(ask(owner), 0);
    const other = ask('d', { identity: 'other' });
    expect(codes(() => book.offer(other, OFFER_MS - 1))).toEqual(['NL_POOL_FULL']);
    expect(codes(() => book.offer(other, OFFER_MS))).toEqual([]);
    expect(book.usage(POOL, OFFER_MS).offered).toBe(1);
  });

  test('the oldest yields to a claim when the pool is full, and only then', () => {
    const book = bookWith();
    const offers = ['a', 'b', 'c'].map((owner, index) => book.offer(ask(owner), index).value);
    expect(claim(book, 'd', 10).addresses).toEqual(offers[0]?.addresses);
    expect(book.claims(POOL, 10).map((one) => one.owner)).toEqual(['b', 'c', 'd']);
    expect(codes(() => book.offer(ask('e'), 10))).toEqual(['NL_POOL_FULL']);
  });

  test('one that has not been asked for again yields to a newer offer of the same credential', () => {
    const book = bookWith();
    const offers = ['a', 'b', 'c'].map((owner) => book.offer(ask(owner), 0).value);
    for (const owner of ['b', 'c']) book.offer(ask(owner), STALE_OFFER_MS - 1);
    expect(codes(() => book.offer(ask('d'), STALE_OFFER_MS - 1))).toEqual(['NL_POOL_FULL']);
    const other = ask('d', { identity: 'other' });
    expect(codes(() => book.offer(other, STALE_OFFER_MS))).toEqual(['NL_POOL_FULL']);
    const taken = book.offer(ask('d'), STALE_OFFER_MS);
    expect(taken.value.addresses).toEqual(offers[0]?.addresses);
    expect(taken.changes).toContainEqual({
      kind: 'claim',
      serial: offers[0]?.serial,
      claim: undefined,
    });
    expect(book.claims(POOL, STALE_OFFER_MS).map((one) => one.owner)).toEqual(['b', 'c', 'd']);
  });

  test('an offered pool serves offers but no claims, and ends by itself', () => {
    const book = new AddressBook();
    const request = { name: POOL, spec: lan, owner: 'stack', identity: 'ci' };
    book.offerPool(request, 0);
    const { addresses } = book.offer(ask('a'), 0).value;
    expect(codes(() => claim(book, 'a'))).toEqual(['NL_POOL_UNKNOWN']);
    expect(codes(() => book.offer(ask('a'), OFFER_MS))).toEqual(['NL_POOL_UNKNOWN']);
    book.putPool(request, 5);
    expect(claim(book, 'a', 6).addresses).toEqual(addresses);
  });
});

describe('release and quarantine', () => {
  test('the order of a replacement (check, create, delete of the old one) keeps the address', () => {
    const book = bookWith();
    const old = claim(book, 'a');
    const checked = book.offer(ask('a'), 1).value;
    const created = claim(book, 'a', 2);
    expect(checked.addresses).toEqual(old.addresses);
    expect(created.addresses).toEqual(old.addresses);
    expect(release(book, old, 3)).toBe(false);
    expect(book.find(POOL, 'a', 3)).toEqual(created);
    expect(release(book, created, 4)).toBe(true);
    expect(release(book, created, 5)).toBe(false);
  });

  test('a freed address is out of use for the quarantine, but not for its own owner', () => {
    const book = bookWith({ subnets: [{ subnet: '10.0.0.1/32' }] });
    release(book, claim(book, 'a'), 0);
    expect(codes(() => claim(book, 'b', QUARANTINE_MS - 1))).toEqual(['NL_POOL_FULL']);
    expect(claim(bookFrom(book), 'a', 1).addresses).toEqual(['10.0.0.1']);
    expect(claim(book, 'b', QUARANTINE_MS).addresses).toEqual(['10.0.0.1']);
  });

  test('an offer of its last address to the owner does not end the quarantine for others', () => {
    const single: PoolSpec = { subnets: [{ subnet: '10.0.0.1/32' }] };
    const yielding = bookWith(single);
    release(yielding, claim(yielding, 'a'), 0);
    yielding.offer(ask('a'), 1);
    expect(codes(() => claim(yielding, 'b', 2))).toEqual(['NL_POOL_FULL']);
    expect(codes(() => claim(yielding, 'b', QUARANTINE_MS))).toEqual([]);

    const changing = bookWith();
    const held = claim(changing, 'a');
    release(changing, held, 0);
    changing.offer(ask('a'), 1);
    changing.offer(ask('a', { addresses: ['10.10.0.103'] }), 2);
    const wanted = { addresses: held.addresses };
    expect(codes(() => claim(changing, 'b', 3, wanted))).toEqual(['NL_ADDRESS_NOT_FREE']);
    expect(codes(() => claim(changing, 'b', QUARANTINE_MS, wanted))).toEqual([]);
  });

  test('taking one address of a freed pair leaves the other in quarantine', () => {
    const book = bookWith();
    const pair = claim(book, 'a', 0, { family: 'dual' });
    release(book, pair, 0);
    claim(book, 'a', 1, { addresses: [pair.addresses[0]] });
    const second = { addresses: [pair.addresses[1]] };
    expect(codes(() => claim(book, 'b', 2, second))).toEqual(['NL_ADDRESS_NOT_FREE']);
    expect(codes(() => claim(book, 'b', QUARANTINE_MS, second))).toEqual([]);
  });

  test('an offer of one address of a freed pair does not end its quarantine for others', () => {
    const book = bookWith();
    const pair = claim(book, 'a', 0, { family: 'dual' });
    claim(book, 'c', 0);
    claim(book, 'd', 0);
    release(book, pair, 0);
    book.offer(ask('a', { addresses: [pair.addresses[0] as string] }), 1);
    expect(codes(() => claim(book, 'b', 2))).toEqual(['NL_POOL_FULL']);
  });

  test("a release of somebody else's claim, or by another identity, has no effect", () => {
    const book = bookWith();
    const held = claim(book, 'a');
    expect(release(book, { ...held, owner: 'b' })).toBe(false);
    expect(release(book, { ...held, pool: 'other' })).toBe(false);
    expect(codes(() => release(book, { ...held, identity: 'thief' }))).toEqual([
      'NL_OWNER_IDENTITY',
    ]);
    expect(book.find(POOL, 'a', 0)).toEqual(held);
  });
});

describe('owners', () => {
  test('one owner key from two identities is refused', () => {
    const book = bookWith();
    claim(book, 'a');
    expect(codes(() => claim(book, 'a', 0, { identity: 'other' }))).toEqual(['NL_OWNER_IDENTITY']);
  });

  test('a claim that is handed over keeps address and incarnation; asking again changes nothing', () => {
    const book = bookWith();
    const held = claim(book, 'old');
    const handed = claim(book, 'new', 1, { from: 'old' });
    expect(handed).toEqual({ ...held, owner: 'new' });
    expect(book.claim(ask('new', { from: 'old' }), 2)).toEqual({ value: handed, changes: [] });
    expect(book.find(POOL, 'old', 2)).toBeUndefined();
    expect(release(book, { ...held, owner: 'new' }, 3)).toBe(true);
    const stolen = claim(book, 'x', 4);
    expect(codes(() => claim(book, 'thief', 5, { from: 'x', identity: 'other' }))).toEqual([
      'NL_OWNER_IDENTITY',
    ]);
    expect(book.find(POOL, 'x', 5)).toEqual(stolen);
  });

  test('ids name the incarnation', () => {
    const held = claim(bookWith(), 'a');
    expect(incarnationOf(claimId(held))).toBe(held.incarnation);
    expect(incarnationOf('x#0')).toBeUndefined();
    expect(incarnationOf('x')).toBeUndefined();
  });
});

describe('pools', () => {
  const request = { name: POOL, spec: lan, owner: 'stack', identity: 'ci' };

  test('another owner or identity is refused', () => {
    const book = bookWith();
    for (const other of [{ owner: 'x' }, { identity: 'x' }]) {
      expect(codes(() => book.putPool({ ...request, ...other }, 0))).toEqual(['NL_POOL_OWNED']);
      expect(codes(() => book.offerPool({ ...request, ...other }, 0))).toEqual(['NL_POOL_OWNED']);
    }
  });

  test('growing keeps every claim; shrinking is refused while claims lie outside, with their list', () => {
    const book = bookWith();
    const held = claim(book, 'a');
    book.putPool({ ...request, spec: { subnets: [{ subnet: '10.10.0.0/16' }] } }, 1);
    expect(book.find(POOL, 'a', 1)).toEqual(held);
    const away = { subnets: [{ subnet: '10.20.0.0/16' }] };
    expect(() => book.putPool({ ...request, spec: away }, 2)).toThrow('10.10.0.101 (a)');
    expect(book.find(POOL, 'a', 2)).toEqual(held);
  });

  test('removal is refused while claims stand, and an older incarnation has no effect', () => {
    const book = bookWith();
    const held = claim(book, 'a');
    const old = book.pool(POOL, 0)?.incarnation as number;
    expect(codes(() => book.removePool(POOL, request, old, 0))).toEqual(['NL_POOL_IN_USE']);
    const { incarnation } = book.putPool(request, 0).value;
    release(book, held);
    expect(book.removePool(POOL, request, old, 0).value).toBe(false);
    expect(book.removePool(POOL, request, incarnation, 0).value).toBe(true);
    expect(book.removePool(POOL, request, incarnation, 0).value).toBe(false);
    expect(book.poolNames()).toEqual([]);
  });
});

/** The rows that a store would have after all changes, as a book is loaded from them. */
class Rows {
  readonly pools = new Map<string, PoolRecord>();
  readonly claims = new Map<number, ClaimRecord>();
  counter = 0;

  apply(changes: readonly BookChange[]): void {
    for (const change of changes) {
      if (change.kind === 'pool') put(this.pools, change.name, change.pool);
      else put(this.claims, change.serial, change.claim);
    }
  }

  book(): AddressBook {
    return new AddressBook(this.pools.values(), this.claims.values(), this.counter);
  }
}

function put<K, V>(map: Map<K, V>, key: K, value: V | undefined): void {
  if (value === undefined) map.delete(key);
  else map.set(key, value);
}

/** A second book with the same content, so that a test can try two ways on. */
function bookFrom(book: AddressBook): AddressBook {
  const pools = book.poolNames().flatMap((name) => book.pool(name, 0) ?? []);
  return new AddressBook(pools, book.rows(), book.lastNumber);
}

const owners = ['a', 'b', 'c', 'd', 'e'];
const action = fc.record({
  verb: fc.constantFrom(
    'offer',
    'claim',
    'claim',
    'release',
    'release-old',
    'hand-over',
    'restart',
  ),
  owner: fc.constantFrom(...owners),
  other: fc.constantFrom(...owners),
  family: fc.constantFrom('ipv4', 'ipv6', 'dual', undefined),
  wants: fc.option(fc.constantFrom('10.10.0.101', '10.10.0.102', '10.10.0.103', 'fd00:10::80')),
  passes: fc.oneof(
    { weight: 12, arbitrary: fc.integer({ min: 0, max: 3_000 }) },
    { weight: 1, arbitrary: fc.constantFrom(QUARANTINE_MS, OFFER_MS) },
  ),
});

/** What the promises say, kept in the simplest way: who holds an address, and since when it is free. */
class Model {
  /** Address to the owner of a standing claim. */
  readonly held = new Map<string, string>();
  readonly freed = new Map<string, { owner: string; at: number }>();

  claimed(record: ClaimRecord, now: number, handedFrom?: string): void {
    for (const address of record.addresses) {
      const holder = this.held.get(address);
      expect([record.owner, handedFrom, undefined]).toContain(holder);
      const freed = this.freed.get(address);
      if (freed && freed.owner !== record.owner && holder === undefined) {
        expect(now - freed.at).toBeGreaterThanOrEqual(QUARANTINE_MS);
      }
      this.held.set(address, record.owner);
    }
  }

  released(record: ClaimRecord, now: number): void {
    for (const address of record.addresses) {
      expect(this.held.get(address)).toBe(record.owner);
      this.held.delete(address);
      this.freed.set(address, { owner: record.owner, at: now });
    }
  }
}

describe('any history of offers, claims, releases, transfers and restarts', () => {
  test('gives no address twice, frees none early, loses no claim, and survives a restart unchanged', () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 60, size: 'max' }), (history) => {
        const rows = new Rows();
        let book = new AddressBook();
        let now = 0;
        const model = new Model();
        const ids: ClaimRecord[] = [];
        const step = <T>(run: () => Step<T>): T | undefined => {
          const before = snapshot(book, now);
          let done: Step<T>;
          try {
            done = run();
          } catch (error) {
            if (!(error instanceof NetloomError)) throw error;
            // After a refused step nothing has changed.
            expect(snapshot(book, now)).toEqual(before);
            return undefined;
          }
          rows.apply(done.changes);
          rows.counter = Math.max(rows.counter, book.lastNumber);
          return done.value;
        };
        step(() => book.putPool({ name: POOL, spec: lan, owner: 'stack', identity: 'ci' }, now));
        for (const { verb, owner, other, family, wants, passes } of history) {
          now += passes;
          const more = wants === null ? { family } : { addresses: [wants] };
          if (verb === 'offer') {
            step(() => book.offer(ask(owner, more), now));
          } else if (verb === 'claim' || verb === 'hand-over') {
            const from = verb === 'hand-over' && other !== owner ? other : undefined;
            const got = step(() => book.claim(ask(owner, { ...more, from }), now));
            if (got) {
              model.claimed(got, now, from);
              ids.push(got);
            }
          } else if (verb === 'restart') {
            book = rows.book();
          } else {
            const mine = ids.filter((one) => one.owner === owner);
            const chosen = verb === 'release' ? mine.at(-1) : mine[0];
            if (chosen && step(() => book.release({ ...chosen }, now))?.released)
              model.released(chosen, now);
          }
          // Every standing claim of the model stands in the book, and no other one.
          const standing = book.claims(POOL, now).filter((one) => one.state === 'claimed');
          const pairs = standing.flatMap((one) =>
            one.addresses.map((address): [string, string] => [address, one.owner]),
          );
          expect(new Map(pairs)).toEqual(model.held);
          expect(pairs).toHaveLength(model.held.size);
          expect(snapshot(rows.book(), now)).toEqual(snapshot(book, now));
        }
      }),
      { numRuns: 500 },
    );
  }, 60_000);
});

/** What can be seen of a book. */
function snapshot(book: AddressBook, now: number): unknown {
  return book.poolNames().map((name) => ({
    pool: book.pool(name, now),
    usage: book.usage(name, now),
    claims: book.claims(name, now),
    last: book.lastNumber,
    found: owners.map((owner) => book.find(name, owner, now)),
  }));
}
