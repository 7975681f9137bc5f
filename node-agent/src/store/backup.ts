import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { NetloomError, type Problem } from 'netloom';
import { storeFiles, syncFolder, touchPrivate } from './folder';
import { asStoreProblem, openToRead, readContents, testimonyOf } from './sqlite-file';
import type { StoreContents } from './store';
import type { Testimony } from './witness';

/** A whole store in one file. */
export interface Copy {
  readonly contents: StoreContents;
  readonly testimony: Testimony;
}

/**
 * Copies the store of a folder as it is at this moment, while an agent uses it or not. The copy is
 * checked row by row, and on disk, before it has its name.
 *
 * @param to a file that is not there yet; it gets mode 0600
 * @throws NetloomError NL_STORE_FAILED, NL_CONFIG_INVALID
 */
export function backUp(folder: string, to: string): Copy {
  if (existsSync(to)) throw new NetloomError(isThere(to));
  const unfinished = `${to}.${process.pid}.new`;
  try {
    const copy = copyStore(storeFiles(folder).state, unfinished);
    renameSync(unfinished, to);
    syncFolder(path.dirname(path.resolve(to)));
    return copy;
  } finally {
    rmSync(unfinished, { force: true });
  }
}

/**
 * One snapshot of a store in a new file, without side files, checked and on disk. The store stays as
 * it is.
 *
 * @throws NetloomError NL_STORE_FAILED
 */
export function copyStore(from: string, to: string): Copy {
  try {
    if (!existsSync(from)) throw new Error('there is no such file');
    rmSync(to, { force: true });
    touchPrivate(to);
    const database = openToRead(from);
    try {
      database.prepare('VACUUM INTO ?').run(to);
    } finally {
      database.close();
    }
    const copy = readCopy(to);
    syncFile(to);
    return copy;
  } catch (error) {
    rmSync(to, { force: true });
    throw asStoreProblem(from, error);
  }
}

/** What a store's file holds; every row is checked. */
export function readCopy(file: string): Copy {
  const database = openToRead(file);
  try {
    return { contents: readContents(database, file), testimony: testimonyOf(database) };
  } finally {
    database.close();
  }
}

/** @throws Error of the disk */
export function syncFile(file: string): void {
  const handle = openSync(file, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function isThere(file: string): Problem {
  return {
    code: 'NL_CONFIG_INVALID',
    key: '--to',
    found: `${file} is there already`,
    allowed: 'a new file: an older backup is not overwritten',
    fix: 'choose another name, one with the date for example',
  };
}
