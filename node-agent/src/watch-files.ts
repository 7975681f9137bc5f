import { statSync } from 'node:fs';

/** How often files are looked at, in ms. */
export const WATCH_INTERVAL_MS = 2_000;

/**
 * Calls `changed` when one of the files is another one than before. By polling: Kubernetes swaps
 * whole folders of secrets by symbolic links, which file events do not show reliably.
 *
 * `changed` gives false when it could not use the new files (half a rotation); it is called again.
 *
 * @returns a function that ends the watch
 */
export function watchFiles(
  files: () => readonly string[],
  changed: () => boolean,
  intervalMs = WATCH_INTERVAL_MS,
): () => void {
  let known = signature(files());
  const timer = setInterval(() => {
    const now = signature(files());
    if (now !== known && changed()) known = now;
  }, intervalMs);
  timer.unref();
  return () => clearInterval(timer);
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
