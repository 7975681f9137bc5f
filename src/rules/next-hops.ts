import { type CniRoute, routesOf } from '../cni';
import type { Problem } from '../errors';
import { Cidr, InterfaceAddress, IpAddress, type IpFamily } from '../ipam';
import type { NetworkDefinition } from '../kubernetes';
import type { AttachmentIntent } from './attachments';
import { declares } from './capabilities';
import { networkCidrs } from './network-addresses';
import { unreachedRoutes } from './routes';

const LINK_LOCAL = Cidr.parse('fe80::/10');

/**
 * A default route that Multus can't set: the kernel takes a next hop only where the interface has an
 * address of its family, and a subnet or a route that leads to it.
 */
export function checkNextHops(intent: AttachmentIntent): Problem[] {
  const { attachment, network } = intent;
  const hops = attachment.defaultRoute ?? [];
  if (hops.length === 0 || !network) return [];
  const subnets = subnetsOf(intent, network);
  if (!subnets) return [];
  return hops.flatMap((text, index): Problem[] => {
    const hop = IpAddress.tryParse(text);
    if (!hop || LINK_LOCAL.contains(hop)) return [];
    const key = `defaultRoute[${index}]`;
    const mine = subnets.filter(({ family }) => family === hop.family);
    if (mine.length === 0) return [noFamily(key, text, hop.family, network)];
    if (mine.some((subnet) => subnet.contains(hop)) || isRouted(hop, network)) return [];
    return [outside(key, text, mine, network)];
  });
}

/**
 * Routes of a static network that the pod's addresses do not reach. What the network says by itself is
 * looked at where its IPAM gives the addresses.
 */
export function checkStaticRoutes(intent: AttachmentIntent): Problem[] {
  const { attachment, network, claim } = intent;
  if (!network || claim || network.ipam.kind !== 'static' || attachment.cniArgs?.['ips']) return [];
  const routes = routesOf(network.ipam).filter(isOfOneFamily);
  const subnets = routes.some(({ gw }) => gw) ? subnetsOf(intent, network) : undefined;
  // A pod without an address is told of by itself.
  if (!subnets || subnets.length === 0) return [];
  const { addresses = [] } = network.ipam.settings;
  const gateways = addresses.flatMap(({ gateway }) => IpAddress.tryParse(gateway ?? '') ?? []);
  const families = new Set(gateways.map(({ family }) => family));
  return unreachedRoutes(routes, subnets, families).map(({ dst, gw }) => ({
    code: 'NL_ROUTE_INVALID',
    key: attachment.ips?.length ? 'ips' : '',
    found: `the pod is in ${subnets.join(' and ')}, and the route to ${dst} of network "${network.name}" goes by ${gw}, which it does not reach: the kernel refuses the route, and the pod does not start`,
    allowed: `an address of the subnet of ${gw}, too`,
    fix: 'correct the address, or the route of the network',
  }));
}

/** What is wrong with a route by itself is told at the network. */
function isOfOneFamily({ dst, gw }: CniRoute): boolean {
  const family = InterfaceAddress.tryParse(dst)?.family;
  return family !== undefined && (!gw || IpAddress.tryParse(gw)?.family === family);
}

/** The subnets that the interface has an address of; undefined where nobody knows. */
function subnetsOf(
  { attachment, claim }: AttachmentIntent,
  network: NetworkDefinition,
): Cidr[] | undefined {
  const { ipam } = network;
  const own = networkCidrs(network).map(({ cidr }) => cidr);
  if (claim) {
    const { families } = claim;
    return families && own.filter(({ family }) => families.includes(family));
  }
  if (ipam.kind === 'host-local' || ipam.kind === 'whereabouts') return own;
  if (ipam.kind !== 'static') return undefined;
  const asked = (attachment.ips ?? []).flatMap(
    (text) => InterfaceAddress.tryParse(text)?.network ?? [],
  );
  return asked.length > 0 && declares(network, 'ips') ? asked : [...own, ...asked];
}

function isRouted(hop: IpAddress, network: NetworkDefinition): boolean {
  return routesOf(network.ipam).some(
    ({ dst }) => Cidr.tryParse(dst)?.contains(hop) === true && !/\/0$/.test(dst),
  );
}

function noFamily(
  key: string,
  text: string,
  family: IpFamily,
  network: NetworkDefinition,
): Problem {
  return {
    code: 'NL_FAMILY_MISSING',
    key,
    found: `"${text}" is IPv${family}, and network "${network.name}" gives no IPv${family} address, without which the route can't be set`,
    allowed: 'a next hop of a family that the interface has an address of',
    fix: `leave it out, or give the network IPv${family} addresses`,
  };
}

function outside(
  key: string,
  text: string,
  subnets: readonly Cidr[],
  network: NetworkDefinition,
): Problem {
  return {
    code: 'NL_GATEWAY_OUTSIDE_SUBNET',
    key,
    found: `"${text}" is not in ${subnets.join(' or ')}, the subnet of network "${network.name}", so that the interface does not reach it`,
    allowed: 'an address of the subnet',
    fix: 'correct the next hop',
  };
}
