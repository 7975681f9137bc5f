import type { IConstruct } from 'constructs';
import { describeProblem, type Problem } from '../errors';
import { checkNetwork, checkNetworkGroups, type NetworkGroups } from '../rules';
import { clusterOf, targetVersionsOf } from './cluster-facts';
import type { NetworkPart } from './network-part';
import type { NetworkProps } from './network-props';

/** Everything wrong with a network by itself. */
export function checkParts(
  construct: IConstruct,
  parts: readonly NetworkPart[],
  props: NetworkProps,
  groups: NetworkGroups | undefined,
): Problem[] {
  const { facts } = clusterOf(construct);
  const { claimedPolicy } = props;
  const options = { targetVersions: targetVersionsOf(construct, props), nodes: facts.nodes };
  const [first] = parts as [NetworkPart];
  const problems = groups
    ? checkGroups(groups, parts, ({ network }) => checkNetwork(network, facts.platform, options))
    : checkNetwork(first.network, facts.platform, options);
  if (claimedPolicy === true) problems.push(...checkPolicy(first));
  return problems;
}

/** What is wrong with all groups is told once. */
function checkGroups(
  groups: NetworkGroups,
  parts: readonly NetworkPart[],
  of: (part: NetworkPart) => Problem[],
): Problem[] {
  const { prop, setting } = groups;
  const found = parts.flatMap((part) =>
    of(part).map((problem) =>
      problem.key === setting ? { ...problem, key: `${prop}.${part.group}.${setting}` } : problem,
    ),
  );
  const unique = new Map(found.map((problem) => [describeProblem(problem), problem]));
  return [...checkNetworkGroups(groups), ...unique.values()];
}

function checkPolicy({ network }: NetworkPart): Problem[] {
  if (network.namespace !== undefined) return [];
  return [
    {
      code: 'NL_VALUES_CONFLICT',
      key: 'claimedPolicy',
      found: 'a policy is wanted, and nobody knows the namespace that the network will be in',
      allowed: 'claimedPolicy on a network whose namespace is known',
      fix: 'set namespace on the network or on its chart',
    },
  ];
}
