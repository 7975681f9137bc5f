import { closest, distance } from 'fastest-levenshtein';
import { errorSections } from '../errors-page';
import { UsageError } from '../usage-error';

/** How many letters may be wrong in what is still taken for a typing mistake. */
const MOST_WRONG = 8;

/**
 * `netloom explain CODE`: prints what docs/errors.md says of a code. Case does not matter.
 *
 * @throws UsageError for a code that there is not, with the one that was meant
 */
export function explain(code: string): void {
  const sections = errorSections();
  const wanted = code.toUpperCase();
  const section = sections.get(wanted) ?? sections.get(`NL_${wanted}`);
  if (section === undefined) {
    const meant = closest(wanted, [...sections.keys()]);
    const hint = distance(wanted, meant) <= MOST_WRONG ? `; did you mean ${meant}?` : '';
    throw new UsageError(`there is no code or file "${code}"${hint}`);
  }
  process.stdout.write(section);
}
