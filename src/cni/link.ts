import { type BridgeSettings, bridgePlugin } from './bridge';
import { type IpvlanSettings, ipvlanPlugin } from './ipvlan';
import { type MacvlanSettings, macvlanPlugin } from './macvlan';
import type { PluginConfig } from './network-config';

/** How a pod is linked to the network: the interface plugin and its settings. */
export type LinkConfig =
  | { readonly kind: 'bridge'; readonly settings: BridgeSettings }
  | { readonly kind: 'macvlan'; readonly settings: MacvlanSettings }
  | { readonly kind: 'ipvlan'; readonly settings: IpvlanSettings }
  | { readonly kind: 'raw'; readonly config: PluginConfig };

/** The interface plugin's own part of the configuration. */
export function renderLink(link: LinkConfig): PluginConfig {
  switch (link.kind) {
    case 'bridge':
      return bridgePlugin(link.settings);
    case 'macvlan':
      return macvlanPlugin(link.settings);
    case 'ipvlan':
      return ipvlanPlugin(link.settings);
    case 'raw':
      return link.config;
  }
}
