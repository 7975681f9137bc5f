import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { nodePath } from '../../../scripts/tools';

const ROOT = process.env.NETLOOM_BUILT ?? path.join(__dirname, '../../..');
const PROGRAM = path.join(__dirname, 'checkpoint-program.js');

/** How the program is to be run; see there. */
export interface ProgramRun {
  readonly mode: 'change' | 'watch';
  /** @default 0 */
  readonly at?: number;
  /** @default alone */
  readonly how?: 'alone' | 'group' | 'hang';
  /** What is changed. @default bridge */
  readonly kind?: 'bridge' | 'network';
  /** Null takes it away. */
  readonly spec?: object | null;
  /** @default cp-br */
  readonly bridge?: string;
  /** How long a confirmation may take. @default 30 */
  readonly seconds?: number;
}

/** The program as a process of its own, in a group of its own. */
export class CheckpointProcess {
  private readonly child: ChildProcess;
  output = '';
  readonly ended: Promise<string>;

  constructor(folder: string, run: ProgramRun) {
    const { mode, at = 0, how = 'alone', spec = {}, seconds = 30 } = run;
    const { bridge = 'cp-br', kind = 'bridge' } = run;
    const numbers = [JSON.stringify(spec), String(seconds), bridge, kind];
    const args = [PROGRAM, ROOT, folder, mode, String(at), how, ...numbers];
    this.child = spawn(nodePath(), args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.output += text;
      });
    }
    this.ended = new Promise((resolve) => {
      this.child.once('close', (code, signal) => resolve(signal ?? String(code)));
    });
  }

  /** Resolves when it has printed that, or is over. */
  async says(what: string): Promise<void> {
    let isOver = false;
    void this.ended.then(() => {
      isOver = true;
    });
    while (!this.output.includes(what) && !isOver) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    if (!this.output.includes(what)) throw new Error(`it ended: ${this.output}`);
  }

  kill(): Promise<string> {
    this.child.kill('SIGKILL');
    return this.ended;
  }

  /** Names of the steps that it went through. */
  get steps(): string[] {
    return [...this.output.matchAll(/^\d+ (.*)$/gm)].map(([, name = '']) => name);
  }
}
