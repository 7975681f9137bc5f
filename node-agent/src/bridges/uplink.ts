import { addressName, addressWords, isLinkLocal } from '../checkpoint/address-lines';
import type { HostImage, RouteImage } from '../checkpoint/host-image';
import { isRestorable, routeWords } from '../checkpoint/route-lines';
import type { BeforeImages, UplinkImage } from '../store';
import type { HostLinks, LinkState } from './links';
import { type PlanStep, step } from './step';

/** A port that carries the node's own traffic: what it had moves to its bridge. */
export interface Uplink extends UplinkImage {
  readonly port: string;
  readonly mac: string;
}

/** The uplinks among the ports of a bridge, as they were before. */
export function uplinksOf(images: BeforeImages | undefined): Uplink[] {
  return Object.entries(images?.ports ?? {}).flatMap(([port, { uplink, mac }]) =>
    uplink ? [{ port, mac, ...uplink }] : [],
  );
}

/** What moves with a port that carries the default route, or the one that the caller came in on. */
export function uplinkImage(port: string, details: HostImage | undefined): UplinkImage | undefined {
  const link = details?.links.find((one) => one.ifname === port);
  if (!link || !details) return undefined;
  return {
    addresses: link.addr_info.filter((one) => !isLinkLocal(one) && one.temporary !== true),
    routes: details.routes.filter((route) => route.dev === port && moves(route)),
  };
}

/** Routes of the kernel's own come and go with the addresses. */
function moves(route: RouteImage): boolean {
  return isRestorable(route) && route.protocol !== 'kernel' && route.nexthops === undefined;
}

/** An address as the kernel prints it, e.g. `10.0.0.5/24`. */
export function addressText(address: UplinkImage['addresses'][number]): string {
  return `${address.local}/${address.prefixlen}`;
}

/** Addresses that the bridge has instead of its uplinks, and how they are added there. */
export function movedAddresses(bridge: string, uplinks: readonly Uplink[]): Map<string, string> {
  return new Map(
    uplinks.flatMap(({ addresses }) =>
      addresses.map((one): [string, string] => {
        const nodad = one.family === 'inet6' ? { nodad: true } : {};
        return [addressText(one), `addr replace ${addressWords({ ...one, ...nodad }, bridge)}`];
      }),
    ),
  );
}

/** Puts uplinks into their bridge and takes off them what goes there. */
export function takeUplinks(
  bridge: string,
  uplinks: readonly Uplink[],
  links: ReadonlyMap<string, LinkState>,
): PlanStep[] {
  return uplinks.flatMap(({ port, addresses }) => {
    const link = links.get(port);
    if (!link) return [];
    const steps: PlanStep[] = [];
    if (link.master !== bridge) {
      steps.push(step(`make ${port} a port of ${bridge}`, `link set dev ${port} master ${bridge}`));
    }
    const here = addresses.filter((one) => link.addresses.includes(addressText(one)));
    for (const one of here) {
      const words = `move ${addressText(one)} from ${port} to ${bridge}`;
      steps.push(step(words, `addr del ${addressName(one)} dev ${port}`));
    }
    return steps;
  });
}

/** Routes of the uplinks that their bridge lacks. */
export function routeSteps(
  bridge: string,
  uplinks: readonly Uplink[],
  host: HostImage | undefined,
): PlanStep[] {
  if (!host) return [];
  const has = new Set(host.routes.filter((route) => route.dev === bridge).map(wayTo));
  return byGateway(uplinks.flatMap((one) => one.routes))
    .filter((route) => !has.has(wayTo(route)))
    .map((route) =>
      step(`route ${route.dst} over ${bridge}`, `route replace ${routeWords(route, bridge)}`),
    );
}

/** What gives a port that has left its bridge its addresses and routes back. */
export function giveUplinkBack(
  port: LinkState,
  uplink: UplinkImage | undefined,
  host: HostImage | undefined,
): PlanStep[] {
  if (!uplink) return [];
  const { name } = port;
  const addresses = uplink.addresses.filter((one) => !port.addresses.includes(addressText(one)));
  const inOrder = [
    ...addresses.filter((one) => one.family === 'inet'),
    // The kernel lists the newest of these first.
    ...addresses.filter((one) => one.family === 'inet6').reverse(),
  ];
  const has = new Set(host?.routes.filter((route) => route.dev === name).map(wayTo));
  // Routes went with the addresses, or with the bridge.
  const missing = uplink.routes.filter((route) => host === undefined || !has.has(wayTo(route)));
  const routes = addresses.length > 0 ? uplink.routes : host === undefined ? [] : missing;
  return [
    ...inOrder.map((one) =>
      step(`put ${addressText(one)} back on ${name}`, `addr replace ${addressWords(one, name)}`),
    ),
    ...byGateway(routes).map((route) =>
      step(`route ${route.dst} over ${name} again`, `route replace ${routeWords(route, name)}`),
    ),
  ];
}

/** A gateway has to be reachable before anything goes by it. */
function byGateway(routes: readonly RouteImage[]): RouteImage[] {
  const isBehind = (route: RouteImage): number => (route.gateway || route.via ? 1 : 0);
  return [...routes].sort((a, b) => isBehind(a) - isBehind(b));
}

/** Another gateway than before is its administrator's choice, and stays. */
function wayTo({ family, dst, table = 'main', metric }: RouteImage): string {
  return [family, dst, table, metric ?? 0].join(' ');
}

/** Why something would cut this host or the caller off, were it touched; undefined when it would not. */
export function uplinkUse(
  name: string,
  host: HostLinks,
  requestAddress: string | undefined,
): string | undefined {
  if (host.defaultRouteLinks.has(name)) return `"${name}" carries a default route of this host`;
  const holds = host.links.get(name)?.addresses.some((one) => one.split('/')[0] === requestAddress);
  if (requestAddress === undefined || !holds) return undefined;
  return `this very request came in on "${name}" (${requestAddress})`;
}
