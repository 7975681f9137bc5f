import { randomUUID } from 'node:crypto';
import { existsSync, renameSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { isNetloomError } from 'netloom';
import { loadBook } from '../load-book';
import { type Copy, copyStore, readCopy, syncFile } from './backup';
import { FolderLock, makeFolder, storeFiles, syncFolder } from './folder';
import { asStoreProblem, COMMITS, openToWrite, writeRestoration } from './sqlite-file';
import type { Restoration } from './store';
import { type Testimony, Witness } from './witness';

/** How far ids jump where the clock says nothing of use: more than an agent gives in a week at full speed. */
const JUMP = 2 ** 36;

/** Ids that a second has room for: more than an agent can give in it. */
const IDS_A_SECOND = 2 ** 20;

/** What a restoration did. */
export interface Restored {
  readonly restoration: Restoration;
  readonly pools: number;
  readonly claims: number;
  readonly bridges: number;
  /** Where the store is that was there before; absent when there was none. */
  readonly replaced?: string | undefined;
}

/** How to restore. */
export interface RestoreOptions {
  /** The state folder; its agent must not be running. */
  readonly folder: string;
  /** A file of `backup`, or any store: the one of the folder itself, too. */
  readonly from: string;
  /** In ms since 1970. */
  readonly now: number;
  /** Why claims may be served without an audit. @default - not before one */
  readonly withoutAudit?: string | undefined;
}

/**
 * Puts a backup in the place of a folder's store. It gets a new id and the next epoch, gives no id
 * that was given before, and serves no claims until an audit, or the operator, says so. What was there
 * is kept beside it.
 *
 * @throws NetloomError NL_STORE_FAILED, NL_CLAIMS_COLLIDE; the store is then as it was
 */
export function restoreStore(options: RestoreOptions): Restored {
  const { folder, from } = options;
  makeFolder(folder);
  const lock = FolderLock.take(folder);
  const { state } = storeFiles(folder);
  const unfinished = `${state}.restored`;
  try {
    const { contents, testimony } = copyStore(from, unfinished);
    loadBook(contents, from);
    const present = presentOf(folder, state);
    const is = [testimony, ...present.testimonies];
    const epoch = 1 + Math.max(...is.map((one) => one.epoch));
    const commits = 1 + Math.max(...is.map((one) => one.commits));
    const ids = [contents, ...present.copies.map((copy) => copy.contents)].map(({ counters }) =>
      Math.max(counters.book, counters.bridges),
    );
    const restoration = restorationOf(options, epoch);
    const storeId = randomUUID();
    rewrite(
      unfinished,
      { storeId, epoch, commits },
      firstId(Math.max(...ids), options.now),
      restoration,
    );
    const replaced = moveAway(state, epoch);
    renameSync(unfinished, state);
    syncFolder(folder);
    Witness.open(folder, { storeId, epoch, commits }).close();
    lock.remember(storeId);
    const { pools, claims, bridges } = contents;
    const counts = { pools: pools.length, claims: claims.length, bridges: bridges.length };
    return { restoration, ...counts, replaced };
  } catch (error) {
    throw asStoreProblem(state, error);
  } finally {
    rmSync(unfinished, { force: true });
    lock.release();
  }
}

/**
 * Ids begin there: behind all that the time until now could have had, whether anything still says what
 * was given or not; behind all that is known of, by far, where the clock is wrong.
 */
function firstId(known: number, now: number): number {
  const byClock = Math.floor(now / 1000) * IDS_A_SECOND;
  return byClock > known ? byClock : known + JUMP;
}

function restorationOf({ from, now, withoutAudit }: RestoreOptions, epoch: number): Restoration {
  const released =
    withoutAudit === undefined
      ? {}
      : { released: { at: now, by: 'operator' as const, why: withoutAudit } };
  return { epoch, from, restoredAt: now, ...released };
}

/** What can still be learnt of the store that is there: it may be damaged, or gone. */
function presentOf(
  folder: string,
  state: string,
): { copies: readonly Copy[]; testimonies: readonly Testimony[] } {
  const copy = existsSync(state) ? attempt(() => readCopy(state)) : undefined;
  const witness = attempt(() => Witness.read(folder));
  const testimonies = [copy?.testimony, witness].filter((one) => one !== undefined);
  return { copies: copy === undefined ? [] : [copy], testimonies };
}

/** Undefined for a store that is no store any more. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    const isSqlite = (error as { code?: string }).code === 'ERR_SQLITE_ERROR';
    if (isNetloomError(error) || isSqlite || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Makes the copy a store of its own, in one file and on disk. */
function rewrite(file: string, is: Testimony, ids: number, restoration: Restoration): void {
  openToWrite(file).close();
  const database = new DatabaseSync(file);
  try {
    database.exec('PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL; BEGIN');
    database.prepare('UPDATE store SET id = ?').run(is.storeId);
    const put = database.prepare('INSERT OR REPLACE INTO counters VALUES (?, ?)');
    for (const [name, value] of [
      [COMMITS, is.commits],
      ['book', ids],
      ['bridges', ids],
    ] as const) {
      put.run(name, value);
    }
    writeRestoration(database, restoration);
    database.exec('COMMIT');
  } finally {
    database.close();
  }
  syncFile(file);
}

/** With its side files, under names by which SQLite still knows that they belong together. */
function moveAway(state: string, epoch: number): string | undefined {
  const kept = `${state}.replaced-${epoch}`;
  const parts = ['', '-wal', '-shm'].filter((part) => existsSync(`${state}${part}`));
  for (const part of parts) renameSync(`${state}${part}`, `${kept}${part}`);
  return parts.includes('') ? kept : undefined;
}
