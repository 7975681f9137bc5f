import { spawn } from 'node:child_process';
import { accessSync, constants, readFileSync } from 'node:fs';
import path from 'node:path';
import type { ReachView } from 'netloom/agent-api';

/** Fixed folders: what the environment's PATH says may be somebody else's. */
const FOLDERS = ['/usr/bin', '/bin', '/usr/sbin', '/sbin'];

/** More than one reply says. */
const MOST_OUTPUT = 8_192;

/** Groups that may open sockets for echoes without a capability. @see icmp(7) */
const GROUP_RANGE = '/proc/sys/net/ipv4/ping_group_range';

/** What a run came to. */
interface Finished {
  /** Null when it took too long. */
  readonly status: number | null;
  readonly written: string;
  /** Why it did not start, e.g. `EPERM`. */
  readonly refusal?: string | undefined;
}

/**
 * One ICMP echo by the `ping` of the host or of the image: Node has no such sockets. It needs
 * `net.ipv4.ping_group_range` or CAP_NET_RAW. Arguments as an array, no shell.
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
  return { ...read(file, await run(file, args, timeoutMs + 1_000)), address };
}

function read(file: string, { status, written, refusal }: Finished): ReachView {
  if (refusal !== undefined) return { result: 'impossible', detail: notStarted(file, refusal) };
  if (status === 0) return { result: 'reached' };
  if (/Destination Host Unreachable|Address unreachable/i.test(written)) {
    return { result: 'no-neighbour' };
  }
  if (/Net(work is)? Unreachable|No route/i.test(written)) return { result: 'no-route' };
  if (status === 1 || status === null) return { result: 'timeout' };
  if (/not permitted|permission denied/i.test(written)) {
    return { result: 'impossible', detail: noSocket() };
  }
  const detail = written.trim().split('\n').at(-1)?.slice(0, 200) ?? '';
  return { result: 'impossible', detail };
}

/** A file that has CAP_NET_RAW does not start where its user can't have it. */
function notStarted(file: string, refusal: string): string {
  if (refusal !== 'EPERM' && refusal !== 'EACCES') return `${file}: ${refusal}`;
  return `${file} does not start (${refusal}): it asks for CAP_NET_RAW by itself, which the agent must not have; setcap -r ${file} takes that off, and ${rangeRule()}`;
}

function noSocket(): string {
  return `ping may open no socket: the agent has no CAP_NET_RAW (arpProbes of NodeAgentInstall gives it), and ${rangeRule()}`;
}

function rangeRule(): string {
  const [first = '?', last = '?'] = rangeText().trim().split(/\s+/);
  return `net.ipv4.ping_group_range, now "${first} ${last}", has to have its group ${process.getgid?.() ?? 0}`;
}

function rangeText(): string {
  try {
    return readFileSync(GROUP_RANGE, 'utf8');
  } catch {
    return '';
  }
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

function run(file: string, args: readonly string[], timeout: number): Promise<Finished> {
  return new Promise((resolve) => {
    const refused = ({ code, message }: NodeJS.ErrnoException): void =>
      resolve({ status: 2, written: '', refusal: code ?? message });
    const child = started(file, args, timeout, refused);
    if (!child) return;
    let written = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        if (written.length < MOST_OUTPUT) written += chunk;
      });
    }
    child.once('error', refused);
    child.once('close', (status) => resolve({ status, written }));
  });
}

/** Node throws some refusals, such as EPERM, and sends others, such as ENOENT. */
function started(
  file: string,
  args: readonly string[],
  timeout: number,
  refused: (error: NodeJS.ErrnoException) => void,
) {
  try {
    return spawn(file, args, {
      env: { LC_ALL: 'C' },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout,
      killSignal: 'SIGKILL',
    });
  } catch (error) {
    refused(error as NodeJS.ErrnoException);
    return undefined;
  }
}
