import { claimablePool } from '../cni';
import type { Problem } from '../errors';
import { addressProblem, IpAddress, outsideClaimable, parsePoolSubnet } from '../ipam';
import type { NetworkDefinition } from '../kubernetes';
import { labelOf, segmentOf } from './segments';
import { podSpecOf, type WorkloadManifest } from './workloads';

/** A claim with the addresses it names, if it names any. */
export interface NamedClaim {
  /** What to call it in messages, e.g. a construct's path. */
  readonly name: string;
  readonly network: NetworkDefinition;
  /** Undefined when the agent shall choose. */
  readonly addresses?: readonly string[] | undefined;
}

/** Who holds which address, by the link that it is on and the address: see {@link holdAddresses}. */
export type HeldAddresses = Map<string, string>;

/** Everything wrong with a claim by itself. */
export function checkClaim(claim: NamedClaim): Problem[] {
  let pool: ReturnType<typeof claimablePool>;
  try {
    pool = claimablePool(claim.network.ipam);
  } catch {
    return []; // the network's own check tells what is wrong with it
  }
  if (!pool) {
    return [
      {
        code: 'NL_CLAIMABLE_MISSING',
        key: 'network',
        found: `network "${claim.network.name}" has no claimable part`,
        allowed: 'a network whose host-local IPAM has one',
        fix: `Ipam.hostLocal({ ..., claimable: ['10.10.0.100-10.10.0.119'] })`,
      },
    ];
  }
  const subnets = pool.subnets.map(parsePoolSubnet);
  return (claim.addresses ?? []).flatMap((text, index): Problem[] => {
    const key = keyOf(claim, index);
    const address = IpAddress.tryParse(text);
    if (!address) return [addressProblem(key, text)];
    if (!subnets.some((subnet) => subnet.assignable.contains(address))) {
      return [outsideClaimable(text, claim.network.name, subnets, key)];
    }
    return checkOneOfEachFamily(key, claim, index);
  });
}

function keyOf(claim: NamedClaim, index: number): string {
  return claim.addresses?.length === 1 ? 'address' : `addresses[${index}]`;
}

function checkOneOfEachFamily(key: string, claim: NamedClaim, index: number): Problem[] {
  const families = (claim.addresses ?? []).map((text) => IpAddress.tryParse(text)?.family);
  const family = families[index];
  if (families.indexOf(family) === index) return [];
  return [
    {
      code: 'NL_ADDRESS_TWICE',
      key,
      found: `"${claim.addresses?.[index]}" is a second IPv${family} address in one claim`,
      allowed: 'one address of each family',
      fix: 'make a claim for each of them',
    },
  ];
}

/** Where an address is: on what the network's pods share with those of others, else on the network. */
export function placeOf(network: NetworkDefinition, address: IpAddress): string {
  return `${segmentOf(network) ?? `network ${labelOf(network)}`} ${address}`;
}

/**
 * Puts a claim beside the others, and tells of addresses that one of them has already: on this
 * network, or on another one over the same bridge and VLAN, or the same master, whose pods would meet.
 */
export function holdAddresses(claim: NamedClaim, held: HeldAddresses): Problem[] {
  return (claim.addresses ?? []).flatMap((text, index): Problem[] => {
    const address = IpAddress.tryParse(text);
    if (!address) return [];
    const place = placeOf(claim.network, address);
    const holder = held.get(place);
    if (holder === undefined) {
      held.set(place, claim.name);
      return [];
    }
    return [
      {
        code: 'NL_ADDRESS_NOT_FREE',
        key: keyOf(claim, index),
        found: `"${address}" of network "${claim.network.name}" is claimed by "${holder}" already`,
        allowed: 'an address that no other claim has',
        fix: 'choose another address',
      },
    ];
  });
}

/**
 * A claim's addresses are for one pod. So it can be attached to a Pod, and to what never has two at
 * once: a StatefulSet of one, or a Deployment of one that ends the old pod before it starts the new.
 */
export function checkClaimWorkload(claim: string, workload: WorkloadManifest): Problem[] {
  return [...checkOnePod(claim, workload), ...checkGracePeriod(claim, workload)];
}

/**
 * Without a grace period a pod is gone from the API before it is gone from its node: the next one
 * would come up beside it, with the same address (seen for more than a second).
 */
function checkGracePeriod(claim: string, workload: WorkloadManifest): Problem[] {
  if (podSpecOf(workload)?.terminationGracePeriodSeconds !== 0) return [];
  return [
    {
      code: 'NL_CLAIM_WORKLOAD',
      key: 'claim',
      found: `claim "${claim}" is for one pod, and with terminationGracePeriodSeconds: 0 the next pod comes up while this one still has the address`,
      allowed: 'a terminationGracePeriodSeconds of 1 or more',
      fix: 'set terminationGracePeriodSeconds: 1',
    },
  ];
}

function checkOnePod(claim: string, workload: WorkloadManifest): Problem[] {
  const { kind = 'workload', spec } = workload;
  const allowed =
    'a Pod, a StatefulSet with replicas: 1, or a Deployment with replicas: 1 and strategy Recreate';
  const refused = (why: string, fix: string): Problem[] => [
    {
      code: 'NL_CLAIM_WORKLOAD',
      key: 'claim',
      found: `claim "${claim}" is for one pod, and this ${kind} ${why}`,
      allowed,
      fix,
    },
  ];
  if (kind === 'Pod') return [];
  if (kind !== 'Deployment' && kind !== 'StatefulSet') {
    return refused('may have several at once', 'attach the claim to a Pod');
  }
  if (spec?.replicas === undefined) {
    return refused('has as many as its autoscaler wants', 'set replicas: 1');
  }
  if (spec.replicas > 1) return refused(`has ${spec.replicas}`, 'set replicas: 1');
  if (kind === 'StatefulSet' || spec.strategy?.type === 'Recreate') return [];
  return refused(
    'starts the new one before the old one ends (RollingUpdate)',
    'set strategy: DeploymentStrategy.recreate()',
  );
}

/** The problem of a claim that is attached a second time. */
export function claimTwice(claim: string, holder: string): Problem {
  return {
    code: 'NL_ADDRESS_TWICE',
    key: 'claim',
    found: `claim "${claim}" is attached by "${holder}" already, and two interfaces can't have its addresses`,
    allowed: 'one attachment of each claim',
    fix: 'make a claim for each attachment',
  };
}
