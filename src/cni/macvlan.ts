import { type PluginSettings, pluginSpec } from './plugin-settings';
import { flag, integer, mtu, text, word } from './spec';

/** How macvlan interfaces of one parent reach each other. Lower case only. */
export enum MacvlanMode {
  /** Directly, inside the parent. */
  BRIDGE = 'bridge',
  /** Not at all. */
  PRIVATE = 'private',
  /** Through the switch behind the parent, which has to send frames back. */
  VEPA = 'vepa',
  /** One interface takes the parent over. */
  PASSTHRU = 'passthru',
}

/**
 * Settings of the macvlan plugin.
 *
 * @see https://www.cni.dev/plugins/current/main/macvlan/
 */
export interface MacvlanSettings extends PluginSettings {
  /**
   * Host interface that carries the traffic, e.g. `eth1`, 1 to 15 bytes. It must exist on the node.
   *
   * @default - interface of the node's default route, chosen by the plugin on the node
   * @throws NL_IFNAME_TOO_LONG, NL_IFNAME_INVALID, at synthesis
   */
  readonly master?: string | undefined;
  /** @default bridge */
  readonly mode?: `${MacvlanMode}` | undefined;
  /** Bytes, not above the master's. @default - the master's */
  readonly mtu?: number | undefined;
  /** MAC address of every pod's interface: for a network of one pod. @default - the kernel chooses */
  readonly mac?: string | undefined;
  /** Looks for the master in the pod's own namespace. Since plugins 1.3.0. @default false */
  readonly linkInContainer?: boolean | undefined;
  /** Length of the queue for broadcast frames. Since plugins 1.6.0. @default - the kernel's, 1000 */
  readonly bcqueuelen?: number | undefined;
}

export const MACVLAN = pluginSpec<MacvlanSettings>('macvlan', {
  master: text(),
  mode: word(Object.values(MacvlanMode)),
  mtu: mtu(),
  mac: text(),
  linkInContainer: flag({ since: '1.3.0' }),
  bcqueuelen: integer(0, 4294967295, 'a queue length', { since: '1.6.0' }),
});
