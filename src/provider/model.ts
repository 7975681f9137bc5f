import type * as pulumi from '@pulumi/pulumi';
import { type Problem, within } from '../errors';
import {
  bridgeOf,
  type HostBridgeDefinition,
  type NetworkDefinition,
  type PlatformFacts,
} from '../kubernetes';
import {
  type AttachmentIntent,
  checkAttachments,
  checkBridgeNetworks,
  checkClaim,
  checkClaimWorkload,
  checkGatewayForClaims,
  checkHostBridge,
  checkNetwork,
  checkNetworkOnce,
  claimTwice,
  type HeldAddresses,
  holdAddresses,
  type NamedClaim,
  type NetworksByObject,
  type WorkloadManifest,
} from '../rules';
import { reportProblems } from './problems';

interface Admitted {
  readonly resource: BridgeResource;
  readonly definition: HostBridgeDefinition;
}

/** A bridge component: what has to be there before pods are on the bridge are its nodes' resources. */
export interface BridgeResource extends pulumi.ComponentResource {
  readonly nodes: pulumi.Resource[];
}

/**
 * What the resources of one program know of each other, as far as their arguments are known. Rules
 * that need several objects run when the later one arrives; what is wrong with a bridge is told
 * there, whichever came first.
 */
const networks: NetworkDefinition[] = [];
const bridges: Admitted[] = [];
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
export function admitBridge(resource: BridgeResource, definition: HostBridgeDefinition): Problem[] {
  bridges.push({ resource, definition });
  return [...checkHostBridge(definition), ...checkBridgeNetworks(definition, networks)];
}

/**
 * The resources that make the bridge of a network on its nodes. Networks come after them: where a pod
 * is first, the bridge plugin makes the bridge, which then is nobody's.
 */
export function bridgesOf(network: NetworkDefinition): pulumi.Resource[] {
  const name = bridgeOf(network);
  return bridges
    .filter((bridge) => bridge.definition.bridge === name)
    .flatMap((bridge) => bridge.resource.nodes);
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
export function admitAttachments(
  pod: string,
  intents: readonly AttachmentIntent[],
  spec: NonNullable<WorkloadManifest['spec']>,
): Problem[] {
  const twice = intents.flatMap(({ claim }, index) => {
    if (!claim) return [];
    const holder = attachedClaims.get(claim.name);
    if (holder === undefined) {
      attachedClaims.set(claim.name, pod);
      return [];
    }
    return within(`attachments[${index}]`, [claimTwice(claim.name, holder)]);
  });
  const workload = intents.flatMap(({ claim }, index) =>
    claim
      ? within(`attachments[${index}]`, checkClaimWorkload(claim.name, { kind: 'Pod', spec }))
      : [],
  );
  return [...checkAttachments(intents), ...twice, ...workload];
}
