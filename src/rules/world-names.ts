import type { HostBridgeDefinition } from '../kubernetes';
import { checkNetworkOnce } from './network';
import { findingsOf, type WorldFinding, type WorldRule } from './world';

/** Objects that overwrite each other, and bridges that two objects want on one node. */
export const checkNamesOnce: WorldRule = ({ networks, bridges }) => {
  const objects = new Map();
  const findings = checkBridgesOnce(bridges);
  for (const network of networks) {
    findings.push(...findingsOf(network, checkNetworkOnce(network, objects)));
  }
  return findings;
};

/** More labels than anybody selects nodes by: of those, only the same selector is looked for. */
const MOST_LABELS = 6;

/** Two bridges of one name for one node: certain where one of the selectors has all labels of the other. */
function checkBridgesOnce(bridges: readonly HostBridgeDefinition[]): WorldFinding[] {
  const known = new Set<string>();
  const wider = new Set<string>();
  return bridges.flatMap((bridge) => {
    const own = selectorsOf(bridge);
    const isTwice = own.some((one) => known.has(one)) || wider.has(own[0] as string);
    known.add(own[0] as string);
    for (const one of own) wider.add(one);
    if (!isTwice) return [];
    return findingsOf(bridge, [
      {
        code: 'NL_NAME_TWICE',
        key: 'bridge',
        found: `"${bridge.bridge}" is wanted by another HostBridge or NodeNetwork on the same nodes`,
        allowed: 'one object for a bridge of a node',
        fix: 'make one of both, or choose nodes that differ (nodeSelector)',
      },
    ]);
  });
}

/** The bridge's selector, and all that select more nodes. */
function selectorsOf({ bridge, nodeSelector = {} }: HostBridgeDefinition): string[] {
  const labels = Object.entries(nodeSelector).map((label) => JSON.stringify(label));
  const whole = labels.sort();
  const all = whole.length > MOST_LABELS ? [whole, []] : subsets(whole);
  return all.map((some) => `${bridge} ${some.join()}`);
}

/** The whole set first. */
function subsets(labels: readonly string[]): string[][] {
  const [first, ...rest] = labels;
  if (first === undefined) return [[]];
  const without = subsets(rest);
  return [...without.map((some) => [first, ...some]), ...without];
}
