import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import ts from 'typescript';

const run = promisify(execFile);
const SOURCES = path.join(__dirname, 'programs');
/** Below the root: `netloom/...` resolves as it does for a user. */
const OUTPUT = path.join(__dirname, '../.cache/bench/programs');

/**
 * Makes plain JavaScript of the programs that are measured: a loader that compiles TypeScript at
 * run time would cost more than what is to be measured.
 */
export function compilePrograms(): void {
  mkdirSync(OUTPUT, { recursive: true });
  for (const name of readdirSync(SOURCES)) {
    const { outputText } = ts.transpileModule(readFileSync(path.join(SOURCES, name), 'utf8'), {
      compilerOptions: {
        target: ts.ScriptTarget.ES2022,
        module: ts.ModuleKind.CommonJS,
        esModuleInterop: true,
      },
    });
    writeFileSync(path.join(OUTPUT, name.replace(/\.ts$/, '.js')), outputText);
  }
}

/** The file that a program was compiled to. */
export function programFile(name: string): string {
  return path.join(OUTPUT, `${name}.js`);
}

/** What a program wrote as JSON, and how long it took from its start to its end. */
export interface Finished<T> {
  readonly result: T;
  readonly wholeMs: number;
}

/** Runs a program in a process of its own. @throws Error with what it wrote when it fails */
export async function runProgram<T>(name: string, args: readonly string[]): Promise<Finished<T>> {
  const start = performance.now();
  const { stdout } = await run(process.execPath, [programFile(name), ...args], {
    maxBuffer: 256 * 1024 * 1024,
  });
  const wholeMs = performance.now() - start;
  return { result: JSON.parse(stdout) as T, wholeMs };
}
