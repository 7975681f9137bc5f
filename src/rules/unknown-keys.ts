import { distance } from 'fastest-levenshtein';
import {
  type KeySpec,
  keyOfSteps,
  type ObjectSpec,
  RESERVED_KEYS,
  RESERVED_PREFIX,
  SINGLE,
  type ValueSpec,
} from '../cni';
import { fits, keyNamed } from '../cni/codec';
import type { Problem } from '../errors';
import type { KeyOptions } from './keys';
import { isBeginning, otherWord, plain } from './near-names';

/** An object that has a key which stands in another one. */
export interface KeyHome {
  readonly spec: ObjectSpec;
  /** What to do with the key, e.g. `move it into ipam`. @default leave it out */
  readonly fix?: string | undefined;
}

/** A member that a description does not take. */
export interface UnknownKey {
  readonly spec: ObjectSpec;
  /** What the description takes. */
  readonly settings: object;
  /** As it is written. */
  readonly name: string;
  readonly value: unknown;
  readonly options: KeyOptions;
}

/** A known key with a value of the wrong type. */
export interface WrongValue {
  readonly key: string;
  readonly wrong: ValueSpec;
}

/** A member that a description does not take: twice, reserved, misspelt, in the wrong place, unknown. */
export function checkUnknownKey(unknown: UnknownKey): Problem[] | WrongValue {
  const { spec, settings, name, value, options } = unknown;
  const key = keyOfSteps([name]);
  const known = keyNamed(spec, name);
  if (known) {
    if (!fits(known.value, value)) return { key, wrong: known.value };
    const isTwice = (settings as Record<string, unknown>)[known.prop] !== undefined;
    return isTwice ? [twice(key, name, known.wire)] : [];
  }
  const around = options.position && keyNamed(SINGLE, name);
  if (around) {
    if (!fits(around.value, value)) return { key, wrong: around.value };
    return checkEnvelopeKey(unknown, around.wire, key);
  }
  if (options.position && isReserved(name)) return [reserved(name)];
  return checkName(unknown, key);
}

/** What every plugin has, where it counts for nothing: parsing takes out what counts. */
function checkEnvelopeKey(
  { spec, name, options }: UnknownKey,
  wire: string,
  key: string,
): Problem[] {
  const isListed = options.position !== 'alone' && (wire === 'name' || wire === 'cniVersion');
  if (isListed) {
    return [ignored(key, `"${name}" of the list counts, and not that of one of its plugins`)];
  }
  if (wire !== 'ipam') return [twice(key, name, wire)];
  // The one of the interface plugin is looked at as an IPAM.
  if (options.position !== 'chained') return [];
  return [
    ignored(key, `${spec.name} has no use for an IPAM: the interface plugin gets the addresses`),
  ];
}

/** The problem of a key that counts for nothing. */
export function ignored(key: string, found: string, fix = 'leave it out'): Problem {
  return { code: 'NL_KEY_IGNORED', key, found, allowed: 'keys that count', fix };
}

function checkName({ spec, name, value, options }: UnknownKey, key: string): Problem[] {
  const { verbatim = false, homes, position, refusal } = options;
  const meant = likelyKey(position ? [...spec.keys, ...SINGLE.keys] : spec.keys, name, value);
  const home = homes?.().find((other) => keyNamed(other.spec, name));
  const problem = { key, allowed: `one of ${spec.keys.map(({ wire }) => wire).join(', ')}` };
  if (refusal) {
    const other = meant ? `${meant.key.wire}?` : otherKey(spec, name);
    return [
      {
        code: meant ? 'NL_KEY_MISSPELT' : 'NL_CONFIG_INVALID',
        ...problem,
        found: `"${name}" is not a key of ${spec.name}, and ${refusal}`,
        fix: other ?? 'leave it out',
      },
    ];
  }
  if (meant && (!home || (verbatim ? meant.isSame : meant.isSure))) {
    return [
      {
        code: 'NL_KEY_MISSPELT',
        ...problem,
        found: `"${name}" is not a key of ${spec.name}, and is ignored without a word`,
        fix: `${meant.key.wire}?`,
      },
    ];
  }
  if (!verbatim) return [];
  if (home) {
    return [
      {
        code: 'NL_KEY_FOREIGN',
        ...problem,
        found: `"${name}" is a key of ${home.spec.name}, and ${spec.name} ignores it`,
        fix: home.fix ?? otherKey(spec, name) ?? (meant ? `${meant.key.wire}?` : 'leave it out'),
      },
    ];
  }
  return [
    {
      code: 'NL_KEY_UNKNOWN',
      ...problem,
      found: `"${name}" is no key of ${spec.name} that netloom knows, and a plugin ignores what it does not know`,
      fix: otherKey(spec, name) ?? 'leave it out, or silence this where a newer release knows it',
    },
  ];
}

function otherKey({ keys }: ObjectSpec, name: string): string | undefined {
  const word = otherWord(
    keys.map(({ wire }) => wire),
    name,
  );
  return word && `${word}?`;
}

function twice(key: string, name: string, wire: string): Problem {
  return {
    code: 'NL_KEY_TWICE',
    key,
    found:
      name === wire
        ? `"${name}" is set twice, and one of the two is lost`
        : `"${name}" and "${wire}" are one key to a plugin, which takes the last one`,
    allowed: 'each key once, whatever its case',
    fix: 'leave one of them out',
  };
}

/** True for the keys that the runtime writes itself. */
export function isReserved(name: string): boolean {
  const lower = name.toLowerCase();
  return RESERVED_KEYS.includes(lower) || lower.startsWith(RESERVED_PREFIX);
}

/** The problem of a key that the runtime writes itself. */
export function reserved(name: string): Problem {
  return {
    code: 'NL_KEY_RESERVED',
    key: keyOfSteps([name]),
    found: `"${name}" is written by the runtime when it calls the plugin`,
    allowed: `keys other than runtimeConfig, args, prevResult, and names that begin with ${RESERVED_PREFIX}`,
    fix: 'leave it out; pods ask for such things in their annotation',
  };
}

/** The key that a name may be a slip of. */
interface LikelyKey {
  readonly key: KeySpec;
  /** True for the same letters in another spelling: `range_start` for `rangeStart`. */
  readonly isSame: boolean;
  /** True for them, and for most of the letters: `hairpin` for `hairpinMode`. */
  readonly isSure: boolean;
}

/**
 * The key that a name is a slip of: the same letters, the beginning of the other, two slips in a
 * name of five letters, one in a shorter one. A key that can't have the value needs to be nearer.
 */
function likelyKey(keys: readonly KeySpec[], name: string, value: unknown): LikelyKey | undefined {
  const given = plain(name);
  const near = keys.flatMap((key) => {
    const wire = plain(key.wire);
    const slips = distance(wire, given);
    const isFitting = fits(key.value, value);
    const isSame = wire === given;
    const isSure = isSame || (isFitting && isBeginning(wire, given));
    const most = Math.min(wire.length, given.length) < 5 ? 1 : isFitting ? 2 : 1;
    if (!isSure && (given.length < 3 || slips > most)) return [];
    return [{ key, isSame, isSure, cost: slips + (isFitting ? 0 : 10) }];
  });
  return near.sort((a, b) => a.cost - b.cost)[0];
}
