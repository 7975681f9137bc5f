import { type CniRoute, definedOnly, type PluginConfig } from './network-config';

/** An address that every pod of the network gets. */
export interface StaticAddress {
  /** With prefix length, e.g. `192.168.122.5/24`. */
  readonly address: string;
  /** @default - none */
  readonly gateway?: string | undefined;
}

/** Name servers that the IPAM reports. */
export interface CniDns {
  readonly nameservers?: readonly string[] | undefined;
  readonly domain?: string | undefined;
  readonly search?: readonly string[] | undefined;
  readonly options?: readonly string[] | undefined;
}

/**
 * Addresses written down: here, or by each pod that attaches (`ips`).
 *
 * @see https://www.cni.dev/plugins/current/ipam/static/
 */
export interface StaticSettings {
  /** @default - none: each pod has to bring its own */
  readonly addresses?: readonly StaticAddress[] | undefined;
  /**
   * Routes for the pod. The plugin reports no gateway for an address that a pod brought: a route
   * without `gw` is then taken to be on the link.
   */
  readonly routes?: readonly CniRoute[] | undefined;
  readonly dns?: CniDns | undefined;
}

/** The plugin's configuration. */
export function staticIpam(settings: StaticSettings): PluginConfig {
  return definedOnly({
    type: 'static',
    addresses: settings.addresses?.map(({ address, gateway }) => definedOnly({ address, gateway })),
    routes: settings.routes?.map((route) => definedOnly({ dst: route.dst, gw: route.gw })),
    dns: settings.dns && definedOnly({ ...settings.dns }),
  });
}
