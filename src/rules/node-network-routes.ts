import type { Problem } from '../errors';
import { Cidr, checkCidr, InterfaceAddress, IpAddress, type IpFamily } from '../ipam';
import type { HostLinkSettings, HostRoute } from '../kubernetes';
import { checkInteger } from './names';

/** The table that the kernel keeps for itself. */
const LOCAL_TABLE = 255;

/** Checks the routes of a link of the host. */
export function checkHostRoutes(routes: readonly HostRoute[], link: HostLinkSettings): Problem[] {
  return routes.flatMap((route, index) => {
    const key = `routes[${index}]`;
    const first = routes.findIndex((other) => placeOf(other) === placeOf(route));
    return [
      ...checkRoute(key, route, link),
      ...(first === index
        ? []
        : [
            invalid(
              key,
              `it leads to ${route.dst} as routes[${first}] does, with the same metric and table`,
              'each destination once in a table, unless metrics differ',
              'leave one out, or give it another metric',
            ),
          ]),
    ];
  });
}

function placeOf({ dst, metric, table = 254 }: HostRoute): string {
  const usual = Cidr.tryParse(dst)?.family === 6 ? 1024 : 0;
  return `${Cidr.tryParse(dst) ?? dst} ${metric ?? usual} ${table}`;
}

function checkRoute(key: string, route: HostRoute, link: HostLinkSettings): Problem[] {
  const { dst, gw, src, metric, table, onlink } = route;
  const bad = checkCidr(`${key}.dst`, dst);
  const family = Cidr.tryParse(dst)?.family;
  const problems: Problem[] = [
    ...(bad
      ? [{ ...bad, code: bad.code === 'NL_HOST_BITS' ? bad.code : ('NL_ROUTE_INVALID' as const) }]
      : []),
    ...checkInteger(`${key}.metric`, metric, 0, 4294967295, 'a metric'),
    ...checkInteger(`${key}.table`, table, 1, 4294967295, 'the number of a routing table'),
    ...checkOther(`${key}.gw`, gw, family, 'next hop'),
    ...checkOther(`${key}.src`, src, family, 'source address'),
  ];
  if (table === LOCAL_TABLE) {
    problems.push(
      invalid(
        `${key}.table`,
        '255 is the table that the kernel keeps for itself',
        'another table',
        '254?',
      ),
    );
  }
  const hop = gw === undefined ? undefined : IpAddress.tryParse(gw);
  const own = (link.addresses ?? []).flatMap((text) => InterfaceAddress.tryParse(text) ?? []);
  // Addresses of pools are not known yet, and a link that is there may have others.
  const knowsAll = 'name' in link && (link.addressesFrom ?? []).length === 0;
  const isLinkLocal = hop?.family === 6 && hop.value >> 118n === 0x3fan;
  if (
    hop &&
    knowsAll &&
    !onlink &&
    !isLinkLocal &&
    !own.some(({ network }) => network.contains(hop))
  ) {
    problems.push(
      invalid(
        `${key}.gw`,
        `"${gw}" lies in no network of the link, and the kernel refuses it`,
        own.length === 0
          ? 'a link with an address in the network of the next hop'
          : `an address of ${own.map(({ network }) => String(network)).join(' or ')}`,
        'give the link an address there, or onlink: true',
      ),
    );
  }
  return problems;
}

function checkOther(
  key: string,
  text: string | undefined,
  family: IpFamily | undefined,
  what: string,
): Problem[] {
  if (text === undefined) return [];
  const address = IpAddress.tryParse(text);
  if (!address) {
    return [
      invalid(
        key,
        `"${text}" is not an address`,
        `a ${what} without prefix length`,
        'such as 10.10.0.254',
      ),
    ];
  }
  if (family === undefined || address.family === family) return [];
  return [
    invalid(
      key,
      `"${text}" is IPv${address.family}, and the route leads to IPv${family}`,
      `a ${what} of the same family as the destination`,
      'correct dst or this',
    ),
  ];
}

function invalid(key: string, found: string, allowed: string, fix: string): Problem {
  return { code: 'NL_ROUTE_INVALID', key, found, allowed, fix };
}
