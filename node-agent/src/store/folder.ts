import { closeSync, existsSync, fsyncSync, mkdirSync, openSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { NetloomError, type Problem } from 'netloom';

/** SQLite's result code for a lock that somebody else holds. */
const SQLITE_BUSY = 5;

/** Names of the files in an agent's state folder. */
export function storeFiles(folder: string): { state: string; lock: string } {
  return { state: path.join(folder, 'state.db'), lock: path.join(folder, 'lock.db') };
}

/** Makes the folder, readable by its owner only. One that exists is left as it is. */
export function makeFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
}

/** Makes an empty file of mode 0600, so that SQLite and its side files take that mode over. */
export function touchPrivate(file: string): void {
  if (!existsSync(file)) closeSync(openSync(file, 'a', 0o600));
}

/** A new or renamed file survives a power cut only once its folder is on disk. */
export function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/**
 * Keeps a second agent out of a state folder, for as long as the process lives: SQLite's own file
 * lock, because Node has no flock(2), and the kernel lets go of it even after kill -9.
 *
 * It also remembers the store's id outside the store, so that a lost store is not taken for a
 * first start.
 */
export class FolderLock {
  private constructor(private readonly database: DatabaseSync) {}

  /** @throws NetloomError NL_STORE_FAILED, when an agent has the folder */
  static take(folder: string): FolderLock {
    const file = storeFiles(folder).lock;
    touchPrivate(file);
    let database: DatabaseSync | undefined;
    try {
      database = new DatabaseSync(file, { timeout: 0 });
      // In this mode the lock of the first transaction is kept until the connection ends.
      database.exec('PRAGMA locking_mode = EXCLUSIVE');
      database.exec('BEGIN EXCLUSIVE; CREATE TABLE IF NOT EXISTS store (id TEXT NOT NULL); COMMIT');
      return new FolderLock(database);
    } catch (error) {
      database?.close();
      if ((error as { errcode?: number }).errcode === SQLITE_BUSY) {
        throw new NetloomError(folderTaken(folder));
      }
      throw new NetloomError(storeDamaged(file, (error as Error).message), { cause: error });
    }
  }

  get storeId(): string | undefined {
    const row = this.database.prepare('SELECT id FROM store').get();
    return row === undefined ? undefined : String(row.id);
  }

  remember(storeId: string): void {
    this.database.exec('BEGIN; DELETE FROM store');
    this.database.prepare('INSERT INTO store VALUES (?)').run(storeId);
    this.database.exec('COMMIT');
  }

  release(): void {
    this.database.close();
  }
}

function folderTaken(folder: string): Problem {
  return {
    code: 'NL_STORE_FAILED',
    key: 'stateDir',
    found: `another netloom-agent is using ${folder}`,
    allowed: 'one agent for each state folder',
    fix: 'stop that agent first, or give this one a stateDir of its own',
  };
}

/** The problem of a store that must not be read, and is left as it is. */
export function storeDamaged(file: string, why: string): Problem {
  return {
    code: 'NL_STORE_FAILED',
    key: 'stateDir',
    found: `${file} can't be used: ${why}`,
    allowed:
      'an intact store of this release; it is never taken for an empty one, and has not been touched',
    fix: 'restore a backup (netloom-agent restore --config agent.yaml --from FILE); only when its claims may be forgotten, move the whole folder away and start anew',
  };
}

/** The problem of a store that is whole, and not the latest state of it: a copy, or less than there was. */
export function storeOutdated(file: string, why: string): Problem {
  return {
    code: 'NL_STORE_FAILED',
    key: 'stateDir',
    found: `${file} is not the latest state of this store: ${why}. It has not been touched`,
    allowed: 'the store as the agent left it; an older one may lack claims that were acknowledged',
    fix: `put the latest one back; or have this one audited before anything is given: netloom-agent restore --config agent.yaml --from ${file}`,
  };
}
