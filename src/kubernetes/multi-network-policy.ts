import { type NamedNetwork, networkReference, parseNetworkReference } from './network-reference';

/** API group and kind of NetworkPolicies for networks beside the cluster's. */
export const MULTI_NETWORK_POLICY_GROUP = 'k8s.cni.cncf.io';
export const MULTI_NETWORK_POLICY_KIND = 'MultiNetworkPolicy';

/** Annotation that names the networks of a policy, with commas between. */
export const POLICY_FOR_ANNOTATION = 'k8s.v1.cni.cncf.io/policy-for';

/** A policy for some networks: a NetworkPolicy with an annotation. */
export interface MultiNetworkPolicyDefinition {
  readonly name: string;
  /** @default - the namespace that the manifest is applied to */
  readonly namespace?: string | undefined;
  /** The value of {@link POLICY_FOR_ANNOTATION}; without one the policy is for no network. */
  readonly policyFor?: string | undefined;
}

/** The value of {@link POLICY_FOR_ANNOTATION}. */
export function policyForAnnotation(networks: readonly NamedNetwork[]): string {
  return networks.map(networkReference).join(',');
}

/** One item of a `policy-for` annotation. */
export interface PolicyNetwork {
  /** Undefined for an item that names no network. */
  readonly network: NamedNetwork | undefined;
  /** Its text without the blanks, all of which are dropped. */
  readonly text: string;
  /** Offsets in the annotation. */
  readonly span: readonly [start: number, end: number];
}

/** The networks of a `policy-for` annotation as the policy's daemon reads it. */
export function parsePolicyFor(value: string): PolicyNetwork[] {
  let start = 0;
  return value.split(',').map((item): PolicyNetwork => {
    const first = start + (item.length - item.trimStart().length);
    const span = [first, Math.max(first, start + item.trimEnd().length)] as const;
    start += item.length + 1;
    const text = item.replaceAll(' ', '');
    return { network: parseNetworkReference(text), text, span };
  });
}
