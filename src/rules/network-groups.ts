import type { LinkConfig } from '../cni';
import { type Problem, within } from '../errors';
import type { NodeSelection } from '../kubernetes';

/** A group of nodes that has a NetworkAttachmentDefinition of its own. */
export interface NetworkGroup {
  /** As the user calls it. */
  readonly name: string;
  readonly link: LinkConfig;
  readonly nodes: NodeSelection;
}

/** How a network differs from one group of nodes to another. */
export interface NetworkGroups {
  /** The prop that says so, e.g. `masterByNodeGroup`. */
  readonly prop: string;
  /** The prop that it says for each group, e.g. `master`. */
  readonly setting: string;
  /** True when that is set for all nodes, too. */
  readonly isSetTwice: boolean;
  readonly groups: readonly NetworkGroup[];
}

/** The groups of a prop; undefined where it is not set. */
export function networkGroups<G extends NodeSelection>(
  prop: string,
  setting: keyof G & string,
  byGroup: Readonly<Record<string, G>> | undefined,
  link: LinkConfig,
): NetworkGroups | undefined {
  if (byGroup === undefined || link.kind === 'raw') return undefined;
  const shared = link.settings as Readonly<Record<string, unknown>>;
  const groups = Object.entries(byGroup).map(([name, group]): NetworkGroup => {
    const settings = { ...shared, [setting]: group[setting] };
    return { name, nodes: group, link: { kind: link.kind, settings } as LinkConfig };
  });
  return { prop, setting, isSetTwice: shared[setting] !== undefined, groups };
}

/** Name of a group's NetworkAttachmentDefinition: names of objects are in lower case. */
export function groupObjectName(network: string, group: string): string {
  return `${network}-${group.toLowerCase()}`;
}

/** Everything wrong with the groups of a network, but for their interfaces. */
export function checkNetworkGroups(network: NetworkGroups): Problem[] {
  const { prop, setting, isSetTwice, groups } = network;
  const problems: Problem[] = [];
  if (groups.length === 0) {
    problems.push(groupProblem('', 'there is no group', 'one group or more', 'leave it out'));
  }
  if (isSetTwice) {
    const found = `${setting} is set for all nodes beside it`;
    problems.push(groupProblem('', found, 'one of them', `leave ${setting} out`));
  }
  const names = groups.map(({ name }) => name.toLowerCase());
  for (const [index, { name, nodes }] of groups.entries()) {
    if (names.indexOf(name.toLowerCase()) !== index) {
      const found = `"${name}" is the name of another group in lower case`;
      problems.push(groupProblem(name, found, 'names that differ', 'rename one of them'));
    }
    if (selectsNodes(nodes)) continue;
    const found = `nothing says which nodes "${name}" is made of`;
    const allowed = 'labels (nodeSelector) or conditions (matchExpressions)';
    problems.push(groupProblem(name, found, allowed, "nodeSelector: { rack: 'a' }"));
  }
  return within(prop, problems);
}

/**
 * What is wrong with the group that an attachment names. The key is `nodeGroup`.
 *
 * @param groups of the network; none where it is the same on all nodes
 */
export function checkNodeGroup(
  network: string,
  groups: readonly string[],
  nodeGroup: string | undefined,
): Problem[] {
  if (nodeGroup === undefined ? groups.length === 0 : groups.includes(nodeGroup)) return [];
  const isPlain = groups.length === 0;
  const found = isPlain
    ? `network "${network}" is the same on all nodes`
    : nodeGroup === undefined
      ? `network "${network}" differs by node, and nothing says which group of nodes the pod is for`
      : `network "${network}" has no group "${nodeGroup}"`;
  const allowed = isPlain ? 'no nodeGroup' : `one of ${groups.join(', ')}`;
  const fix = isPlain ? 'leave it out' : `attach(network, { nodeGroup: '${groups[0]}' })`;
  return [groupProblem('nodeGroup', found, allowed, fix)];
}

function selectsNodes({ nodeSelector = {}, matchExpressions = [] }: NodeSelection): boolean {
  return Object.keys(nodeSelector).length + matchExpressions.length > 0;
}

function groupProblem(key: string, found: string, allowed: string, fix: string): Problem {
  return { code: 'NL_NODE_GROUP', key, found, allowed, fix };
}
