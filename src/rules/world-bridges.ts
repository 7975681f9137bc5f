import { bridgeOf } from '../kubernetes';
import { groupBy } from './group-by';
import { checkBridgeNetworks } from './host-bridge';
import { findingsOf, type WorldRule } from './world';

/** Host bridges and the networks on them. */
export const checkBridges: WorldRule = ({ bridges, networks }) => {
  if (bridges.length === 0) return [];
  const onBridge = groupBy(networks, bridgeOf);
  return bridges.flatMap((bridge) =>
    findingsOf(bridge, checkBridgeNetworks(bridge, onBridge.get(bridge.bridge) ?? [])),
  );
};
