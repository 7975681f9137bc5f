import type { NetworkConfig } from '../cni';
import {
  claimedNetwork,
  type NetworkDefinition,
  networkConfig,
  whereaboutsFile,
} from '../kubernetes';
import { patchedCni } from '../rules';
import type { KnownNetwork } from './known-network';
import { clusterFacts } from './platform';

/** The CNI configuration as it is written. */
export function configText(
  of: () => KnownNetwork,
  network: NetworkDefinition,
  isTwin: boolean,
): string {
  const { patchCni = [], patchClaimedCni = [] } = of();
  const config = plainConfig(of(), isTwin ? twinOf(network) : network);
  return JSON.stringify(patchedCni(config, isTwin ? patchClaimedCni : patchCni), undefined, 2);
}

/** The same without the patches. */
export function plainConfig(
  { targetVersions }: KnownNetwork,
  network: NetworkDefinition,
): NetworkConfig {
  const { platform } = clusterFacts();
  const file = platform && whereaboutsFile(platform);
  return networkConfig(network, { targetVersions, whereaboutsFile: file });
}

function twinOf(network: NetworkDefinition): NetworkDefinition {
  return claimedNetwork(network) as NetworkDefinition;
}
