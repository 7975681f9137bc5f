import { type PluginSettings, pluginSpec } from './plugin-settings';
import { flag, integer, mtu, text } from './spec';

/**
 * Settings of the tap plugin: a tap device in the pod, for a virtual machine. Since plugins 1.3.0.
 *
 * @see https://www.cni.dev/plugins/current/main/tap/
 */
export interface TapSettings extends PluginSettings {
  /** One queue for each processor. @default false */
  readonly multiQueue?: boolean | undefined;
  /** Bytes. @default - the kernel's, 1500 */
  readonly mtu?: number | undefined;
  /** MAC address of every pod's interface: for a network of one pod. @default - the kernel chooses */
  readonly mac?: string | undefined;
  /** User id that may open the device. @default - root */
  readonly owner?: number | undefined;
  /** Group id that may open the device. @default - root */
  readonly group?: number | undefined;
  /** SELinux context of the device, e.g. `system_u:system_r:container_t:s0`. @default - none */
  readonly selinuxContext?: string | undefined;
  /** Bridge inside the pod that the device becomes a port of; it must exist there. Since plugins 1.4.0. @default - none */
  readonly bridge?: string | undefined;
}

export const TAP = pluginSpec<TapSettings>('tap', {
  multiQueue: flag(),
  mtu: mtu(),
  mac: text(),
  owner: integer(0, 4294967295, 'a user id'),
  group: integer(0, 4294967295, 'a group id'),
  selinuxContext: text(),
  bridge: text({ since: '1.4.0' }),
});
