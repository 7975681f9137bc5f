import fc from 'fast-check';
import { AddressBook, type BookChange, type ClaimRecord, NetloomError, SET_ASIDE } from 'netloom';

const asker = { owner: 'acme/a', identity: 'ci' };
const POOL = 'apps/lan';

function makeBook(ranges = ['10.10.0.1-10.10.0.8']): AddressBook {
  const book = new AddressBook();
  const spec = { subnets: [{ subnet: '10.10.0.0/24', ranges }, { subnet: 'fd00::/64' }] };
  book.putPool({ name: POOL, spec, owner: 'stack', identity: 'ci' }, 0);
  return book;
}

function inUse(address: string, byValue = false) {
  return { pool: POOL, address, why: 'answers as 02:00:00:00:00:01', byValue };
}

function refusal(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof NetloomError) return error.message;
    throw error;
  }
  return 'not refused';
}

/** What a store holds after these changes. */
function apply(rows: Map<number, ClaimRecord>, changes: readonly BookChange[]): void {
  for (const change of changes) {
    if (change.kind !== 'claim') continue;
    if (change.claim === undefined) rows.delete(change.serial);
    else rows.set(change.serial, change.claim);
  }
}

describe('addresses that are set aside', () => {
  test('nobody gets them, whatever the time, and whoever asks for one is told why', () => {
    const book = makeBook();
    for (let last = 1; last <= 7; last++) book.setAside(inUse(`10.10.0.${last}`), 0);
    const year = 365 * 86_400_000;
    const { value } = book.claim({ pool: POOL, ...asker }, year);
    expect(value.addresses).toEqual(['10.10.0.8']);
    const other = { pool: POOL, owner: 'acme/b', identity: 'ci' };
    expect(refusal(() => book.claim(other, year))).toMatch(
      /1 claimed, 0 offered, 0 given back and not yet in use again, 7 in use without a claim; the largest owners: acme\/a \(1\)\. .*NL_POOL_FULL/,
    );
    expect(refusal(() => book.claim(other, year))).not.toContain('or wait');
    const wanted = { ...other, addresses: ['10.10.0.3'] };
    expect(refusal(() => book.offer(wanted, year))).toContain(
      '"10.10.0.3" of pool "apps/lan" is in use without a claim (answers as 02:00:00:00:00:01)',
    );
    expect(refusal(() => book.claim({ ...wanted, ...SET_ASIDE, identity: 'ci' }, year))).toContain(
      'NL_OWNER_IDENTITY',
    );
  });

  test('put back, one is given at once; repeated, neither changes anything', () => {
    const book = makeBook(['10.10.0.1']);
    expect(book.setAside(inUse('10.10.0.1'), 0).changes).toHaveLength(1);
    expect(book.setAside(inUse('10.10.0.1'), 1).changes).toEqual([]);
    expect(book.setAsides(POOL, 1)).toEqual([inUse('10.10.0.1')]);
    expect(book.putBack(POOL, '10.10.0.1', 2).value).toBe(true);
    expect(book.putBack(POOL, '10.10.0.1', 2)).toEqual({ value: false, changes: [] });
    expect(book.claim({ pool: POOL, ...asker }, 2).value.addresses).toEqual(['10.10.0.1']);
    expect(book.putBack(POOL, '10.10.0.1', 3).value).toBe(false);
  });

  test('a claim stays and is answered, an offer ends, and a quarantine does not come back early', () => {
    const book = makeBook();
    const claimed = book.claim({ pool: POOL, ...asker }, 0).value;
    const setting = book.setAside(inUse(claimed.addresses[0] as string), 0);
    expect(setting).toEqual({ value: { claim: claimed }, changes: [] });
    const other = { pool: POOL, owner: 'acme/b', identity: 'ci', family: 'dual' } as const;
    const offered = book.offer(other, 0).value;
    book.setAside(inUse(offered.addresses[0] as string), 0);
    expect(book.claims(POOL, 0)).toEqual([claimed]);
    const confirmed = book.claim(other, 0).value;
    expect(confirmed.addresses[0]).not.toBe(offered.addresses[0]);
    book.release({ ...other, incarnation: confirmed.incarnation }, 0);
    const [v4 = '', v6 = ''] = confirmed.addresses;
    book.setAside(inUse(v4), 1);
    const stranger = { pool: POOL, owner: 'acme/c', identity: 'ci' };
    expect(refusal(() => book.claim({ ...stranger, addresses: [v6] }, 2))).toContain('given back');
    expect(refusal(() => book.claim({ ...stranger, addresses: [v4] }, 99_000))).toContain('in use');
  });

  test('of a block in quarantine one address is set aside, and the quarantine of the rest goes on', () => {
    const book = makeBook(['10.10.0.4-10.10.0.7']);
    const block = { pool: POOL, ...asker, prefixLength: 30 };
    const { incarnation } = book.claim(block, 0).value;
    const rows = new Map<number, ClaimRecord>();
    apply(rows, book.release({ ...block, incarnation }, 0).changes);
    apply(rows, book.setAside(inUse('10.10.0.5'), 1).changes);
    expect([...rows.values()].map(({ addresses, until }) => [addresses, until])).toEqual([
      [['10.10.0.6/31'], 60_000],
      [['10.10.0.4'], 60_000],
      [['10.10.0.5'], expect.any(Number)],
    ]);
    const other = { pool: POOL, owner: 'acme/b', identity: 'ci', family: 'ipv4' } as const;
    expect(refusal(() => book.claim(other, 59_999))).toContain('NL_POOL_FULL');
    expect(book.claim({ ...other, prefixLength: 31 }, 60_000).value.addresses).toEqual([
      '10.10.0.6/31',
    ]);
    expect(book.claim({ ...other, owner: 'acme/c' }, 60_000).value.addresses).toEqual([
      '10.10.0.4',
    ]);
  });

  test('of a block in quarantine that the pool cuts by now, too', () => {
    const book = makeBook(['10.10.0.1-10.10.0.8']);
    const block = { pool: POOL, ...asker, addresses: ['10.10.0.4/30'] };
    const { incarnation } = book.claim(block, 0).value;
    const rows = new Map<number, ClaimRecord>();
    apply(rows, book.release({ pool: POOL, ...asker, incarnation }, 0).changes);
    const spec = { subnets: [{ subnet: '10.10.0.0/24', ranges: ['10.10.0.1-10.10.0.6'] }] };
    book.putPool({ name: POOL, spec, owner: 'stack', identity: 'ci' }, 0);
    apply(rows, book.setAside(inUse('10.10.0.6'), 1).changes);
    expect([...rows.values()].map(({ addresses, until }) => [addresses, until])).toEqual([
      [['10.10.0.4/31'], 60_000],
      [['10.10.0.7'], 60_000],
      [['10.10.0.6'], expect.any(Number)],
    ]);
    expect(book.setAsides(POOL, 1)).toEqual([inUse('10.10.0.6')]);
    const other = { pool: POOL, owner: 'acme/b', identity: 'ci', prefixLength: 31 };
    expect(book.claim({ ...other, addresses: ['10.10.0.2/31'] }, 1).value.state).toBe('claimed');
    const taken = { ...other, owner: 'acme/c', addresses: ['10.10.0.4/31'] };
    expect(refusal(() => book.claim(taken, 59_999))).toContain('NL_ADDRESS_NOT_FREE');
    expect(book.claim(taken, 60_000).value.addresses).toEqual(['10.10.0.4/31']);
  });

  test('one of a lost claim goes to whoever asks for it by value, and to nobody else', () => {
    const book = makeBook(['10.10.0.1', '10.10.0.5']);
    book.setAside(inUse('10.10.0.5', true), 0);
    expect(book.claim({ pool: POOL, ...asker }, 0).value.addresses).toEqual(['10.10.0.1']);
    const other = { pool: POOL, owner: 'acme/b', identity: 'ci' };
    expect(refusal(() => book.claim(other, 0))).toContain('NL_POOL_FULL');
    const offered = book.offer({ ...other, addresses: ['10.10.0.5'] }, 0).value;
    expect(offered.quarantinedUntil).toBeUndefined();
    expect(book.claim({ ...other, addresses: ['10.10.0.5'] }, 0).value.state).toBe('claimed');
    expect(book.setAsides(POOL, 0)).toEqual([]);
    // Seen without a claim before the claim came back: then it is nobody's by value.
    const late = makeBook(['10.10.0.5']);
    late.setAside(inUse('10.10.0.5', true), 0);
    late.setAside(inUse('10.10.0.5'), 0);
    expect(refusal(() => late.claim({ ...other, addresses: ['10.10.0.5'] }, 0))).toContain(
      'in use',
    );
  });

  test('a pool with some of them is removed without a trace', () => {
    const book = makeBook();
    const { incarnation = 0 } = book.pool(POOL, 0) ?? {};
    const rows = new Map<number, ClaimRecord>();
    apply(rows, book.setAside(inUse('10.10.0.1'), 0).changes);
    expect(rows.size).toBe(1);
    const removal = book.removePool(POOL, { owner: 'stack', identity: 'ci' }, incarnation, 0);
    apply(rows, removal.changes);
    expect([...rows]).toEqual([]);
    expect(removal.changes.at(-1)).toEqual({ kind: 'pool', name: POOL, pool: undefined });
    expect(refusal(() => book.setAside(inUse('10.10.0.1'), 0))).toContain('NL_POOL_UNKNOWN');
    expect(refusal(() => makeBook().setAside(inUse('10.10.9.1'), 0))).toContain(
      'NL_CLAIM_OUTSIDE_CLAIMABLE',
    );
  });

  test('whatever happens, none is given before it is put back, also after a restart', () => {
    const step = fc.record({
      verb: fc.constantFrom('offer', 'claim', 'aside', 'back', 'release', 'restart'),
      owner: fc.integer({ min: 0, max: 3 }),
      last: fc.integer({ min: 1, max: 8 }),
      byValue: fc.boolean(),
      pause: fc.constantFrom(0, 1, 70_000, 1_000_000),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let book = makeBook();
        const pools = [book.pool(POOL, 0)].filter((one) => one !== undefined);
        const rows = new Map<number, ClaimRecord>();
        const aside = new Set<string>();
        let now = 0;
        for (const { verb, owner: index, last, byValue, pause } of steps) {
          now += pause;
          const address = `10.10.0.${last}`;
          const owner = { pool: POOL, owner: `acme/${index}`, identity: 'ci' };
          const claims = (): ClaimRecord[] => book.claims(POOL, now);
          if (verb === 'restart') book = new AddressBook(pools, rows.values(), book.lastNumber);
          if (verb === 'aside') {
            const { value, changes } = book.setAside(inUse(address), now);
            apply(rows, changes);
            if (value.claim === undefined) aside.add(address);
          }
          if (verb === 'back') {
            const { value, changes } = book.putBack(POOL, address, now);
            apply(rows, changes);
            expect(value).toBe(aside.delete(address));
          }
          if (verb === 'release') {
            const held = claims().find((one) => one.owner === owner.owner);
            if (held)
              apply(rows, book.release({ ...owner, incarnation: held.incarnation }, now).changes);
          }
          if (verb === 'offer' || verb === 'claim') {
            const request = {
              ...owner,
              family: 'ipv4',
              ...(byValue ? { addresses: [address] } : {}),
            } as const;
            try {
              apply(rows, book[verb](request, now).changes);
            } catch (error) {
              if (!(error instanceof NetloomError)) throw error;
            }
          }
          for (const one of claims())
            for (const held of one.addresses) expect(aside).not.toContain(held);
          expect(new Set(book.setAsides(POOL, now).map((one) => one.address))).toEqual(aside);
        }
      }),
      { numRuns: 300 },
    );
  });
});
