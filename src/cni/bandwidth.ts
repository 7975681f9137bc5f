import { type PluginSettings, pluginSpec } from './plugin-settings';
import { integer, texts } from './spec';

/**
 * Settings of the bandwidth plugin, for links with a veth pair (bridge, ptp). Of each direction rate
 * and burst, or neither; what a pod asks for counts only where nothing is set here.
 *
 * @see https://www.cni.dev/plugins/current/meta/bandwidth/
 */
export interface BandwidthSettings extends PluginSettings {
  /** To the pod, bit/s. @default - unlimited */
  readonly ingressRate?: number | undefined;
  /** To the pod, bit; below 8 * (2^32 - 1). @default - none */
  readonly ingressBurst?: number | undefined;
  /** From the pod, bit/s. @default - unlimited */
  readonly egressRate?: number | undefined;
  /** From the pod, bit; below 8 * (2^32 - 1). @default - none */
  readonly egressBurst?: number | undefined;
  /** CIDRs that are not limited. In plugins 1.5.x only. @default - none */
  readonly unshapedSubnets?: readonly string[] | undefined;
  /** The only CIDRs that are limited. In plugins 1.5.x only. @default - all */
  readonly shapedSubnets?: readonly string[] | undefined;
}

const RATE = { most: Number.MAX_SAFE_INTEGER, unit: 'a rate in bit/s' } as const;
/** The plugin refuses bursts of 2^32 - 1 bytes and more. */
const BURST = { most: 8 * (2 ** 32 - 1) - 1, unit: 'a burst in bit' } as const;

export const BANDWIDTH = pluginSpec<BandwidthSettings>('bandwidth', {
  ingressRate: integer(0, RATE.most, RATE.unit),
  ingressBurst: integer(0, BURST.most, BURST.unit),
  egressRate: integer(0, RATE.most, RATE.unit),
  egressBurst: integer(0, BURST.most, BURST.unit),
  unshapedSubnets: texts({ since: '1.5.0', until: '1.6.0' }),
  shapedSubnets: texts({ since: '1.5.0', until: '1.6.0' }),
});
