import { describeProblem, errorsOf, type Problem } from '../errors';
import { claimedNetwork } from '../kubernetes';
import { checkCniPatches, checkNetwork, checkNetworkGroups } from '../rules';
import { groupsOf, type KnownNetwork } from './known-network';
import type { NetworkShape } from './network-shape';
import { plainConfig } from './network-text';
import { clusterFacts } from './platform';

/** Everything wrong with a network by itself; what is wrong with all groups is told once. */
export function checkKnown(known: KnownNetwork, shape: NetworkShape): Problem[] {
  const { definition, parts, targetVersions } = known;
  const { groups, inOwnWords = (_network, problem) => problem } = shape;
  const facts = clusterFacts();
  const options = { targetVersions: targetVersions ?? facts.targetVersions, nodes: facts.nodes };
  const found = parts.flatMap(({ network, group }) =>
    checkNetwork(network, facts.platform, options).map((problem) =>
      groups && problem.key === groups.setting
        ? { ...problem, key: `${groups.prop}.${group}.${groups.setting}` }
        : inOwnWords(network, problem),
    ),
  );
  const unique = new Map(found.map((problem) => [describeProblem(problem), problem]));
  const nodes = new Map(parts.map(({ group, nodes }) => [group, nodes]));
  const byGroup = Object.fromEntries(
    Object.keys(groups?.byGroup ?? {}).map((group) => [group, nodes.get(group) ?? {}]),
  );
  const grouped = groups ? checkNetworkGroups(groupsOf(groups, byGroup, definition.link)) : [];
  const problems = [...grouped, ...unique.values()];
  return errorsOf(problems).length > 0 ? problems : [...problems, ...checkPatched(known)];
}

/** Patches that have no place in the configuration of a network that is right otherwise. */
function checkPatched(known: KnownNetwork): Problem[] {
  const { parts, patchCni = [], patchClaimedCni = [] } = known;
  return parts.flatMap(({ network }) => {
    const twin = patchClaimedCni.length > 0 ? claimedNetwork(network) : undefined;
    return [
      ...checkCniPatches('patchCni', plainConfig(known, network), patchCni),
      ...(twin
        ? checkCniPatches('patchClaimedCni', plainConfig(known, twin), patchClaimedCni)
        : []),
    ];
  });
}
