import type { NetworkConfig } from '../cni';
import type { Problem } from '../errors';
import { parseNetwork, valueAt } from '../kubernetes';

/**
 * One change of a CNI configuration, as JSON Patch has it.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6902
 */
export interface CniPatch {
  readonly op: 'add' | 'remove' | 'replace' | 'copy' | 'move' | 'test';
  /** `/ipam/ranges/0/0/subnet`; `-` behind the last of a list. */
  readonly path: string;
  /** Of copy and move. @default - none */
  readonly from?: string | undefined;
  /** Of add, replace and test. @default - none */
  readonly value?: unknown;
}

/** A configuration with patches applied to a copy of it. @throws Error for those that {@link checkCniPatches} tells of */
export function patchedCni(config: NetworkConfig, patches: readonly CniPatch[]): NetworkConfig {
  const copy = JSON.parse(JSON.stringify(config));
  return patches.reduce(applied, copy) as NetworkConfig;
}

/** What is wrong with patches; keys are `patchCni[0]` and so on, by the name that they came by. */
export function checkCniPatches(
  name: string,
  config: NetworkConfig,
  patches: readonly CniPatch[],
): Problem[] {
  let patched = config;
  for (const [index, patch] of patches.entries()) {
    const key = `${name}[${index}]`;
    const missing = missingPath(patched, patch);
    // What comes behind it may only be wrong because of it.
    if (missing !== undefined) return [notThere(key, patch, missing, patched)];
    try {
      patched = patchedCni(patched, [patch]);
    } catch {
      return [refused(key, patch, patched)];
    }
  }
  return parseNetwork(patched, { name: '' }) ? [] : [noPlugin(name)];
}

/** Told before anything is applied: a replacement of what is not there is a mistake. */
function missingPath(document: unknown, { op, path, from }: CniPatch): string | undefined {
  const needed = [op === 'add' || op === 'copy' || op === 'move' ? parentOf(path) : path];
  if (op === 'copy' || op === 'move') needed.unshift(from ?? '');
  return needed.find((pointer) => valueAt(document, stepsOf(pointer)) === undefined);
}

function applied(document: unknown, { op, path, from = '', value }: CniPatch): unknown {
  switch (op) {
    case 'add':
      return added(document, path, value);
    case 'remove':
      return removed(document, path);
    case 'replace':
      return path === '' ? value : added(removed(document, path), path, value);
    case 'copy':
      return added(document, path, structuredClone(valueAt(document, stepsOf(from))));
    case 'move': {
      const moved = valueAt(document, stepsOf(from));
      return added(removed(document, from), path, moved);
    }
    case 'test':
      if (!isDeepEqual(valueAt(document, stepsOf(path)), value)) throw new Error('not equal');
      return document;
    default:
      throw new Error(`no such operation: ${op}`);
  }
}

function added(document: unknown, path: string, value: unknown): unknown {
  if (path === '') return value;
  const { parent, step } = placeOf(document, path);
  if (!Array.isArray(parent)) parent[step] = value;
  else parent.splice(step === '-' ? parent.length : indexIn(parent.length, step), 0, value);
  return document;
}

function removed(document: unknown, path: string): unknown {
  const { parent, step } = placeOf(document, path);
  if (Array.isArray(parent)) parent.splice(indexIn(parent.length - 1, step), 1);
  else delete parent[step];
  return document;
}

type Container = unknown[] | Record<string, unknown>;

function placeOf(document: unknown, path: string): { parent: Container; step: string } {
  const steps = stepsOf(path);
  const parent = valueAt(document, steps.slice(0, -1));
  if (typeof parent !== 'object' || parent === null) throw new Error('no place for members');
  return { parent: parent as Container, step: steps.at(-1) as string };
}

function indexIn(last: number, step: string): number {
  const index = /^(?:0|[1-9]\d*)$/.test(step) ? Number(step) : Number.NaN;
  if (!(index <= last)) throw new Error(`no index: ${step}`);
  return index;
}

function isDeepEqual(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || !a || !b) return a === b;
  const keys = Object.keys(a);
  if (Array.isArray(a) !== Array.isArray(b) || keys.length !== Object.keys(b).length) return false;
  return keys.every((key) =>
    isDeepEqual((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]),
  );
}

const parentOf = (pointer: string): string =>
  pointer.slice(0, Math.max(0, pointer.lastIndexOf('/')));

function stepsOf(pointer: string): string[] {
  const [, ...steps] = pointer.split('/');
  return steps.map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function notThere(key: string, { op }: CniPatch, path: string, config: NetworkConfig): Problem {
  const known = Object.keys(config).map((name) => `/${name}`);
  return {
    code: 'NL_KEY_MISSING',
    key,
    found: `"${op}" finds nothing at "${path}" in the CNI configuration`,
    allowed: `paths that are there: ${known.join(', ')} and those below`,
    fix: op === 'replace' ? 'correct the path, or use "add"' : 'correct the path',
  };
}

function refused(key: string, { op, path }: CniPatch, config: NetworkConfig): Problem {
  const value = JSON.stringify(valueAt(config, stepsOf(path)));
  return {
    code: 'NL_VALUES_CONFLICT',
    key,
    found: `"${op}" does not apply at "${path}", where ${value} is`,
    allowed: 'a patch that applies',
    fix: 'look at what the CNI configuration has there (network.config)',
  };
}

function noPlugin(name: string): Problem {
  return {
    code: 'NL_KEY_MISSING',
    key: name,
    found: 'with these patches the CNI configuration has no plugin with a type any more',
    allowed: 'patches that leave "type", or "plugins", in place',
    fix: 'make another network instead',
  };
}
