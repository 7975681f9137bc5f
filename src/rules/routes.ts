import { type CniRoute, isDefaultRoute, isMembers } from '../cni';
import type { Problem } from '../errors';
import {
  addressProblem,
  Cidr,
  checkCidr,
  InterfaceAddress,
  IpAddress,
  type IpFamily,
} from '../ipam';
import { ignored } from './unknown-keys';

/** Checks the routes of an IPAM, each by itself. */
export function checkRoutes(key: string, routes: readonly CniRoute[] | undefined): Problem[] {
  if (!Array.isArray(routes)) return [];
  return (routes as readonly CniRoute[]).flatMap((route, index) =>
    isMembers(route) ? checkRoute(`${key}[${index}]`, route as unknown as CniRoute) : [],
  );
}

function checkRoute(at: string, { dst, gw }: CniRoute): Problem[] {
  // A missing destination is told of as a missing key.
  const problems = dst === undefined ? [] : checkDestination(`${at}.dst`, dst);
  if (gw === undefined) return problems;
  const gateway = IpAddress.tryParse(gw);
  const family = networkOf(dst)?.family;
  if (!gateway) problems.push(addressProblem(`${at}.gw`, gw));
  else if (family !== undefined && gateway.family !== family) {
    problems.push({
      code: 'NL_ROUTE_INVALID',
      key: `${at}.gw`,
      found: `"${gw}" is IPv${gateway.family}, and the route leads to ${dst}`,
      allowed: 'a next hop of the same family as the destination',
      fix: 'correct dst or gw',
    });
  }
  return problems;
}

/** The kernel masks host bits in IPv6, and refuses them in IPv4. */
function checkDestination(key: string, dst: string): Problem[] {
  const bad = checkCidr(key, dst);
  if (!bad || (bad.code === 'NL_HOST_BITS' && networkOf(dst)?.family === 6)) return [];
  return [bad.code === 'NL_HOST_BITS' ? bad : { ...bad, code: 'NL_ROUTE_INVALID' }];
}

function networkOf(dst: string): Cidr | undefined {
  return InterfaceAddress.tryParse(dst)?.network;
}

/**
 * Routes that the kernel has already: of one destination, next hop, metric and table.
 *
 * @param gateways that routes without a next hop get
 */
export function checkRoutesOnce(
  key: string,
  routes: readonly CniRoute[],
  gateways: ReadonlyMap<IpFamily, string>,
): Problem[] {
  const seen = new Map<string, number>();
  return routes.flatMap((route, index): Problem[] => {
    const { dst, priority = 0, table = MAIN_TABLE } = route;
    const name = [networkOf(dst), nextHopOf(route, gateways), priority, table].join(' ');
    const first = seen.get(name);
    if (first === undefined) {
      seen.set(name, index);
      return [];
    }
    return [
      {
        code: 'NL_ROUTE_INVALID',
        key: `${key}[${index}]`,
        found: `${dst} is the destination of ${key}[${first}] too, and the kernel takes a route only once`,
        allowed: 'each route once',
        fix: 'leave one of them out',
      },
    ];
  });
}

function nextHopOf(
  { dst, gw }: CniRoute,
  gateways: ReadonlyMap<IpFamily, string>,
): IpAddress | undefined {
  if (gw === ON_LINK) return undefined;
  const family = networkOf(dst)?.family;
  return IpAddress.tryParse(gw || (family && gateways.get(family)) || '');
}

/** The kernel takes it for no next hop; the IPv6 one it refuses. */
const ON_LINK = '0.0.0.0';

/** What the plugins read of a route, and do nothing with. */
export function checkRouteKeys(key: string, routes: readonly CniRoute[]): Problem[] {
  return routes.flatMap((route, index) =>
    (['mtu', 'advmss'] as const).flatMap((prop) =>
      route[prop] === undefined
        ? []
        : [
            ignored(
              `${key}[${index}].${prop}`,
              `the plugins read ${prop} of a route and do nothing with it`,
            ),
          ],
    ),
  );
}

/**
 * Next hops that the kernel refuses: of no subnet that pods have an address of, and on no route that
 * leads there without another hop.
 *
 * @param subnets of all addresses that a pod may get
 * @param gateways families that the IPAM reports a gateway of, which routes without `gw` then have
 */
export function checkRouteHops(
  key: string,
  routes: readonly CniRoute[],
  subnets: readonly Cidr[],
  gateways: ReadonlySet<IpFamily>,
): Problem[] {
  return unreachedRoutes(routes, subnets, gateways).map((route) => ({
    code: 'NL_ROUTE_INVALID',
    key: `${key}[${routes.indexOf(route)}].gw`,
    found: `"${route.gw}" is in no subnet of the network, and the kernel takes no next hop that it can't reach`,
    allowed: `an address of ${subnets.join(' or ')}`,
    fix: 'correct gw, or leave it out for the gateway of the subnet',
  }));
}

/** Routes whose next hop the kernel refuses on an interface with addresses of some subnets. */
export function unreachedRoutes(
  routes: readonly CniRoute[],
  subnets: readonly Cidr[],
  gateways: ReadonlySet<IpFamily>,
): CniRoute[] {
  return routes.filter(({ gw }, index) => {
    const gateway = gw && gw !== ON_LINK ? IpAddress.tryParse(gw) : undefined;
    if (!gateway || LINK_LOCAL.contains(gateway)) return false;
    const before = routes.slice(0, index).flatMap((route) => onLink(route, gateways));
    return ![...subnets, ...before].some((subnet) => subnet.contains(gateway));
  });
}

/** What a route makes reachable without another hop; in IPv4 only when its scope says so. */
function onLink({ dst, gw, scope }: CniRoute, gateways: ReadonlySet<IpFamily>): Cidr[] {
  const network = networkOf(dst);
  if (!network || (gw !== ON_LINK && (gw || gateways.has(network.family)))) return [];
  return network.family === 6 || scope === LINK_SCOPE ? [network] : [];
}

/** RT_SCOPE_LINK. */
const LINK_SCOPE = 253;

const LINK_LOCAL = Cidr.parse('fe80::/10');

/** The default routes of a network, which pods may use instead of the one that they have. */
export function checkDefaultRoutes(key: string, routes: readonly CniRoute[]): Problem[] {
  return routes.flatMap((route, index) =>
    isDefaultRoute(route) && !isBehind(route)
      ? [defaultRouteTaken(`${key}[${index}]`, `"${route.dst}" is a default route`)]
      : [],
  );
}

/** True for a route that the one of the cluster network comes before: a metric, or another table. */
function isBehind({ priority = 0, table = 0 }: CniRoute): boolean {
  return priority > 0 || (table !== 0 && table !== MAIN_TABLE);
}

/** RT_TABLE_MAIN. */
const MAIN_TABLE = 254;

/** The problem of a default route beside that of the cluster network. */
export function defaultRouteTaken(key: string, found: string): Problem {
  return {
    code: 'NL_DEFAULT_ROUTE_TAKEN',
    key,
    found: `${found}, beside the one of the pod's cluster network, which it can take away`,
    allowed:
      'routes to what lies behind the network; pods that need it ask for it (`default-route`)',
    fix: 'write the networks that lie behind it, or leave it to the pods that need it',
  };
}
