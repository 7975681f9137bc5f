import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { CHECKOUT } from './writer-process';

/** A change of one built file that breaks a promise. */
export interface Edit {
  /** Below the checkout, e.g. `lib/ipam/own-claims.js`. */
  readonly file: string;
  /** What stands there exactly once. */
  readonly from: string;
  readonly to: string;
}

/**
 * Makes a copy of what is built, with changes.
 *
 * @throws Error when a change does not fit any more: the mutant has to be written anew then
 */
export function makeMutant(folder: string, edits: readonly Edit[]): string {
  const packages = ['', 'node-agent'];
  for (const name of packages) {
    const from = path.join(CHECKOUT, name);
    const to = path.join(folder, name);
    cpSync(path.join(from, 'lib'), path.join(to, 'lib'), {
      recursive: true,
      filter: (file) => statSync(file).isDirectory() || file.endsWith('.js'),
    });
    cpSync(path.join(from, 'package.json'), path.join(to, 'package.json'));
    linkModules(path.join(from, 'node_modules'), path.join(to, 'node_modules'), folder);
  }
  for (const { file, from, to } of edits) {
    const target = path.join(folder, file);
    const parts = readFileSync(target, 'utf8').split(from);
    if (parts.length !== 2) {
      throw new Error(`${file} has ${parts.length - 1} times, not once: ${from}`);
    }
    writeFileSync(target, parts.join(to));
  }
  return folder;
}

/** The same modules, but for our own: these are the copy's. */
function linkModules(from: string, to: string, folder: string): void {
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from)) {
    if (name === 'netloom' || name === 'netloom-agent') continue;
    symlinkSync(path.join(from, name), path.join(to, name));
  }
  if (path.basename(path.dirname(to)) !== 'node-agent') {
    symlinkSync(folder, path.join(to, 'netloom'));
  }
}
