import { distance } from 'fastest-levenshtein';
import { type Problem, within } from '../errors';
import {
  DEFAULT_NETWORK_ANNOTATION,
  NETWORK_STATUS_ANNOTATION,
  NETWORKS_ANNOTATION,
  readNetworksAnnotation,
} from '../kubernetes';
import { annotationKey } from './annotations';
import { checkAttachments } from './attachments';
import { checkClaimWorkload } from './claims';
import { isPlainPod } from './plain-pods';
import { podSpecOf } from './workloads';
import type { ClusterFacts, PodsDefinition } from './world';

/**
 * Everything wrong with the pods of one object by itself. Keys begin with `attachments[N]` or
 * `annotations["..."]`, or `metadata.annotations["..."]` for those of the object that makes the pods.
 */
export function checkPods(pods: PodsDefinition, facts: ClusterFacts = {}): Problem[] {
  return isPlainPod(pods, facts) ? [] : checkPodsFully(pods, facts);
}

/** The same without the short way for what is plainly right. */
export function checkPodsFully(pods: PodsDefinition, facts: ClusterFacts): Problem[] {
  const { attachments, read } = pods;
  const { targetVersions } = facts;
  return [
    ...checkForm(pods),
    ...checkAttachments(attachments, { targetVersions, verbatim: read !== undefined }),
    ...attachments.flatMap(({ claim }, index) =>
      claim ? within(`attachments[${index}]`, checkClaimWorkload(claim.name, pods.workload)) : [],
    ),
    ...checkDefaultNetwork(pods),
    ...checkPlace(pods),
    ...checkSpelling(pods),
  ];
}

const ALLOWED =
  'names with commas between ([NAMESPACE/]NAME[@INTERFACE]), or a JSON list of objects';

/** What Multus can't read. Its position is told in `read`. */
function checkForm({ read }: PodsDefinition): Problem[] {
  return (read?.errors ?? []).map(({ found, fix, index }) => ({
    code: 'NL_ANNOTATION_INVALID' as const,
    key: index === undefined ? annotationKey(NETWORKS_ANNOTATION) : `attachments[${index}]`,
    found,
    allowed: ALLOWED,
    fix,
  }));
}

function checkDefaultNetwork({ annotations }: PodsDefinition): Problem[] {
  const value = annotations[DEFAULT_NETWORK_ANNOTATION];
  if (value === undefined) return [];
  const invalid = (found: string, fix: string): Problem => ({
    code: 'NL_ANNOTATION_INVALID',
    key: annotationKey(DEFAULT_NETWORK_ANNOTATION),
    found,
    allowed: "one network, of Multus' own namespace where none is named",
    fix,
  });
  const { elements, errors } = readNetworksAnnotation(value);
  const [error] = errors;
  if (error) return [invalid(error.found, error.fix)];
  if (elements.length === 0)
    return [invalid('no default network is named', 'name one, or leave the annotation out')];
  if (elements.length === 1) return [];
  return [
    invalid(
      `${elements.length} default networks are named, and Multus takes one`,
      `keep one, and put the others into ${NETWORKS_ANNOTATION}`,
    ),
  ];
}

/** Annotations that nobody reads where they stand. */
function checkPlace({ annotations, ownAnnotations, workload }: PodsDefinition): Problem[] {
  const problems: Problem[] = [];
  for (const name of [NETWORKS_ANNOTATION, DEFAULT_NETWORK_ANNOTATION]) {
    if (ownAnnotations?.[name] === undefined) continue;
    const { kind = 'workload' } = workload;
    problems.push({
      code: 'NL_KEY_IGNORED',
      key: `metadata.${annotationKey(name)}`,
      found: `the annotation stands on the ${kind} itself, and Multus looks at its pods only`,
      allowed: `the annotation in the ${kind}'s pod template`,
      fix: `move it to ${kind === 'CronJob' ? 'spec.jobTemplate.spec.template' : 'spec.template'}.metadata.annotations`,
    });
  }
  if (podSpecOf(workload)?.hostNetwork === true && annotations[NETWORKS_ANNOTATION]) {
    problems.push({
      code: 'NL_KEY_IGNORED',
      key: annotationKey(NETWORKS_ANNOTATION),
      found: "the pod is on the host's network (hostNetwork: true), and Multus is not asked for it",
      allowed: 'the annotation on pods with a network of their own',
      fix: 'leave hostNetwork or the annotation out',
    });
  }
  return problems;
}

/** Keys of Multus and its kin, as far as they stand on pods. */
const KNOWN_KEYS = [NETWORKS_ANNOTATION, NETWORK_STATUS_ANNOTATION, DEFAULT_NETWORK_ANNOTATION];

/** What Multus wrote before 4.0: on pods it is a fact, in a template a mistake. */
const OLD_STATUS = 'k8s.v1.cni.cncf.io/networks-status';

function checkSpelling({ annotations, workload }: PodsDefinition): Problem[] {
  return Object.keys(annotations).flatMap((key): Problem[] => {
    if (KNOWN_KEYS.includes(key) || !/cni|multus|network/i.test(key)) return [];
    if (key === OLD_STATUS && workload.kind === 'Pod') return [];
    const meant = meantKey(key);
    if (meant === undefined) return [];
    return [
      {
        code: 'NL_KEY_MISSPELT',
        key: annotationKey(key),
        found: `"${key}" is no annotation that Multus reads`,
        allowed: `one of ${KNOWN_KEYS.join(', ')}`,
        fix: `${meant}?`,
      },
    ];
  });
}

/** Three slips in a long key, or the right name behind another prefix of the same people. */
function meantKey(key: string): string | undefined {
  const lower = key.toLowerCase();
  const near = KNOWN_KEYS.map((known) => ({ known, slips: distance(known, lower) })).sort(
    (a, b) => a.slips - b.slips,
  )[0];
  if (near && near.slips <= 3) return near.known;
  if (!/(^|\.)cni\.cncf\.io\/|multus-cni\.io\//.test(lower)) return undefined;
  const [, name] = lower.split('/');
  return KNOWN_KEYS.find((known) => known.endsWith(`/${name}`));
}
