import { readFileSync } from 'node:fs';
import path from 'node:path';

/** Release of this package, from its package.json. */
export function agentVersion(): string {
  const file = path.join(__dirname, '..', 'package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
