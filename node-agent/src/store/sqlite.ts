import { existsSync } from 'node:fs';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import { NetloomError } from 'netloom';
import { FolderLock, makeFolder, storeDamaged, storeFiles, storeOutdated } from './folder';
import { GroupCommit } from './group-commit';
import {
  asStoreProblem,
  COMMITS,
  createStoreFile,
  openToRead,
  openToWrite,
  readContents,
  streamContents,
  type Table,
  testimonyOf,
} from './sqlite-file';
import type {
  CounterName,
  Store,
  StoreChange,
  StoreContents,
  StoreFailureListener,
  StreamedContents,
} from './store';
import { type Testimony, Witness } from './witness';

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
    readonly place: string,
    private readonly lock: FolderLock,
    private readonly witness: Witness,
    private commits: number,
    onFailure: StoreFailureListener,
  ) {
    const writer = (table: Table): TableWriter => ({
      put: database.prepare(`INSERT OR REPLACE INTO ${table} VALUES (?, ?, ?)`),
      remove: database.prepare(`DELETE FROM ${table} WHERE key = ?`),
    });
    this.writers = {
      pools: writer('pools'),
      claims: writer('claims'),
      bridges: writer('bridges'),
      networks: writer('networks'),
      restorations: writer('restorations'),
    };
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
   * @throws NetloomError NL_STORE_FAILED: in use, damaged, lost, of another release, or older than
   * what was acknowledged
   */
  static open(folder: string, onFailure: StoreFailureListener = () => {}): SqliteStore {
    makeFolder(folder);
    const lock = FolderLock.take(folder);
    const { state } = storeFiles(folder);
    try {
      if (!existsSync(state)) {
        if (lock.storeId !== undefined) {
          throw new NetloomError(storeDamaged(state, 'it is gone from a folder that had a store'));
        }
        createStoreFile(folder, state);
      }
      const testimony = checkIdentity(folder, state, lock);
      if (lock.storeId === undefined) lock.remember(testimony.storeId);
      const witness = Witness.open(folder, testimony);
      const database = openToWrite(state);
      return new SqliteStore(database, state, lock, witness, testimony.commits, onFailure);
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
      database = openToRead(state);
      return readContents(database, state);
    } catch (error) {
      throw asStoreProblem(state, error);
    } finally {
      database?.close();
    }
  }

  load(): StoreContents {
    return readContents(this.database, this.place);
  }

  stream(): StreamedContents {
    return streamContents(this.database, this.place);
  }

  write(changes: readonly StoreChange[]): Promise<void> {
    return this.group.write(changes);
  }

  async close(): Promise<void> {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.group.flush();
    this.database.close();
    this.witness.close();
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
    this.raiseCounter.run(COMMITS, this.commits + 1);
    // No ROLLBACK after an error: the store is given up, and SQLite rolls back at the next open.
    this.end.run();
    this.commits += 1;
    this.witness.write(this.commits);
  }

  private put(change: Exclude<StoreChange, { kind: 'counter' }>): void {
    if (change.kind === 'claim') this.putRow('claims', change.serial, change.claim);
    else if (change.kind === 'pool') this.putRow('pools', change.name, change.pool);
    else if (change.kind === 'restoration')
      this.putRow('restorations', change.restoration.epoch, change.restoration);
    else if (change.kind === 'network') this.putRow('networks', change.owner, change.network);
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

/**
 * Looks whether the file is intact, the one that this folder had, and not behind its witness: then
 * somebody put a copy back, or commits were lost. Nothing is changed before all of that is sure.
 */
function checkIdentity(folder: string, state: string, lock: FolderLock): Testimony {
  const database = openToRead(state);
  try {
    const is = testimonyOf(database);
    if (lock.storeId !== undefined && lock.storeId !== is.storeId) {
      throw new NetloomError(storeDamaged(state, 'it is not the store that this folder had'));
    }
    checkWitness(folder, state, is);
    return is;
  } finally {
    database.close();
  }
}

function checkWitness(folder: string, state: string, is: Testimony): void {
  const said = Witness.read(folder);
  const file = Witness.fileOf(folder);
  // Before the first commit, and after a release without witnesses, there is none.
  if (said === undefined && is.commits === 0) return;
  if (said === undefined) {
    throw new NetloomError(
      storeOutdated(state, `${file}, which says how far it has come, is gone`),
    );
  }
  if (said.storeId !== is.storeId) {
    throw new NetloomError(storeOutdated(state, `${file} is of another store`));
  }
  if (said.commits <= is.commits) return;
  const why = `it stands at commit ${is.commits}, and the agent has acknowledged commit ${said.commits} (${file})`;
  throw new NetloomError(storeOutdated(state, why));
}
