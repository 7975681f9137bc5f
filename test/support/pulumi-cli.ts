import { type ChildProcess, spawn } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findTool } from '../../scripts/tools';
import { ROOT } from './story';

/** Why the real CLI can't run here; undefined when it can. */
export function pulumiSkipReason(...plugins: readonly string[]): string | undefined {
  const missing = ['pulumi', ...plugins].filter((name) => findTool(name) === undefined);
  return missing.length === 0 ? undefined : `no ${missing.join(', ')} on PATH`;
}

/** A resource as the state has it. */
export interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  /** When it was made, RFC 3339. */
  readonly created?: string;
  readonly inputs?: Record<string, any>;
  readonly outputs?: Record<string, any>;
}

/** A run of the CLI that is under way. */
export interface RunningPulumi {
  /** What it wrote by now. */
  readonly written: () => string;
  /** Its exit status and all that it wrote. */
  readonly ended: Promise<{ readonly status: number | null; readonly output: string }>;
  /** Ends the CLI and its plugins at once, as a machine that crashes would. */
  readonly crash: () => Promise<void>;
}

/** A stack of a project of its own, with the real CLI and a backend of files; in a temporary folder. */
export class PulumiStack {
  readonly folder: string;

  /**
   * @param program text of the program; its file is `index.ts`
   * @param env additions to the environment
   */
  constructor(
    program: string,
    private readonly env: Readonly<Record<string, string>> = {},
  ) {
    this.folder = mkdtempSync(path.join(tmpdir(), 'netloom-cli-'));
    for (const name of ['backend', 'home', 'program']) mkdirSync(this.file(name));
    this.write('Pulumi.yaml', 'name: demo\nruntime: nodejs\nmain: index.ts\n');
    this.write('package.json', '{"name":"demo","private":true}');
    this.write(
      'tsconfig.json',
      '{"compilerOptions":{"target":"es2022","module":"node16","moduleResolution":"node16","strict":true,"skipLibCheck":true}}',
    );
    // An installed package, as programs have it.
    symlinkSync(path.join(ROOT, 'node_modules'), this.file('program/node_modules'));
    this.program(program);
  }

  /** The same stack with more in the environment. */
  with(env: Readonly<Record<string, string>>): PulumiStack {
    return Object.assign(Object.create(PulumiStack.prototype), this, {
      env: { ...this.env, ...env },
    });
  }

  /** Replaces the program. */
  program(text: string): void {
    this.write('index.ts', text);
  }

  /** Replaces it by one of plain JavaScript, that Pulumi has nothing to compile of. */
  javascript(text: string): void {
    const runtime = '{ name: nodejs, options: { typescript: false } }';
    this.write('Pulumi.yaml', `name: demo\nruntime: ${runtime}\nmain: index.js\n`);
    this.write('index.js', text);
  }

  async init(config: Readonly<Record<string, string>>): Promise<void> {
    await this.run('stack', 'init', 'dev');
    for (const [key, value] of Object.entries(config)) {
      await this.run('config', 'set', key, '--plaintext', value);
    }
  }

  /** Gives what the CLI wrote. @throws Error with all of that, when it fails */
  async run(...args: string[]): Promise<string> {
    const { status, output } = await this.start(...args).ended;
    if (status !== 0) throw new Error(`pulumi ${args.join(' ')} ended with ${status}:\n${output}`);
    return output;
  }

  /** Gives what the CLI wrote when it failed. @throws Error when it does not fail */
  async fail(...args: string[]): Promise<string> {
    const { status, output } = await this.start(...args).ended;
    if (status === 0) throw new Error(`pulumi ${args.join(' ')} did not fail:\n${output}`);
    return output;
  }

  up(...args: string[]): Promise<string> {
    return this.run('up', '--yes', '--skip-preview', ...args);
  }

  start(...args: string[]): RunningPulumi {
    const child = spawn(
      findTool('pulumi') as string,
      ['--non-interactive', '--color', 'never', ...args],
      {
        cwd: this.file('program'),
        env: this.environment(),
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    const pieces: string[] = [];
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (piece: Buffer) => pieces.push(String(piece)));
    }
    const ended = exitOf(child).then((status) => ({ status, output: pieces.join('') }));
    const crash = async (): Promise<void> => {
      killTree(child.pid as number);
      await ended;
      this.mendCheckpoint();
      // What it had locked stays locked.
      await this.run('cancel', '--yes');
    };
    return { written: () => pieces.join(''), ended, crash };
  }

  /**
   * The backend of files writes its state and its notes beside it in place. Killed over the one, it goes on
   * from the copy; killed over the other, it does without.
   */
  private mendCheckpoint(): void {
    const file = this.file('backend/.pulumi/stacks/demo/dev.json');
    const isWhole = (name: string): boolean => {
      try {
        return JSON.parse(readFileSync(name, 'utf8')) !== null;
      } catch {
        return false;
      }
    };
    for (const notes of [`${file}.attrs`, `${file}.bak.attrs`]) {
      if (!isWhole(notes)) rmSync(notes, { force: true });
    }
    if (!isWhole(file) && isWhole(`${file}.bak`)) copyFileSync(`${file}.bak`, file);
  }

  async resources(): Promise<StateResource[]> {
    return JSON.parse(await this.run('stack', 'export')).deployment.resources ?? [];
  }

  async outputs(): Promise<Record<string, any>> {
    return JSON.parse(await this.run('stack', 'output', '--json'));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private environment(): NodeJS.ProcessEnv {
    // The provider's launcher is part of the npm package.
    const launcher = path.join(ROOT, 'node_modules/@pulumi/pulumi');
    return {
      ...process.env,
      PATH: [path.dirname(process.execPath), process.env['PATH'], launcher].join(path.delimiter),
      PULUMI_BACKEND_URL: `file://${this.file('backend')}`,
      PULUMI_HOME: this.file('home'),
      PULUMI_CONFIG_PASSPHRASE: 'test',
      PULUMI_SKIP_UPDATE_CHECK: 'true',
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: 'true',
      ...this.env,
    };
  }

  private write(name: string, content: string): void {
    writeFileSync(path.join(this.file('program'), name), content);
  }

  private file(name: string): string {
    return path.join(this.folder, name);
  }
}

function exitOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code));
  });
}

/** Ends a process and everything below it: plugins lead process groups of their own. */
function killTree(pid: number): void {
  const children = childrenOf(pid);
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
  for (const child of children) killTree(child);
}

function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => parentOf(pid) === parent);
}

function parentOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name before it may hold blanks and brackets.
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined;
  }
}
