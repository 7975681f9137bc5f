import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { touchPrivate } from '../store/folder';

/**
 * Lets one process at a time bring the host back: agent or watchdog. SQLite's own file lock, which the
 * kernel lets go of even after kill -9.
 *
 * @returns what lets go of it; undefined while another process has it
 */
export function takeUndoLock(folder: string): (() => void) | undefined {
  const file = path.join(folder, 'undo.lock');
  touchPrivate(file);
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT');
    return () => database.close();
  } catch {
    database.close();
    return undefined;
  }
}
