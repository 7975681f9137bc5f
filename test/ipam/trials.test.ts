import fc from 'fast-check';
import { AddressBook, type BatchStep, NetloomError } from 'netloom';

const POOL = 'vips';
const asker = (owner: string) => ({ pool: POOL, owner, identity: 'ci' });

function makeBook(): AddressBook {
  const book = new AddressBook();
  const spec = { subnets: [{ subnet: '10.0.0.0/29' }, { subnet: 'fd00::/126' }] };
  book.putPool({ name: POOL, owner: 'pool', identity: 'ci', spec }, 0);
  return book;
}

const owner = fc.constantFrom('a', 'b', 'c', 'd');
const step: fc.Arbitrary<BatchStep> = fc
  .oneof(
    fc.record({
      verb: fc.constantFrom(
        'offer' as const,
        'claim' as const,
        'confirm' as const,
        'renew' as const,
      ),
      request: fc.record(
        {
          owner,
          family: fc.constantFrom('ipv4' as const, 'dual' as const),
          addresses: fc.constantFrom(['10.0.0.3'], ['10.0.0.5', 'fd00::2'], ['10.9.9.9']),
        },
        { requiredKeys: ['owner'] },
      ),
    }),
    fc.record({
      verb: fc.constant('release' as const),
      request: fc.record({ owner, incarnation: fc.integer({ min: 1, max: 20 }) }),
    }),
    fc.record({
      verb: fc.constant('transfer' as const),
      request: fc.record({ owner, from: owner }),
    }),
  )
  .map(
    (one) => ({ ...one, request: { ...asker(one.request.owner), ...one.request } }) as BatchStep,
  );

const mode = fc.constantFrom('all' as const, 'each' as const);
const steps = fc.array(step, { maxLength: 12 });

/** What a batch came to, or the codes it was refused with. */
function outcome(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return (error as NetloomError).problems;
  }
}

describe('a dry run', () => {
  test('answers what the batch then answers, and changes nothing', () => {
    fc.assert(
      fc.property(steps, steps, mode, fc.nat(120_000), (before, tried, how, now) => {
        const [book, other] = [makeBook(), makeBook()];
        for (const one of [book, other]) one.batch(before, 'each', 0);
        const dry = outcome(() => book.tryBatch(tried, how, now));
        // Time has passed for the other one, too.
        other.page({ pool: POOL }, now);
        expect(book.rows()).toEqual(other.rows());
        expect(book.lastNumber).toBe(other.lastNumber);
        expect(book.usage(POOL, now)).toEqual(other.usage(POOL, now));
        expect(outcome(() => book.batch(tried, how, now).value)).toEqual(dry);
        expect(outcome(() => other.batch(tried, how, now).value)).toEqual(dry);
      }),
    );
  });

  test('of a pool answers its record, or what speaks against it', () => {
    const book = makeBook();
    book.claim({ ...asker('a'), addresses: ['10.0.0.6'] }, 0);
    const request = { name: POOL, owner: 'pool', identity: 'ci' };
    const small = { subnets: [{ subnet: '10.0.0.0/30' }] };
    const wide = { subnets: [{ subnet: '10.0.0.0/24' }] };
    const before = book.pool(POOL, 0);
    expect(book.tryPool({ ...request, spec: wide }, 0).spec).toEqual(wide);
    expect(() => book.tryPool({ ...request, spec: small }, 0)).toThrow('NL_POOL_IN_USE');
    expect(() => book.tryRemovePool(POOL, request, 1, 0)).toThrow('NL_POOL_IN_USE');
    expect(book.tryRemovePool(POOL, request, 9, 0)).toBe(false);
    expect(book.pool(POOL, 0)).toEqual(before);
    expect(book.lastNumber).toBe(3);
  });
});

test('all claims that lie outside a new definition, page by page', () => {
  const book = makeBook();
  for (const one of ['a', 'b', 'c', 'd', 'e']) book.claim(asker(one), 0);
  book.offer(asker('f'), 0);
  const spec = { subnets: [{ subnet: '10.0.0.0/30' }] };
  const owners: string[] = [];
  let after: number | undefined;
  do {
    const page = book.outside(POOL, spec, 0, after, 2);
    owners.push(...page.claims.map((claim) => claim.owner));
    after = page.next;
  } while (after !== undefined);
  expect(owners).toEqual(['c', 'd', 'e']);
  const wrong = { subnets: [{ subnet: '10.0.0.1/30' }] };
  expect(() => book.outside(POOL, wrong, 0)).toThrow(NetloomError);
});
