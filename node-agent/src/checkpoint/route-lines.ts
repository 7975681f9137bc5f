import type { NextHopImage, RouteImage } from './host-image';

/** Made and removed by the kernel itself, together with an address. */
const KERNELS_TYPES = new Set(['local', 'broadcast', 'anycast', 'multicast']);

/** Metrics of a route that `ip` takes back as it prints them. */
const METRICS = ['mtu', 'advmss', 'window', 'initcwnd', 'initrwnd', 'hoplimit', 'quickack'];

/** True for a route that may have to be put back by hand. */
export function isRestorable({ type = 'unicast' }: RouteImage): boolean {
  return !KERNELS_TYPES.has(type);
}

/** What tells two routes apart: all that {@link routeWords} says. */
export function routeKey(route: RouteImage): string {
  return `${route.family} ${routeWords({ ...route, expires: undefined })}`;
}

/**
 * A route in the words of `ip route`, e.g. `0.0.0.0/0 via 10.0.0.1 dev eth0 table main proto static`.
 *
 * @param dev another interface than its own
 */
export function routeWords(route: RouteImage, dev = route.dev): string {
  const { type = 'unicast', family, dst, table, protocol, scope, prefsrc, metric } = route;
  // The word "default" stands for IPv4, whatever comes behind it.
  const prefix = dst === 'default' ? (family === 'inet6' ? '::/0' : '0.0.0.0/0') : dst;
  return [
    ...(type === 'unicast' ? [] : [type]),
    prefix,
    ...(route.nexthops ? [] : wayWords({ ...route, dev })),
    ...given('table', table),
    ...given('proto', protocol),
    ...(family === 'inet' ? given('scope', scope) : []),
    ...given('src', prefsrc),
    ...given('metric', metric),
    ...metricWords(route),
    ...(family === 'inet6' ? given('pref', route.pref) : []),
    ...given('expires', route.expires),
    ...(route.nexthops ?? []).flatMap((hop) => ['nexthop', ...wayWords(hop)]),
  ].join(' ');
}

function wayWords({
  gateway,
  via,
  dev,
  flags,
  weight,
}: NextHopImage & Pick<RouteImage, 'dev'>): string[] {
  return [
    ...given('via', gateway),
    ...(via ? ['via', via.family, via.host] : []),
    ...given('dev', dev),
    ...given('weight', weight),
    ...(flags?.includes('onlink') ? ['onlink'] : []),
  ];
}

function metricWords({ metrics = [] }: RouteImage): string[] {
  return metrics.flatMap((one) => METRICS.flatMap((name) => given(name, one[name])));
}

function given(word: string, value: unknown): string[] {
  return value === undefined || value === null ? [] : [word, String(value)];
}
