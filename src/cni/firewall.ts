import { type PluginSettings, pluginSpec } from './plugin-settings';
import { text, word, wordOrDefault } from './spec';

/**
 * Settings of the firewall plugin, which lets the pod's traffic through the node's firewall.
 *
 * @see https://www.cni.dev/plugins/current/meta/firewall/
 */
export interface FirewallSettings extends PluginSettings {
  /** @default - firewalld where it runs, else iptables */
  readonly backend?: 'iptables' | 'firewalld' | undefined;
  /** Chain that is asked before the plugin's own; iptables. @default CNI-ADMIN */
  readonly iptablesAdminChainName?: string | undefined;
  /** Zone of the pod's addresses; firewalld. @default trusted */
  readonly firewalldZone?: string | undefined;
  /**
   * Who may open connections to the pod: all, pods of the same bridge, or nobody. Other than `open`
   * it needs a bridge, and uses iptables. Since plugins 1.1.0; `isolated` since 1.7.0.
   *
   * @default open
   */
  readonly ingressPolicy?: 'open' | 'same-bridge' | 'isolated' | undefined;
}

export const FIREWALL = pluginSpec<FirewallSettings>('firewall', {
  backend: wordOrDefault(['iptables', 'firewalld']),
  iptablesAdminChainName: text(),
  firewalldZone: text(),
  ingressPolicy: word(['open', 'same-bridge', 'isolated'], { since: '1.1.0' }),
});
