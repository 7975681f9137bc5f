import { stringify } from 'yaml';
import {
  commandLine,
  REMOVAL_LEFT,
  type RemovalCluster,
  type RemovalObject,
  type RemovalPod,
  type RemovalStep,
  removalName,
  removalNotes,
} from '../../installs';
import type { PlatformFacts } from '../../kubernetes';
import type { PlanFormat } from '../formats';
import { printable } from '../terminal';

/** What a plan is made of. */
export interface Planned {
  readonly facts: PlatformFacts;
  readonly cluster: RemovalCluster;
  readonly steps: readonly RemovalStep[];
}

/** As many objects of a step as people read; the others are counted. */
const SHOWN = 10;

const ACTORS = { cluster: 'cluster', nodes: 'nodes', person: 'you' } as const;

/** A plan as text, with the pods that still have networks, and what stays. */
export function renderPlan(planned: Planned, format: PlanFormat): string {
  if (format === 'json') return `${JSON.stringify(planValue(planned), undefined, 2)}\n`;
  if (format === 'yaml') return stringify(planValue(planned), { lineWidth: 0 });
  return `${tableLines(planned).map(printable).join('\n')}\n`;
}

/** The plan for programs: names are contract. */
function planValue({ facts, cluster, steps }: Planned): object {
  return {
    platform: facts.name,
    pods: cluster.pods.map(({ namespace, name, node, networks, maker }) => ({
      namespace,
      name,
      node: node ?? null,
      networks,
      maker: reference(maker),
    })),
    steps: steps.map(({ id, by, title, why, objects, commands }) => ({
      id,
      by,
      title,
      why,
      objects: objects.map(reference),
      commands,
    })),
    notes: removalNotes(facts, cluster),
    left: REMOVAL_LEFT,
  };
}

function reference({ apiVersion, kind, namespace, name, managedBy }: RemovalObject): object {
  return {
    apiVersion,
    kind,
    ...(namespace === undefined ? {} : { namespace }),
    name,
    ...(managedBy === undefined ? {} : { managedBy }),
  };
}

function tableLines({ facts, cluster, steps }: Planned): string[] {
  const notes = removalNotes(facts, cluster);
  if (steps.length === 0) {
    return [
      `Nothing of Multus is left in this cluster (${facts.name}).`,
      'What nodes have cannot be seen from here: --leftovers looks there.',
      ...notes.map((note) => `Note: ${note}`),
    ];
  }
  return [
    `Platform: ${facts.name}`,
    '',
    ...podLines(cluster.pods),
    '',
    'Steps, in this order:',
    ...steps.flatMap((step, index) => stepLines(step, index + 1)),
    '',
    'What stays on nodes:',
    ...REMOVAL_LEFT.map((text) => `  ${text}`),
    ...(notes.length === 0 ? [] : ['', ...notes.map((note) => `Note: ${note}`)]),
  ];
}

function podLines(pods: readonly RemovalPod[]): string[] {
  if (pods.length === 0) return ['Pods with networks: none'];
  const rows = new Map<string, { pods: number; networks: Set<string> }>();
  for (const { namespace, networks } of pods) {
    const row = rows.get(namespace) ?? { pods: 0, networks: new Set() };
    for (const network of networks) row.networks.add(network);
    rows.set(namespace, { ...row, pods: row.pods + 1 });
  }
  const table = [
    ['NAMESPACE', 'PODS', 'NETWORKS'],
    ...[...rows]
      .sort(byFirst)
      .map(([namespace, row]) => [
        namespace,
        String(row.pods),
        [...row.networks].sort().join(', '),
      ]),
  ];
  return [`Pods with networks: ${pods.length}`, ...columns(table).map((line) => `  ${line}`)];
}

function byFirst([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}

function columns(table: readonly (readonly string[])[]): string[] {
  const widths = table[0]?.map((_, at) => Math.max(...table.map((row) => (row[at] ?? '').length)));
  return table.map((row) =>
    row
      .map((text, at) => text.padEnd(widths?.[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** A step with its reason, what goes, and what a person types. */
export function stepLines(step: RemovalStep, number: number): string[] {
  const { by, title, why, objects, commands } = step;
  const shown = objects.slice(0, SHOWN).map(removalName);
  const more = objects.length - shown.length;
  const count = objects.length > 1 ? ` (${objects.length})` : '';
  return [
    `${String(number).padStart(2)}. [${ACTORS[by]}] ${title}${count}`,
    `      since ${why}`,
    ...shown.map((name) => `      - ${name}`),
    ...(more > 0 ? [`      - and ${more} more`] : []),
    ...commands.slice(0, SHOWN).map((command) => `      $ ${commandLine(command)}`),
  ];
}
