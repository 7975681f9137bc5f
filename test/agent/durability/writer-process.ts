import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { nodePath } from '../../../scripts/tools';
import { type Line, linesOf } from './transcript';

/** The checkout, whose build is what users run. */
export const CHECKOUT = path.join(__dirname, '../../..');

const PROGRAM = path.join(__dirname, 'writer-program.js');

/** `writer-program.js` in a process of its own. */
export class WriterProcess {
  private readonly child: ChildProcess;
  private output = '';
  private complaints = '';
  private readonly ended: Promise<void>;

  /** @param root the checkout, or a copy of what is built of it */
  constructor(root: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}) {
    const env = { ...process.env, ...environment };
    this.child = spawn(nodePath(), [PROGRAM, root, ...args], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    // Not `exit`: what is still in the pipes was told, too.
    this.ended = new Promise((resolve) => this.child.once('close', () => resolve()));
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.output += text;
    });
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.complaints += text;
    });
  }

  /** Resolves once it has told something that begins so, or has ended. */
  async hasTold(word: string): Promise<void> {
    let over = false;
    void this.ended.then(() => {
      over = true;
    });
    while (!over && !this.output.includes(`{"${word}"`)) {
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }

  kill(): void {
    this.child.kill('SIGKILL');
  }

  /** All that it told, once it is gone. @throws Error when it broke by itself */
  async lines(): Promise<Line[]> {
    await this.ended;
    if (this.complaints.includes('Error')) throw new Error(this.complaints);
    return linesOf(this.output);
  }
}
