import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** How long somebody else may keep the lock, in seconds: host-local needs milliseconds. */
const WAIT_SECONDS = 5;

/** Answers once the lock is there, and ends, with the lock, when its input does: the image has no `cat`. */
const ECHO = 'process.stdin.pipe(process.stdout)';

/**
 * Does something while no host-local is at work in a folder: with the lock that it takes itself,
 * flock(2) on the file `lock`. Node has no flock, so util-linux' program holds it meanwhile.
 *
 * @throws Error when the lock can't be had
 */
export async function withLock<T>(file: string, run: () => T): Promise<T> {
  const args = ['--exclusive', '--wait', String(WAIT_SECONDS), file, process.execPath, '-e', ECHO];
  const child = spawn('flock', args, { stdio: ['pipe', 'pipe', 'ignore'] });
  const ended = once(child, 'close');
  // Told by the race below, or not needed any more.
  ended.catch(() => {});
  child.stdin.on('error', () => {});
  try {
    child.stdin.write('\n');
    const isHeld = await Promise.race([
      once(child.stdout, 'data').then(() => true),
      ended.then(() => false),
    ]);
    if (!isHeld) throw new Error(`somebody else keeps ${file} locked`);
    return run();
  } finally {
    child.stdin.end();
    await ended.catch(() => {});
  }
}
