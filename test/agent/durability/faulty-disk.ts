import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { findTool } from '../../../scripts/tools';

/** What may go wrong at a step: the process ends before it or in the middle of it, or it fails. */
export type FaultKind = 'kill' | 'torn' | 'EIO' | 'ENOSPC';

/** Where a process meets its fault. */
export interface Fault {
  readonly kind: FaultKind;
  /** Number of the write, sync, rename, truncation or removal, from 1 on. */
  readonly at: number;
}

/** Why there is no faulty disk here; undefined where there is one. */
export function whyNoFaultyDisk(): string | undefined {
  if (process.platform !== 'linux') return 'LD_PRELOAD is of Linux';
  return findTool('cc') === undefined ? 'needs a C compiler (cc)' : undefined;
}

/** A disk that fails when it is told to, as a library that stands before the C library. */
export class FaultyDisk {
  private constructor(private readonly library: string) {}

  /** Compiles the library into a folder. */
  static build(folder: string): FaultyDisk {
    const library = path.join(folder, 'faulty-disk.so');
    const source = path.join(__dirname, 'faulty-disk.c');
    const args = ['-O2', '-fPIC', '-shared', '-o', library, source, '-ldl'];
    const { status, stderr } = spawnSync(findTool('cc') ?? 'cc', args, { encoding: 'utf8' });
    if (status !== 0) throw new Error(`faulty-disk.c does not compile:\n${stderr}`);
    return new FaultyDisk(library);
  }

  /** What a process needs in its environment to have this disk below a folder, which is made. */
  environment(folder: string, fault?: Fault): NodeJS.ProcessEnv {
    mkdirSync(shadowOf(folder), { recursive: true });
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return {
      LD_PRELOAD: this.library,
      FAULT_FOLDER: realpathSync(folder),
      FAULT_SHADOW: shadowOf(folder),
      FAULT_LOG: `${folder}.steps`,
      ...(fault && { FAULT_AT: String(fault.at), FAULT_KIND: fault.kind }),
    };
  }

  /**
   * A wall clock that goes this many times as fast, for all processes alike.
   *
   * @param since in seconds since 1970
   */
  hurried(rate: number, since: number): NodeJS.ProcessEnv {
    return { LD_PRELOAD: this.library, FAULT_RATE: String(rate), FAULT_EPOCH: String(since) };
  }
}

/** The steps that a process took, in order: `write state.db-wal 4096`, with its bytes. */
export function stepsOf(folder: string): string[] {
  const file = `${folder}.steps`;
  return existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : [];
}

/** Makes the folder as it is after a power cut at the worst moment: what was never synced is gone. */
export function afterPowerCut(folder: string, to: string): void {
  const shadow = shadowOf(folder);
  mkdirSync(to, { recursive: true, mode: 0o700 });
  const names = path.join(shadow, 'names');
  if (!existsSync(names)) return;
  for (const line of readFileSync(names, 'utf8').trimEnd().split('\n')) {
    const [inode, name] = line.split(' ');
    if (inode === undefined || name === undefined) continue;
    const synced = path.join(shadow, `inode-${inode}`);
    if (existsSync(synced)) cpSync(synced, path.join(to, name));
    else writeFileSync(path.join(to, name), '', { mode: 0o600 });
  }
}

function shadowOf(folder: string): string {
  return `${folder}.shadow`;
}
