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
import {
  MemoryDisk,
  MemoryStore,
  SqliteStore,
  type Store,
  Witness,
} from '../../node-agent/src/store';
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
    for (const file of ['state.db', 'state.db-wal', 'state.witness', 'lock.db']) {
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
    database.exec('PRAGMA user_version = 4');
    database.close();
    expect(refused()).toContain('store version 4, and this release reads versions 1 to 3');
  });

  test('a store of version 1 is read as it is, and taken over by the agent that opens it', async () => {
    await filled();
    const set = new DatabaseSync(state);
    set.exec(`DROP TABLE restorations; DELETE FROM counters; PRAGMA user_version = 1`);
    set.close();
    rmSync(Witness.fileOf(folder));
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
    expect(version()).toBe(3);
    expect(SqliteStore.read(folder)).toEqual(before);
  });

  const write = async (...values: number[]): Promise<void> => {
    const store = SqliteStore.open(folder);
    for (const value of values) await store.write([{ kind: 'counter', name: 'book', value }]);
    await store.close();
  };

  /** What a killed agent leaves: the files as they are while it has them. */
  const killed = async (after: string, ...values: number[]): Promise<void> => {
    const store = SqliteStore.open(folder);
    for (const value of values) await store.write([{ kind: 'counter', name: 'book', value }]);
    cpSync(folder, after, { recursive: true });
    await store.close();
  };

  test('a copy that was put back is told from the latest state, whatever the agent did since', async () => {
    await write(1);
    copyFileSync(state, `${state}.copy`);
    await write(2);
    const latest = readFileSync(state);
    copyFileSync(`${state}.copy`, state);
    expect(refused()).toMatch(
      /state\.db is not the latest state .* commit 1, and the agent has acknowledged commit 2 .*--from/,
    );
    writeFileSync(state, latest);
    await SqliteStore.open(folder).close();
  });

  test('a write-ahead log that is lost, cut or wiped after kill -9 is told by what is missing', async () => {
    await write(1);
    const after = temporaryFolder();
    await killed(after, 2, 3);
    folder = after;
    state = path.join(folder, 'state.db');
    const wal = `${state}-wal`;
    const intact = readFileSync(wal);
    expect(intact.length).toBeGreaterThan(4096);
    const damages: Record<string, () => void> = {
      lost: () => rmSync(wal),
      empty: () => truncateSync(wal, 0),
      cut: () => truncateSync(wal, intact.length - 100),
      wiped: () => writeFileSync(wal, Buffer.alloc(intact.length)),
    };
    const files = ['state.db', 'state.db-wal', 'state.witness', 'lock.db'];
    const before = new Map(files.map((file) => [file, readFileSync(path.join(folder, file))]));
    for (const [name, damage] of Object.entries(damages)) {
      for (const [file, bytes] of before) writeFileSync(path.join(folder, file), bytes);
      damage();
      expect([name, refused()]).toEqual([name, expect.stringContaining('acknowledged commit 3')]);
    }
    for (const [file, bytes] of before) writeFileSync(path.join(folder, file), bytes);
    const store = SqliteStore.open(folder);
    expect(store.load().counters.book).toBe(3);
    await store.close();
  });

  test('a store that comes alone into a new folder is a copy of one', async () => {
    await write(1, 2);
    const elsewhere = temporaryFolder();
    mkdirSync(elsewhere, { recursive: true });
    copyFileSync(state, path.join(elsewhere, 'state.db'));
    expect(refused(() => SqliteStore.open(elsewhere))).toContain('state.witness');
    rmSync(path.dirname(elsewhere), { recursive: true });
  });

  test.each([
    ['cut', (file: string) => truncateSync(file, 20)],
    ['empty', (file: string) => truncateSync(file, 0)],
    ['of other content', (file: string) => flipInside(file, '0000000000000002')],
    ['of another store', (file: string) => otherWitness(file)],
  ])('a witness that is %s stops the start and is named', async (_name, damage) => {
    await write(1, 2);
    damage(Witness.fileOf(folder));
    expect(refused()).toContain(Witness.fileOf(folder));
  });

  test('a record under the key of another one is no record', async () => {
    await filled();
    const database = new DatabaseSync(state);
    database.exec("UPDATE pools SET key = 'pool-x' WHERE key = 'pool-7'");
    database.close();
    const open = (): Store => {
      const store = SqliteStore.open(folder);
      try {
        store.load();
      } finally {
        void store.close();
      }
      return store;
    };
    expect(refused(open)).toContain('row pool-x of pools holds the record of pool-7');
  });

  test('a file that can not be written is named: nothing is served from memory alone', async () => {
    await write(1);
    // The superuser writes whatever the mode says: a folder in the file's place is for nobody.
    rmSync(Witness.fileOf(folder));
    mkdirSync(Witness.fileOf(folder));
    expect(refused()).toContain(Witness.fileOf(folder));
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

function otherWitness(file: string): void {
  const elsewhere = temporaryFolder();
  void SqliteStore.open(elsewhere).close();
  copyFileSync(Witness.fileOf(elsewhere), file);
  rmSync(path.dirname(elsewhere), { recursive: true });
}
