import type * as pulumi from '@pulumi/pulumi';
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
import { reportProblems } from './problems';

/**
 * What the resources of one program know of each other, as far as their arguments are known. Rules
 * that need several objects run when the later one arrives; what is wrong with a bridge is told
 * there, whichever came first.
 */
const networks: NetworkDefinition[] = [];
const bridges: { resource: pulumi.ComponentResource; definition: HostBridgeDefinition }[] = [];
const claims: NamedClaim[] = [];

/** Checks a network, by itself and beside the bridges of the program. */
export function admitNetwork(network: NetworkDefinition, platform?: PlatformFacts): Problem[] {
  networks.push(network);
  for (const { resource, definition } of bridges) {
    reportProblems(resource, checkBridgeNetworks(definition, [network]));
  }
  return checkNetwork(network, platform);
}

/** Checks a host bridge, by itself and beside the networks of the program. */
export function admitBridge(
  resource: pulumi.ComponentResource,
  definition: HostBridgeDefinition,
): Problem[] {
  bridges.push({ resource, definition });
  return [...checkHostBridge(definition), ...checkBridgeNetworks(definition, networks)];
}

/** Checks a claim beside the other claims and the bridges of the program. */
export function admitClaim(claim: NamedClaim): Problem[] {
  const earlier = [...claims];
  claims.push(claim);
  return [
    ...checkClaim(claim, earlier),
    ...checkGatewayForClaims(
      claim.network,
      bridges.map((bridge) => bridge.definition),
    ),
  ];
}
