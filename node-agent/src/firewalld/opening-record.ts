import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { NetloomError } from 'netloom';
import { z } from 'zod';
import type { Opening } from './firewall-cmd';

/** What the agent opened, and has to close again. */
export interface OpeningRecord extends Opening {
  /** False where it was open before. */
  readonly runtime: boolean;
  readonly permanent: boolean;
}

const schema = z.strictObject({
  version: z.literal(1),
  openings: z.array(
    z.strictObject({
      zone: z.string(),
      service: z.string(),
      runtime: z.boolean(),
      permanent: z.boolean(),
    }),
  ),
});

function fileOf(stateDir: string): string {
  return path.join(stateDir, 'firewalld.json');
}

/**
 * What is recorded; nothing where there is no file.
 *
 * @throws NetloomError NL_STORE_FAILED for a file that can't be read: it is never taken for an empty one
 */
export function readOpenings(stateDir: string): OpeningRecord[] {
  const file = fileOf(stateDir);
  if (!existsSync(file)) return [];
  try {
    return schema.parse(JSON.parse(readFileSync(file, 'utf8'))).openings;
  } catch (error) {
    throw new NetloomError(
      {
        code: 'NL_STORE_FAILED',
        key: 'store',
        found: `${file} can't be read: it says which services of firewalld the agent has opened`,
        allowed: 'the file as the agent wrote it',
        fix: 'restore it; or delete it, and close what is open by hand (firewall-cmd --list-services)',
      },
      { cause: error },
    );
  }
}

/** Through a temporary file, on disk before it returns: a crash leaves the old or the new record. */
export function writeOpenings(stateDir: string, openings: readonly OpeningRecord[]): void {
  const file = fileOf(stateDir);
  const unfinished = `${file}.new`;
  const handle = openSync(unfinished, 'w', 0o600);
  try {
    writeSync(handle, `${JSON.stringify({ version: 1, openings })}\n`);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(unfinished, file);
  const folder = openSync(stateDir, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
