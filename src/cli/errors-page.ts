import { readFileSync } from 'node:fs';
import path from 'node:path';

/** The page that says more about each code; it is part of the package. */
const PAGE = path.join(__dirname, '../../docs/errors.md');

/** The sections of docs/errors.md by code, each with its heading. */
export function errorSections(): Map<string, string> {
  const [, ...sections] = readFileSync(PAGE, 'utf8').split(/^(?=## )/m);
  return new Map(sections.map((section) => [headingOf(section), `${section.trimEnd()}\n`]));
}

function headingOf(section: string): string {
  return section.slice('## '.length, section.indexOf('\n')).trim();
}

/** The address of a code's section, where the package says what its home is. */
export function errorAddress(code: string, homepage: string | undefined): string | undefined {
  return homepage && `${homepage.replace(/\/$/, '')}/docs/errors.md#${code.toLowerCase()}`;
}
