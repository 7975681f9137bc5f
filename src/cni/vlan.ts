import { type PluginSettings, pluginSpec } from './plugin-settings';
import { flag, integer, mtu, text } from './spec';

/**
 * Settings of the vlan plugin: a VLAN sub-interface of a host interface, in the pod. Needs an IPAM.
 *
 * @see https://www.cni.dev/plugins/current/main/vlan/
 */
export interface VlanSettings extends PluginSettings {
  /** Host interface that carries the frames, 1 to 15 bytes. It must exist on the node. */
  readonly master: string;
  /** 0 to 4094. @default 0 */
  readonly vlanId?: number | undefined;
  /** Bytes, not above the master's. @default - the master's */
  readonly mtu?: number | undefined;
  /** Looks for the master in the pod's own namespace. Since plugins 1.3.0. @default false */
  readonly linkInContainer?: boolean | undefined;
}

export const VLAN = pluginSpec<VlanSettings>('vlan', {
  master: text({ required: true }),
  vlanId: integer(0, 4094, 'a VLAN'),
  mtu: mtu(),
  linkInContainer: flag({ since: '1.3.0' }),
});
