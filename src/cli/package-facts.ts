import { readFileSync } from 'node:fs';
import path from 'node:path';

/** What package.json says of this package. */
export interface PackageFacts {
  readonly version: string;
  readonly homepage?: string;
}

/** Read when it is needed: the built file stands two folders below package.json, as the source does. */
export function packageFacts(): PackageFacts {
  const file = path.join(__dirname, '../../package.json');
  return JSON.parse(readFileSync(file, 'utf8')) as PackageFacts;
}
