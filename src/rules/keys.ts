import {
  isMembers,
  type KeySpec,
  type ObjectSpec,
  type TargetVersions,
  type ValueSpec,
} from '../cni';
import { fits } from '../cni/codec';
import { type Problem, within } from '../errors';
import { checkInteger, checkWord } from './names';
import { checkKeyRelease } from './releases';
import { shortJson } from './short-json';
import { checkUnknownKey, ignored, type KeyHome } from './unknown-keys';

/** How settings are to be looked at. */
export interface KeyOptions {
  /** Releases that the nodes have. @default - any */
  readonly targetVersions?: TargetVersions | undefined;
  /** True for what somebody else wrote: unknown keys are told of. @default false */
  readonly verbatim?: boolean | undefined;
  /** Other objects whose keys these could have been: for keys in the wrong place. @default - none */
  readonly homes?: (() => readonly KeyHome[]) | undefined;
  /** What a reader does that takes neither a wrong type nor an unknown key. @default - it is a plugin */
  readonly refusal?: string | undefined;
  /** Where a plugin's configuration stands: alone, first in a list, or behind others. @default - it is none */
  readonly position?: 'alone' | 'first' | 'chained' | undefined;
}

/**
 * All that a description of an object tells of its settings: types, words and limits of each value,
 * keys that are missing, that the nodes' releases don't know, or that nobody knows.
 */
export function checkKeys(spec: ObjectSpec, settings: object, options: KeyOptions = {}): Problem[] {
  const { targetVersions } = options;
  if (!targetVersions && isPlainObject(spec, settings)) return [];
  const problems: Problem[] = [];
  for (const key of spec.keys) {
    const value = (settings as Record<string, unknown>)[key.prop];
    if (value === undefined) {
      if (key.required) checkPresence(problems, spec, key, settings);
      continue;
    }
    checkValue(problems, key.prop, key.value, value, options);
    if (targetVersions) problems.push(...checkKeyRelease(key, targetVersions));
  }
  const { extra } = settings as { extra?: unknown };
  if (extra !== undefined) problems.push(...checkExtra(spec, settings, extra, options));
  return problems;
}

/**
 * True when nothing of an object can be wrong, without a word about what it is. 10,000 networks
 * without a mistake spend their checks here.
 */
function isPlainObject(spec: ObjectSpec, settings: object): boolean {
  const given = settings as Readonly<Record<string, unknown>>;
  if (given['extra'] !== undefined) return false;
  for (const { prop, value, required } of spec.keys) {
    const one = given[prop];
    if (one === undefined ? required === true : !isPlainValue(value, one)) return false;
  }
  return true;
}

function isPlainValue(spec: ValueSpec, value: unknown): boolean {
  switch (spec.kind) {
    case 'text':
      return typeof value === 'string' && (spec.words === undefined || spec.words.includes(value));
    case 'integer':
      return Number.isInteger(value) && isBetween(value as number, spec.least, spec.most);
    case 'list':
      return Array.isArray(value) && value.every((one) => isPlainValue(spec.of, one));
    case 'object':
      return isMembers(value) && isPlainObject(spec.spec, value);
    default:
      return fits(spec, value);
  }
}

function isBetween(value: number, least: number, most: number): boolean {
  return value >= least && value <= most;
}

/** True where a value of a type that Go refuses is among the problems: nothing can be computed then. */
export function hasWrongTypes(problems: readonly Problem[]): boolean {
  return problems.some(({ code }) => code === 'NL_TYPE_WRONG');
}

/** A key without which nothing works; one with a value of the wrong type is told of by itself. */
function checkPresence(
  problems: Problem[],
  spec: ObjectSpec,
  { prop, wire }: KeySpec,
  { extra }: { readonly extra?: unknown },
): void {
  const names = isMembers(extra) ? Object.keys(extra) : [];
  if (names.some((name) => name.toLowerCase() === wire.toLowerCase())) return;
  problems.push(missingKey(prop, wire, spec.name));
}

/** The problem of a key that has to be there. */
export function missingKey(key: string, wire: string, owner: string): Problem {
  return {
    code: 'NL_KEY_MISSING',
    key,
    found: `"${wire}" is missing, which ${owner} can't do without`,
    allowed: `${owner} with "${wire}"`,
    fix: `set ${wire}`,
  };
}

