import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** The most that is read of one file: a CNI configuration has a few hundred bytes. */
const MOST_BYTES = 1024 * 1024;

/**
 * Files of the host, below its root: in a pod the host's folders are mounted somewhere else than
 * they are on the host. What can't be read counts as not there.
 */
export class HostRoot {
  /** @param root `/`, or where the host's root is mounted */
  constructor(private readonly root: string) {}

  /** The path in this process of a path on the host. */
  at(file: string): string {
    return path.join(this.root, file);
  }

  exists(file: string): boolean {
    return existsSync(this.at(file));
  }

  /** Undefined for what can't be read. */
  read(file: string): string | undefined {
    try {
      const text = readFileSync(this.at(file), 'utf8');
      return text.length > MOST_BYTES ? undefined : text;
    } catch {
      return undefined;
    }
  }

  /** Names in a folder, by code unit; undefined where there is no such folder. */
  list(dir: string): string[] | undefined {
    try {
      return readdirSync(this.at(dir)).sort();
    } catch {
      return undefined;
    }
  }
}
