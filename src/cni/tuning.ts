import { type PluginSettings, pluginSpec } from './plugin-settings';
import { flag, integer, mapOf, mtu, TEXT, text } from './spec';

/**
 * Settings of the tuning plugin, which changes an interface that an earlier plugin made.
 *
 * @see https://www.cni.dev/plugins/current/meta/tuning/
 */
export interface TuningSettings extends PluginSettings {
  /**
   * Kernel settings below `net.`, by name; values are texts. `IFNAME` in a name stands for the
   * interface: `net.ipv4.conf.IFNAME.arp_notify`. A node may allow only some
   * (/etc/cni/tuning/allowlist.conf, since plugins 1.2.0).
   *
   * @default - none
   */
  readonly sysctl?: Readonly<Record<string, string>> | undefined;
  /** MAC address of every pod's interface: for a network of one pod. @default - as it is */
  readonly mac?: string | undefined;
  /** Promiscuous interface. @default false */
  readonly promisc?: boolean | undefined;
  /** Bytes. @default - as it is */
  readonly mtu?: number | undefined;
  /** Takes every multicast frame. Since plugins 1.0.0. @default - as it is */
  readonly allmulti?: boolean | undefined;
  /** Length of the queue for sending. Since plugins 1.4.0. @default - as it is */
  readonly txQLen?: number | undefined;
  /** Folder on the node for what it has to put back. @default /run/cni/tuning */
  readonly dataDir?: string | undefined;
}

export const TUNING = pluginSpec<TuningSettings>('tuning', {
  sysctl: mapOf(TEXT),
  mac: text(),
  promisc: flag(),
  mtu: mtu(),
  allmulti: flag({ since: '1.0.0' }),
  txQLen: integer(0, 4294967295, 'a queue length', { since: '1.4.0' }),
  dataDir: text(),
});