function checkExtra(
  spec: ObjectSpec,
  settings: object,
  extra: unknown,
  options: KeyOptions,
): Problem[] {
  if (!isMembers(extra)) return [wrongType('extra', { kind: 'object', spec }, extra, options)];
  return Object.entries(extra).flatMap(([name, value]) => {
    const unknown = checkUnknownKey({ spec, settings, name, value, options });
    return within(
      'extra',
      'wrong' in unknown ? wrongTypes(unknown.key, unknown.wrong, value, options) : unknown,
    );
  });
}

function checkValue(
  problems: Problem[],
  key: string,
  spec: ValueSpec,
  value: unknown,
  options: KeyOptions,
): void {
  switch (spec.kind) {
    case 'integer':
      if (spec.zero && value === 0) return;
      problems.push(...checkInteger(key, value as number, spec.least, spec.most, spec.unit));
      return;
    case 'text':
      if (typeof value !== 'string') problems.push(wrongType(key, spec, value, options));
      else if (spec.words && !(value === '' && options.verbatim && !spec.isNeverEmpty)) {
        if (spec.anyCase && spec.words.includes(value.toLowerCase())) return;
        const wrong = checkWord(key, value, spec.words);
        problems.push(...(spec.orDefault ? wrong.map(defaultTaken) : wrong));
      }
      return;
    case 'list':
      if (!Array.isArray(value)) problems.push(wrongType(key, spec, value, options));
      else {
        value.forEach((one, index) => {
          checkValue(problems, `${key}[${index}]`, spec.of, one, options);
        });
      }
      return;
    case 'object':
      if (!isMembers(value)) problems.push(wrongType(key, spec, value, options));
      else problems.push(...within(key, checkKeys(spec.spec, value, insideOf(options))));
      return;
    default:
      if (!fits(spec, value)) problems.push(...wrongTypes(key, spec, value, options));
  }
}

function defaultTaken({ key, found, allowed }: Problem): Problem {
  return ignored(key, `${found}, and the plugin takes its default`, `give ${allowed}`);
}

/** An object inside another one is no plugin. */
function insideOf({ targetVersions, verbatim, refusal }: KeyOptions): KeyOptions {
  return { targetVersions, verbatim, refusal };
}

const TYPES: Readonly<Record<ValueSpec['kind'], string>> = {
  text: 'a text',
  flag: 'true or false',
  switch: 'true or false',
  integer: 'a whole number',
  list: 'a list',
  map: 'an object',
  object: 'an object',
  any: 'anything',
};

/** The problem of a value of a type that Go refuses. */
export function wrongType(
  key: string,
  spec: ValueSpec,
  value: unknown,
  { refusal = 'the plugin refuses the whole configuration' }: KeyOptions = {},
): Problem {
  const allowed = TYPES[spec.kind];
  return {
    code: 'NL_TYPE_WRONG',
    key,
    found: `${shortJson(value)} is not ${allowed}, and ${refusal}`,
    allowed: spec.kind === 'text' && spec.words ? `one of ${spec.words.join(', ')}` : allowed,
    fix: suggestValue(spec, value) ?? `give ${allowed}`,
  };
}

/** What is of the wrong type inside a value, each by itself. */
function wrongTypes(key: string, spec: ValueSpec, value: unknown, options: KeyOptions): Problem[] {
  const inside = spec.kind === 'list' || spec.kind === 'map' ? spec.of : undefined;
  if (inside && (spec.kind === 'list' ? Array.isArray(value) : isMembers(value))) {
    return Object.entries(value as object).flatMap(([name, one]) => {
      const at = spec.kind === 'list' ? `${key}[${name}]` : `${key}[${JSON.stringify(name)}]`;
      return fits(inside, one) ? [] : wrongTypes(at, inside, one, options);
    });
  }
  return [wrongType(key, spec, value, options)];
}

/** The value that was meant: a number or a word in quotes, a list of one without brackets. */
function suggestValue(spec: ValueSpec, value: unknown): string | undefined {
  if (spec.kind === 'list' && fits(spec.of, value)) return `${shortJson([value])}?`;
  if (spec.kind === 'text' && ['number', 'boolean'].includes(typeof value)) return `"${value}"?`;
  if (typeof value !== 'string') return undefined;
  if (spec.kind === 'flag' && /^(true|false)$/i.test(value)) return `${value.toLowerCase()}?`;
  if (spec.kind === 'integer' && /^\d+$/.test(value)) return `${Number(value)}?`;
  return undefined;
}
