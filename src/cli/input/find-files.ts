import { readdirSync, realpathSync, type Stats, statSync } from 'node:fs';
import path from 'node:path';
import { unreadable } from '../usage-error';

/** Folders whose files are never the user's own manifests. */
const PASSED_OVER = new Set(['node_modules', '.git']);

const MANIFEST = /\.(ya?ml|json)$/i;

/**
 * The files that arguments name: each file as it is, and of each folder the `*.yaml`, `*.yml` and
 * `*.json` files below it, by name. A file that is reached in two ways is given once.
 *
 * @throws UsageError for what is not there or can't be read
 */
export function findFiles(names: readonly string[]): string[] {
  const found = new FoundFiles();
  for (const name of names) found.add(name);
  return found.files;
}

class FoundFiles {
  readonly files: string[] = [];
  private readonly seen = new Set<string>();

  add(name: string): void {
    try {
      const stats = statSync(name);
      if (stats.isDirectory()) this.addFolder(name);
      else this.addFile(name);
    } catch (error) {
      throw unreadable(name, error);
    }
  }

  private addFile(file: string): void {
    if (this.isNew(file)) this.files.push(file);
  }

  /** A link to a folder further up ends here: that one has been seen. */
  private addFolder(folder: string): void {
    if (!this.isNew(folder)) return;
    for (const name of readdirSync(folder).sort()) {
      const file = path.join(folder, name);
      const stats = PASSED_OVER.has(name) ? undefined : statsOf(file);
      if (stats?.isDirectory()) this.addFolder(file);
      else if (stats?.isFile() && MANIFEST.test(name)) this.addFile(file);
    }
  }

  private isNew(file: string): boolean {
    const real = realpathSync(file);
    return !this.seen.has(real) && Boolean(this.seen.add(real));
  }
}

/** Undefined for a link that leads nowhere: editors keep such ones as locks. */
function statsOf(file: string): Stats | undefined {
  try {
    return statSync(file);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (['ENOENT', 'ELOOP'].includes(code)) return undefined;
    throw error;
  }
}
