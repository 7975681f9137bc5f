import { execFile } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';
import type { CniBinDir, CniPluginFile } from 'netloom';
import type { HostRoot } from './host-files';

/** How long a plugin may take to say its release, in ms. */
const TIMEOUT_MS = 2_000;

/** Releases by file, size and time: a plugin is asked once. */
export type KnownReleases = Map<string, string | undefined>;

/** The CNI plugins in those of the folders that are there. */
export async function readCniPlugins(
  host: HostRoot,
  dirs: readonly string[],
  known: KnownReleases,
): Promise<CniBinDir[]> {
  const found: CniBinDir[] = [];
  for (const dir of dirs) {
    const names = host.list(dir);
    if (!names) continue;
    const plugins: CniPluginFile[] = [];
    // One after the other: a node has other work to do.
    for (const name of names) {
      const plugin = await readPlugin(host.at(path.join(dir, name)), name, known);
      if (plugin) plugins.push(plugin);
    }
    found.push({ dir, plugins });
  }
  return found;
}

async function readPlugin(
  file: string,
  name: string,
  known: KnownReleases,
): Promise<CniPluginFile | undefined> {
  // What a copy that was cut off leaves, and notes: no name that a configuration could have.
  if (name.startsWith('.') || /\.(?:md|txt|temp\d*)$|^LICENSE/.test(name)) return undefined;
  let key: string;
  try {
    const { size, mtimeMs, mode, uid } = statSync(file);
    accessSync(file, constants.X_OK);
    key = `${file} ${size} ${mtimeMs}`;
    // Nobody but root may have written what is run here.
    const isTrusted = uid === 0 && (mode & 0o022) === 0;
    if (!known.has(key)) known.set(key, isTrusted ? await releaseOf(file) : undefined);
  } catch {
    return undefined;
  }
  const release = known.get(key);
  return release === undefined ? { name } : { name, release };
}

/** Upstream's plugins say `CNI bridge plugin v1.9.1` when they are run without a command. */
function releaseOf(file: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const options = { env: {}, timeout: TIMEOUT_MS, maxBuffer: 64 * 1024 };
    const child = execFile(file, [], options, (_error, stdout, stderr) => {
      const [, release] = /^CNI .*plugin v?(\d+\.\d+\.\d+\S*)/m.exec(`${stderr}\n${stdout}`) ?? [];
      resolve(release);
    });
    child.stdin?.end();
    // A plugin that does not read its input.
    child.stdin?.on('error', () => undefined);
  });
}
