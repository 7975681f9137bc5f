import { randomUUID } from 'node:crypto';
import { existsSync, renameSync, rmSync } from 'node:fs';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import { type ClaimRecord, isNetloomError, NetloomError, type PoolRecord } from 'netloom';
import {
  FolderLock,
  makeFolder,
  storeDamaged,
  storeFiles,
  syncFolder,
  touchPrivate,
} from './folder';
import { GroupCommit } from './group-commit';
import type {
  BridgeRecord,
  CounterName,
  Store,
  StoreChange,
  StoreContents,
  StoreFailureListener,
  StreamedContents,
} from './store';

/** `user_version` of the stores that this release writes. */
export const STORE_VERSION = 2;

/**
 * The oldest version that it reads. Version 1 has the same tables; its records lack what an older
 * release must not overlook: removed pools whose quarantines go on, blocks, MAC addresses.
 */
const OLDEST_VERSION = 1;

/** Each record as JSON with its CRC: SQLite checks the structure of its pages, not their content. */
const SCHEMA = `
  CREATE TABLE pools (key TEXT PRIMARY KEY, record TEXT NOT NULL, crc INTEGER NOT NULL);
  CREATE TABLE claims (key INTEGER PRIMARY KEY, record TEXT NOT NULL, crc INTEGER NOT NULL);
  CREATE TABLE bridges (key TEXT PRIMARY KEY, record TEXT NOT NULL, crc INTEGER NOT NULL);
  CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
  CREATE TABLE store (id TEXT NOT NULL);
  PRAGMA user_version = ${STORE_VERSION};
`;

type Table = 'pools' | 'claims' | 'bridges';

interface TableWriter {
  readonly put: StatementSync;
  readonly remove: StatementSync;
}

/** The embedded store: one SQLite file, durable when a write resolves. */
export class SqliteStore implements Store {
  private readonly group: GroupCommit;
  private readonly writers: Record<Table, TableWriter>;
  private readonly raiseCounter: StatementSync;
  private readonly begin: StatementSync;
  private readonly end: StatementSync;
  private isOpen = true;

  private constructor(
    private readonly database: DatabaseSync,
    private readonly file: string,
    private readonly lock: FolderLock,
    onFailure: StoreFailureListener,
  ) {
    const writer = (table: Table): TableWriter => ({
      put: database.prepare(`INSERT OR REPLACE INTO ${table} VALUES (?, ?, ?)`),
      remove: database.prepare(`DELETE FROM ${table} WHERE key = ?`),
    });
    this.writers = { pools: writer('pools'), claims: writer('claims'), bridges: writer('bridges') };
    this.raiseCounter = database.prepare(
      'INSERT INTO counters VALUES (?, ?) ON CONFLICT DO UPDATE SET value = max(value, excluded.value)',
    );
    this.begin = database.prepare('BEGIN IMMEDIATE');
    this.end = database.prepare('COMMIT');
    this.group = new GroupCommit((changes) => this.commit(changes), onFailure);
  }

  /**
   * Opens the store of a folder, and makes it when the folder never had one.
   *
   * @throws NetloomError NL_STORE_FAILED: in use, damaged, lost, or of another release
   */
  static open(folder: string, onFailure: StoreFailureListener = () => {}): SqliteStore {
    makeFolder(folder);
    const lock = FolderLock.take(folder);
    const { state } = storeFiles(folder);
    try {
      if (!existsSync(state)) createStore(folder, state, lock);
      const database = openChecked(state, false);
      if (lock.storeId === undefined) lock.remember(storeIdOf(database));
      if (lock.storeId !== storeIdOf(database)) {
        throw new NetloomError(storeDamaged(state, 'it is not the store that this folder had'));
      }
      return new SqliteStore(database, state, lock, onFailure);
    } catch (error) {
      lock.release();
      throw asStoreProblem(state, error);
    }
  }

  /** What is in a folder's store now, whether an agent is using it or not. */
  static read(folder: string): StoreContents {
    const { state } = storeFiles(folder);
    if (!existsSync(state)) throw new NetloomError(storeDamaged(state, 'there is no such file'));
    let database: DatabaseSync | undefined;
    try {
      database = openChecked(state, true);
      return readContents(database, state);
    } catch (error) {
      throw asStoreProblem(state, error);
    } finally {
      database?.close();
    }
  }

  load(): StoreContents {
    return readContents(this.database, this.file);
  }

  stream(): StreamedContents {
    return streamContents(this.database, this.file);
  }

