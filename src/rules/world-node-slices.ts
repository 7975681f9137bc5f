import type { NetworkDefinition } from '../kubernetes';
import { labelOf } from './segments';
import { findingsOf, type WorldRule } from './world';

/**
 * Networks of whereabouts whose nodes' shares have one name: the controller deals out one object of
 * that name, by the range of the network that it looked at last.
 */
export const checkSliceNames: WorldRule = ({ networks }) => {
  const known = new Map<string, { network: NetworkDefinition; shares: string }>();
  return networks.flatMap((network) => {
    const { ipam, name, configName = name } = network;
    if (ipam.kind !== 'whereabouts' || !ipam.settings.nodeSliceSize) return [];
    const { networkName, nodeSliceSize, range, ranges = [] } = ipam.settings;
    const object = networkName || configName;
    const shares = `${range ?? ranges[0]?.range} in shares of ${nodeSliceSize}`;
    const before = known.get(object);
    if (!before) known.set(object, { network, shares });
    if (!before || before.shares === shares) return [];
    return findingsOf(network, [
      {
        code: 'NL_CONFIG_NAME_TWICE',
        key: networkName ? 'ipam.networkName' : 'configName',
        found: `"${object}" is the name of the nodes' shares of network "${labelOf(before.network)}" too (${before.shares}), which are not those of this one (${shares})`,
        allowed: "a name of its own for each network with nodes' shares",
        fix: 'set another network_name',
      },
    ]);
  });
};
