import {
  AddressBook,
  type ClaimRecord,
  type ClaimRequest,
  NetloomError,
  type PoolSpec,
  QUARANTINE_MS,
  REMEMBERED_LIMIT,
  STALE_OFFER_MS,
} from 'netloom';

const POOL = 'apps/lan';
const MACS = '02:00:5e:00:00:00/46';

function bookWith(spec: PoolSpec): AddressBook {
  const book = new AddressBook();
  book.putPool({ name: POOL, spec, owner: 'stack', identity: 'ci' }, 0);
  return book;
}

function ask(owner: string, more: Partial<ClaimRequest> = {}): ClaimRequest {
  return { pool: POOL, owner, identity: 'ci', ...more };
}

function claim(
  book: AddressBook,
  owner: string,
  more: Partial<ClaimRequest> = {},
  now = 0,
): ClaimRecord {
  return book.claim(ask(owner, more), now).value;
}

function problemsOf(run: () => unknown): string[] {
  try {
    run();
  } catch (error) {
    if (error instanceof NetloomError)
      return error.problems.map(({ code, key }) => `${code} ${key}`);
    throw error;
  }
  return [];
}

describe('MAC addresses', () => {
  const both: PoolSpec = { subnets: [{ subnet: '10.0.0.0/29' }], macs: [MACS] };

  test("go with an address, or alone, and are nobody else's", () => {
    const book = bookWith(both);
    expect(claim(book, 'a', { mac: true })).toMatchObject({
      addresses: ['10.0.0.1'],
      mac: '02:00:5e:00:00:00',
    });
    expect(claim(book, 'b', { family: 'none', mac: true })).toMatchObject({
      addresses: [],
      mac: '02:00:5e:00:00:01',
    });
    const wanted = { mac: '02:00:5e:00:00:01' };
    expect(problemsOf(() => claim(book, 'c', wanted))).toEqual(['NL_ADDRESS_NOT_FREE mac']);
    expect(claim(book, 'c', { mac: '02:00:5E:00:00:03' }).mac).toBe('02:00:5e:00:00:03');
  });

  test('one that is not wanted any more comes free after its quarantine; the address stays', () => {
    const book = bookWith(both);
    const first = claim(book, 'a', { mac: true, labels: { team: 'net' } });
    const bare = { addresses: first.addresses, mac: false };
    // Without a word about it, a claim of the address is another one.
    expect(problemsOf(() => claim(book, 'a', { addresses: first.addresses }))).toEqual([
      'NL_ADDRESS_NOT_FREE address',
    ]);
    const { value: offered } = book.offer(ask('a', bare), 0);
    expect(offered).toMatchObject({ state: 'claimed', incarnation: first.incarnation });
    expect(offered).not.toHaveProperty('mac');
    expect(book.claims(POOL, 0)).toEqual([first]);
    const second = claim(book, 'a', bare, 10);
    const { mac, ...rest } = first;
    expect(second).toEqual({ ...rest, incarnation: second.incarnation });
    expect(second.incarnation).toBeGreaterThan(first.incarnation);
    expect(book.usage(POOL, 10)).toMatchObject({ claimed: 1, quarantined: 1 });
    expect(book.release({ ...first }, 10).value).toEqual({ released: false, why: 'newer' });
    const third = claim(book, 'a', { mac: false }, 20);
    expect(third).toEqual({ ...second, incarnation: third.incarnation });
    const wanted = { family: 'none', mac } as const;
    expect(problemsOf(() => claim(book, 'b', wanted, 9 + QUARANTINE_MS))).toEqual([
      'NL_ADDRESS_NOT_FREE mac',
    ]);
    expect(claim(book, 'b', wanted, 10 + QUARANTINE_MS).mac).toBe(mac);
    expect(book.claims(POOL, 10 + QUARANTINE_MS).map(({ addresses }) => addresses)).toEqual([
      first.addresses,
      [],
    ]);
  });

  test('its owner has it again within the quarantine, and quotas stay as they are', () => {
    const book = bookWith(both);
    const quota = { claims: 1 };
    const first = claim(book, 'a', { mac: true, quota });
    claim(book, 'a', { mac: false, quota });
    expect(book.offer(ask('a', { family: 'none' }), 1).value.mac).toBe(first.mac);
    expect(problemsOf(() => claim(book, 'c', { quota }))).toEqual(['NL_QUOTA_REACHED identity']);
  });

  test('alone in a pool, with quarantine and an end', () => {
    const book = bookWith({ subnets: [], macs: [MACS] });
    const all = ['a', 'b', 'c', 'd'].map((owner) => claim(book, owner));
    expect(book.usage(POOL, 0)).toEqual({ size: 4n, claimed: 4, offered: 0, quarantined: 0 });
    expect(problemsOf(() => claim(book, 'e'))).toEqual(['NL_POOL_FULL pool']);
    book.release({ ...(all[1] as ClaimRecord) }, 0);
    expect(problemsOf(() => claim(book, 'e', {}, QUARANTINE_MS - 1))).toHaveLength(1);
    expect(claim(book, 'e', {}, QUARANTINE_MS).mac).toBe(all[1]?.mac);
  });

  test.each([
    {
      name: 'one outside',
      more: { mac: '02:00:5e:00:00:04' },
      want: ['NL_CLAIM_OUTSIDE_CLAIMABLE mac'],
    },
    { name: 'no MAC address', more: { mac: '02:00' }, want: ['NL_MAC_INVALID mac'] },
    {
      name: 'nothing at all',
      more: { family: 'none', mac: false },
      want: ['NL_VALUES_CONFLICT mac'],
    },
  ] as const)('$name is refused', ({ more, want }) => {
    expect(problemsOf(() => claim(bookWith(both), 'a', more))).toEqual(want);
    expect(
      problemsOf(() => claim(bookWith({ subnets: both.subnets }), 'a', { mac: true })),
    ).toEqual(['NL_FAMILY_MISSING mac']);
  });

  test.each([
    '01:00:5e:00:00:00/24',
    '02:00:00:00:00:00/7',
    '02:00:5e:00:00:01/24',
    'x',
    '04:00:00:00:00:00-02:00:00:00:00:00',
    '00:00:00:00:00:00/40',
  ])('the range %s is refused', (range) => {
    expect(problemsOf(() => bookWith({ subnets: [], macs: [range] }))).toEqual([
      'NL_MAC_INVALID macs[0]',
    ]);
  });
});

