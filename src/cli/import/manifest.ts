import { isMembers, type KeyStep } from '../../cni';

/** The members of an object. */
export type Members = Readonly<Record<string, unknown>>;

/** What the API server and its controllers write, and refuse or ignore in what is applied. */
const SERVER_METADATA: readonly string[] = [
  'creationTimestamp',
  'generation',
  'managedFields',
  'resourceVersion',
  'selfLink',
  'uid',
];

/** Annotations that say what was, not what is wanted. */
const SERVER_ANNOTATIONS: readonly string[] = [
  'k8s.v1.cni.cncf.io/network-status',
  'k8s.v1.cni.cncf.io/networks-status',
  'kubectl.kubernetes.io/last-applied-configuration',
];

/**
 * An object as its author wrote it: without its status, what the server added to its metadata, and
 * members that are null, which mean as much as none.
 */
export function wantedManifest(object: Members): Members {
  const { status: _status, ...manifest } = withoutNull(object) as Record<string, unknown>;
  return { ...manifest, metadata: wantedMetadata(manifest['metadata']) };
}

/** The metadata of an object without what the server added, and without what is empty. */
export function wantedMetadata(metadata: unknown): Members {
  const members = isMembers(metadata) ? (withoutNull(metadata) as Members) : {};
  const kept = Object.entries(members).filter(([key]) => !SERVER_METADATA.includes(key));
  return withAnnotations(Object.fromEntries(kept), SERVER_ANNOTATIONS);
}

/** Metadata without some annotations, and without any where none are left. */
export function withAnnotations(metadata: Members, dropped: readonly string[]): Members {
  const { annotations, ...rest } = metadata;
  if (!isMembers(annotations)) return metadata;
  const kept = Object.entries(annotations).filter(([key]) => !dropped.includes(key));
  return kept.length === 0 ? rest : { ...metadata, annotations: Object.fromEntries(kept) };
}

/** The object with another value at the end of a path that is there. */
export function withValueAt(
  object: Members,
  [step, ...rest]: readonly KeyStep[],
  change: (value: unknown) => unknown,
): Members {
  if (step === undefined) return change(object) as Members;
  const inner = object[step];
  const value = rest.length === 0 ? change(inner) : withValueAt(inner as Members, rest, change);
  return { ...object, [step]: value };
}

function withoutNull(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNull);
  if (!isMembers(value)) return value;
  const kept = Object.entries(value).filter(([, one]) => one !== null && one !== undefined);
  return Object.fromEntries(kept.map(([key, one]) => [key, withoutNull(one)]));
}

/** True for metadata that cdk8s' own type takes: texts where it wants texts. */
export function isPlainMetadata({ annotations, labels, finalizers, ownerReferences }: Members) {
  return (
    areTexts(annotations) &&
    areTexts(labels) &&
    (finalizers === undefined || isListOf(finalizers, isText)) &&
    (ownerReferences === undefined || isListOf(ownerReferences, isOwner))
  );
}

function areTexts(map: unknown): boolean {
  return map === undefined || (isMembers(map) && Object.values(map).every(isText));
}

function isListOf(value: unknown, isOne: (one: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isOne);
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

function isOwner(owner: unknown): boolean {
  if (!isMembers(owner)) return false;
  const { apiVersion, kind, name, uid, controller, blockOwnerDeletion } = owner;
  const isFlag = (one: unknown): boolean => one === undefined || typeof one === 'boolean';
  return (
    [apiVersion, kind, name, uid].every(isText) && [controller, blockOwnerDeletion].every(isFlag)
  );
}
