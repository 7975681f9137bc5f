import { JsonPatch } from 'cdk8s';
import type { NetworkConfig } from '../cni';
import type { Problem } from '../errors';
import { parseNetwork, valueAt } from '../kubernetes';

/** One operation of RFC 6902. */
interface Operation {
  readonly op: 'add' | 'remove' | 'replace' | 'copy' | 'move' | 'test';
  readonly path: string;
  readonly from?: string;
}

/** A configuration with patches applied to it. @throws Error for those that {@link checkPatches} tells of */
export function patchedConfig(config: NetworkConfig, patches: readonly JsonPatch[]): NetworkConfig {
  // A copy: patches must not reach into what was given to the constructs.
  const copy: unknown = JSON.parse(JSON.stringify(config));
  return JsonPatch.apply(copy, ...patches) as NetworkConfig;
}

/** What is wrong with patches; keys are `patchCni[0]` and so on, by the method that they came by. */
export function checkPatches(
  method: string,
  config: NetworkConfig,
  patches: readonly JsonPatch[],
): Problem[] {
  let patched = config;
  for (const [index, patch] of patches.entries()) {
    const key = `${method}[${index}]`;
    const operation: Operation = patch._toJson();
    const missing = missingPath(patched, operation);
    // What comes behind it may only be wrong because of it.
    if (missing !== undefined) return [notThere(key, operation, missing, patched)];
    try {
      patched = patchedConfig(patched, [patch]);
    } catch {
      return [refused(key, operation, patched)];
    }
  }
  return parseNetwork(patched, { name: '' }) ? [] : [noPlugin(method)];
}

/** cdk8s applies what has no place without a word, e.g. a replacement of what is not there. */
function missingPath(document: unknown, { op, path, from }: Operation): string | undefined {
  const needed = [op === 'add' || op === 'copy' || op === 'move' ? parentOf(path) : path];
  if (op === 'copy' || op === 'move') needed.unshift(from ?? '');
  return needed.find((pointer) => valueAt(document, stepsOf(pointer)) === undefined);
}

const parentOf = (pointer: string): string =>
  pointer.slice(0, Math.max(0, pointer.lastIndexOf('/')));

function stepsOf(pointer: string): string[] {
  const [, ...steps] = pointer.split('/');
  return steps.map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function notThere(key: string, { op }: Operation, path: string, config: NetworkConfig): Problem {
  const known = Object.keys(config).map((name) => `/${name}`);
  return {
    code: 'NL_KEY_MISSING',
    key,
    found: `"${op}" finds nothing at "${path}" in the CNI configuration`,
    allowed: `paths that are there: ${known.join(', ')} and those below`,
    fix: op === 'replace' ? 'correct the path, or use JsonPatch.add' : 'correct the path',
  };
}

function refused(key: string, { op, path }: Operation, config: NetworkConfig): Problem {
  const value = JSON.stringify(valueAt(config, stepsOf(path)));
  return {
    code: 'NL_VALUES_CONFLICT',
    key,
    found: `"${op}" does not apply at "${path}", where ${value} is`,
    allowed: 'a patch that applies',
    fix: 'look at what the CNI configuration has there (network.config)',
  };
}

function noPlugin(method: string): Problem {
  return {
    code: 'NL_KEY_MISSING',
    key: method,
    found: 'with these patches the CNI configuration has no plugin with a type any more',
    allowed: 'patches that leave "type", or "plugins", in place',
    fix: 'make another network instead',
  };
}
