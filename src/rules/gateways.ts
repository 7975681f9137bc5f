import {
  type BridgeSettings,
  type CniRoute,
  hostLocalSets,
  type IpamConfig,
  isDefaultRoute,
  isGatewayBridge,
  routesOf,
  type WhereaboutsSettings,
} from '../cni';
import type { Problem } from '../errors';
import { Cidr, IpAddress, type IpFamily } from '../ipam';
import { gatewayAddresses, gatewaysByFamily, type NetworkDefinition } from '../kubernetes';
import { checkDefaultRoutes, checkRouteHops, checkRoutesOnce, defaultRouteTaken } from './routes';
import { isGiven } from './whereabouts-gateways';
import { checkWhereaboutsRanges, type PlacedRange } from './whereabouts-ranges';

/**
 * What gateways and routes of a network come to together. Only for a link and an IPAM without a
 * mistake of their own.
 */
export function checkGateways(network: NetworkDefinition): Problem[] {
  const { link, ipam } = network;
  const routes = routesOf(ipam);
  const problems: Problem[] = [];
  if (routes.length > 0) problems.push(...checkNetworkRoutes(ipam, routes));
  if (link.kind !== 'bridge' || ipam.kind === 'none' || !isGatewayBridge(link.settings)) {
    return problems;
  }
  problems.push(...checkBridgeGateway(link.settings, network));
  if (link.settings.isDefaultGateway) {
    problems.push(...checkTwoDefaults(ipam, routes));
    problems.push(
      defaultRouteTaken('isDefaultGateway', 'isDefaultGateway gives pods a default route'),
    );
  }
  return problems;
}

function checkNetworkRoutes(ipam: IpamConfig, routes: readonly CniRoute[]): Problem[] {
  const problems = checkDefaultRoutes('ipam.routes', routes);
  // Nearly always there is one route, without a next hop: then there is no arithmetic to be done.
  if (routes.length > 1)
    problems.push(...checkRoutesOnce('ipam.routes', routes, gatewaysByFamily(ipam)));
  const subnets = routes.some(({ gw }) => gw) ? subnetsOf(ipam) : undefined;
  if (!subnets) return problems;
  const gateways = new Set(gatewaysByFamily(ipam).keys());
  return [...problems, ...checkRouteHops('ipam.routes', routes, subnets, gateways)];
}

/** The subnets that every pod has an address of; undefined where a pod may bring its own. */
function subnetsOf(ipam: IpamConfig): Cidr[] | undefined {
  if (ipam.kind === 'host-local') {
    return hostLocalSets(ipam.settings)
      .flat()
      .map(({ subnet }) => Cidr.parse(subnet));
  }
  // A pod's own address comes on top.
  if (ipam.kind !== 'whereabouts' || ipam.settings.addresses?.length) return undefined;
  return checkWhereaboutsRanges(ipam.settings).placed.map(({ network }) => network);
}

/** The plugin gives every address a gateway, and so both default routes have the same. */
function checkTwoDefaults(ipam: IpamConfig, routes: readonly CniRoute[]): Problem[] {
  return routes.flatMap((route, index): Problem[] => {
    const family: IpFamily = route.dst.includes(':') ? 6 : 4;
    const isWritten = !!route.gw || isOwnGateway(ipam, family);
    if (isWritten || !isDefaultRoute(route) || !givesFamily(ipam, family)) return [];
    return [
      {
        code: 'NL_VALUES_CONFLICT',
        key: `ipam.routes[${index}]`,
        found:
          'isDefaultGateway gives a default route too, through the same gateway, and the kernel takes it only once',
        allowed: 'isDefaultGateway, or a default route of the IPAM, or one with gw',
        fix: 'leave the route out',
      },
    ];
  });
}

function givesFamily(ipam: IpamConfig, family: IpFamily): boolean {
  const isOf = (text: string): boolean => text.includes(':') === (family === 6);
  if (ipam.kind === 'static') {
    return (ipam.settings.addresses ?? []).some(({ address }) => isOf(address));
  }
  return subnetsOf(ipam)?.some((subnet) => subnet.family === family) ?? false;
}

/** netloom writes these gateways into the routes. */
function isOwnGateway(ipam: IpamConfig, family: IpFamily): boolean {
  if (ipam.kind !== 'whereabouts') return false;
  return (ipam.settings.ranges ?? []).some(
    ({ gateway }) => gateway !== undefined && gateway.includes(':') === (family === 6),
  );
}

function checkBridgeGateway(settings: BridgeSettings, network: NetworkDefinition): Problem[] {
  const { ipam } = network;
  const key = settings.isDefaultGateway ? 'isDefaultGateway' : 'isGateway';
  if (ipam.kind === 'host-local') return checkOneGateway(key, settings, network);
  return ipam.kind === 'whereabouts' ? checkInventedGateways(key, ipam.settings) : [];
}

/** A bridge has one IPv4 gateway: the plugin refuses the second, or puts it in place of the first. */
function checkOneGateway(
  key: string,
  settings: BridgeSettings,
  network: NetworkDefinition,
): Problem[] {
  const gateways = gatewayAddresses(network).filter((address) => !address.includes(':'));
  if (gateways.length < 2) return [];
  return [
    {
      code: 'NL_VALUES_CONFLICT',
      key,
      found: `the bridge is to be the gateways ${gateways.join(' and ')}, and the plugin puts one IPv4 address on a bridge${settings.forceAddress ? ', in turns' : ''}`,
      allowed: 'one IPv4 gateway for all ranges, with one prefix length',
      fix: 'give each subnet a bridge and a network of its own',
    },
  ];
}

/** Where whereabouts reports no gateway, the bridge takes the first address of the network for it. */
function checkInventedGateways(key: string, settings: WhereaboutsSettings): Problem[] {
  const { placed } = checkWhereaboutsRanges(settings);
  const written = settings.gateway ? IpAddress.parse(settings.gateway) : undefined;
  return placed.flatMap((one): Problem[] => {
    if (written && written.family !== one.network.family) return [otherFamily(key, written, one)];
    if (written) return [];
    const first = one.network.network.plus(1) as IpAddress;
    const own = one.range.gateway;
    if (own !== undefined && !IpAddress.parse(own).equals(first)) {
      return [invented(key, first, `whereabouts does not report ${own}`, one)];
    }
    return isGiven(one, first) ? [given(key, first)] : [];
  });
}

function otherFamily(key: string, gateway: IpAddress, { network }: PlacedRange): Problem {
  return {
    code: 'NL_VALUES_CONFLICT',
    key,
    found: `whereabouts reports ${gateway} for addresses of ${network} too, and the bridge can't be that`,
    allowed: 'a gateway bridge with one family, or without the single gateway',
    fix: 'leave the gateway of the IPAM out, and exclude the first address of each network',
  };
}

function invented(key: string, first: IpAddress, why: string, { network }: PlacedRange): Problem {
  return {
    code: 'NL_VALUES_CONFLICT',
    key,
    found: `the bridge becomes ${first}, the first address of ${network}: ${why}`,
    allowed: 'the first address of the network as gateway',
    fix: `gateway: '${first}'?`,
  };
}

function given(key: string, first: IpAddress): Problem {
  return {
    code: 'NL_GATEWAY_GIVEN',
    key,
    found: `the bridge becomes ${first}, which whereabouts gives to a pod: it keeps no gateway back`,
    allowed: 'a gateway that is excluded',
    fix: `exclude: ['${first}']?`,
  };
}
