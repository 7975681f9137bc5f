import { AddressBook, type ClaimRecord, type PoolRecord } from 'netloom';
import type { BridgeRecord, Store } from '../../node-agent/src/store';

/** A kind of store, and how it is opened again after a restart or a crash. */
export interface StoreKind {
  /** True where writes end in any order, because they are requests of their own. */
  readonly isShared?: boolean;
  open(): Store | Promise<Store>;
  /** Lets go of the store as a crash would, without closing it. */
  crash(store: Store): Promise<void>;
  clean(): void | Promise<void>;
}

const pool: PoolRecord = {
  name: 'apps/lan',
  spec: { subnets: [{ subnet: '10.10.0.0/24' }] },
  owner: 'stack',
  identity: 'admin',
  incarnation: 1,
};

const bridge: BridgeRecord = {
  name: 'br-test',
  owner: 'stack',
  identity: 'admin',
  incarnation: 1,
  spec: { addresses: ['10.10.0.10/24'], mtu: 1400 },
  managed: { addresses: ['10.10.0.10/24', '10.10.0.11/24'], ports: ['eth1'], mtu: 1400 },
  pending: { kind: 'put', makes: true },
};

function claim(serial: number): ClaimRecord {
  return {
    serial,
    pool: 'apps/lan',
    owner: `pod-${serial}`,
    identity: 'admin',
    state: 'claimed',
    incarnation: serial + 1000,
    addresses: [`10.10.0.${serial}`],
  };
}

