import type { Problem } from '../errors';
import type { IpFamily } from '../ipam';
import { routedFamilies, sameNetwork } from '../kubernetes';
import type { AttachmentIntent, ClaimIntent } from './attachments';

/** Everything wrong with an attachment whose addresses come from a claim. */
export function checkClaimed(
  claim: ClaimIntent,
  { attachment, network }: AttachmentIntent,
): Problem[] {
  const problems: Problem[] = [];
  if (!network || !sameNetwork(network, claim.network)) {
    problems.push({
      code: 'NL_CLAIM_NETWORK',
      key: 'claim',
      found: `claim "${claim.name}" is of network "${claim.network.name}", not of "${network?.name ?? attachment.name}"`,
      allowed: 'a claim of the network that it is attached to',
      fix: 'attach the network of the claim, or make a claim of this one',
    });
  }
  if (attachment.ips !== undefined) {
    problems.push({
      code: 'NL_VALUES_CONFLICT',
      key: 'ips',
      found: `${JSON.stringify(attachment.ips)} is asked for beside claim "${claim.name}"`,
      allowed: 'either ips or a claim',
      fix: 'leave ips out: the claim brings its addresses',
    });
  }
  return [...problems, ...checkRoutedFamilies(claim)];
}

/** A route needs an address of its family on the interface; without one the pod would not start. */
function checkRoutedFamilies(claim: ClaimIntent): Problem[] {
  const { families } = claim;
  if (!families) return [];
  let routed: IpFamily[];
  try {
    routed = routedFamilies(claim.network);
  } catch {
    return []; // the network's own check tells what is wrong with it
  }
  return routed
    .filter((family) => !families.includes(family))
    .map((family) => ({
      code: 'NL_FAMILY_MISSING' as const,
      key: 'claim',
      found: `claim "${claim.name}" has no IPv${family} address, and network "${claim.network.name}" has IPv${family} routes, which the plugin can't set without one`,
      allowed: 'an address of each family that the network has routes of',
      fix: "claim an address of each: family: 'dual', or two addresses",
    }));
}
