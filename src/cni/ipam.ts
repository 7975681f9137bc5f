import type { PoolSpec } from '../ipam';
import { type HostLocalSettings, hostLocalIpam, hostLocalPool } from './ipam-host-local';
import { type StaticSettings, staticIpam } from './ipam-static';
import type { PluginConfig } from './network-config';

/**
 * Addresses leased from a DHCP server by the daemon on the node.
 *
 * @see https://www.cni.dev/plugins/current/ipam/dhcp/
 */
export interface DhcpSettings {
  /** Socket of the daemon. @default /run/cni/dhcp.sock */
  readonly daemonSocketPath?: string | undefined;
}

/** Where the addresses of a network come from. */
export type IpamConfig =
  | { readonly kind: 'host-local'; readonly settings: HostLocalSettings }
  | { readonly kind: 'static'; readonly settings: StaticSettings }
  | { readonly kind: 'dhcp'; readonly settings: DhcpSettings }
  | { readonly kind: 'none' }
  | { readonly kind: 'raw'; readonly config: PluginConfig };

/** The type that the plugin has on the wire; undefined for none. */
export function ipamType(ipam: IpamConfig): string | undefined {
  if (ipam.kind === 'none') return undefined;
  return ipam.kind === 'raw' ? ipam.config.type : ipam.kind;
}

/** The `ipam` member of a plugin's configuration; undefined for none. */
export function renderIpam(ipam: IpamConfig): PluginConfig | undefined {
  switch (ipam.kind) {
    case 'host-local':
      return hostLocalIpam(ipam.settings);
    case 'static':
      return staticIpam(ipam.settings);
    case 'dhcp': {
      const { daemonSocketPath } = ipam.settings;
      return { type: 'dhcp', ...(daemonSocketPath === undefined ? {} : { daemonSocketPath }) };
    }
    case 'none':
      return undefined;
    case 'raw':
      return ipam.config;
  }
}

/** The part that netloom hands out; undefined when nothing is claimable. */
export function claimablePool(ipam: IpamConfig): PoolSpec | undefined {
  if (ipam.kind !== 'host-local' || (ipam.settings.claimable?.length ?? 0) === 0) return undefined;
  return hostLocalPool(ipam.settings);
}
