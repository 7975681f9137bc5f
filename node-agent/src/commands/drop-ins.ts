import { existsSync } from 'node:fs';
import { type DropIn, dropIns } from '../bridges/drop-ins';
import { loadConfig } from '../config';
import { SqliteStore } from '../store';

/** The files for what the agent of this host holds now, running or not. */
export function dropInsOf(configFile: string): DropIn[] {
  const { stateDir } = loadConfig(configFile);
  if (!existsSync(stateDir)) return [];
  const { bridges, networks } = SqliteStore.read(stateDir);
  return dropIns(bridges, networks);
}

/** For people: each file below its path, and how it is taken over. */
export function dropInText(files: readonly DropIn[]): string {
  if (files.length === 0) return 'no bridges';
  return files
    .map(({ path, content, reload }) => `${path}   (then: ${reload.join(' ')})\n\n${content}`)
    .join('\n');
}
