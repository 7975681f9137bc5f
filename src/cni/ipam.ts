import type { PoolSpec } from '../ipam';
import { print } from './codec';
import { DHCP, type DhcpSettings } from './ipam-dhcp';
import {
  HOST_LOCAL,
  type HostLocalSettings,
  hostLocalIpam,
  hostLocalPool,
} from './ipam-host-local';
import { KUBE_OVN_IPAM, type KubeOvnIpamSettings } from './ipam-kube-ovn';
import { STATIC, type StaticSettings } from './ipam-static';
import {
  WHEREABOUTS,
  type WhereaboutsSettings,
  whereaboutsIpam,
  whereaboutsPool,
} from './ipam-whereabouts';
import type { PluginConfig } from './network-config';
import { type CniRoute, kubeOvnRoute } from './routes';
import type { ObjectSpec } from './spec';

/** The IPAM plugins by the `type` that they have on the wire. */
export interface IpamSettings {
  readonly 'host-local': HostLocalSettings;
  readonly static: StaticSettings;
  readonly dhcp: DhcpSettings;
  readonly whereabouts: WhereaboutsSettings;
  readonly 'kube-ovn': KubeOvnIpamSettings;
}

export type IpamKind = keyof IpamSettings;

/** Where the addresses of a network come from. */
export type IpamConfig =
  | KnownIpam
  | { readonly kind: 'none' }
  | { readonly kind: 'raw'; readonly config: PluginConfig };

/** An IPAM that netloom knows. */
export type KnownIpam = {
  [K in IpamKind]: { readonly kind: K; readonly settings: IpamSettings[K] };
}[IpamKind];

export const IPAM_SPECS: Readonly<Record<IpamKind, ObjectSpec>> = {
  'host-local': HOST_LOCAL,
  static: STATIC,
  dhcp: DHCP,
  whereabouts: WHEREABOUTS,
  'kube-ovn': KUBE_OVN_IPAM,
};

/** The description of an IPAM plugin; undefined for one that netloom does not know. */
export function ipamSpec(type: string): ObjectSpec | undefined {
  return Object.hasOwn(IPAM_SPECS, type) ? IPAM_SPECS[type as IpamKind] : undefined;
}

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
    case 'whereabouts':
      return whereaboutsIpam(ipam.settings);
    case 'static':
    case 'dhcp':
    case 'kube-ovn':
      return { type: ipam.kind, ...print(IPAM_SPECS[ipam.kind], ipam.settings) };
    case 'none':
      return undefined;
    case 'raw':
      return ipam.config;
  }
}

/** The routes that an IPAM gives to pods, as they are set. */
export function routesOf(ipam: IpamConfig): readonly CniRoute[] {
  if (ipam.kind === 'none' || ipam.kind === 'raw' || ipam.kind === 'dhcp') return [];
  if (ipam.kind === 'kube-ovn') return (ipam.settings.routes ?? []).map(kubeOvnRoute);
  return ipam.settings.routes ?? [];
}

/** What of an IPAM is left to netloom's claims, as it was written. */
export function claimableOf(ipam: IpamConfig): readonly string[] {
  if (ipam.kind !== 'host-local' && ipam.kind !== 'whereabouts') return [];
  return ipam.settings.claimable ?? [];
}

/** The part that netloom hands out; undefined when nothing is claimable. */
export function claimablePool(ipam: IpamConfig): PoolSpec | undefined {
  if (claimableOf(ipam).length === 0) return undefined;
  if (ipam.kind === 'host-local') return hostLocalPool(ipam.settings);
  return ipam.kind === 'whereabouts' ? whereaboutsPool(ipam.settings) : undefined;
}
