import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

type Json = Record<string, unknown>;

/** A resource as the engine would keep it. */
export interface EngineResource {
  readonly type: string;
  readonly name: string;
  readonly id: string;
  readonly inputs: Json;
  readonly outputs: Json;
}

export interface EngineRequest {
  /** The program, a TypeScript file. */
  readonly program: string;
  /** Working directory of program and provider process. */
  readonly cwd: string;
  readonly mode: 'preview' | 'up' | 'destroy';
  readonly config: Record<string, string>;
  /** What the last deployment left. */
  readonly state: readonly EngineResource[];
}

export interface EngineResult {
  readonly ok: boolean;
  /** What the program and the provider complained of. */
  readonly errors: string[];
  /** What the program warned of. */
  readonly warnings: string[];
  readonly state: EngineResource[];
  /** What the provider process wrote to stderr, which the engine shows. */
  readonly notes: string;
  /** The program's exports, as far as known. */
  readonly outputs: Json;
  /** What was done to each dynamic resource: `create camera-address`, ... */
  readonly operations: string[];
  /** Names of the resources that each one was registered behind. */
  readonly dependencies: Record<string, string[]>;
}

/**
 * Runs a Pulumi program for machines without the CLI: the real SDK and the real dynamic provider
 * process, with an engine in between that knows just check, diff, create, update and delete.
 * Kubernetes resources are only recorded. In a process of its own, because the SDK is global.
 */
export async function runPulumiProgram(request: EngineRequest): Promise<EngineResult> {
  const folder = mkdtempSync(path.join(tmpdir(), 'netloom-engine-'));
  const answer = path.join(folder, 'answer.json');
  try {
    const runner = path.join(__dirname, 'pulumi-engine-main.ts');
    const tsx = path.join(__dirname, '../../node_modules/.bin/tsx');
    const child = spawn(tsx, [runner, answer], {
      cwd: request.cwd,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let noise = '';
    child.stdout.on('data', (chunk) => {
      noise += chunk;
    });
    child.stderr.on('data', (chunk) => {
      noise += chunk;
    });
    child.stdin.end(JSON.stringify(request));
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
    try {
      return JSON.parse(readFileSync(answer, 'utf8'));
    } catch {
      throw new Error(`the engine ended with ${code} and no answer:\n${noise}`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
