import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parse, stringify } from 'yaml';

/**
 * Gives an agent a folder of its own for the records of host-local. All tests of a run share
 * /var/lib/cni, and what a plugin gave a pod of another test would be set aside in this agent's pools.
 *
 * @param folder that `netloom-agent init` made
 */
export function useOwnHostLocal(folder: string): void {
  const file = path.join(folder, 'agent.yaml');
  const config = parse(readFileSync(file, 'utf8'));
  const audit = { ...config.audit, hostLocalDirs: [path.join(folder, 'host-local')] };
  writeFileSync(file, stringify({ ...config, audit }));
}
