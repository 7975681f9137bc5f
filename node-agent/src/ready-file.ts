import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { bootId } from './bridges';

/** The file that is there once the bridges are: in the state folder. */
function readyFile(stateDir: string): string {
  return path.join(stateDir, 'ready');
}

/** Says that every recorded bridge has been looked at and brought to the kernel, as far as it can be. */
export function markReady(stateDir: string): void {
  const file = readyFile(stateDir);
  const unfinished = `${file}.new`;
  writeFileSync(unfinished, `${JSON.stringify({ bootId: bootId() })}\n`, { mode: 0o644 });
  renameSync(unfinished, file);
}

/** Takes the word back: at a start, before anything has been looked at, and at a stop. */
export function clearReady(stateDir: string): void {
  rmSync(readyFile(stateDir), { force: true });
}

/**
 * True once the bridges are there. The file of an earlier boot is none: it outlived them. An agent that
 * was killed leaves its file, and rightly so: the bridges outlived it.
 */
export function isMarkedReady(stateDir: string, boot: string = bootId()): boolean {
  try {
    const { bootId: marked } = JSON.parse(readFileSync(readyFile(stateDir), 'utf8')) as {
      bootId?: unknown;
    };
    return marked === boot;
  } catch {
    return false;
  }
}
