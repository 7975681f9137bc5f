import { type PluginSettings, pluginSpec } from './plugin-settings';
import { text } from './spec';

/**
 * Settings of the host-device plugin, which moves a device of the host into the pod. One of `device`,
 * `hwaddr`, `kernelpath` and `pciBusID` says which, unless a device plugin does (`resourceName`).
 *
 * @see https://www.cni.dev/plugins/current/main/host-device/
 */
export interface HostDeviceSettings extends PluginSettings {
  /** Name of the device on the host, e.g. `eth2`, 1 to 15 bytes. @default - another key tells */
  readonly device?: string | undefined;
  /** Its MAC address. @default - another key tells */
  readonly hwaddr?: string | undefined;
  /** Its path below /sys/devices. @default - another key tells */
  readonly kernelpath?: string | undefined;
  /** Its address on the PCI bus, e.g. `0000:00:1f.6`. With a DPDK driver the link is not moved (since plugins 1.1.0). @default - another key tells */
  readonly pciBusID?: string | undefined;
}

export const HOST_DEVICE = pluginSpec<HostDeviceSettings>('host-device', {
  device: text(),
  hwaddr: text(),
  kernelpath: text(),
  pciBusID: text(),
});
