import { type KeyStep, stepsOf } from '../cni';
import { wireSteps } from '../cni/codec';
import type { Problem } from '../errors';
import {
  ATTACHMENT,
  DEFAULT_NETWORK_ANNOTATION,
  NETWORKS_ANNOTATION,
  type PodsManifest,
  podsOf,
  type ReadAttachments,
  readNetworksAnnotation,
  valueAt,
} from '../kubernetes';
import type { AttachmentIntent } from './attachments';
import type { NetworkIndex } from './network-index';
import { isAboutKey, type Placed, placedAt } from './placed';
import { checkPods } from './pods';
import { type Manifest, NOTHING, namesOf, type Part, type ReadObject } from './read-object';
import type { PodsDefinition } from './world';

const OURS = [NETWORKS_ANNOTATION, DEFAULT_NETWORK_ANNOTATION];
const OWN: readonly KeyStep[] = ['metadata', 'annotations'];

/** Reads the pods that an object makes; undefined for an object that makes none. */
export function readPods(object: Manifest): ReadObject | undefined {
  const pods = podsOf(object);
  if (!pods) return undefined;
  const { annotations, annotationsPath } = pods;
  const own = annotationsPath.length > OWN.length ? ownAnnotations(object) : undefined;
  const problems = OURS.flatMap((name) => checkText(object, [...annotationsPath, name]));
  const isPlain = Object.keys(annotations).length === 0 && !OURS.some((name) => own?.[name]);
  if (isPlain) return problems.length === 0 ? NOTHING : { parts: [], problems };
  return { parts: [podsPart(object, pods, own)], problems };
}

function ownAnnotations(object: Manifest): Record<string, string> {
  const found = Object.entries(Object(valueAt(object, OWN))).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return Object.fromEntries(found);
}

/** An annotation that is a list in YAML looks right, and is refused. */
function checkText(object: Manifest, path: readonly KeyStep[]): Placed[] {
  const value = valueAt(object, path);
  if (value === undefined || value === null || typeof value === 'string') return [];
  const problem: Problem = {
    code: 'NL_TYPE_WRONG',
    key: '',
    found: `the annotation is ${Array.isArray(value) ? 'a list' : 'no text'}, and the API server takes a text only`,
    allowed: 'a text: names with commas between, or a JSON list of objects',
    fix: "put quotes around it: '[ ... ]', or write it behind |",
  };
  return [placedAt({ path }, problem)];
}

function podsPart(
  object: Manifest,
  { annotations, annotationsPath }: PodsManifest,
  own: Record<string, string> | undefined,
): Part {
  const read = readNetworksAnnotation(annotations[NETWORKS_ANNOTATION] ?? '');
  const partOf = (definition: PodsDefinition): Part => ({
    list: 'pods',
    definition,
    check: (facts) => checkPods(definition, facts),
    place: (problem) => placeInPods(problem, annotationsPath, read),
    resolve: (networks) => partOf(withNetworks(definition, networks)),
  });
  return partOf({
    ...namesOf(object),
    workload: object as PodsDefinition['workload'],
    attachments: read.elements.map(({ attachment }) => ({ attachment })),
    annotations,
    ownAnnotations: own,
    read,
  });
}

/** Pods with the networks that they name, as far as they are among the objects. */
function withNetworks(definition: PodsDefinition, networks: NetworkIndex): PodsDefinition {
  const attachments = definition.attachments.map(({ attachment }): AttachmentIntent => {
    const found = networks.find(attachment, definition.namespace);
    return found.state === 'found' ? { attachment, network: found.network } : { attachment };
  });
  return { ...definition, attachments };
}

/** Finds the place of a problem of pods in their annotations. */
function placeInPods(
  problem: Problem,
  annotationsPath: readonly KeyStep[],
  read: ReadAttachments,
): Placed {
  const [first, second, ...rest] = stepsOf(problem.key);
  const isKey = isAboutKey(problem) && { isKey: true };
  if (first === 'attachments' && typeof second === 'number') {
    const path = [...annotationsPath, NETWORKS_ANNOTATION];
    const inside = [second, ...elementSteps(rest)];
    const span = read.elements[second]?.span;
    if (!span) return placedAt({ path, inside, ...isKey }, problem);
    const placed = placedAt({ path, inside }, problem);
    return { ...placed, where: { path, span } };
  }
  if (first === 'annotations' && typeof second === 'string') {
    const path = [...annotationsPath, second];
    const isForm = problem.code === 'NL_ANNOTATION_INVALID' && second === NETWORKS_ANNOTATION;
    const span = isForm ? read.errors.find(({ index }) => index === undefined)?.span : undefined;
    return placedAt(span ? { path, span } : { path, ...isKey }, problem);
  }
  const path = stepsOf(problem.key);
  return placedAt({ path, ...isKey }, problem);
}

/** A network that is named wrong is named by the element itself. */
function elementSteps(steps: readonly KeyStep[]): readonly KeyStep[] {
  const [first, ...rest] = steps;
  return first === 'network' ? rest : wireSteps(ATTACHMENT, steps);
}