describe('blocks', () => {
  const spec: PoolSpec = {
    subnets: [{ subnet: '10.0.0.0/26', gateway: '10.0.0.17' }, { subnet: 'fd00::/48' }],
  };

  test('are aligned, skip what is not to be given, and stay with their owner', () => {
    const book = bookWith(spec);
    expect(claim(book, 'node-1', { prefixLength: 28 }).addresses).toEqual(['10.0.0.32/28']);
    expect(claim(book, 'node-1', { prefixLength: 28 }).addresses).toEqual(['10.0.0.32/28']);
    expect(claim(book, 'pod').addresses).toEqual(['10.0.0.48']);
    expect(problemsOf(() => claim(book, 'node-2', { prefixLength: 28 }))).toEqual([
      'NL_POOL_FULL pool',
    ]);
    expect(claim(book, 'node-2', { prefixLength: 29 }).addresses).toEqual(['10.0.0.8/29']);
    expect(claim(book, 'node-3', { family: 'ipv6', prefixLength: 64 }).addresses).toEqual([
      'fd00:0:0:1::/64',
    ]);
    expect(claim(book, 'v6', { family: 'ipv6' }).addresses).toEqual(['fd00:0:0:2::']);
  });

  test.each([
    { name: 'by value', more: { addresses: ['10.0.0.32/28'] }, want: [] },
    {
      name: 'a taken one',
      more: { addresses: ['10.0.0.0/29'] },
      want: ['NL_CLAIM_OUTSIDE_CLAIMABLE address'],
    },
    {
      name: 'over a claim',
      more: { addresses: ['10.0.0.48/29'] },
      want: ['NL_ADDRESS_NOT_FREE address'],
    },
    { name: 'not aligned', more: { addresses: ['10.0.0.33/28'] }, want: ['NL_HOST_BITS address'] },
    { name: 'too large', more: { prefixLength: 25 }, want: ['NL_VALUE_OUT_OF_RANGE prefixLength'] },
    {
      name: 'of two families',
      more: { family: 'dual', prefixLength: 28 },
      want: ['NL_VALUE_OUT_OF_RANGE prefixLength'],
    },
  ] as const)('$name', ({ more, want }) => {
    const book = bookWith(spec);
    claim(book, 'pod', { addresses: ['10.0.0.50'] });
    expect(problemsOf(() => claim(book, 'node', more))).toEqual(want);
  });

  test('one that a new definition cuts while it is in quarantine gives nothing to anybody', () => {
    const book = bookWith({ subnets: [{ subnet: '10.0.0.0/24', ranges: ['10.0.0.8-10.0.0.14'] }] });
    const block = claim(book, 'a', { prefixLength: 30 });
    expect(block.addresses).toEqual(['10.0.0.8/30']);
    book.release({ ...block }, 0);
    const cut = { subnets: [{ subnet: '10.0.0.0/24', ranges: ['10.0.0.9-10.0.0.14'] }] };
    book.putPool({ name: POOL, spec: cut, owner: 'stack', identity: 'ci' }, 0);
    const wanted = { addresses: ['10.0.0.9'] };
    for (const owner of ['a', 'b']) {
      expect(problemsOf(() => claim(book, owner, wanted))).toEqual(['NL_ADDRESS_NOT_FREE address']);
    }
    expect(claim(book, 'b', wanted, QUARANTINE_MS).addresses).toEqual(['10.0.0.9']);
  });
});

