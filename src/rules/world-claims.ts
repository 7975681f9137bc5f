import { within } from '../errors';
import { bridgeOf } from '../kubernetes';
import { claimTwice, type HeldAddresses, holdAddresses } from './claims';
import { groupBy } from './group-by';
import { checkGatewayForClaims } from './host-bridge';
import { labelOf } from './segments';
import { findingsOf, type World, type WorldFinding, type WorldRule } from './world';

/** Claims beside each other, the bridges that they need, and the pods that they are for. */
export const checkClaims: WorldRule = (world) => [
  ...checkHeld(world),
  ...checkGateways(world),
  ...checkAttached(world),
];

function checkHeld({ claims = [] }: World): WorldFinding[] {
  const held: HeldAddresses = new Map();
  return claims.flatMap((claim) => findingsOf(claim, holdAddresses(claim, held)));
}

function checkGateways({ claims = [], bridges }: World): WorldFinding[] {
  if (claims.length === 0) return [];
  const byName = groupBy(bridges, ({ bridge }) => bridge);
  return claims.flatMap((claim) => {
    const mine = byName.get(bridgeOf(claim.network) ?? '') ?? [];
    return findingsOf(claim, checkGatewayForClaims(claim.network, mine));
  });
}

/** Two interfaces can't have one claim's addresses. */
function checkAttached({ pods }: World): WorldFinding[] {
  const holders = new Map<string, string>();
  return pods.flatMap((definition) =>
    definition.attachments.flatMap(({ claim }, index) => {
      if (!claim) return [];
      const holder = holders.get(claim.name);
      if (holder === undefined) {
        holders.set(claim.name, labelOf(definition));
        return [];
      }
      const twice = within(`attachments[${index}]`, [claimTwice(claim.name, holder)]);
      return findingsOf(definition, twice);
    }),
  );
}
