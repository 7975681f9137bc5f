import { type SpawnSyncOptions, spawn, spawnSync } from 'node:child_process';
import path from 'node:path';
import { nodePath } from '../../../scripts/tools';

/** The checkout. */
export const ROOT = path.join(__dirname, '../../..');

/** The built program. */
export const PROGRAM = path.join(ROOT, 'lib/cli/main.js');

/** What a run of the command line gave. */
export interface Finished {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The program that runs is the built one, so what is built has to be what is tested. */
export function buildCli(): void {
  const script = path.join(ROOT, 'scripts/build.js');
  const { status, stdout, stderr } = spawnSync(nodePath(), [script], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`the build failed:\n${stdout}${stderr}`);
}

/** Nothing of the terminal that the tests run in, and no colours unless a test asks for them. */
export function environment(extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env };
  for (const name of ['FORCE_COLOR', 'NO_COLOR', 'GITHUB_WORKSPACE', 'INIT_CWD']) delete env[name];
  return { ...env, ...extra };
}

/** Runs the command line to its end. */
export function runCli(args: readonly string[], options: SpawnSyncOptions = {}): Finished {
  const { env, ...rest } = options;
  const child = spawnSync(nodePath(), [PROGRAM, ...args], {
    ...rest,
    encoding: 'utf8',
    env: environment(env),
    maxBuffer: 64 * 1024 * 1024,
  });
  return { status: child.status, stdout: child.stdout, stderr: child.stderr };
}

/** The same while the test goes on, for runs that talk to a server of the test's own. */
export function startCli(args: readonly string[], cwd: string): Promise<Finished> {
  const child = spawn(nodePath(), [PROGRAM, ...args], { cwd, env: environment() });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text) => {
    output.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    output.stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, ...output }));
  });
}
