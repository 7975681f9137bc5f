import { type PluginSettings, pluginSpec } from './plugin-settings';
import { integer, text } from './spec';

/**
 * Settings of the vrf plugin: puts the interface into a virtual router inside the pod, which goes
 * with its last interface. Needs cniVersion 0.3.1 or newer.
 *
 * @see https://www.cni.dev/plugins/current/meta/vrf/
 */
export interface VrfSettings extends PluginSettings {
  /** Name of the VRF in the pod, 1 to 15 bytes. Networks that name the same one share it. */
  readonly vrfname: string;
  /** Number of its routing table; networks of one VRF have to agree. 0 is the first free one from 1. @default 0 */
  readonly table?: number | undefined;
}

export const VRF = pluginSpec<VrfSettings>('vrf', {
  vrfname: text({ required: true }),
  table: integer(0, 4294967295, 'a routing table'),
});
