import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { NetloomError } from 'netloom';
import { hashToken } from '../credentials';

/** Writes a file of mode 0600 in one go: a reader sees the old or the new one. */
export function writePrivate(file: string, text: string): void {
  write(file, text, 0o600);
}

/** The same with mode 0644. */
export function writePublic(file: string, text: string): void {
  write(file, text, 0o644);
}

function write(file: string, text: string, mode: number): void {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const unfinished = `${file}.${process.pid}.new`;
  writeFileSync(unfinished, text, { mode, flag: 'wx' });
  renameSync(unfinished, file);
}

/** A new token's file, and what of it goes into agent.yaml. */
export interface TokenFile {
  readonly file: string;
  readonly sha256: string;
}

/**
 * Makes a token of 256 bits in a file of mode 0600. The token itself is never printed.
 *
 * @throws NetloomError NL_CONFIG_INVALID when the file is there: somebody uses that token
 */
export function makeToken(file: string): TokenFile {
  refuseExisting(
    file,
    'remove the file first when nobody uses the token any more, or choose another name',
  );
  const token = randomBytes(32).toString('base64url');
  writePrivate(file, `${token}\n`);
  return { file, sha256: hashToken(token).toString('hex') };
}

/** @throws NetloomError NL_CONFIG_INVALID */
export function refuseExisting(file: string, fix: string): void {
  if (!existsSync(file)) return;
  throw new NetloomError({
    code: 'NL_CONFIG_INVALID',
    key: '--dir',
    found: `${file} is there already`,
    allowed: 'a place where nothing is overwritten',
    fix,
  });
}

/** Names of tokens and agents end up in file names. @throws NetloomError NL_CONFIG_INVALID */
export function checkFileName(option: string, name: string): void {
  if (/^[a-z0-9]([-a-z0-9._]{0,61}[a-z0-9])?$/.test(name)) return;
  throw new NetloomError({
    code: 'NL_CONFIG_INVALID',
    key: option,
    found: `${JSON.stringify(name)} is not fit for a name`,
    allowed: 'up to 63 of a-z, 0-9, "-", "." and "_", beginning and ending with a letter or digit',
    fix: 'choose a name such as edge-1',
  });
}
