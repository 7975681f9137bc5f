import { integer, objectSpec, text, type WithExtra } from './spec';

/** A route that an IPAM plugin puts into the pod. */
export interface CniRoute extends WithExtra {
  /** Destination in prefix form, e.g. `192.168.122.0/24`; `0.0.0.0/0` or `::/0` for the default. */
  readonly dst: string;
  /**
   * Next hop.
   *
   * @default - the gateway that the IPAM reports for the first address of the same family; where it
   * reports none the destination is taken to be on the link
   */
  readonly gw?: string | undefined;
  /** Bytes. Since plugins 1.6.0, which read it and do nothing with it. @default - the interface's */
  readonly mtu?: number | undefined;
  /** Greatest segment that TCP announces, bytes. Since plugins 1.6.0, as `mtu`. @default - by the MTU */
  readonly advmss?: number | undefined;
  /** Metric: less wins. Since plugins 1.6.0. @default 0 */
  readonly priority?: number | undefined;
  /** Routing table. Since plugins 1.6.0. @default - main */
  readonly table?: number | undefined;
  /** 0 universe, 253 link, 254 host. Since plugins 1.6.0. @default 0 */
  readonly scope?: number | undefined;
}

export const ROUTE = objectSpec<CniRoute>('a route', {
  dst: text({ required: true }),
  gw: text(),
  mtu: integer(0, 65535, 'an MTU in bytes', { since: '1.6.0' }),
  advmss: integer(0, 65535, 'a segment size in bytes', { since: '1.6.0' }),
  priority: integer(0, 4294967295, 'a metric', { since: '1.6.0' }),
  table: integer(0, 4294967295, 'a routing table', { since: '1.6.0' }),
  scope: integer(0, 255, 'a scope', { since: '1.6.0' }),
});

/** A route that Kube-OVN puts into the pod. */
export interface KubeOvnRoute extends WithExtra {
  /** Destination in prefix form. @default - everything of the next hop's family */
  readonly dst?: string | undefined;
  /** Next hop. @default - the gateway of the subnet */
  readonly gw?: string | undefined;
}

export const KUBE_OVN_ROUTE = objectSpec<KubeOvnRoute>('a route of Kube-OVN', {
  dst: text(),
  gw: text(),
});

/** What Kube-OVN makes of a route. */
export function kubeOvnRoute({ dst, gw }: KubeOvnRoute): CniRoute {
  return { dst: dst || (gw?.includes(':') ? '::/0' : '0.0.0.0/0'), gw };
}

/** A default route, of either family, however it is written. */
export function isDefaultRoute(route: CniRoute): boolean {
  return /^(0\.0\.0\.0|[0:]*::[0:]*)\/0$/.test(route.dst);
}
