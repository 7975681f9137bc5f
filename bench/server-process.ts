import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const START_LIMIT_MS = 60_000;
const LISTENING = /^.*"event":"listening".*$/m;

interface ListeningLine {
  readonly time: string;
  readonly port: number;
}

/**
 * A server as a process of its own. Its log goes into a file: reading a pipe would take time from
 * what is measured.
 */
export class ServerProcess {
  private constructor(
    private readonly child: ChildProcess,
    readonly port: number,
    /** From its start to the time it says it listens. */
    readonly startMs: number,
  ) {}

  /** Starts it and waits for the log line of the event `listening`. */
  static async start(args: readonly string[], logFile: string): Promise<ServerProcess> {
    const log = openSync(logFile, 'w');
    const started = Date.now();
    const child = spawn(process.execPath, args, { stdio: ['ignore', log, log] });
    closeSync(log);
    while (Date.now() - started < START_LIMIT_MS) {
      const [line] = LISTENING.exec(readFileSync(logFile, 'utf8')) ?? [];
      if (line !== undefined) {
        const { time, port } = JSON.parse(line) as ListeningLine;
        return new ServerProcess(child, port, Date.parse(time) - started);
      }
      if (child.exitCode !== null || child.signalCode !== null) break;
      await sleep(20);
    }
    child.kill('SIGKILL');
    throw new Error(`${args.join(' ')} does not listen:\n${readFileSync(logFile, 'utf8')}`);
  }

  get url(): string {
    return `https://127.0.0.1:${this.port}`;
  }

  /** Resident memory now. */
  get rssMiB(): number {
    const status = readFileSync(`/proc/${this.child.pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? Number.NaN) / 1024;
  }

  /** Time on all cores so far, in the system and outside of it; the kernel counts in 10 ms. */
  get cpuMs(): number {
    const [, fields = ''] = readFileSync(`/proc/${this.child.pid}/stat`, 'utf8').split(') ');
    const [user, system] = fields.split(' ').slice(11, 13);
    return (Number(user) + Number(system)) * 10;
  }

  /** @param signal SIGKILL for a crash */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const { child } = this;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await gone;
  }
}
