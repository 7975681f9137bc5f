import type * as pulumi from '@pulumi/pulumi';
import {
  CHAIN_SPECS,
  type ChainConfig,
  type ChainKind,
  type ChainSettings,
  chainSpec,
  definedOnly,
  type PluginConfig,
} from '../cni';
import type { Problem } from '../errors';
import type { InputsOf } from './inputs';
import { checkMembers, unknownType } from './members';

/** A plugin that netloom knows, and that changes what the network's own made. `type` says which. */
export type KnownChainArgs = {
  [K in ChainKind]: { type: K } & InputsOf<ChainSettings[K]>;
}[ChainKind];

/** Any other plugin, its configuration as upstream writes it. Not checked. */
export interface RawChainArgs {
  type: 'raw';
  config: pulumi.Input<PluginConfig>;
}

/** One chained plugin: `{ type: 'tuning', sysctl: { ... } }`. */
export type ChainArgs = KnownChainArgs | RawChainArgs;

/** {@link ChainArgs} with every value known. */
export type PlainChain = { readonly type: string } & Readonly<Record<string, unknown>>;

/** Types that are unknown, and members of others, which would be ignored. */
export function checkChainArgs(chain: readonly PlainChain[]): Problem[] {
  return chain.flatMap((one, index): Problem[] => {
    const key = `chain[${index}]`;
    const members = membersOf(one.type);
    if (members) return checkMembers(key, one, members);
    return [unknownType(key, one.type, [...Object.keys(CHAIN_SPECS), 'raw'])];
  });
}

function membersOf(type: string): readonly string[] | undefined {
  if (type === 'raw') return ['config'];
  const props = chainSpec(type)?.keys.map(({ prop }) => prop);
  return props && [...props, 'extra'];
}

/** The model's form of one chained plugin. */
export function chainConfig({ type, ...settings }: PlainChain): ChainConfig {
  if (type === 'raw') return { kind: 'raw', config: settings['config'] as PluginConfig };
  return { kind: type, settings: definedOnly(settings) } as unknown as ChainConfig;
}
