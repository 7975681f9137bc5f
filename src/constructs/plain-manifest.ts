import { type ApiObject, App } from 'cdk8s';
import type { Manifest } from './manifest';

/** Members of cdk8s that are private to it: where one is not as it is here, nothing is taken for plain. */
interface Innards {
  readonly patches?: unknown;
  readonly annotations?: unknown;
  readonly labels?: unknown;
  readonly finalizers?: unknown;
  readonly ownerReferences?: unknown;
  readonly _additionalAttributes?: unknown;
}

/** Resolvers that every App has. */
const RESOLVERS = 3;

/** Members of the metadata that have a place of their own beside the additional ones. */
const OWN: ReadonlySet<string> = new Set([
  'name',
  'namespace',
  'annotations',
  'labels',
  'finalizers',
  'ownerReferences',
]);

/**
 * The object of a network as cdk8s would write it, or undefined where that could be anything: with
 * patches, resolvers, late values or unusual metadata.
 *
 * cdk8s looks into everything three times, for what may be resolved or has to be sorted. For 10,000
 * networks that was a tenth of the synthesis. A test holds this against what cdk8s makes itself.
 */
export function plainManifest(
  object: ApiObject,
  config: { produce(): string },
): Manifest | undefined {
  const { patches } = object as unknown as Innards;
  if (!isEmptyList(patches) || App.of(object).resolvers.length !== RESOLVERS) return undefined;
  const metadata = plainMetadata(object);
  if (!metadata) return undefined;
  const { apiVersion, kind } = object;
  return { apiVersion, kind, metadata, spec: { config: config.produce() } };
}

function plainMetadata({ metadata }: ApiObject): Manifest | undefined {
  const { finalizers, ownerReferences, _additionalAttributes } = metadata as unknown as Innards;
  if (!isEmptyList(finalizers) || !isEmptyList(ownerReferences)) return undefined;
  for (const name in _additionalAttributes as object) if (!OWN.has(name)) return undefined;
  const annotations = sortedTexts((metadata as unknown as Innards).annotations);
  const labels = sortedTexts((metadata as unknown as Innards).labels);
  if (!annotations || !labels) return undefined;
  const { name, namespace } = metadata;
  if (typeof name !== 'string') return undefined;
  const isPlaced = typeof namespace === 'string';
  if (!isPlaced && namespace !== undefined) return undefined;
  const plain: Record<string, unknown> = {};
  if (annotations !== NONE) plain['annotations'] = annotations;
  if (labels !== NONE) plain['labels'] = labels;
  plain['name'] = name;
  if (isPlaced) plain['namespace'] = namespace;
  return plain;
}

const NONE: Record<string, string> = {};

/** Undefined for what is not texts only. */
function sortedTexts(value: unknown): Record<string, string> | undefined {
  if (typeof value !== 'object' || value === null || value.constructor !== Object) return undefined;
  const names = Object.keys(value);
  if (names.length === 0) return NONE;
  const sorted: Record<string, string> = {};
  for (const name of names.sort()) {
    const text = (value as Record<string, unknown>)[name];
    if (typeof text !== 'string') return undefined;
    sorted[name] = text;
  }
  return sorted;
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}
