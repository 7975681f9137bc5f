import { randomUUID } from 'node:crypto';
import { existsSync, renameSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import { type ClaimRecord, isNetloomError, NetloomError, type PoolRecord } from 'netloom';
import { storeDamaged, syncFolder, touchPrivate } from './folder';
import type {
  BridgeRecord,
  CounterName,
  NetworkRecord,
  Restoration,
  StoreContents,
  StreamedContents,
} from './store';
import type { Testimony } from './witness';

/** `user_version` of the stores that this release writes. */
export const STORE_VERSION = 3;

/**
 * The oldest version that it reads. Versions 1 and 2 lack what an older release must not overlook:
 * removed pools whose quarantines go on, blocks and MAC addresses (2), restorations that wait for an
 * audit (3).
 */
const OLDEST_VERSION = 1;

/** What happened to the store as a whole; made when a store of an older version is taken over, too. */
const RESTORATIONS = `CREATE TABLE IF NOT EXISTS restorations
  (key INTEGER PRIMARY KEY, record TEXT NOT NULL, crc INTEGER NOT NULL);`;

/** Wanted networks of the node, by owner; made the same way. */
const NETWORKS = `CREATE TABLE IF NOT EXISTS networks
  (key TEXT PRIMARY KEY, record TEXT NOT NULL, crc INTEGER NOT NULL);`;

/** Row of the table of counters that every commit raises. */
export const COMMITS = 'commits';

/** Each record as JSON with its CRC: SQLite checks the structure of its pages, not their content. */
const SCHEMA = `
  CREATE TABLE pools (key TEXT PRIMARY KEY, record TEXT NOT NULL, crc INTEGER NOT NULL);
  CREATE TABLE claims (key INTEGER PRIMARY KEY, record TEXT NOT NULL, crc INTEGER NOT NULL);
  CREATE TABLE bridges (key TEXT PRIMARY KEY, record TEXT NOT NULL, crc INTEGER NOT NULL);
  CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
  CREATE TABLE store (id TEXT NOT NULL);
  ${RESTORATIONS}
  ${NETWORKS}
  PRAGMA user_version = ${STORE_VERSION};
`;

/** The tables of records. */
export type Table = 'pools' | 'claims' | 'bridges' | 'networks' | 'restorations';

/** Made beside its place and renamed: a file that is there is a whole store, or damaged. */
export function createStoreFile(folder: string, state: string): void {
  if (existsSync(`${state}-wal`)) {
    throw new NetloomError(storeDamaged(state, 'its write-ahead log is there without it'));
  }
  const unfinished = `${state}.new`;
  rmSync(unfinished, { force: true });
  touchPrivate(unfinished);
  const database = new DatabaseSync(unfinished);
  database.exec('PRAGMA synchronous = FULL; BEGIN');
  database.exec(SCHEMA);
  database.prepare('INSERT INTO store VALUES (?)').run(randomUUID());
  database.exec('COMMIT');
  // Not when the store is opened: a switch that breaks off there leaves a journal that a look at the
  // store can't read past. Not before the commit either: closing tells of no failed checkpoint.
  database.exec('PRAGMA journal_mode = WAL');
  database.close();
  renameSync(unfinished, state);
  syncFolder(folder);
}

/**
 * Opens a store to look at it, and checks its structure; nothing of it is changed.
 *
 * @throws NetloomError NL_STORE_FAILED, and SQLite's own errors
 */
export function openToRead(state: string): DatabaseSync {
  const database = new DatabaseSync(state, { readOnly: true, timeout: 1000 });
  try {
    const version = versionOf(database);
    if (version < OLDEST_VERSION || version > STORE_VERSION) {
      const why = `it is of store version ${version}, and this release reads versions ${OLDEST_VERSION} to ${STORE_VERSION}`;
      throw new NetloomError(storeDamaged(state, why));
    }
    const [first] = database.prepare('PRAGMA quick_check(1)').all();
    const verdict = String(first?.quick_check);
    if (verdict !== 'ok') throw new NetloomError(storeDamaged(state, verdict));
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Opens a store that {@link openToRead} found in order; from here on an older release refuses it. */
export function openToWrite(state: string): DatabaseSync {
  const database = new DatabaseSync(state, { timeout: 1000 });
  try {
    // FULL: with NORMAL a power cut may take the last commits of the write-ahead log.
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
    if (versionOf(database) < STORE_VERSION || !hasTable(database, 'networks')) {
      const tables = `${RESTORATIONS} ${NETWORKS}`;
      database.exec(`BEGIN; ${tables} PRAGMA user_version = ${STORE_VERSION}; COMMIT`);
    }
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function versionOf(database: DatabaseSync): number {
  return Number(database.prepare('PRAGMA user_version').get()?.user_version);
}

/** All that a store holds. */
export function readContents(database: DatabaseSync, file: string): StoreContents {
  const contents = streamContents(database, file);
  return { ...contents, claims: [...contents.claims] };
}

/** The same, with the claims read while they are gone through. */
export function streamContents(database: DatabaseSync, file: string): StreamedContents {
  function* read<T>(table: Table, keyOf: (record: T) => string | number): Generator<T> {
    const rows = database.prepare(`SELECT key, record, crc FROM ${table} ORDER BY key`);
    for (const row of rows.iterate()) {
      const text = String(row.record);
      if (crc32(text) !== row.crc) {
        throw new NetloomError(
          storeDamaged(file, `row ${row.key} of ${table} fails its check sum`),
        );
      }
      const record = JSON.parse(text) as T;
      if (keyOf(record) !== row.key) {
        const why = `row ${row.key} of ${table} holds the record of ${keyOf(record)}`;
        throw new NetloomError(storeDamaged(file, why));
      }
      yield record;
    }
  }
  const counters: Record<CounterName, number> = { book: 0, bridges: 0 };
  for (const row of database.prepare('SELECT name, value FROM counters').all()) {
    if (row.name !== COMMITS) counters[row.name as CounterName] = Number(row.value);
  }
  const restored = hasTable(database, 'restorations')
    ? [...read<Restoration>('restorations', ({ epoch }) => epoch)].at(-1)
    : undefined;
  return {
    pools: [...read<PoolRecord>('pools', ({ name }) => name)],
    claims: read<ClaimRecord>('claims', ({ serial }) => serial),
    bridges: [...read<BridgeRecord>('bridges', ({ name }) => name)],
    networks: hasTable(database, 'networks')
      ? [...read<NetworkRecord>('networks', ({ owner }) => owner)]
      : [],
    counters,
    storeId: storeIdOf(database),
    ...(restored === undefined ? {} : { restored }),
  };
}

/** Stores of an older version that nobody has taken over yet lack the later tables. */
function hasTable(database: DatabaseSync, table: Table): boolean {
  const tables = database.prepare('SELECT 1 FROM sqlite_schema WHERE name = ?');
  return tables.get(table) !== undefined;
}

/** What a store's witness has to say of it. */
export function testimonyOf(database: DatabaseSync): Testimony {
  const commits = database.prepare('SELECT value FROM counters WHERE name = ?').get(COMMITS);
  const epoch = hasTable(database, 'restorations')
    ? database.prepare('SELECT max(key) AS epoch FROM restorations').get()?.epoch
    : 0;
  return {
    storeId: storeIdOf(database),
    epoch: Number(epoch ?? 0),
    commits: Number(commits?.value ?? 0),
  };
}

function storeIdOf(database: DatabaseSync): string {
  const row = database.prepare('SELECT id FROM store').get();
  if (row === undefined) throw new Error('the id of the store is missing');
  return String(row.id);
}

/** Notes a restoration in a store that no agent has. */
export function writeRestoration(database: DatabaseSync, restoration: Restoration): void {
  const record = JSON.stringify(restoration);
  const put = database.prepare('INSERT INTO restorations VALUES (?, ?, ?)');
  put.run(restoration.epoch, record, crc32(record));
}

/** What SQLite says of a file, as a problem that names it. */
export function asStoreProblem(file: string, error: unknown): Error {
  if (isNetloomError(error)) return error;
  return new NetloomError(storeDamaged(file, (error as Error).message), { cause: error });
}
