import { type PluginSettings, pluginSpec } from './plugin-settings';
import { flag, mtu, text, word } from './spec';

/** What an ipvlan interface forwards by. Lower case only: the plugin refuses `L2`. */
export enum IpvlanMode {
  /** Like a switch; broadcast and multicast pass. */
  L2 = 'l2',
  /** Like a router; no broadcast, no multicast. */
  L3 = 'l3',
  /** As `l3`, through the host's netfilter hooks. */
  L3S = 'l3s',
}

/**
 * Settings of the ipvlan plugin. All interfaces share the master's MAC address, so DHCP can't tell
 * them apart, and an asked for MAC has no effect.
 *
 * @see https://www.cni.dev/plugins/current/main/ipvlan/
 */
export interface IpvlanSettings extends PluginSettings {
  /**
   * Host interface that carries the traffic, e.g. `eth3`, 1 to 15 bytes. It must exist on the node.
   *
   * @default - interface of the node's default route, chosen by the plugin on the node
   * @throws NL_IFNAME_TOO_LONG, NL_IFNAME_INVALID, at synthesis
   */
  readonly master?: string | undefined;
  /** @default l2 */
  readonly mode?: `${IpvlanMode}` | undefined;
  /** Bytes. @default - the master's */
  readonly mtu?: number | undefined;
  /** Looks for the master in the pod's own namespace. Since plugins 1.3.0. @default false */
  readonly linkInContainer?: boolean | undefined;
}

export const IPVLAN = pluginSpec<IpvlanSettings>('ipvlan', {
  master: text(),
  mode: word(Object.values(IpvlanMode)),
  mtu: mtu(),
  linkInContainer: flag({ since: '1.3.0' }),
});
