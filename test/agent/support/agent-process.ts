import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import path from 'node:path';
import { AgentClient } from 'netloom/agent-api';
import { nodePath } from '../../../scripts/tools';
import { useOwnHostLocal } from '../../support/own-host-local';

const ROOT = path.join(__dirname, '../../..');
/** The built program. */
export const LAUNCHER = path.join(ROOT, 'node-agent/bin/netloom-agent.js');

/** What a command of the agent's command line gave. */
export interface Finished {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The process is the built agent, so what is built has to be what is tested. */
export function buildAgent(): void {
  const script = path.join(ROOT, 'scripts/build.js');
  const { status, stderr } = spawnSync(nodePath(), [script], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`the build failed:\n${stderr}`);
}

/** Runs a command of the built agent to its end. */
export function runAgent(...args: string[]): Finished {
  const { status, stdout, stderr } = spawnSync(nodePath(), [LAUNCHER, ...args], {
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

/**
 * Makes a folder for the agent `edge-1`, which depends on nothing that other tests leave on the host.
 *
 * @param listen further arguments of `init`. @default - any port of 127.0.0.1
 */
export function initAgent(folder: string, ...listen: string[]): void {
  const where = listen.length > 0 ? listen : ['--listen', '127.0.0.1:0'];
  const { status, stderr } = runAgent('init', '--dir', folder, '--name', 'edge-1', ...where);
  if (status !== 0) throw new Error(`netloom-agent init failed:\n${stderr}`);
  useOwnHostLocal(folder);
}

/** The built agent as a process of its own. */
export class AgentProcess {
  private readonly child: ChildProcess;
  private port: string | undefined;
  output = '';
  readonly ended: Promise<number | null>;

  /** @param prefix a command that runs the agent, with its arguments */
  constructor(
    private readonly folder: string,
    prefix: readonly string[] = [],
  ) {
    const serve = [LAUNCHER, 'serve', '--config', path.join(folder, 'agent.yaml')];
    const [command = '', ...args] = [...prefix, nodePath(), ...serve];
    this.child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.ended = new Promise((resolve) => this.child.once('exit', (code) => resolve(code)));
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        // Only what is needed: a busy agent writes a line for each change.
        if (this.port === undefined) this.output += text;
        this.port ??= /"event":"listening".*"port":(\d+)/.exec(this.output)?.[1];
      });
    }
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Resolves when it is ready; false when it ended before. */
  async isListening(): Promise<boolean> {
    let over = false;
    void this.ended.then(() => {
      over = true;
    });
    while (this.port === undefined && !over) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return this.port !== undefined;
  }

  client(): AgentClient {
    return new AgentClient({
      name: 'edge-1',
      url: `https://127.0.0.1:${this.port}`,
      caFile: path.join(this.folder, 'ca.crt'),
      tokenFile: path.join(this.folder, 'token'),
    });
  }

  async end(signal: NodeJS.Signals): Promise<number | null> {
    this.child.kill(signal);
    return this.ended;
  }
}
