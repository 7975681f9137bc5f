import type * as pulumi from '@pulumi/pulumi';
import { type Problem, within } from '../errors';
import type { HostBridgeDefinition, NetworkDefinition, PlatformFacts } from '../kubernetes';
import {
  type AttachmentIntent,
  checkAttachments,
  checkBridgeNetworks,
  checkClaim,
  checkGatewayForClaims,
  checkHostBridge,
  checkNetwork,
  checkNetworkOnce,
  claimTwice,
  type HeldAddresses,
  holdAddresses,
  type NamedClaim,
  type NetworksByObject,
} from '../rules';
import { reportProblems } from './problems';

/**
 * What the resources of one program know of each other, as far as their arguments are known. Rules
 * that need several objects run when the later one arrives; what is wrong with a bridge is told
 * there, whichever came first.
 */
const networks: NetworkDefinition[] = [];
const bridges: { resource: pulumi.ComponentResource; definition: HostBridgeDefinition }[] = [];
const networksByObject: NetworksByObject = new Map();
const heldAddresses: HeldAddresses = new Map();
const attachedClaims = new Map<string, string>();

/** Checks a network, by itself and beside the bridges of the program. */
export function admitNetwork(network: NetworkDefinition, platform?: PlatformFacts): Problem[] {
  networks.push(network);
  for (const { resource, definition } of bridges) {
    reportProblems(resource, checkBridgeNetworks(definition, [network]));
  }
  return [...checkNetwork(network, platform), ...checkNetworkOnce(network, networksByObject)];
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
  return [
    ...checkClaim(claim),
    ...holdAddresses(claim, heldAddresses),
    ...checkGatewayForClaims(
      claim.network,
      bridges.map((bridge) => bridge.definition),
    ),
  ];
}

/** Checks the attachments of a pod, by themselves and beside those of other pods. */
export function admitAttachments(pod: string, intents: readonly AttachmentIntent[]): Problem[] {
  const twice = intents.flatMap(({ claim }, index) => {
    if (!claim) return [];
    const holder = attachedClaims.get(claim.name);
    if (holder === undefined) {
      attachedClaims.set(claim.name, pod);
      return [];
    }
    return within(`attachments[${index}]`, [claimTwice(claim.name, holder)]);
  });
  return [...checkAttachments(intents), ...twice];
}
