import { type ApiObject, App } from 'cdk8s';
import { type Manifest, namesInOrder } from './manifest';

/** Members of cdk8s that are private to it: where one is not as it is here, nothing is taken for plain. */
interface Innards {
  readonly patches?: unknown;
  readonly annotations?: unknown;
  readonly labels?: unknown;
  readonly finalizers?: unknown;
  readonly ownerReferences?: unknown;
  readonly _additionalAttributes?: unknown;
  readonly props?: unknown;
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
  if (!isUntouched(object)) return undefined;
  const metadata = plainMetadata(object);
  if (!metadata) return undefined;
  const { apiVersion, kind } = object;
  return { apiVersion, kind, metadata, spec: { config: config.produce() } };
}

/** The same for any ApiObject that cdk8s writes, and whose props are plain values all the way down. */
export function plainObject(object: ApiObject): Manifest | undefined {
  const { props } = object as unknown as Innards;
  if (!isPlain(props) || !isUntouched(object)) return undefined;
  const metadata = plainMetadata(object);
  if (!metadata) return undefined;
  const { apiVersion, kind } = object;
  const manifest: Record<string, unknown> = { apiVersion, kind, metadata };
  for (const name of namesInOrder(props)) {
    if (name === 'apiVersion' || name === 'kind' || name === 'metadata') continue;
    const value = plainValue(props[name]);
    if (value === LATE) return undefined;
    if (value !== undefined) manifest[name] = value;
  }
  return manifest;
}

/** Stands for a value that only cdk8s can tell. */
const LATE = Symbol('late');

/** A copy as cdk8s makes it: sorted, and without what is not set. */
function plainValue(value: unknown): unknown {
  if (value === null || value === undefined) return undefined;
  if (typeof value === 'function') return LATE;
  if (typeof value !== 'object') return value;
  if (Array.isArray(value)) {
    const items = value.map(plainValue);
    return items.includes(LATE) ? LATE : items;
  }
  if (!isPlain(value)) return LATE;
  const members: Record<string, unknown> = {};
  for (const name of namesInOrder(value)) {
    const member = plainValue(value[name]);
    if (member === LATE) return LATE;
    if (member !== undefined) members[name] = member;
  }
  return members;
}

/** No class, and nothing that has lost its constructor. */
function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && value.constructor === Object;
}

function isUntouched(object: ApiObject): boolean {
  const { patches } = object as unknown as Innards;
  return isEmptyList(patches) && App.of(object).resolvers.length === RESOLVERS;
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
  if (!isPlain(value)) return undefined;
  const names = Object.keys(value);
  if (names.length === 0) return NONE;
  const sorted: Record<string, string> = {};
  for (const name of names.sort()) {
    const text = value[name];
    if (typeof text !== 'string') return undefined;
    sorted[name] = text;
  }
  return sorted;
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}
