import { BANDWIDTH, type BandwidthSettings } from './bandwidth';
import { printInto } from './codec';
import { FIREWALL, type FirewallSettings } from './firewall';
import type { PluginConfig } from './network-config';
import { PORTMAP, type PortmapSettings } from './portmap';
import { SBR, type SbrSettings } from './sbr';
import type { ObjectSpec } from './spec';
import { TUNING, type TuningSettings } from './tuning';
import { VRF, type VrfSettings } from './vrf';

/** The plugins that change what an earlier plugin made, by the `type` that they have on the wire. */
export interface ChainSettings {
  readonly tuning: TuningSettings;
  readonly portmap: PortmapSettings;
  readonly bandwidth: BandwidthSettings;
  readonly firewall: FirewallSettings;
  readonly sbr: SbrSettings;
  readonly vrf: VrfSettings;
}

export type ChainKind = keyof ChainSettings;

/** One chained plugin and its settings. */
export type ChainConfig = KnownChain | { readonly kind: 'raw'; readonly config: PluginConfig };

/** A chained plugin that netloom knows. */
export type KnownChain = {
  [K in ChainKind]: { readonly kind: K; readonly settings: ChainSettings[K] };
}[ChainKind];

export const CHAIN_SPECS: Readonly<Record<ChainKind, ObjectSpec>> = {
  tuning: TUNING,
  portmap: PORTMAP,
  bandwidth: BANDWIDTH,
  firewall: FIREWALL,
  sbr: SBR,
  vrf: VRF,
};

/** The description of a chained plugin; undefined for one that netloom does not know. */
export function chainSpec(type: string): ObjectSpec | undefined {
  return Object.hasOwn(CHAIN_SPECS, type) ? CHAIN_SPECS[type as ChainKind] : undefined;
}

/** What a plugin can't do its work without. */
export const CHAIN_CAPABILITIES: Readonly<Partial<Record<ChainKind, string>>> = {
  portmap: 'portMappings',
  bandwidth: 'bandwidth',
};

/** The `type` on the wire. */
export function chainType(chain: ChainConfig): string {
  return chain.kind === 'raw' ? chain.config.type : chain.kind;
}

/**
 * A chained plugin's part of the configuration.
 *
 * @param verbatim adds nothing that the settings don't say
 */
export function renderChain(chain: ChainConfig, verbatim = false): PluginConfig {
  if (chain.kind === 'raw') return chain.config;
  const settings = verbatim ? chain.settings : withCapability(chain);
  return printInto({ type: chain.kind }, CHAIN_SPECS[chain.kind], settings) as PluginConfig;
}

/** Capabilities that are declared, none of them included, stay as they are. */
function withCapability(chain: KnownChain): object {
  const { settings, kind } = chain;
  const name = CHAIN_CAPABILITIES[kind];
  if (name === undefined || settings.capabilities !== undefined) return settings;
  return { ...settings, capabilities: { [name]: true } };
}
