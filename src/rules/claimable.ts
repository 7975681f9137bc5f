import type { Problem } from '../errors';
import {
  type Cidr,
  checkPoolSpec,
  checkRange,
  type IpAddress,
  IpRange,
  type PoolSpec,
} from '../ipam';

/** A subnet that a claimable part may lie in. */
export interface ClaimableHome {
  /** What messages call it, e.g. `ranges[0]`. */
  readonly key: string;
  readonly subnet: Cidr;
  /** As it is written. */
  readonly text: string;
  /** Never claimable. @default - none */
  readonly gateway?: IpAddress | undefined;
  /** True where nobody has set the gateway. @default false */
  readonly isDefaultGateway?: boolean;
}

/** What claimable parts are, and what is wrong with them. */
export interface CheckedParts {
  readonly parts: readonly IpRange[];
  readonly problems: readonly Problem[];
}

/**
 * Checks the claimable parts of an IPAM.
 *
 * @param homes undefined while there is no telling: a subnet is wrong
 */
export function checkClaimableParts(
  claimable: readonly string[],
  homes: readonly ClaimableHome[] | undefined,
): CheckedParts {
  const problems: Problem[] = [];
  const parts: IpRange[] = [];
  claimable.forEach((text, index) => {
    const key = `claimable[${index}]`;
    const bad = checkRange(key, text);
    if (bad) {
      problems.push(bad);
      return;
    }
    const part = IpRange.parse(text);
    parts.push(part);
    if (homes) problems.push(...checkPart(key, part, homes));
  });
  return { parts, problems };
}

function checkPart(key: string, part: IpRange, homes: readonly ClaimableHome[]): Problem[] {
  const home = homes.find(
    ({ subnet }) => subnet.contains(part.first) && subnet.contains(part.last),
  );
  if (!home) {
    return [
      {
        code: 'NL_CLAIMABLE_OUTSIDE_SUBNET',
        key,
        found: `"${part}" is not inside a subnet of this network`,
        allowed: `addresses of ${homes.map(({ text }) => text).join(' or ')}`,
        fix: 'correct the range or the subnet',
      },
    ];
  }
  const { gateway } = home;
  if (!gateway || !part.contains(gateway)) return [];
  return [
    {
      code: 'NL_GATEWAY_IN_CLAIMABLE',
      key,
      found: `"${part}" holds ${gateway}, the gateway of ${home.key}${home.isDefaultGateway ? ' (by default the first address of the subnet)' : ''}`,
      allowed: 'a part without the gateway',
      fix: `leave ${gateway} out, or set another gateway`,
    },
  ];
}

/** What the agent would refuse when the claimable part becomes a pool. */
export function checkClaimablePool(
  parts: readonly IpRange[],
  homes: readonly ClaimableHome[],
  pool: () => PoolSpec,
): Problem[] {
  if (parts.length === 0 || hasPlainPool(parts, homes)) return [];
  return checkPoolSpec(pool()).map((problem) => ({
    ...problem,
    key: 'claimable',
    found: problem.found.replace(/ \(subnets.*\)$/, ''),
    fix: problem.code === 'NL_RANGE_EMPTY' ? 'widen the claimable part' : problem.fix,
  }));
}

/** True for what can't be refused as a pool: no shared subnets, and more than what no host may have. */
function hasPlainPool(parts: readonly IpRange[], homes: readonly ClaimableHome[]): boolean {
  return (
    parts.every((part) => part.size > 2n) &&
    homes.every((one, index) =>
      homes.every((other, at) => at <= index || !other.subnet.overlaps(one.subnet)),
    )
  );
}
