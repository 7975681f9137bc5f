import type { Problem } from '../errors';
import type { HostBridgeDefinition, NetworkDefinition, PlatformFacts } from '../kubernetes';
import {
  checkBridgeNetworks,
  checkClaim,
  checkGatewayForClaims,
  checkHostBridge,
  checkNetwork,
  type NamedClaim,
} from '../rules';

/**
 * What the resources of one program know of each other, as far as their arguments are known. Rules
 * that need several objects run when the later one arrives.
 */
const networks: NetworkDefinition[] = [];
const bridges: HostBridgeDefinition[] = [];
const claims: NamedClaim[] = [];

/** Checks a network, by itself and beside the bridges of the program. */
export function admitNetwork(network: NetworkDefinition, platform?: PlatformFacts): Problem[] {
  networks.push(network);
  return [
    ...checkNetwork(network, platform),
    ...bridges.flatMap((bridge) => checkBridgeNetworks(bridge, [network])),
  ];
}

/** Checks a host bridge, by itself and beside the networks of the program. */
export function admitBridge(bridge: HostBridgeDefinition): Problem[] {
  bridges.push(bridge);
  return [...checkHostBridge(bridge), ...checkBridgeNetworks(bridge, networks)];
}

/** Checks a claim beside the other claims and the bridges of the program. */
export function admitClaim(claim: NamedClaim): Problem[] {
  const earlier = [...claims];
  claims.push(claim);
  return [...checkClaim(claim, earlier), ...checkGatewayForClaims(claim.network, bridges)];
}
