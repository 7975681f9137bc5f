import { isMembers, type KeyStep } from '../cni';
import type { Problem } from '../errors';
import { type NamedNetwork, valueAt } from '../kubernetes';
import type { NetworkIndex } from './network-index';
import { type Placed, placedAt } from './placed';
import { shortJson } from './short-json';
import type { ClusterFacts, World } from './world';

/** The lists of a world. */
export type WorldList = Exclude<keyof World, keyof ClusterFacts>;

/** Something that rules know, found in an object. */
export interface Part {
  readonly list: WorldList;
  readonly definition: object;
  /** What is wrong with it by itself; keys in netloom's words. */
  readonly check: (facts: ClusterFacts) => readonly Problem[];
  /** Finds the place of a problem. */
  readonly place: (problem: Problem) => Placed;
  /** The part when the networks of all objects are known. @default - the same */
  readonly resolve?: (networks: NetworkIndex) => Part;
  /** True where an operator makes the real object of it, which then counts. @default false */
  readonly isPlan?: boolean;
}

/** What an object means to netloom. */
export interface ReadObject {
  readonly parts: readonly Part[];
  /** What is wrong with its form, so that nothing else can be told. */
  readonly problems: readonly Placed[];
  /** The network that it is, where nobody can tell what it does. */
  readonly unread?: NamedNetwork;
}

export const NOTHING: ReadObject = { parts: [], problems: [] };

/** An object's members; what the API server would not take for an object has none. */
export type Manifest = Readonly<Record<string, unknown>> & { readonly kind: string };

/** Undefined for what is no Kubernetes object. */
export function manifestOf(object: unknown): Manifest | undefined {
  return isMembers(object) && typeof object['kind'] === 'string' ? (object as Manifest) : undefined;
}

/** The group of an object's `apiVersion`; undefined where it has none. */
export function groupOf({ apiVersion }: Manifest): string | undefined {
  return typeof apiVersion === 'string' && apiVersion.includes('/')
    ? apiVersion.split('/')[0]
    : undefined;
}

/** The text at some steps, or undefined. */
export function textAt(object: unknown, steps: readonly KeyStep[]): string | undefined {
  const value = valueAt(object, steps);
  return typeof value === 'string' ? value : undefined;
}

/** Name and namespace of an object; numbers and the like as what they were meant to be. */
export function namesOf(object: Manifest): { name: string; namespace: string | undefined } {
  return {
    name: nameAt(object, 'name') ?? '',
    namespace: nameAt(object, 'namespace') || undefined,
  };
}

function nameAt(object: Manifest, key: string): string | undefined {
  const value = valueAt(object, ['metadata', key]);
  return typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : textAt(object, ['metadata', key]);
}

/** Names that the API server takes for none: YAML reads `12`, `yes` and `on` as no text. */
export function checkNameTexts(object: Manifest): Placed[] {
  return ['name', 'namespace'].flatMap((key) => {
    const path = ['metadata', key];
    const value = valueAt(object, path);
    if (value === undefined || value === null || typeof value === 'string') return [];
    const found = `${shortJson(value)} is no text, and the API server takes a text only`;
    const fix = 'put quotes around it';
    return [placedAt({ path }, { code: 'NL_TYPE_WRONG', key: '', found, allowed: 'a name', fix })];
  });
}