describe('what a pool remembers and reserves', () => {
  test('reserved addresses go to those who ask for them, and come back as reserved', () => {
    const book = bookWith({
      subnets: [{ subnet: '10.0.0.0/29', reserved: ['10.0.0.1-10.0.0.5'] }],
    });
    expect(claim(book, 'a').addresses).toEqual(['10.0.0.6']);
    expect(problemsOf(() => claim(book, 'b'))).toEqual(['NL_POOL_FULL pool']);
    const held = claim(book, 'b', { addresses: ['10.0.0.3'] });
    expect(problemsOf(() => claim(book, 'c', { addresses: ['10.0.0.3'] }))).toHaveLength(1);
    book.release({ ...held }, 0);
    expect(problemsOf(() => claim(book, 'c', {}, QUARANTINE_MS))).toEqual(['NL_POOL_FULL pool']);
    expect(claim(book, 'c', { addresses: ['10.0.0.3'] }, QUARANTINE_MS).addresses).toEqual([
      '10.0.0.3',
    ]);
  });

  test('a pool that is removed and made again within the quarantine keeps it, whoever makes it', () => {
    const spec = { subnets: [{ subnet: '10.0.0.1/32' }] };
    const book = bookWith(spec);
    book.release({ ...claim(book, 'a') }, 0);
    const { incarnation = 0 } = book.pool(POOL, 0) ?? {};
    const { changes } = book.removePool(POOL, { owner: 'stack', identity: 'ci' }, incarnation, 10);
    expect(changes).toContainEqual(
      expect.objectContaining({
        kind: 'pool',
        pool: expect.objectContaining({ removedUntil: QUARANTINE_MS }),
      }),
    );
    expect(book.pool(POOL, 10)).toBeUndefined();
    expect(problemsOf(() => claim(book, 'b', {}, 10))).toEqual(['NL_POOL_UNKNOWN pool']);
    book.putPool({ name: POOL, spec, owner: 'other', identity: 'other' }, 20);
    expect(problemsOf(() => claim(book, 'b', {}, QUARANTINE_MS - 1))).toEqual([
      'NL_POOL_FULL pool',
    ]);
    expect(claim(book, 'b', {}, QUARANTINE_MS).addresses).toEqual(['10.0.0.1']);
  });

  test('one that nobody makes again is gone with its rows', () => {
    const book = bookWith({ subnets: [{ subnet: '10.0.0.0/29' }] });
    const held = claim(book, 'a');
    book.release({ ...held }, 0);
    book.removePool(
      POOL,
      { owner: 'stack', identity: 'ci' },
      book.pool(POOL, 0)?.incarnation ?? 0,
      0,
    );
    const other = {
      name: 'other',
      spec: { subnets: [{ subnet: '10.1.0.0/29' }] },
      owner: 'o',
      identity: 'ci',
    };
    expect(book.putPool(other, QUARANTINE_MS).changes).toEqual([
      { kind: 'claim', serial: held.serial, claim: undefined },
      { kind: 'pool', name: POOL, pool: undefined },
      expect.objectContaining({ name: 'other' }),
    ]);
  });

  test('the memory of former owners is bounded, and their rows go with it', () => {
    const book = bookWith({ subnets: [{ subnet: 'fd00::/64' }] });
    const rows = new Map<number, unknown>();
    const write = (
      changes: readonly { kind: string; serial?: number; claim?: unknown }[],
    ): void => {
      for (const { serial = 0, claim: row } of changes) {
        if (row) rows.set(serial, row);
        else rows.delete(serial);
      }
    };
    let now = 0;
    for (let index = 0; index < REMEMBERED_LIMIT + 500; index++) {
      now += QUARANTINE_MS;
      const { value, changes } = book.claim(ask(`owner-${index}`), now);
      write(changes);
      write(book.release({ ...value }, now).changes);
    }
    expect(book.rows().length).toBeLessThanOrEqual(REMEMBERED_LIMIT + 2);
    expect(rows.size).toBe(book.rows().length);
  });
});

