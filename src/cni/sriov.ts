import { type PluginSettings, pluginSpec } from './plugin-settings';
import { integer, text, word, wordInAnyCase } from './spec';

/**
 * Settings of the sriov plugin, which gives a pod a virtual function of a network card. A device
 * plugin chooses the function: set `resourceName` on the network.
 *
 * @see https://github.com/k8snetworkplumbingwg/sriov-cni/blob/master/docs/configuration-reference.md
 */
export interface SriovSettings extends PluginSettings {
  /** PCI address of the virtual function; Multus writes it when the network has a `resourceName`. @default - the device plugin's */
  readonly deviceID?: string | undefined;
  /** 0 to 4094; 0 is none. @default 0 */
  readonly vlan?: number | undefined;
  /** Priority of the VLAN, 0 to 7; other than 0 not without a VLAN. @default 0 */
  readonly vlanQoS?: number | undefined;
  /** Protocol of the VLAN, in any case; not without `vlan`, and `802.1ad` not without a VLAN. @default 802.1q */
  readonly vlanProto?: '802.1q' | '802.1ad' | '802.1Q' | '802.1AD' | undefined;
  /** MAC address of every pod's interface: for a network of one pod. @default - the card's */
  readonly mac?: string | undefined;
  /** Whether the card drops frames from other MACs. @default - the card's */
  readonly spoofchk?: 'on' | 'off' | undefined;
  /** Whether the virtual function may change its own settings. @default - the card's */
  readonly trust?: 'on' | 'off' | undefined;
  /** State of the link. @default - the card's */
  readonly linkState?: 'auto' | 'enable' | 'disable' | undefined;
  /** Least rate of sending, Mbit/s, not above `maxTxRate`; 0 is none. @default - the card's */
  readonly minTxRate?: number | undefined;
  /** Greatest rate of sending, Mbit/s; 0 is none. @default - the card's */
  readonly maxTxRate?: number | undefined;
  /** @default info */
  readonly logLevel?: 'panic' | 'error' | 'warning' | 'info' | 'debug' | undefined;
  /** Absolute path on the node. @default - standard error */
  readonly logFile?: string | undefined;
}

export const SRIOV = pluginSpec<SriovSettings>('sriov', {
  deviceID: text(),
  vlan: integer(0, 4094, 'a VLAN'),
  vlanQoS: integer(0, 7, 'a VLAN priority'),
  vlanProto: wordInAnyCase(['802.1q', '802.1ad']),
  mac: text(),
  spoofchk: word(['on', 'off']),
  trust: word(['on', 'off']),
  linkState: word(['auto', 'enable', 'disable'], { wire: 'link_state' }),
  minTxRate: integer(0, 4294967295, 'a rate in Mbit/s', { wire: 'min_tx_rate' }),
  maxTxRate: integer(0, 4294967295, 'a rate in Mbit/s', { wire: 'max_tx_rate' }),
  logLevel: word(['panic', 'error', 'warning', 'info', 'debug']),
  logFile: text(),
});
