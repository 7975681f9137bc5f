import type { PlatformFacts } from '../kubernetes';
import type { RemovalCluster, RemovalObject } from './removal-cluster';
import { isCrio } from './removal-folders';
import { personCommands, STEP_TEXTS } from './removal-texts';

/** The steps in their order, each by its name. */
export const REMOVAL_STEPS = [
  'pods',
  'crio',
  'config',
  'restart',
  'settings',
  'daemons',
  'files',
  'networks',
  'pools',
  'access',
  'crds',
  'remover',
] as const;

/** One of {@link REMOVAL_STEPS}. */
export type RemovalStepId = (typeof REMOVAL_STEPS)[number];

/** One step of a removal. */
export interface RemovalStep {
  readonly id: RemovalStepId;
  /** Who takes it: the API server deletes objects, a pod on each node removes files, or a person. */
  readonly by: 'cluster' | 'nodes' | 'person';
  readonly title: string;
  /** Why it stands where it stands. */
  readonly why: string;
  /** What is deleted, in this order. Of a person's step: what shows that it is not done yet. */
  readonly objects: readonly RemovalObject[];
  /** For a person, each a command with its arguments. */
  readonly commands: readonly (readonly string[])[];
}

/** What a user may decide of a removal. */
export interface RemovalChoices {
  /** Whether workloads whose pods still have networks are deleted. @default false */
  readonly deleteWorkloads?: boolean | undefined;
  /** Whether networks, pools and their CustomResourceDefinitions stay. @default false */
  readonly keepNetworks?: boolean | undefined;
  /** Whether nodes are cleaned although nothing in the cluster says that Multus was there. @default false */
  readonly leftovers?: boolean | undefined;
}

/**
 * The steps that are left until Multus is gone, in an order in which no new pod fails to start and no
 * old one hangs when it is deleted:
 *
 * 1. Pods with networks end while everything works: only Multus can take their interfaces away.
 * 2. The runtime gets the cluster network's configuration back, on every node. From here on new pods
 *    start without Multus, whatever goes next. With CRI-O, pods that Multus started end with it.
 * 3. What runs goes, and with it its tokens; then programs and state on the nodes.
 * 4. Objects that nobody reads any more: networks, pools, rights, and the definitions last, since
 *    each takes all its objects with it.
 *
 * It is made from what is there: stopped anywhere and made again, it is what was left of it.
 */
export function planRemoval(
  facts: PlatformFacts,
  choices: RemovalChoices,
  cluster: RemovalCluster,
): RemovalStep[] {
  const needed = neededSteps(facts, choices, cluster);
  const order = ownsNodes(facts) ? REMOVAL_STEPS : PLATFORM_ORDER;
  return order.flatMap((id): RemovalStep[] => {
    const step = needed[id];
    if (!step) return [];
    const { by, objects = [] } = step;
    const commands = by === 'person' ? personCommands(id, facts, objects) : [];
    return [{ id, by, ...STEP_TEXTS[id], objects, commands }];
  });
}

type Needed = Pick<RemovalStep, 'by'> & { readonly objects?: readonly RemovalObject[] };

/** Where the platform brings Multus itself, it takes it away after the networks. */
const PLATFORM_ORDER: readonly RemovalStepId[] = [
  ...(['pods', 'networks', 'settings', 'daemons', 'pools', 'access', 'crds'] as const),
];

/** Whether files on nodes are netloom's business: OpenShift and MicroShift look after their own. */
export function ownsNodes({ parts }: PlatformFacts): boolean {
  return parts.multus === 'objects' || parts.multus === 'settings';
}

function neededSteps(
  facts: PlatformFacts,
  choices: RemovalChoices,
  cluster: RemovalCluster,
): Partial<Record<RemovalStepId, Needed>> {
  const { keepNetworks = false } = choices;
  const { hasMultus, nodeFiles, remover } = cluster;
  const managed = cluster.daemons.filter(({ managedBy }) => managedBy !== undefined);
  // What made them takes them away together with the daemons.
  const isManaged = cluster.settings.length > 0 || managed.length > 0;
  const own = (objects: readonly RemovalObject[]): readonly RemovalObject[] =>
    isManaged ? objects.filter(({ managedBy }) => managedBy === undefined) : objects;
  const byCluster = (objects: readonly RemovalObject[]): Needed | undefined =>
    objects.length > 0 ? { by: 'cluster', objects } : undefined;
  const cleans =
    ownsNodes(facts) && (choices.leftovers === true || hasTraces(cluster, keepNetworks));
  const config = cleans && nodeFiles === 'untouched';
  const files = cleans && nodeFiles !== 'all';
  const isBuiltIn = facts.parts.multus === 'built-in';
  const makers = distinct(cluster.pods.map(({ maker }) => maker));
  return definedSteps({
    pods:
      hasMultus && nodeFiles === 'untouched' && makers.length > 0
        ? { by: choices.deleteWorkloads ? 'cluster' : 'person', objects: makers }
        : undefined,
    crio: config && isCrio(facts) ? { by: 'person' } : undefined,
    config: config ? { by: 'nodes' } : undefined,
    restart:
      files && isCrio(facts) && hasMultus && cluster.startedWithMultus > 0
        ? { by: 'person' }
        : undefined,
    settings: isManaged ? settingsStep(facts, cluster.settings, managed) : undefined,
    daemons: byCluster(own(cluster.daemons)),
    files: files ? { by: 'nodes' } : undefined,
    networks: keepNetworks ? undefined : byCluster(cluster.networks),
    pools: keepNetworks ? undefined : byCluster(cluster.pools),
    access: isBuiltIn ? undefined : byCluster(own(cluster.access)),
    crds: keepNetworks || isBuiltIn ? undefined : byCluster(own(cluster.crds)),
    remover: files || remover.length > 0 ? { by: 'cluster', objects: remover } : undefined,
  });
}

/** Whether the nodes may have files of Multus: its CustomResourceDefinition alone may stay on purpose. */
function hasTraces(cluster: RemovalCluster, keepNetworks: boolean): boolean {
  const { settings, daemons, access, crds, networks, pools, remover } = cluster;
  const objects = keepNetworks ? [] : [...crds, ...networks, ...pools];
  return [...settings, ...daemons, ...access, ...objects, ...remover].length > 0;
}

/** RKE2's server makes its charts anew; elsewhere the object that was asked for is deleted. */
function settingsStep(
  { name }: PlatformFacts,
  settings: readonly RemovalObject[],
  managed: readonly RemovalObject[],
): Needed {
  const byObject = settings.length > 0 && name !== 'rke2';
  return byObject ? { by: 'cluster', objects: settings } : { by: 'person', objects: managed };
}

function definedSteps(
  steps: Record<RemovalStepId, Needed | undefined>,
): Partial<Record<RemovalStepId, Needed>> {
  const entries = Object.entries(steps).filter(([, step]) => step !== undefined);
  return Object.fromEntries(entries) as Partial<Record<RemovalStepId, Needed>>;
}

function distinct(objects: readonly RemovalObject[]): RemovalObject[] {
  const key = ({ kind, namespace, name }: RemovalObject): string => `${kind} ${namespace}/${name}`;
  return [...new Map(objects.map((object) => [key(object), object])).values()];
}
