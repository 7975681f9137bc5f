import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { NetloomError } from 'netloom';
import { storeDamaged, syncFolder } from './folder';

/** What the witness of a store says of it. */
export interface Testimony {
  readonly storeId: string;
  /** How often the store was restored. */
  readonly epoch: number;
  /** Number of the last commit that was acknowledged, or one before it. */
  readonly commits: number;
}

const HEAD = 'netloom-witness 1';

/** One line of fixed length in one sector of the disk: it is written in place. */
const LINE = /^netloom-witness 1 ([0-9a-f-]{36}) (\d{8}) (\d{16}) ([0-9a-f]{8})\n$/;

/**
 * Says beside the store how far the store has come. A file that is put back from an older copy, or
 * that has lost its write-ahead log, is whole in itself; only from outside can it be told.
 *
 * Written after each commit, without waiting for the disk: kill -9 takes nothing from it, and a power
 * cut at most leaves it behind, which says less and nothing wrong.
 */
export class Witness {
  private constructor(
    private readonly handle: number,
    private readonly storeId: string,
    private readonly epoch: number,
  ) {}

  static fileOf(folder: string): string {
    return path.join(folder, 'state.witness');
  }

  /**
   * What it said last; undefined when there is none.
   *
   * @throws NetloomError NL_STORE_FAILED, when it can't be read
   */
  static read(folder: string): Testimony | undefined {
    const file = Witness.fileOf(folder);
    let text: string;
    try {
      text = readFileSync(file, 'latin1');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw new NetloomError(storeDamaged(file, (error as Error).message), { cause: error });
    }
    const [, storeId = '', epoch, commits] = LINE.exec(text) ?? [];
    const said = { storeId, epoch: Number(epoch), commits: Number(commits) };
    if (lineOf(said) === text) return said;
    throw new NetloomError(storeDamaged(file, 'it is not what an agent writes'));
  }

  /** Goes on from what is there, or begins one. It is on disk then. */
  static open(folder: string, testimony: Testimony): Witness {
    const file = Witness.fileOf(folder);
    const unfinished = `${file}.new`;
    const made = openSync(unfinished, 'w', 0o600);
    try {
      writeSync(made, lineOf(testimony));
      fsyncSync(made);
    } finally {
      closeSync(made);
    }
    renameSync(unfinished, file);
    syncFolder(folder);
    return new Witness(openSync(file, 'r+'), testimony.storeId, testimony.epoch);
  }

  /** @param commits number of a commit that is durable */
  write(commits: number): void {
    writeSync(this.handle, lineOf({ storeId: this.storeId, epoch: this.epoch, commits }), 0);
  }

  close(): void {
    fsyncSync(this.handle);
    closeSync(this.handle);
  }
}

function lineOf({ storeId, epoch, commits }: Testimony): string {
  const numbers = `${String(epoch).padStart(8, '0')} ${String(commits).padStart(16, '0')}`;
  const said = `${HEAD} ${storeId} ${numbers}`;
  return `${said} ${crc32(said).toString(16).padStart(8, '0')}\n`;
}
