import { readdirSync } from 'node:fs';
import type { HostRoot } from '../node-facts';

/**
 * Ids of the sandboxes that run on this node; undefined where no runtime is found, or one of them can't
 * be looked at: nobody can say then that a sandbox is gone.
 */
export function runningSandboxes(
  host: HostRoot,
  dirs: readonly string[],
): ReadonlySet<string> | undefined {
  const found = new Set<string>();
  let isKnown = false;
  for (const dir of dirs) {
    try {
      for (const name of readdirSync(host.at(dir))) found.add(name);
      isKnown = true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') return undefined;
    }
  }
  return isKnown ? found : undefined;
}