  write(changes: readonly StoreChange[]): Promise<void> {
    return this.group.write(changes);
  }

  async close(): Promise<void> {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.group.flush();
    this.database.close();
    this.lock.release();
  }

  private commit(changes: readonly StoreChange[]): void {
    this.begin.run();
    const counters = new Map<CounterName, number>();
    for (const change of changes) {
      if (change.kind !== 'counter') this.put(change);
      else counters.set(change.name, Math.max(change.value, counters.get(change.name) ?? 0));
    }
    for (const [name, value] of counters) this.raiseCounter.run(name, value);
    // No ROLLBACK after an error: the store is given up, and SQLite rolls back at the next open.
    this.end.run();
  }

  private put(change: Exclude<StoreChange, { kind: 'counter' }>): void {
    if (change.kind === 'claim') this.putRow('claims', change.serial, change.claim);
    else if (change.kind === 'pool') this.putRow('pools', change.name, change.pool);
    else this.putRow('bridges', change.name, change.bridge);
  }

  private putRow(table: Table, key: string | number, record: object | undefined): void {
    if (record === undefined) {
      this.writers[table].remove.run(key);
      return;
    }
    const text = JSON.stringify(record);
    this.writers[table].put.run(key, text, crc32(text));
  }
}

/** Made beside its place and renamed: a file that is there is a whole store, or damaged. */
function createStore(folder: string, state: string, lock: FolderLock): void {
  if (lock.storeId !== undefined || existsSync(`${state}-wal`)) {
    throw new NetloomError(storeDamaged(state, 'it is gone from a folder that had a store'));
  }
  const unfinished = `${state}.new`;
  rmSync(unfinished, { force: true });
  touchPrivate(unfinished);
  const database = new DatabaseSync(unfinished);
  database.exec('PRAGMA synchronous = FULL; BEGIN');
  database.exec(SCHEMA);
  database.prepare('INSERT INTO store VALUES (?)').run(randomUUID());
  database.exec('COMMIT');
  database.close();
  renameSync(unfinished, state);
  syncFolder(folder);
}

function openChecked(state: string, readOnly: boolean): DatabaseSync {
  const database = new DatabaseSync(state, { readOnly, timeout: 1000 });
  try {
    const version = Number(database.prepare('PRAGMA user_version').get()?.user_version);
    if (version < OLDEST_VERSION || version > STORE_VERSION) {
      const why = `it is of store version ${version}, and this release reads versions ${OLDEST_VERSION} to ${STORE_VERSION}`;
      throw new NetloomError(storeDamaged(state, why));
    }
    const [first] = database.prepare('PRAGMA quick_check(1)').all();
    const verdict = String(first?.quick_check);
    if (verdict !== 'ok') throw new NetloomError(storeDamaged(state, verdict));
    // FULL: with NORMAL a power cut may take the last commits of the write-ahead log.
    if (!readOnly) database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
    // From here on an older release refuses the store.
    if (!readOnly && version < STORE_VERSION)
      database.exec(`PRAGMA user_version = ${STORE_VERSION}`);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function readContents(database: DatabaseSync, file: string): StoreContents {
  const contents = streamContents(database, file);
  return { ...contents, claims: [...contents.claims] };
}

function streamContents(database: DatabaseSync, file: string): StreamedContents {
  function* read<T>(table: Table): Generator<T> {
    const rows = database.prepare(`SELECT key, record, crc FROM ${table} ORDER BY key`);
    for (const row of rows.iterate()) {
      const text = String(row.record);
      if (crc32(text) !== row.crc) {
        throw new NetloomError(
          storeDamaged(file, `row ${row.key} of ${table} fails its check sum`),
        );
      }
      yield JSON.parse(text) as T;
    }
  }
  const counters: Record<CounterName, number> = { book: 0, bridges: 0 };
  for (const row of database.prepare('SELECT name, value FROM counters').all()) {
    counters[row.name as CounterName] = Number(row.value);
  }
  return {
    pools: [...read<PoolRecord>('pools')],
    claims: read<ClaimRecord>('claims'),
    bridges: [...read<BridgeRecord>('bridges')],
    counters,
    storeId: storeIdOf(database),
  };
}

function storeIdOf(database: DatabaseSync): string {
  const row = database.prepare('SELECT id FROM store').get();
  if (row === undefined) throw new Error('the id of the store is missing');
  return String(row.id);
}

function asStoreProblem(file: string, error: unknown): Error {
  if (isNetloomError(error)) return error;
  return new NetloomError(storeDamaged(file, (error as Error).message), { cause: error });
}
