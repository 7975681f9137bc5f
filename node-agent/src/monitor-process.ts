import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { accessSync, constants, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Readable } from 'node:stream';

/** util-linux' setpriv has the kernel end a command together with its parent: PR_SET_PDEATHSIG, prctl(2). */
const SETPRIV = ['/usr/bin/setpriv', '/bin/setpriv'];

/**
 * Starts a command that waits for the kernel's events and ends with this process, also when that is
 * killed: such a command notices a closed pipe at the next event only, which may be days away. Without
 * setpriv its number is written down, and the next start ends it.
 *
 * @param record file for that, in a folder of the agent's own
 */
export function startMonitor(
  command: readonly [string, ...string[]],
  env: Record<string, string>,
  record: string,
): ChildProcessByStdio<null, Readable, Readable> {
  endRecorded(record);
  const setpriv = SETPRIV.find(isProgram);
  const [program, ...args] = setpriv
    ? ([setpriv, '--pdeathsig', 'KILL', '--', ...command] as const)
    : command;
  const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const { pid } = child;
  if (pid !== undefined) writeFileSync(record, JSON.stringify({ pid, start: startOf(pid) }));
  return child;
}

/** Ends what an earlier run has left, if it is that very process still. */
function endRecorded(record: string): void {
  try {
    const { pid, start } = JSON.parse(readFileSync(record, 'utf8')) as Partial<
      Record<string, unknown>
    >;
    if (typeof pid === 'number' && start !== undefined && startOf(pid) === start) {
      process.kill(pid, 'SIGKILL');
    }
  } catch {
    // None was recorded, or it is gone.
  }
  rmSync(record, { force: true });
}

/** When a process began, in ticks since the boot: field 22 of proc_pid_stat(5), the 20th behind the name. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(path.join('/proc', String(pid), 'stat'), 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
