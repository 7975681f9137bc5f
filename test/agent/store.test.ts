import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { NetloomError } from 'netloom';
import { MemoryDisk, MemoryStore, SqliteStore, type Store } from '../../node-agent/src/store';
import { GroupCommit } from '../../node-agent/src/store/group-commit';
import { type StoreKind, storeContract } from './store-contract';

function temporaryFolder(): string {
  return path.join(mkdtempSync(path.join(os.tmpdir(), 'netloom-store-')), 'state');
}

/** A crash leaves the files as they are: a copy of them, taken while the store is open, is just that. */
function sqliteKind(): StoreKind {
  let folder = temporaryFolder();
  const folders = [folder];
  return {
    open: () => SqliteStore.open(folder),
    crash: async (store) => {
      const after = temporaryFolder();
      folders.push(after);
      cpSync(folder, after, { recursive: true });
      folder = after;
      await store.write([]);
    },
    clean: () => {
      for (const one of folders) rmSync(path.dirname(one), { recursive: true, force: true });
    },
  };
}

storeContract('sqlite', sqliteKind);
storeContract('memory', () => {
  const disk = new MemoryDisk();
  return { open: () => new MemoryStore(disk), crash: async () => {}, clean: () => {} };
});

describe('the files of the sqlite store', () => {
  let folder: string;
  let state: string;

  beforeEach(() => {
    folder = temporaryFolder();
    state = path.join(folder, 'state.db');
  });

  afterEach(() => rmSync(path.dirname(folder), { recursive: true, force: true }));

  const filled = async (): Promise<void> => {
    const store = SqliteStore.open(folder);
    const spec = { subnets: [{ subnet: '10.0.0.0/8' }] };
    const changes = Array.from({ length: 300 }, (_, serial) => {
      const owner = `owner-${serial}-${'x'.repeat(100)}`;
      const name = `pool-${serial}`;
      const pool = { name, spec, owner, identity: 'admin', incarnation: serial };
      return { kind: 'pool', name, pool } as const;
    });
    await store.write(changes);
    await store.close();
  };

  const refused = (open: () => Store = () => SqliteStore.open(folder)): string => {
    try {
      void open().close();
    } catch (error) {
      expect(error).toBeInstanceOf(NetloomError);
      expect((error as NetloomError).problems[0]?.code).toBe('NL_STORE_FAILED');
      return (error as Error).message;
    }
    throw new Error('the store was opened');
  };

  test('only their owner may read them', async () => {
    await filled();
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    const store = SqliteStore.open(folder);
    await store.write([{ kind: 'counter', name: 'book', value: 1 }]);
    for (const file of ['state.db', 'state.db-wal', 'lock.db']) {
      expect([file, statSync(path.join(folder, file)).mode & 0o777]).toEqual([file, 0o600]);
    }
    await store.close();
  });

  test('every commit is synced to disk, in a write-ahead log', () => {
    const store = SqliteStore.open(folder);
    const database = (store as unknown as { database: DatabaseSync }).database;
    expect(database.prepare('PRAGMA journal_mode').get()).toMatchObject({ journal_mode: 'wal' });
    expect(database.prepare('PRAGMA synchronous').get()).toMatchObject({ synchronous: 2 });
    return store.close();
  });

  test.each([
    ['garbage', () => writeFileSync(state, 'not a database, by no means'.repeat(100))],
    ['an empty file', () => truncateSync(state, 0)],
    ['half of the file', () => truncateSync(state, Math.floor(statSync(state).size / 2))],
    ['a database of somebody else', () => foreignDatabase(state)],
    ['a record that was changed', () => flipInside(state, 'owner-150-')],
    ['a lost file', () => rmSync(state)],
    ['another store', () => anotherStore(state)],
  ])('%s stops the start, is named and kept', async (_name, damage) => {
    await filled();
    damage();
    const before = existsSync(state) ? readFileSync(state) : undefined;
    const open = (): Store => {
      const store = SqliteStore.open(folder);
      try {
        store.load();
      } catch (error) {
        void store.close();
        throw error;
      }
      return store;
    };
    expect(refused(open)).toContain(state);
    if (before) expect(readFileSync(state).equals(before)).toBe(true);
    else expect(existsSync(state)).toBe(false);
  });

  test('a page that was wiped stops the start, whichever page it is', async () => {
    await filled();
    const intact = readFileSync(state);
    const pages = intact.length / 4096;
    expect(pages).toBeGreaterThan(10);
    for (let page = 0; page < pages; page++) {
      const damaged = Buffer.from(intact);
      damaged.fill(0, page * 4096, (page + 1) * 4096);
      writeFileSync(state, damaged);
      expect([page, refused()]).toEqual([page, expect.stringContaining(state)]);
    }
    writeFileSync(state, intact);
    await SqliteStore.open(folder).close();
  });

  test('a store of another version stops the start, whichever way it differs', async () => {
    await filled();
    const database = new DatabaseSync(state);
    database.exec('PRAGMA user_version = 3');
    database.close();
    expect(refused()).toContain('store version 3, and this release reads versions 1 to 2');
  });

  test('a store of version 1 is read as it is, and taken over by the agent that opens it', async () => {
    await filled();
    const set = new DatabaseSync(state);
    set.exec('PRAGMA user_version = 1');
    set.close();
    const version = (): unknown => {
      const database = new DatabaseSync(state, { readOnly: true });
      const row = database.prepare('PRAGMA user_version').get();
      database.close();
      return row?.user_version;
    };
    const before = SqliteStore.read(folder);
    expect(version()).toBe(1);
    const store = SqliteStore.open(folder);
    expect(store.load()).toEqual(before);
    await store.close();
    expect(version()).toBe(2);
    expect(SqliteStore.read(folder)).toEqual(before);
  });

  test('a start that was interrupted before the first store was whole is simply done again', () => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(`${state}.new`, 'half a store');
    return SqliteStore.open(folder).close();
  });

  test('two agents cannot have one store; after the first has gone the second can', async () => {
    const first = SqliteStore.open(folder);
    expect(refused()).toContain(`another netloom-agent is using ${folder}`);
    await first.write([{ kind: 'counter', name: 'book', value: 3 }]);
    expect(refused()).toContain('another netloom-agent');
    await first.close();
    await SqliteStore.open(folder).close();
  });

  test('it can be read while an agent has it', async () => {
    const store = SqliteStore.open(folder);
    await store.write([{ kind: 'counter', name: 'book', value: 3 }]);
    expect(SqliteStore.read(folder).counters.book).toBe(3);
    await store.close();
    expect(SqliteStore.read(folder).counters.book).toBe(3);
  });

  test('a commit that fails refuses all who wait for it, and everything after it', async () => {
    const failures: string[] = [];
    const store = SqliteStore.open(folder, (error) => failures.push(error.message));
    await store.write([{ kind: 'counter', name: 'book', value: 1 }]);
    const other = new DatabaseSync(state);
    other.exec('BEGIN IMMEDIATE');
    const writes = [2, 3].map((value) => store.write([{ kind: 'counter', name: 'book', value }]));
    for (const write of writes) await expect(write).rejects.toThrow('NL_STORE_FAILED');
    other.exec('ROLLBACK');
    other.close();
    await expect(store.write([])).rejects.toThrow('NL_STORE_FAILED');
    expect(failures).toHaveLength(1);
    await store.close();
    expect(SqliteStore.read(folder).counters.book).toBe(1);
  });
});

describe('group commit', () => {
  test('many waiting writes share one commit, and none is told before it', async () => {
    const commits: number[] = [];
    let told = 0;
    const group = new GroupCommit(
      (changes) => {
        expect(told).toBe(0);
        commits.push(changes.length);
      },
      () => {},
    );
    const writes = Array.from({ length: 64 }, (_, value) =>
      group.write([{ kind: 'counter', name: 'book', value }]).then(() => told++),
    );
    expect(commits).toEqual([]);
    await Promise.all(writes);
    expect(commits).toEqual([64]);
    expect(told).toBe(64);
  });
});

function foreignDatabase(file: string): void {
  rmSync(file);
  const database = new DatabaseSync(file);
  database.exec('CREATE TABLE pools (x)');
  database.close();
}

function flipInside(file: string, text: string): void {
  const bytes = readFileSync(file);
  const at = bytes.indexOf(text);
  expect(at).toBeGreaterThan(0);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  writeFileSync(file, bytes);
}

function anotherStore(file: string): void {
  const elsewhere = temporaryFolder();
  void SqliteStore.open(elsewhere).close();
  copyFileSync(path.join(elsewhere, 'state.db'), file);
  rmSync(path.dirname(elsewhere), { recursive: true, force: true });
}
