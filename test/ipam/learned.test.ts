import { AddressBook, type ClaimRecord, type LearnedClaim } from 'netloom';

const POOL = 'vips';
const asker = { owner: 'one', identity: 'admin' };

function book(): AddressBook {
  const made = new AddressBook();
  made.learnPool(POOL, {
    name: POOL,
    spec: { subnets: [{ subnet: '10.0.0.0/29' }] },
    owner: 'stack',
    identity: 'admin',
    incarnation: 1,
  });
  return made;
}

function row(serial: number, address: string, more: Partial<ClaimRecord> = {}): LearnedClaim {
  const claim: ClaimRecord = {
    serial,
    pool: POOL,
    owner: `owner-${serial}`,
    identity: 'admin',
    state: 'claimed',
    incarnation: serial + 100,
    addresses: [address],
    ...more,
  };
  return { pool: POOL, serial, claim };
}

describe('rows that another book of the same store has written', () => {
  test('a claim is learned, is not given again, and goes as it came', () => {
    const learns = book();
    expect(learns.learn([row(7, '10.0.0.1')])).toHaveLength(1);
    expect(learns.claim({ pool: POOL, ...asker }, 0).value.addresses).toEqual(['10.0.0.2']);
    expect(learns.learn([{ pool: POOL, serial: 7, claim: undefined }])).toHaveLength(1);
    expect(learns.usage(POOL, 0)).toMatchObject({ claimed: 1, offered: 0, quarantined: 0 });
  });

  test('what is known already is no change', () => {
    const learns = book();
    learns.learn([row(7, '10.0.0.1')]);
    expect(learns.learn([row(7, '10.0.0.1')])).toEqual([]);
    expect(learns.learn([row(7, '10.0.0.1', { incarnation: 200 })])).toHaveLength(1);
  });

  test('whoever has the address here is out of date, but for a row that has not got it yet', () => {
    const learns = book();
    const mine = learns.claim({ pool: POOL, addresses: ['10.0.0.1'], ...asker }, 0).value;
    learns.learn([{ ...row(70, '10.0.0.1'), isTentative: true }]);
    expect(learns.find(POOL, 'one', 0)).toEqual(mine);
    expect(learns.find(POOL, 'owner-70', 0)).toBeUndefined();
    learns.learn([row(71, '10.0.0.1')]);
    expect(learns.find(POOL, 'one', 0)).toBeUndefined();
    expect(learns.find(POOL, 'owner-71', 0)?.addresses).toEqual(['10.0.0.1']);
  });

  test('a pool that is gone takes its rows along', () => {
    const learns = book();
    learns.learn([row(7, '10.0.0.1')]);
    learns.learnPool(POOL, undefined);
    expect(learns.poolNames()).toEqual([]);
    expect(learns.rows()).toEqual([]);
    expect(learns.learn([row(7, '10.0.0.1')])).toEqual([]);
  });

  test('numbers go on where the store says, and the search begins where it is told', () => {
    const learns = book();
    learns.continueFrom(5_001);
    learns.startAt(POOL, 0.5);
    const { serial, incarnation, addresses } = learns.claim({ pool: POOL, ...asker }, 0).value;
    expect({ serial, incarnation, addresses }).toEqual({
      serial: 5_001,
      incarnation: 5_002,
      addresses: ['10.0.0.5'],
    });
  });
});
