import { type PluginSettings, pluginSpec } from './plugin-settings';
import { flag, integer, text, texts, wordNeverEmpty } from './spec';

/**
 * Settings of the portmap plugin: ports of the node that lead to the pod. Which ones, each pod says
 * (`portMappings` of its attachment).
 *
 * @see https://www.cni.dev/plugins/current/meta/portmap/
 */
export interface PortmapSettings extends PluginSettings {
  /** Since plugins 1.6.0. @default - iptables, or nftables where there is no iptables */
  readonly backend?: 'iptables' | 'nftables' | undefined;
  /** Masquerades what comes from the node itself and from the pod to its own port. @default true */
  readonly snat?: boolean | undefined;
  /** Masquerades all that is forwarded. Since plugins 1.2.0. @default false */
  readonly masqAll?: boolean | undefined;
  /** Bit of the packet mark that means masquerading, 0 to 31; excludes `externalSetMarkChain`. @default 13 */
  readonly markMasqBit?: number | undefined;
  /** Chain of somebody else that sets the mark; iptables only. @default - none */
  readonly externalSetMarkChain?: string | undefined;
  /** More conditions of the IPv4 rules, as arguments of iptables, or of nft with that `backend`. @default - none */
  readonly conditionsV4?: readonly string[] | undefined;
  /** More conditions of the IPv6 rules, as arguments of ip6tables, or of nft with that `backend`. @default - none */
  readonly conditionsV6?: readonly string[] | undefined;
}

export const PORTMAP = pluginSpec<PortmapSettings>('portmap', {
  backend: wordNeverEmpty(['iptables', 'nftables'], { since: '1.6.0' }),
  snat: flag(),
  masqAll: flag({ since: '1.2.0' }),
  markMasqBit: integer(0, 31, 'a bit of the mark'),
  externalSetMarkChain: text(),
  conditionsV4: texts(),
  conditionsV6: texts(),
});
