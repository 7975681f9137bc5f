import { type PluginSettings, pluginSpec } from './plugin-settings';
import { flag, integer, texts } from './spec';

/**
 * Settings of the sbr plugin: a routing table of its own for what the pod sends from this interface's
 * addresses.
 *
 * @see https://www.cni.dev/plugins/current/meta/sbr/
 */
export interface SbrSettings extends PluginSettings {
  /** Number of the table. Since plugins 1.6.0. @default - the first free one from 100 */
  readonly table?: number | undefined;
  /** Next hops of the table's default route. In no release yet (after plugins 1.9.1). @default - those of the addresses */
  readonly gateways?: readonly string[] | undefined;
  /** Adds the source address to the table's routes. In no release yet (after plugins 1.9.1). @default false */
  readonly addSourceHints?: boolean | undefined;
}

export const SBR = pluginSpec<SbrSettings>('sbr', {
  table: integer(0, 4294967295, 'a routing table', { since: '1.6.0' }),
  gateways: texts({ since: '1.10.0' }),
  addSourceHints: flag({ since: '1.10.0' }),
});
