import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodePath } from '../../../scripts/tools';

const root = join(__dirname, '..', '..', '..');

/** What Biome makes of programs, with the settings of this repository, sorted imports included. */
export function formatted(programs: readonly string[]): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'netloom-import-'));
  try {
    copyFileSync(join(root, 'biome.json'), join(folder, 'biome.json'));
    const files = programs.map((text, index) => {
      const file = join(folder, `program-${index}.ts`);
      writeFileSync(file, text);
      return file;
    });
    const biome = require.resolve('@biomejs/biome/bin/biome', { paths: [root] });
    const options = [
      '--write',
      '--linter-enabled=false',
      `--config-path=${folder}`,
      '--colors=off',
    ];
    const args = [biome, 'check', ...options, folder];
    const { status, stderr } = spawnSync(nodePath(), args, { cwd: folder, encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
    return files.map((file) => readFileSync(file, 'utf8'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