/** What every store has to do. */
export function storeContract(name: string, makeKind: () => StoreKind): void {
  describe(`the ${name} store`, () => {
    let kind: StoreKind;
    let open: Store[];

    const openStore = async (): Promise<Store> => {
      const store = await kind.open();
      open.push(store);
      return store;
    };

    beforeEach(() => {
      kind = makeKind();
      open = [];
    });

    afterEach(async () => {
      for (const store of open) await store.close();
      await kind.clean();
    });

    test('a new one is empty and has an id', async () => {
      const { storeId, ...rest } = (await openStore()).load();
      expect(storeId).toMatch(/^[0-9a-f-]{36}$/);
      expect(rest).toEqual({
        pools: [],
        claims: [],
        bridges: [],
        networks: [],
        counters: { book: 0, bridges: 0 },
      });
    });

    test('what was written is there after a crash, byte for byte, under the same id', async () => {
      const store = await openStore();
      const { storeId } = store.load();
      await store.write([
        { kind: 'pool', name: pool.name, pool },
        { kind: 'claim', serial: 7, claim: claim(7) },
        { kind: 'bridge', name: bridge.name, bridge },
        { kind: 'counter', name: 'book', value: 1007 },
      ]);
      await kind.crash(store);
      const again = await openStore();
      expect(again.load()).toEqual({
        pools: [pool],
        claims: [claim(7)],
        bridges: [bridge],
        networks: [],
        counters: { book: 1007, bridges: 0 },
        storeId,
      });
    });

    test('a row that is written again is replaced, and one that is taken back is gone', async () => {
      const store = await openStore();
      await store.write([
        { kind: 'pool', name: pool.name, pool },
        { kind: 'claim', serial: 7, claim: claim(7) },
        { kind: 'claim', serial: 8, claim: claim(8) },
        { kind: 'bridge', name: bridge.name, bridge },
      ]);
      await store.write([
        { kind: 'claim', serial: 7, claim: { ...claim(7), state: 'released', until: 5 } },
        { kind: 'claim', serial: 8, claim: undefined },
        { kind: 'bridge', name: bridge.name, bridge: undefined },
      ]);
      await kind.crash(store);
      const { claims, bridges } = (await openStore()).load();
      expect(claims).toEqual([{ ...claim(7), state: 'released', until: 5 }]);
      expect(bridges).toEqual([]);
    });

    test('counters never go back', async () => {
      const store = await openStore();
      await store.write([{ kind: 'counter', name: 'book', value: 9 }]);
      await store.write([{ kind: 'counter', name: 'book', value: 4 }]);
      await kind.crash(store);
      expect((await openStore()).load().counters).toEqual({ book: 9, bridges: 0 });
    });

    test('writes of one turn become durable together, and an empty one waits for them', async () => {
      const store = await openStore();
      await store.write([{ kind: 'pool', name: pool.name, pool }]);
      const order: string[] = [];
      const writes = [7, 8, 9].map((serial) =>
        store
          .write([{ kind: 'claim', serial, claim: claim(serial) }])
          .then(() => order.push(String(serial))),
      );
      const empty = store.write([]).then(() => order.push('empty'));
      await Promise.all([...writes, empty]);
      expect(kind.isShared ? order.toSorted() : order).toEqual(['7', '8', '9', 'empty']);
      expect(order.at(-1)).toBe('empty');
      await kind.crash(store);
      expect((await openStore()).load().claims.map((one) => one.serial)).toEqual([7, 8, 9]);
    });

    test('offers, quarantines, blocks, MAC addresses and notes come back as they were', async () => {
      const store = await openStore();
      const macs = ['02:00:5e:00:00:00/24'];
      await store.write([
        { kind: 'pool', name: pool.name, pool: { ...pool, spec: { ...pool.spec, macs } } },
      ]);
      const later = Date.now() + 3_600_000;
      const rows: ClaimRecord[] = [
        {
          ...claim(7),
          state: 'offered',
          incarnation: 0,
          until: later,
          quarantinedUntil: later - 1,
        },
        { ...claim(8), state: 'offered', incarnation: 0, until: later, offeredAt: later - 5_000 },
        { ...claim(9), mac: '02:00:5e:00:00:09', labels: { app: 'web' }, reason: 'the camera' },
        { ...claim(10), addresses: [], mac: '02:00:5e:00:00:0a' },
      ];
      await store.write(rows.map((row) => ({ kind: 'claim', serial: row.serial, claim: row })));
      const freed: ClaimRecord = { ...(rows[2] as ClaimRecord), state: 'released', until: later };
      await store.write([{ kind: 'claim', serial: 9, claim: freed }]);
      await kind.crash(store);
      const { claims } = (await openStore()).load();
      expect(claims).toEqual([rows[0], rows[1], freed, rows[3]]);
    });

    test('a claim that gets another owner has it alone', async () => {
      const store = await openStore();
      await store.write([{ kind: 'pool', name: pool.name, pool }]);
      await store.write([{ kind: 'claim', serial: 7, claim: claim(7) }]);
      const handed = { ...claim(7), owner: 'renamed' };
      await store.write([{ kind: 'claim', serial: 7, claim: handed }]);
      await kind.crash(store);
      const again = await openStore();
      expect(again.load().claims).toEqual([handed]);
      await again.write([{ kind: 'claim', serial: 7, claim: undefined }]);
      expect(again.load().claims).toEqual([]);
    });

    test('a pool gets another definition, and goes', async () => {
      const store = await openStore();
      const wider = { ...pool, spec: { subnets: [{ subnet: '10.10.0.0/23' }] } };
      await store.write([{ kind: 'pool', name: pool.name, pool }]);
      await store.write([{ kind: 'pool', name: pool.name, pool: wider }]);
      expect(store.load().pools).toEqual([wider]);
      await store.write([{ kind: 'pool', name: pool.name, pool }]);
      expect(store.load().pools).toEqual([pool]);
      await store.write([{ kind: 'pool', name: pool.name, pool: undefined }]);
      await kind.crash(store);
      expect((await openStore()).load().pools).toEqual([]);
    });

    test('closing writes what is still waiting', async () => {
      const store = await openStore();
      await store.write([{ kind: 'pool', name: pool.name, pool }]);
      const write = store.write([{ kind: 'claim', serial: 7, claim: claim(7) }]);
      await store.close();
      await write;
      expect((await openStore()).load().claims).toEqual([claim(7)]);
    });

    test('a book that is loaded from it goes on where the old one was', async () => {
      const store = await openStore();
      const book = new AddressBook();
      const save = async (changes: Parameters<Store['write']>[0]): Promise<void> =>
        store.write([...changes, { kind: 'counter', name: 'book', value: book.lastNumber }]);
      const asker = { owner: 'pod', identity: 'admin' };
      await save(book.putPool({ ...pool, ...asker }, 0).changes);
      const { value: first, changes } = book.claim({ pool: pool.name, ...asker }, 0);
      await save(changes);
      await save(book.release({ ...first, incarnation: first.incarnation }, 0).changes);
      await kind.crash(store);
      const { pools, claims, counters } = (await openStore()).load();
      const loaded = new AddressBook(pools, claims, counters.book);
      expect(loaded.lastNumber).toBe(book.lastNumber);
      const again = loaded.claim({ pool: pool.name, ...asker }, 1).value;
      expect(again.addresses).toEqual(first.addresses);
      expect(again.incarnation).toBeGreaterThan(first.incarnation);
    });
  });
}
