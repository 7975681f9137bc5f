import { type Problem, severityOf } from '../errors';
import type { NetworkDefinition, ObjectPath } from '../kubernetes';
import { checkWorld } from './check-world';
import { NetworkIndex } from './network-index';
import { Owners } from './owners';
import type { Placed } from './placed';
import { readInstalls } from './read-installs';
import { readNetwork } from './read-network';
import { readNodeNetwork } from './read-node-network';
import {
  checkNameTexts,
  type Manifest,
  manifestOf,
  NOTHING,
  type Part,
  type ReadObject,
  type WorldList,
} from './read-object';
import { readOperatorNetworks } from './read-openshift';
import { readHostBridge, readKubeOvn, readPolicy, readVirtualMachine } from './read-others';
import { readPods } from './read-pods';
import { readSchedule } from './read-schedule';
import { readSriovNetwork } from './read-sriov';
import { labelOf } from './segments';
import { readSilences } from './silence';
import type { ClusterFacts, World } from './world';

/** How objects are looked at. */
export type CheckOptions = ClusterFacts;

/** A problem in one of some objects, and where it stands there. */
export interface ObjectFinding {
  /** Which of the objects. */
  readonly index: number;
  readonly where: ObjectPath;
  /** Its key is the path as it is written: `spec.config: ipam.ranges[0][0].subnet`. */
  readonly problem: Problem;
}

const READERS: readonly ((object: Manifest) => ReadObject | undefined)[] = [
  readNetwork,
  readHostBridge,
  readNodeNetwork,
  readKubeOvn,
  readPolicy,
  readVirtualMachine,
  readOperatorNetworks,
  readSriovNetwork,
  readSchedule,
  readPods,
];

/** A part with the object that it was found in. */
interface Found {
  readonly index: number;
  readonly part: Part;
}

/**
 * Everything wrong with objects that somebody else wrote, each by itself and all together: networks,
 * pods and workloads, and what else names networks. Other objects pass.
 */
export function checkObjects(
  objects: readonly unknown[],
  options: CheckOptions = {},
): ObjectFinding[] {
  const manifests = objects.map(manifestOf);
  const owners = new Owners(manifests);
  const reads = manifests.map((manifest) => readObject(manifest, owners));
  const placed: Placed[][] = reads.map(({ problems }) => [...problems]);
  const installs = manifests.flatMap((manifest) => (manifest ? readInstalls(manifest) : []));
  const { world, parts } = worldOf(reads, { ...options, installs });
  const add = ({ index, part }: Found, problem: Problem): void => {
    placed[index]?.push(part.place(problem));
  };
  for (const found of parts.values()) {
    for (const problem of found.part.check(options)) add(found, problem);
  }
  for (const { subject, problem } of checkWorld(world)) {
    const found = parts.get(subject);
    if (found) add(found, problem);
  }
  return placed.flatMap((problems, index) =>
    unsilenced(problems, manifests[index]).map((one) => ({ index, ...one })),
  );
}

function readObject(manifest: Manifest | undefined, owners: Owners): ReadObject {
  if (!manifest || owners.hasOwnerOf(manifest)) return NOTHING;
  for (const read of READERS) {
    const found = read(manifest);
    if (found) return { ...found, problems: [...checkNameTexts(manifest), ...found.problems] };
  }
  return NOTHING;
}

/** The objects as one world, and the part that each of its definitions stands for. */
function worldOf(
  reads: readonly ReadObject[],
  options: CheckOptions & Pick<World, 'installs'>,
): { readonly world: World; readonly parts: ReadonlyMap<object, Found> } {
  const all = withoutPlans(
    reads.flatMap(({ parts }, index) => parts.map((part): Found => ({ index, part }))),
  );
  const unread = reads.flatMap((read) => read.unread ?? []);
  const networks = new NetworkIndex({ ...options, networks: all.flatMap(networkOf), unread });
  const lists = new Map<WorldList, object[]>();
  const parts = new Map<object, Found>();
  for (const { index, part } of all) {
    const resolved = part.resolve?.(networks) ?? part;
    const list = lists.get(resolved.list);
    if (list) list.push(resolved.definition);
    else lists.set(resolved.list, [resolved.definition]);
    parts.set(resolved.definition, { index, part: resolved });
  }
  const known = Object.assign({ networks: [], pods: [], bridges: [] }, Object.fromEntries(lists));
  return { world: { ...options, ...known, unread }, parts };
}

function networkOf({ part: { list, definition } }: Found): NetworkDefinition[] {
  return list === 'networks' ? [definition as NetworkDefinition] : [];
}

/** A network that an operator has made already counts as it is. */
function withoutPlans(all: readonly Found[]): readonly Found[] {
  if (!all.some(({ part }) => part.isPlan)) return all;
  const made = new Set(
    all.filter(({ part }) => !part.isPlan).flatMap((one) => networkOf(one).map(labelOf)),
  );
  return all.filter(
    (one) => !one.part.isPlan || !networkOf(one).some((network) => made.has(labelOf(network))),
  );
}

/** Errors can't be silenced. */
function unsilenced(problems: readonly Placed[], manifest: Manifest | undefined): Placed[] {
  if (!manifest) return [...problems];
  const silences = readSilences(manifest);
  const left = problems.filter(
    ({ problem: { code } }) => severityOf(code) === 'error' || !silences.codes.has(code),
  );
  return [...left, ...silences.problems];
}

/** The networks among Kubernetes objects, as far as they can be read. */
export function networksOfObjects(objects: readonly unknown[]): NetworkDefinition[] {
  const manifests = objects.map(manifestOf);
  const owners = new Owners(manifests);
  const parts = manifests.flatMap((manifest) => readObject(manifest, owners).parts);
  return parts.flatMap((part) => networkOf({ index: 0, part }));
}
