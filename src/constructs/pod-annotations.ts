import { NetloomError, type Problem } from '../errors';
import {
  type Attachment,
  DEFAULT_NETWORK_ANNOTATION,
  interfaceNames,
  NETWORKS_ANNOTATION,
  networksAnnotation,
  type ReadAttachments,
  readNetworksAnnotation,
} from '../kubernetes';
import type { PodAttachment } from './pod-attachment';

/** What is attached to the pods of a workload by this program. */
export interface OwnAttachments {
  readonly networks: readonly PodAttachment[];
  /** Takes the place of the cluster network; more than one is a problem. */
  readonly replacements: readonly PodAttachment[];
}

/**
 * The annotations that attach pods: what others attached stays in front of ours.
 *
 * @param given those of others
 * @throws NetloomError where those of others can't be read, or a claim is wrong
 */
export function podAnnotations(
  given: Readonly<Record<string, string>>,
  { networks, replacements }: OwnAttachments,
  namespace: string | undefined,
): Record<string, string> {
  const [replacement] = replacements;
  const annotations: Record<string, string> = {};
  const others = attachmentsOf(given);
  const own = networks.map(({ written }) => written);
  if (own.length > 0) {
    const all = others.length === 0 ? own : [...others, ...own];
    annotations[NETWORKS_ANNOTATION] = networksAnnotation(all, namespace);
  }
  if (replacement) {
    // Multus looks for a default network without namespace in its own.
    annotations[DEFAULT_NETWORK_ANNOTATION] = networksAnnotation([replacement.written], undefined);
    Object.assign(annotations, replacement.kubeOvnAnnotations(undefined));
  }
  if (!networks.some(({ isKubeOvn }) => isKubeOvn)) return annotations;
  const names = interfaceNames([...others, ...own]).slice(others.length);
  for (const [index, attachment] of networks.entries()) {
    const isAgain = networks.some((other) => other !== attachment && isSame(other, attachment));
    Object.assign(annotations, attachment.kubeOvnAnnotations(isAgain ? names[index] : undefined));
  }
  return annotations;
}

function isSame(one: PodAttachment, other: PodAttachment): boolean {
  return one.definition !== undefined && one.definition === other.definition;
}

const NONE: readonly Attachment[] = [];

function attachmentsOf(given: Readonly<Record<string, string>>): readonly Attachment[] {
  const read = readGiven(given);
  if (!read) return NONE;
  if (read.errors.length > 0) throw new NetloomError(unreadable(read));
  return read.elements.map(({ attachment }) => attachment);
}

/** The networks that others attached; undefined for none. */
export function readGiven(given: Readonly<Record<string, string>>): ReadAttachments | undefined {
  const text = given[NETWORKS_ANNOTATION];
  return text === undefined ? undefined : readNetworksAnnotation(text);
}

/** What Multus can't read of the networks that others attached. */
function unreadable(read: ReadAttachments): Problem[] {
  return read.errors.map(({ found, fix }) => ({
    code: 'NL_ANNOTATION_INVALID',
    key: `annotations["${NETWORKS_ANNOTATION}"]`,
    found: `${found}, and more can't be attached behind it`,
    allowed: '[NAMESPACE/]NAME[@INTERFACE] with commas between, or a JSON list of objects',
    fix,
  }));
}

/** Annotations of others that say something else than ours. */
export function checkGiven(
  given: Readonly<Record<string, string>>,
  own: Readonly<Record<string, string>>,
): Problem[] {
  return Object.keys(own)
    .filter((name) => given[name] !== undefined && given[name] !== own[name])
    .filter((name) => name !== NETWORKS_ANNOTATION)
    .map((name) => ({
      code: 'NL_VALUES_CONFLICT',
      key: `annotations["${name}"]`,
      found: `it is ${JSON.stringify(given[name])} already, and the attachments make ${JSON.stringify(own[name])} of it`,
      allowed: 'one of them',
      fix: 'leave the annotation out',
    }));
}
