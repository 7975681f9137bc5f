import fs, {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { AddressBook, type ClaimRecord, NetloomError, type PoolRecord } from 'netloom';
import {
  backUp,
  restoreStore,
  SqliteStore,
  type StoreChange,
  type StoreContents,
  Witness,
} from '../../node-agent/src/store';

const NOW = Date.parse('2026-11-21T12:00:00Z');

const pool: PoolRecord = {
  name: 'apps/lan',
  spec: { subnets: [{ subnet: '10.0.0.0/8' }] },
  owner: 'stack',
  identity: 'admin',
  incarnation: 1,
};

function claim(serial: number): ClaimRecord {
  return {
    serial,
    pool: pool.name,
    owner: `owner-${serial}`,
    identity: 'admin',
    state: 'claimed',
    incarnation: serial,
    addresses: [`10.0.${serial >> 8}.${serial & 255}`],
  };
}

describe('backup and restore', () => {
  let root: string;
  let folder: string;
  let backup: string;
  let state: string;

  beforeEach(() => {
    root = mkdtempSync(path.join(os.tmpdir(), 'netloom-backup-'));
    folder = path.join(root, 'state');
    state = path.join(folder, 'state.db');
    backup = path.join(root, 'backup.db');
  });

  afterEach(() => {
    jest.restoreAllMocks();
    rmSync(root, { recursive: true, force: true });
  });

  const claims = (...serials: number[]): StoreChange[] => [
    { kind: 'pool', name: pool.name, pool },
    ...serials.map((serial) => ({ kind: 'claim', serial, claim: claim(serial) }) as const),
    { kind: 'counter', name: 'book', value: Math.max(...serials) },
  ];

  const write = async (...serials: number[]): Promise<void> => {
    const store = SqliteStore.open(folder);
    await store.write(claims(...serials));
    await store.close();
  };

  const contents = async (): Promise<StoreContents> => {
    const store = SqliteStore.open(folder);
    const all = store.load();
    await store.close();
    return all;
  };

  const restore = (options: { from?: string; folder?: string; withoutAudit?: string } = {}) =>
    restoreStore({ folder, from: backup, now: NOW, ...options });

  const refused = (run: () => unknown): string => {
    try {
      run();
    } catch (error) {
      if (error instanceof NetloomError) return error.message;
      throw error;
    }
    throw new Error('nothing was refused');
  };

  test('a backup is the store of one moment, taken while the agent writes, for its owner only', async () => {
    const store = SqliteStore.open(folder);
    await store.write([{ kind: 'pool', name: pool.name, pool }]);
    let serial = 2;
    let writing = true;
    const writer = (async () => {
      // Two claims in one commit: a backup has both or none.
      for (; writing; serial += 2) {
        const both = [serial, serial + 1].map(
          (one) => ({ kind: 'claim', serial: one, claim: claim(one) }) as const,
        );
        await store.write(both);
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    })();
    const copies: number[] = [];
    for (let index = 0; index < 5; index++) {
      const file = `${backup}.${index}`;
      await new Promise((resolve) => setTimeout(resolve, 20));
      const copy = backUp(folder, file).contents;
      expect(copy.claims.length % 2).toBe(0);
      copies.push(copy.claims.length);
      expect(statSync(file).mode & 0o777).toBe(0o600);
    }
    writing = false;
    await writer;
    expect(copies.at(-1)).toBeGreaterThan(copies[0] as number);
    expect(readdirSync(root).sort()).toEqual([
      ...copies.map((_count, index) => `backup.db.${index}`),
      'state',
    ]);
    await store.close();
  });

  test('an older backup is not overwritten, and a damaged store gives none', async () => {
    await write(2, 3);
    backUp(folder, backup);
    const before = readFileSync(backup);
    expect(refused(() => backUp(folder, backup))).toContain('backup.db is there already');
    expect(readFileSync(backup).equals(before)).toBe(true);
    const bytes = readFileSync(state);
    const at = bytes.indexOf('owner-3');
    bytes[at] = (bytes[at] as number) ^ 1;
    writeFileSync(state, bytes);
    expect(refused(() => backUp(folder, `${backup}.2`))).toContain('fails its check sum');
    expect(readdirSync(root)).toEqual(['backup.db', 'state']);
  });

  test('a restored store has what the backup had, a new id, the next epoch, and waits for an audit', async () => {
    await write(2, 3);
    const { storeId } = await contents();
    backUp(folder, backup);
    await write(4);
    const { replaced } = restore();
    const restored = await contents();
    expect(restored.claims).toEqual([claim(2), claim(3)]);
    expect(restored.storeId).not.toBe(storeId);
    expect(restored.restored).toEqual({ epoch: 1, from: backup, restoredAt: NOW });
    // What was there is kept, and is a store still.
    expect(SqliteStore.read(folder)).toEqual(restored);
    backUp(folder, `${backup}.2`);
    expect(restore({ from: replaced as string, withoutAudit: 'a drill' })).toMatchObject({
      claims: 3,
      restoration: { epoch: 2, released: { at: NOW, by: 'operator', why: 'a drill' } },
    });
    expect((await contents()).claims).toEqual([claim(2), claim(3), claim(4)]);
  });

  test('ids given before never come back: not after a backup, and not after two', async () => {
    await write(2, 3);
    backUp(folder, backup);
    await write(4, 1_000_000);
    let highest = 1_000_000;
    for (const now of [0, NOW, NOW + 1000]) {
      restoreStore({ folder, from: backup, now });
      const { pools, claims: rows, counters } = await contents();
      const book = new AddressBook(pools, rows, counters.book);
      const asker = { owner: 'new', identity: 'admin' };
      const { value } = book.claim({ pool: pool.name, ...asker }, 0);
      expect(Math.min(value.incarnation, value.serial)).toBeGreaterThan(highest);
      expect(Number.isSafeInteger(value.incarnation)).toBe(true);
      expect(counters.bridges).toBe(counters.book);
      highest = value.incarnation;
    }
    // In a folder of its own, where nothing says what was given, the clock does.
    const elsewhere = path.join(root, 'elsewhere');
    restoreStore({ folder: elsewhere, from: backup, now: NOW + 2000 });
    expect(SqliteStore.read(elsewhere).counters.book).toBeGreaterThan(highest);
  });

  test('a backup that was put in place by hand is refused, and restored it is taken', async () => {
    await write(2);
    backUp(folder, backup);
    await write(3);
    copyFileSync(backup, state);
    expect(refused(() => SqliteStore.open(folder))).toContain('not the latest state');
    restore({ from: state });
    expect((await contents()).restored?.epoch).toBe(1);
    copyFileSync(backup, state);
    expect(refused(() => SqliteStore.open(folder))).toContain('not the store that this folder had');
  });

  test('no backup that is damaged, lost or colliding is taken, and none while an agent runs', async () => {
    await write(2, 3);
    backUp(folder, backup);
    const good = readFileSync(backup);
    truncateSync(backup, good.length / 2);
    expect(refused(() => restore())).toContain(backup);
    rmSync(backup);
    expect(refused(() => restore())).toContain('no such file');
    const store = SqliteStore.open(folder);
    expect(refused(() => restore({ from: state }))).toContain('another netloom-agent is using');
    const twin = { ...claim(9), addresses: claim(2).addresses };
    await store.write([{ kind: 'claim', serial: 9, claim: twin }]);
    await store.close();
    backUp(folder, backup);
    expect(refused(() => restore())).toMatch(/claim 2 .* and claim 9 .*\(NL_CLAIMS_COLLIDE/s);
    expect((await contents()).claims).toHaveLength(3);
    expect(readdirSync(folder).filter((name) => /restored|replaced/.test(name))).toEqual([]);
  });

  test('a store that is damaged beyond reading is kept beside the restored one', async () => {
    await write(2, 3);
    backUp(folder, backup);
    truncateSync(state, 5000);
    const damaged = readFileSync(state);
    writeFileSync(Witness.fileOf(folder), 'nothing');
    const { replaced = '' } = restore();
    expect(readFileSync(replaced).equals(damaged)).toBe(true);
    expect((await contents()).claims).toHaveLength(2);
  });

  test('broken off at any write, the store is the old or the new one or says so, and again does it', async () => {
    let steps = 0;
    for (let stop = 1; stop === 1 || steps >= stop - 1; stop++) {
      rmSync(folder, { recursive: true, force: true });
      rmSync(backup, { force: true });
      await write(2);
      backUp(folder, backup);
      await write(3);
      steps = 0;
      const calls = ['renameSync', 'fsyncSync', 'writeSync', 'openSync'] as const;
      for (const name of calls) {
        const real = fs[name] as (...given: unknown[]) => unknown;
        jest.spyOn(fs, name as 'renameSync').mockImplementation(((...given: unknown[]) => {
          steps++;
          if (steps >= stop) throw Object.assign(new Error('EIO: planted'), { code: 'EIO' });
          return real(...given);
        }) as never);
      }
      let isDone = false;
      try {
        restore();
        isDone = true;
      } catch (error) {
        expect(String(error)).toContain('EIO');
      }
      jest.restoreAllMocks();
      let found = 'refused';
      try {
        const { claims: rows, restored } = await contents();
        found = `${rows.length} ${restored?.epoch ?? 0}`;
      } catch (error) {
        expect((error as NetloomError).problems[0]?.code).toBe('NL_STORE_FAILED');
      }
      expect(isDone ? ['1 1'] : ['2 0', '1 1', 'refused']).toContain(found);
      if (existsSync(state) || !isDone) restore();
      expect((await contents()).claims).toEqual([claim(2)]);
      if (isDone) break;
    }
    expect(steps).toBeGreaterThan(8);
  });
});
