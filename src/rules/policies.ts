import type { Problem } from '../errors';
import { type MultiNetworkPolicyDefinition, parsePolicyFor } from '../kubernetes';

/** Everything wrong with a MultiNetworkPolicy by itself: its daemons skip what they can't read. */
export function checkMultiNetworkPolicy({
  policyFor = '',
}: MultiNetworkPolicyDefinition): Problem[] {
  if (policyFor.replaceAll(',', '').trim() === '') {
    return [
      {
        code: 'NL_POLICY_NETWORK',
        key: 'policyFor',
        found: 'the policy names no network, and is applied nowhere',
        allowed: 'the annotation k8s.v1.cni.cncf.io/policy-for with networks, commas between',
        fix: 'k8s.v1.cni.cncf.io/policy-for: NAMESPACE/NETWORK',
      },
    ];
  }
  return parsePolicyFor(policyFor).flatMap(({ network, text }, index): Problem[] =>
    network || text === ''
      ? []
      : [
          {
            code: 'NL_POLICY_NETWORK',
            key: `policyFor[${index}]`,
            found: `"${text}" names no network`,
            allowed: 'NAMESPACE/NAME or NAME, with commas between',
            fix: 'correct it, or leave it out',
          },
        ],
  );
}
