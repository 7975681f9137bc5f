import type { CustomResourcePatch } from '@pulumi/kubernetes/apiextensions/customResourcePatch';
import type * as pulumi from '@pulumi/pulumi';
import type { Problem } from '../errors';
import {
  type AdditionalNetwork,
  ipamShim,
  SHIMMED_IPAMS,
  type ShimmedIpam,
  simpleMacvlan,
} from '../installs';
import { claimedName, type NetworkDefinition } from '../kubernetes';
import { checkAdditionalNetwork } from '../rules';
import { type KnownNetwork, type KnownPart, partOf } from './known-network';
import type { NetworkArgs } from './network-args';
import { configText } from './network-text';
import type { OpenShiftNetworks } from './openshift-networks';
import { clusterFacts, configuredPlatform } from './platform';

/** True on OpenShift for a network that its operator makes, or whose IPAM has a daemon that it starts. */
export function needsOperator({ additionalNetwork, ipam }: NetworkArgs): boolean {
  if (additionalNetwork !== undefined) return true;
  const isShimmed = SHIMMED_IPAMS.includes(ipam?.type as ShimmedIpam);
  return isShimmed && configuredPlatform()?.name === 'openshift';
}

/** What the operator can't be told of a network. */
export function checkAtOperator({ parts }: KnownNetwork, args: NetworkArgs): Problem[] {
  const { additionalNetwork: type, patchCni } = args;
  if (type === undefined) return [];
  const [{ network }] = parts as readonly [KnownPart];
  return checkAdditionalNetwork(network, type, clusterFacts().platform, patchCni !== undefined);
}

/** Which object of a network it is. */
export interface PlacedObject {
  readonly group: string | undefined;
  readonly isTwin: boolean;
  /** The network as far as it is known, and once nothing is wrong with it. */
  readonly known: pulumi.Output<() => KnownNetwork>;
  readonly admitted: pulumi.Output<() => KnownNetwork>;
}

/** Lets the operator make an object of a network. */
export function placeAtOperator(
  operator: OpenShiftNetworks,
  component: pulumi.ComponentResource,
  type: NetworkArgs['additionalNetwork'],
  { group, isTwin, known, admitted }: PlacedObject,
): CustomResourcePatch {
  const nameOf = ({ name }: NetworkDefinition) => (isTwin ? claimedName(name) : name);
  const place = known.apply((of) => {
    const { network } = partOf(of, group);
    return { name: nameOf(network), namespace: network.namespace as string };
  });
  const entry = admitted.apply((of): AdditionalNetwork => {
    const { network } = partOf(of, group);
    if (type === 'SimpleMacvlan') return simpleMacvlan(network);
    const rawCNIConfig = configText(of, network, isTwin);
    return { name: nameOf(network), namespace: network.namespace, rawCNIConfig, type: 'Raw' };
  });
  return operator._add(component, place, entry as pulumi.Output<AdditionalNetwork>);
}

/** Has the operator start the daemon of a network's IPAM, which it does for networks of its own list only. */
export function addShim(
  operator: OpenShiftNetworks,
  component: pulumi.ComponentResource,
  { ipam }: NetworkArgs,
): void {
  const shim = ipamShim(ipam?.type as ShimmedIpam);
  operator._add(component, shim, shim);
}
