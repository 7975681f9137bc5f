import type { World, WorldFinding, WorldRule } from './world';
import { checkFixedAddresses } from './world-addresses';
import { checkBridges } from './world-bridges';
import { checkClaims } from './world-claims';
import { checkClusterOverlaps } from './world-cluster';
import { checkDevices } from './world-devices';
import {
  checkDhcpDaemons,
  checkNamedReservations,
  checkWhereaboutsInstalled,
} from './world-installs';
import { checkProviders } from './world-kube-ovn';
import { checkKubeOvnPods } from './world-kube-ovn-pods';
import { checkMasters } from './world-masters';
import { checkNamesOnce } from './world-names';
import { checkSliceNames, checkSliceNamespaces } from './world-node-slices';
import { checkOverlaps } from './world-overlaps';
import { checkOvnNetworks } from './world-ovn';
import { checkPoolAddresses } from './world-pool-addresses';
import { checkReferences } from './world-references';
import { checkTwins } from './world-twins';

const RULES: readonly WorldRule[] = [
  checkNamesOnce,
  checkReferences,
  checkTwins,
  checkMasters,
  checkOverlaps,
  checkSliceNames,
  checkSliceNamespaces,
  checkClusterOverlaps,
  checkOvnNetworks,
  checkProviders,
  checkKubeOvnPods,
  checkBridges,
  checkClaims,
  checkFixedAddresses,
  checkPoolAddresses,
  checkDevices,
  checkNamedReservations,
  checkDhcpDaemons,
  checkWhereaboutsInstalled,
];

/**
 * Everything wrong between the objects of a world. What is wrong with one of them by itself is told
 * by `checkNetwork`, `checkPods`, `checkHostBridge`, `checkClaim`, `checkKubeOvnSubnet`,
 * `checkMultiNetworkPolicy` and `checkVirtualMachine`.
 */
export function checkWorld(world: World): WorldFinding[] {
  return RULES.flatMap((rule) => rule(world));
}
