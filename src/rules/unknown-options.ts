import { LINK_SPECS, type LinkKind } from '../cni';
import type { Problem } from '../errors';
import { meantName } from './near-names';

const NONE: readonly Problem[] = [];

/**
 * Options that nobody takes: a compiler finds them in literal objects alone, and JavaScript never.
 * One that looks like an option is an error; another one may belong to something else that the same
 * object is given to.
 *
 * @param known names of all that there are
 * @param thing that takes the options, e.g. `an attachment`
 */
export function checkOptionNames(
  given: object,
  known: ReadonlySet<string>,
  thing: string,
): readonly Problem[] {
  let problems: Problem[] | undefined;
  for (const name in given) {
    if (known.has(name) || (given as Record<string, unknown>)[name] === undefined) continue;
    problems ??= [];
    problems.push(unknownOption(name, known, thing));
  }
  return problems ?? NONE;
}

/** What networks by some plugins take beside what all take and the settings of the plugin. */
const OF_SOME: Partial<Record<LinkKind, readonly string[]>> = {
  macvlan: ['masterByNodeGroup'],
  ipvlan: ['masterByNodeGroup'],
  vlan: ['masterByNodeGroup'],
  'host-device': ['deviceByNodeGroup'],
  'kube-ovn': ['subnet'],
};

/**
 * The names of all options of a network by a plugin.
 *
 * @param ofEvery those of every network
 */
export function optionNames(kind: LinkKind, ofEvery: readonly string[]): ReadonlySet<string> {
  const settings = LINK_SPECS[kind].keys.map(({ prop }) => prop);
  return new Set([...settings, 'extra', ...(OF_SOME[kind] ?? []), ...ofEvery]);
}

function unknownOption(name: string, known: ReadonlySet<string>, thing: string): Problem {
  const meant = meantName(known, name);
  return {
    code: meant === undefined ? 'NL_KEY_UNKNOWN' : 'NL_KEY_MISSPELT',
    key: name,
    found: `"${name}" is no option of ${thing}, and is ignored`,
    allowed: `one of ${[...known].join(', ')}`,
    fix: meant === undefined ? 'leave it out' : `${meant}?`,
  };
}
