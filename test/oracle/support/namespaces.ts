import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

/** A program by its file: the virtual machine's `nsenter` would run an `ip` of its own. */
export function fileOf(program: string): string {
  const folders = (process.env['PATH'] ?? '').split(path.delimiter);
  const file = folders.map((one) => path.join(one, program)).find((one) => existsSync(one));
  return file ?? program;
}

/** What a program is started through to run in a namespace. */
export function inside(namespace: string): string[] {
  return ['nsenter', `--net=/run/netns/${namespace}`];
}

/** What a program left. */
export interface Finished {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end. */
export function run(words: readonly string[], input = ''): Promise<Finished> {
  const child = spawn(words[0] as string, words.slice(1), { stdio: ['pipe', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, stdout, stderr }));
  });
}

/** As {@link run}, but a failure throws. */
export async function must(words: readonly string[], input = ''): Promise<void> {
  const { status, stdout, stderr } = await run(words, input);
  if (status !== 0) throw new Error(`${words.join(' ')}: ${stdout}${stderr}\n${input}`);
}
