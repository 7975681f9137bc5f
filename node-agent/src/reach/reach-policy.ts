import { Cidr, type IpAddress, type Problem } from 'netloom';

/** Targets that nobody means when he allows a network that they happen to lie in, or all of them. */
const OWN = ['127.0.0.0/8', '169.254.0.0/16', '0.0.0.0/8', '::/127', 'fe80::/10'].map(Cidr.parse);

/** Never a single host; or an IPv4 address behind a translation. */
const NEVER = ['224.0.0.0/4', '240.0.0.0/4', 'ff00::/8', '64:ff9b::/96'].map(Cidr.parse);

/**
 * Whether the node's policy lets an address be asked. Loopback and link-local addresses (where clouds
 * keep credentials) need an entry of their own range: `0.0.0.0/0` is not enough.
 */
export function mayReach(networks: readonly string[], address: IpAddress): boolean {
  if (NEVER.some((one) => one.contains(address))) return false;
  const own = OWN.find((one) => one.contains(address));
  return networks.some((text) => {
    const network = Cidr.parse(text);
    if (network.family !== address.family || !network.contains(address)) return false;
    return !own || own.contains(network.network);
  });
}

/** The problem of a target that the policy does not allow. */
export function targetNotAllowed(networks: readonly string[], target: string): Problem {
  return {
    code: 'NL_HOST_POLICY',
    key: 'target',
    found: `the policy of this node allows nobody to have it ask ${target}`,
    allowed: networks.length === 0 ? 'none' : `addresses of ${networks.join(', ')}`,
    fix: "have the node's administrator add its network to host.policy.reach in agent.yaml",
  };
}
