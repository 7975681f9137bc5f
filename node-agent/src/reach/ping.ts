import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import type { ReachView } from 'netloom/agent-api';

/** Fixed folders: what the environment's PATH says may be somebody else's. */
const FOLDERS = ['/usr/bin', '/bin', '/usr/sbin', '/sbin'];

/** More than one reply says. */
const MOST_OUTPUT = 8_192;

/**
 * One ICMP echo by the host's own `ping`, which has the right to. Arguments as an array, no shell.
 *
 * @param address of either family, never a name
 */
export async function ping(address: string, timeoutMs: number): Promise<ReachView> {
  const file = findPing();
  if (file === undefined) {
    const detail = `there is no ping in ${FOLDERS.join(', ')}`;
    return { result: 'impossible', address, detail };
  }
  const seconds = String(Math.ceil(timeoutMs / 1000));
  const args = ['-n', '-c', '1', '-w', seconds, '-W', seconds, address];
  const { status, written } = await run(file, args, timeoutMs + 1_000);
  return { ...read(status, written), address };
}

function read(status: number | null, written: string): ReachView {
  if (status === 0) return { result: 'reached' };
  if (/Destination Host Unreachable|Address unreachable/i.test(written)) {
    return { result: 'no-neighbour' };
  }
  if (/Net(work is)? Unreachable|No route/i.test(written)) return { result: 'no-route' };
  if (status === 1 || status === null) return { result: 'timeout' };
  const detail = written.trim().split('\n').at(-1)?.slice(0, 200) ?? '';
  return { result: 'impossible', detail };
}

function findPing(): string | undefined {
  return FOLDERS.map((folder) => path.join(folder, 'ping')).find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** @returns the exit status, null when it took too long, and what was written */
function run(
  file: string,
  args: readonly string[],
  timeout: number,
): Promise<{ status: number | null; written: string }> {
  return new Promise((resolve) => {
    const child = spawn(file, args, {
      env: { LC_ALL: 'C' },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout,
      killSignal: 'SIGKILL',
    });
    let written = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        if (written.length < MOST_OUTPUT) written += chunk;
      });
    }
    child.once('error', (error) => resolve({ status: 2, written: error.message }));
    child.once('close', (status) => resolve({ status, written }));
  });
}
