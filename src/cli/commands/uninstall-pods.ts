import type { RemovalCluster, RemovalObject, RemovalPod } from '../../installs';
import {
  DEFAULT_NETWORK_ANNOTATION,
  NETWORK_STATUS_ANNOTATION,
  NETWORKS_ANNOTATION,
  parseNetworkStatus,
  podsOf,
  readNetworksAnnotation,
  valueAt,
} from '../../kubernetes';
import type { ListedObject } from '../cluster/api-server';
import { isMapping } from '../input/lists';

/** Workloads whose pods come back when only the pods are deleted. */
const MAKERS = [
  'CronJob',
  'DaemonSet',
  'Deployment',
  'Job',
  'ReplicaSet',
  'ReplicationController',
  'StatefulSet',
];

/** What is told of the pods of a cluster. */
export type PodFacts = Pick<RemovalCluster, 'pods' | 'startedWithMultus' | 'templates'>;

/**
 * Which pods have networks, or wait for them, and what makes those pods.
 *
 * @param workloads all objects that make pods, of which owners are looked up
 */
export function readPods(
  pods: readonly ListedObject[],
  workloads: readonly ListedObject[],
): PodFacts {
  const owners = new Map(workloads.map((one) => [nameKey(objectOf(one)), one]));
  const found = pods.flatMap((pod) => attachedPod(pod, owners) ?? []);
  const busy = new Set(found.map(({ maker }) => nameKey(maker)));
  const templates = workloads
    .filter((one) => ownerOf(one) === undefined && networksAsked(one).length > 0)
    .map(objectOf)
    .filter((one) => !busy.has(nameKey(one)));
  const startedWithMultus = pods.filter(
    (pod) => isAlive(pod) && annotationsOf(pod)[NETWORK_STATUS_ANNOTATION] !== undefined,
  ).length;
  return { pods: found, startedWithMultus, templates };
}

/** Undefined for a pod that has no network and waits for none. */
function attachedPod(
  pod: ListedObject,
  owners: ReadonlyMap<string, ListedObject>,
): RemovalPod | undefined {
  if (!isAlive(pod) || valueAt(pod, ['spec', 'hostNetwork']) === true) return undefined;
  const status = parseNetworkStatus(annotationsOf(pod)[NETWORK_STATUS_ANNOTATION]);
  const given = status.filter(({ isDefault }) => !isDefault).map(({ network }) => network);
  const asked = networksAsked(pod);
  // A pod that runs, and of which Multus has said nothing, was started without it.
  const waits = status.length === 0 && valueAt(pod, ['status', 'phase']) === 'Pending';
  const replaced = annotationsOf(pod)[DEFAULT_NETWORK_ANNOTATION] !== undefined;
  if (given.length === 0 && !(asked.length > 0 && (waits || (replaced && status.length > 0)))) {
    return undefined;
  }
  const { namespace = '', name } = objectOf(pod);
  const node = valueAt(pod, ['spec', 'nodeName']);
  return {
    namespace,
    name,
    node: typeof node === 'string' ? node : undefined,
    networks: [...new Set(given.length > 0 ? given : asked)],
    maker: topOwner(pod, owners),
  };
}

/** Pods that have come to their end have no network any more. */
function isAlive(pod: ListedObject): boolean {
  const phase = valueAt(pod, ['status', 'phase']);
  return phase !== 'Succeeded' && phase !== 'Failed';
}

/** The networks that annotations name; an annotation that can't be read counts as one. */
function networksAsked(object: ListedObject): string[] {
  const annotations = podsOf(object)?.annotations ?? {};
  const { namespace = '' } = objectOf(object);
  return [NETWORKS_ANNOTATION, DEFAULT_NETWORK_ANNOTATION].flatMap((key) => {
    const { elements } = readNetworksAnnotation((annotations[key] ?? '').trim());
    return elements.map(
      ({ attachment }) => `${attachment.namespace ?? namespace}/${attachment.name}`,
    );
  });
}

function topOwner(pod: ListedObject, owners: ReadonlyMap<string, ListedObject>): RemovalObject {
  let top = objectOf(pod);
  for (let at: ListedObject | undefined = pod; at; ) {
    const owner = ownerOf(at);
    if (!owner) break;
    top = owner;
    at = owners.get(nameKey(owner));
  }
  return top;
}

/** The object that makes this one; undefined where none does, or one of another kind. */
function ownerOf(object: ListedObject): RemovalObject | undefined {
  const references = valueAt(object, ['metadata', 'ownerReferences']);
  if (!Array.isArray(references)) return undefined;
  const owner = references.find((one) => isMapping(one) && one['controller'] === true);
  if (!isMapping(owner) || typeof owner['kind'] !== 'string') return undefined;
  const { apiVersion, kind, name } = owner;
  const { namespace } = objectOf(object);
  return { apiVersion: String(apiVersion), kind, namespace, name: String(name) };
}

/** True for what netloom knows how to delete so that pods don't come back. */
export function isKnownMaker({ kind }: RemovalObject): boolean {
  return kind === 'Pod' || MAKERS.includes(kind);
}

/** An object of a list by its name. */
export function objectOf(object: ListedObject): RemovalObject {
  const metadata = isMapping(object['metadata']) ? object['metadata'] : {};
  const { namespace, name } = metadata;
  return {
    apiVersion: String(object['apiVersion']),
    kind: String(object['kind']),
    ...(typeof namespace === 'string' ? { namespace } : {}),
    name: String(name),
  };
}

/** Annotations that are texts. */
export function annotationsOf(object: ListedObject): Readonly<Record<string, string>> {
  return textsAt(object, 'annotations');
}

/** Labels that are texts. */
export function labelsOf(object: ListedObject): Readonly<Record<string, string>> {
  return textsAt(object, 'labels');
}

function textsAt(object: ListedObject, key: string): Readonly<Record<string, string>> {
  const found = valueAt(object, ['metadata', key]);
  if (!isMapping(found)) return {};
  const texts = Object.entries(found).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return Object.fromEntries(texts);
}

function nameKey({ kind, namespace, name }: RemovalObject): string {
  return `${kind} ${namespace}/${name}`;
}
