import { statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** How often files are looked at, in ms. */
export const WATCH_INTERVAL_MS = 2_000;

/** Asked to look at once, it does so at most this often, in ms: whoever asks may be nobody. */
const LOOK_AGAIN_MS = 50;

/** A watch over files. */
export interface FileWatch {
  /** Looks as soon as may be; resolves when that is done. */
  look(): Promise<void>;
  stop(): void;
}

/**
 * Calls `changed` when one of the files is another one than before. By polling: Kubernetes swaps
 * whole folders of secrets by symbolic links, which file events do not show reliably.
 *
 * `changed` gives false when it could not use the new files (half a rotation); it is called again.
 */
export function watchFiles(
  files: () => readonly string[],
  changed: () => boolean,
  intervalMs = WATCH_INTERVAL_MS,
): FileWatch {
  let known = signature(files());
  let lookedAt = performance.now();
  let looking: Promise<void> | undefined;
  const check = (): void => {
    lookedAt = performance.now();
    const now = signature(files());
    if (now !== known && changed()) known = now;
  };
  const lookSoon = async (): Promise<void> => {
    await sleep(Math.max(0, lookedAt + LOOK_AGAIN_MS - performance.now()));
    looking = undefined;
    check();
  };
  const timer = setInterval(check, intervalMs);
  timer.unref();
  return {
    look: () => {
      looking ??= lookSoon();
      return looking;
    },
    stop: () => clearInterval(timer),
  };
}

function signature(files: readonly string[]): string {
  return files
    .map((file) => {
      try {
        const { mtimeMs, size, ino } = statSync(file);
        return `${file} ${mtimeMs} ${size} ${ino}`;
      } catch {
        return `${file} -`;
      }
    })
    .join('\n');
}
