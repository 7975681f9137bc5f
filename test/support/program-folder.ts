import { mkdirSync, mkdtempSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from './story';

/**
 * An empty folder for a user's program. It lies below the checkout, where `netloom/...` is found as in
 * an installed package, and where no test looks for files: what runs at the same time must not meet it.
 */
export function makeProgramFolder(): string {
  const programs = path.join(ROOT, '.cache/programs');
  mkdirSync(programs, { recursive: true });
  return mkdtempSync(path.join(programs, 'program-'));
}
