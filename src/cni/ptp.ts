import { type PluginSettings, pluginSpec } from './plugin-settings';
import { flag, mtu, wordNeverEmpty } from './spec';

/**
 * Settings of the ptp plugin: a veth pair between the pod and its node, routed. Needs an IPAM.
 *
 * @see https://www.cni.dev/plugins/current/main/ptp/
 */
export interface PtpSettings extends PluginSettings {
  /** Masquerades what leaves the pod. @default false */
  readonly ipMasq?: boolean | undefined;
  /** What masquerading is written in. Since plugins 1.6.0. @default - iptables, else nftables */
  readonly ipMasqBackend?: 'iptables' | 'nftables' | undefined;
  /** Bytes. @default - the kernel's, 1500 */
  readonly mtu?: number | undefined;
}

export const PTP = pluginSpec<PtpSettings>('ptp', {
  ipMasq: flag(),
  ipMasqBackend: wordNeverEmpty(['iptables', 'nftables'], { since: '1.6.0' }),
  mtu: mtu(),
});
