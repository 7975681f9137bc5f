import { addressKey, addressName, addressWords, isLinkLocal } from './address-lines';
import {
  type AddressImage,
  type HostImage,
  type LinkImage,
  type RouteImage,
  routeLinks,
} from './host-image';
import { isRestorable, routeKey, routeWords } from './route-lines';

/** Lines that give interfaces the addresses back that they had, in their order. */
export function restoreAddresses(before: HostImage, now: ReadonlyMap<string, LinkImage>): string[] {
  return before.links.flatMap((image) => {
    const link = now.get(image.ifname);
    if (!link) return [];
    return [
      ...(['inet', 'inet6'] as const).flatMap((family) =>
        familyLines(image.ifname, ofFamily(image, family), ofFamily(link, family)),
      ),
      ...linkLocalLines(image, link),
    ];
  });
}

function ofFamily(link: LinkImage, family: string): AddressImage[] {
  return link.addr_info.filter(
    (one) => one.family === family && !isLinkLocal(one) && one.temporary !== true,
  );
}

/** The kernel makes them only as the interface comes up; one that was flushed does not return. */
function linkLocalLines(before: LinkImage, now: LinkImage): string[] {
  const has = now.addr_info.filter(isLinkLocal).map((one) => one.local);
  return before.addr_info
    .filter((one) => isLinkLocal(one) && !has.includes(one.local))
    .map((one) => `addr replace ${addressWords(one, before.ifname)}`);
}

/**
 * The kernel lists IPv4 addresses in the order of adding and IPv6 ones the other way round. Where the
 * order is not the same after adding what is missing, all are taken off and put back.
 */
function familyLines(
  dev: string,
  before: readonly AddressImage[],
  now: readonly AddressImage[],
): string[] {
  const key = (one: AddressImage): string => addressKey(one, dev);
  const [had, has] = [before.map(key), now.map(key)];
  if (had.join('\n') === has.join('\n')) return [];
  const del = (one: AddressImage): string => `addr del ${addressName(one)} dev ${dev}`;
  const add = (one: AddressImage): string => `addr replace ${addressWords(one, dev)}`;
  const isV6 = before[0]?.family === 'inet6';
  const inOrder = isV6 ? [...before].reverse() : before;
  const extra = now.filter((one) => !had.includes(key(one)));
  const missing = inOrder.filter((one) => !has.includes(key(one)));
  const stay = has.filter((one) => had.includes(one));
  const after = isV6 ? [...missing.map(key).reverse(), ...stay] : [...stay, ...missing.map(key)];
  if (after.join('\n') === had.join('\n')) {
    return [...[...extra].reverse().map(del), ...missing.map(add)];
  }
  return [...[...now].reverse().map(del), ...inOrder.map(add)];
}

/** Made by the kernel as the interface comes up, at a time of its own. */
function isLinkLocalRoute({ family, dst, protocol }: RouteImage): boolean {
  return family === 'inet6' && protocol === 'kernel' && dst.startsWith('fe80:');
}

/** Lines that give back the routes that went with an interface or an address, and take away new ones. */
export function restoreRoutes(before: HostImage, now: HostImage): string[] {
  const links = new Set(now.links.map((link) => link.ifname));
  const known = new Set(before.links.map((link) => link.ifname));
  const had = new Set(before.routes.map(routeKey));
  const has = new Set(now.routes.map(routeKey));
  const extra = now.routes.filter(
    (route) =>
      isRestorable(route) &&
      // The kernel's own go with the address that they came with.
      route.protocol !== 'kernel' &&
      !had.has(routeKey(route)) &&
      routeLinks(route).every((name) => known.has(name)),
  );
  const missing = before.routes.filter(
    (route) =>
      isRestorable(route) &&
      !isLinkLocalRoute(route) &&
      !has.has(routeKey(route)) &&
      routeLinks(route).every((name) => links.has(name)),
  );
  // A gateway has to be reachable before anything goes by it.
  const isBehind = (route: (typeof missing)[number]): number =>
    route.gateway !== undefined || route.via !== undefined || route.nexthops !== undefined ? 1 : 0;
  const inOrder = [...missing].sort((a, b) => isBehind(a) - isBehind(b));
  return [
    ...extra.map((route) => `route del ${routeWords({ ...route, expires: undefined })}`),
    // "append": routes of one prefix and metric may stand beside each other.
    ...inOrder.map((route) => `route append ${routeWords(route)}`),
  ];
}