describe('lists, batches and quotas', () => {
  const lan: PoolSpec = { subnets: [{ subnet: '10.0.0.0/24' }] };

  test('pages go on where the last one ended, with filters', () => {
    const book = bookWith(lan);
    for (let index = 0; index < 25; index++) {
      claim(book, `${index % 2 ? 'odd' : 'even'}/${index}`, {
        labels: { rack: String(index % 5) },
        reason: 'test',
      });
    }
    const all: string[] = [];
    let after: number | undefined = 0;
    while (after !== undefined) {
      const page = book.page({ pool: POOL }, 0, after, 10);
      expect(page.claims.length).toBeLessThanOrEqual(10);
      all.push(...page.claims.map(({ owner }) => owner));
      after = page.next;
    }
    expect(all).toEqual(book.claims(POOL, 0).map(({ owner }) => owner));
    const owners = (filter: object): string[] =>
      book.page({ pool: POOL, ...filter }, 0).claims.map(({ owner }) => owner);
    expect(owners({ ownerPrefix: 'odd/' })).toHaveLength(12);
    expect(owners({ labels: { rack: '3' } })).toEqual([
      'odd/3',
      'even/8',
      'odd/13',
      'even/18',
      'odd/23',
    ]);
    expect(owners({ owner: 'odd/3', labels: { rack: '4' } })).toEqual([]);
    expect(owners({ address: '10.0.0.4' })).toEqual(['odd/3']);
    expect(owners({ state: 'offered' })).toEqual([]);
    expect(book.find(POOL, 'odd/3', 0)).toMatchObject({ labels: { rack: '3' }, reason: 'test' });
  });

  test('a batch that is all or none names every problem with its step', () => {
    const book = bookWith(lan);
    const before = book.rows();
    const steps = [
      { verb: 'claim', request: ask('a') },
      { verb: 'claim', request: ask('b', { addresses: ['10.9.0.1'] }) },
      { verb: 'confirm', request: ask('c') },
    ] as const;
    expect(problemsOf(() => book.batch(steps, 'all', 0))).toEqual([
      'NL_CLAIM_OUTSIDE_CLAIMABLE [1].address',
      'NL_OFFER_GONE [2].owner',
    ]);
    expect(book.rows()).toEqual(before);
    const { value } = book.batch(steps, 'each', 0);
    expect(value.map((answer) => 'claim' in answer)).toEqual([true, false, false]);
  });

  test('quotas hold over all pools, and what is given back counts no more', () => {
    const book = bookWith(lan);
    const more = { quota: { claims: 2, offers: 1 } };
    claim(book, 'a', more);
    const second = claim(book, 'b', more);
    expect(problemsOf(() => claim(book, 'c', more))).toEqual(['NL_QUOTA_REACHED identity']);
    expect(claim(book, 'b', more).addresses).toEqual(second.addresses);
    book.offer(ask('d', more), 0);
    expect(problemsOf(() => book.offer(ask('e', more), 0))).toEqual(['NL_QUOTA_REACHED identity']);
    book.release({ ...(book.find(POOL, 'b', 0) as ClaimRecord) }, 0);
    expect(problemsOf(() => claim(book, 'c', more))).toEqual([]);
  });

  test('the offer of any credential that was asked for longest ago yields first', () => {
    const book = bookWith({ subnets: [{ subnet: '10.0.0.0/30' }] });
    book.offer(ask('a', { identity: 'one' }), 5);
    book.offer(ask('b', { identity: 'two' }), 2);
    claim(book, 'c', {}, STALE_OFFER_MS);
    expect(book.claims(POOL, STALE_OFFER_MS).map(({ owner }) => owner)).toEqual(['a', 'c']);
  });

  test('a release by anybody else says that nothing was freed, and an older one why', () => {
    const book = bookWith(lan);
    const old = claim(book, 'a');
    claim(book, 'a');
    expect(book.release({ ...old }, 0).value).toEqual({ released: false, why: 'newer' });
    expect(book.release({ ...old, owner: 'b' }, 0).value).toEqual({
      released: false,
      why: 'not-held',
    });
    expect(book.usage(POOL, 0).claimed).toBe(1);
  });

  test('a full pool names its usage, the largest owners, and what comes free next', () => {
    const book = bookWith({ subnets: [{ subnet: '10.0.0.0/29' }] });
    for (const last of [1, 2, 3]) claim(book, 'big', { addresses: [`10.0.0.${last}`] });
    for (const owner of ['c', 'd']) claim(book, owner);
    book.release({ ...claim(book, 'e') }, 1_000);
    expect(() => claim(book, 'f', {}, 31_000)).toThrow(
      'no free IPv4 address: 5 claimed, 0 offered, 1 given back and not yet in use again; the largest owners: big (3), c (1), d (1). ' +
        'Allowed: a pool with a free address. Fix: widen the pool, release a claim, or wait 30 s for the next address to come free',
    );
  });
});
