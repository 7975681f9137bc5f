import {
  type ChainConfig,
  type ChainKind,
  chainSpec,
  type IpamConfig,
  type IpamKind,
  ipamSpec,
  isMembers,
  type KeyStep,
  LIST,
  type LinkConfig,
  type LinkKind,
  type ListSettings,
  linkSpec,
  type PluginConfig,
} from '../cni';
import { parse, setMember, wireSteps } from '../cni/codec';
import type { NetworkDefinition } from './network';

type Members = Record<string, unknown>;

/** What a network's object says of it beside the configuration. */
export interface NetworkMetadata {
  readonly name: string;
  readonly namespace?: string | undefined;
  readonly resourceName?: string | undefined;
}

/**
 * The network that a CNI configuration means, the mirror of `networkConfig`. Unknown keys, and values
 * of types that Go refuses, stay in the `extra` of the object that they stand in. Undefined for what
 * is no configuration: no object, or one without a plugin that has a `type`.
 */
export function parseNetwork(
  config: unknown,
  { name, namespace, resourceName }: NetworkMetadata,
): NetworkDefinition | undefined {
  if (!isMembers(config)) return undefined;
  const [first, ...others] = pluginsOf(config);
  if (!isPlugin(first) || !others.every(isPlugin)) return undefined;
  const isList = isPluginList(config);
  const own = isList ? { ...(first as Members) } : { ...config };
  const envelope = isList ? { ...config } : own;
  const configName = takeText(envelope, 'name', isList);
  const cniVersion = takeText(envelope, 'cniVersion', isList);
  return {
    name,
    namespace,
    ...parseLink(own),
    ...(others.length > 0 && { chain: others.map(parseChain) }),
    ...(cniVersion !== undefined && { cniVersion }),
    ...(configName && configName !== name && { configName }),
    ...(isList && { list: parseList(envelope, others.length > 0) }),
    ...(resourceName !== undefined && { resourceName }),
    verbatim: true,
  };
}

/** The plugins of a configuration, however it is written. */
export function pluginsOf(config: object): readonly PluginConfig[] {
  const { plugins } = config as Members;
  const isList = isPluginList(config) && Array.isArray(plugins);
  return isList ? (plugins as PluginConfig[]) : [config as PluginConfig];
}

/**
 * True for a list of plugins, whose members libcni looks for by their very names. What has a `type`
 * as well, Multus takes for a single one.
 */
export function isPluginList(config: object): boolean {
  return !isPlugin(config) && (config as Members)['plugins'] !== undefined;
}

/** A member by its name as Go matches it: without regard to case, and the last one. */
export function memberOf(members: Members, name: string): unknown {
  const found = nameOf(members, name);
  return found === undefined ? undefined : members[found];
}

function nameOf(members: Members, name: string): string | undefined {
  const lower = name.toLowerCase();
  return Object.keys(members).findLast((key) => key.toLowerCase() === lower);
}

function isPlugin(plugin: unknown): boolean {
  if (!isMembers(plugin)) return false;
  const type = memberOf(plugin, 'type');
  return typeof type === 'string' && type !== '';
}

/** Takes a text, or null, out of its object; anything else is left to a check. */
function takeText(members: Members, name: string, isExact = false): string | undefined {
  const found = isExact ? name : nameOf(members, name);
  const value = found === undefined ? undefined : members[found];
  if (found === undefined || (typeof value !== 'string' && value !== null)) return undefined;
  delete members[found];
  return value ?? undefined;
}

function parseLink(plugin: Members): Pick<NetworkDefinition, 'link' | 'ipam'> {
  const type = takeText(plugin, 'type') as string;
  const ipam = takeIpam(plugin);
  const spec = linkSpec(type);
  const link = spec
    ? { kind: type as LinkKind, settings: parse(spec, plugin) }
    : { kind: 'raw', config: withType(type, plugin) };
  return { link: link as LinkConfig, ipam };
}

/** What no plugin would take for an IPAM stays an unknown key of the link. */
function takeIpam(plugin: Members): IpamConfig {
  const found = nameOf(plugin, 'ipam');
  if (found === undefined) return { kind: 'none' };
  const ipam = parseIpam(plugin[found]);
  if (ipam) delete plugin[found];
  return ipam ?? { kind: 'none' };
}

function parseIpam(ipam: unknown): IpamConfig | undefined {
  if (ipam === null) return { kind: 'none' };
  if (!isMembers(ipam)) return undefined;
  if (Object.keys(ipam).length === 0) return { kind: 'none' };
  if (!isPlugin(ipam)) return undefined;
  const own = { ...ipam };
  const type = takeText(own, 'type') as string;
  const spec = ipamSpec(type);
  if (!spec) return { kind: 'raw', config: withType(type, own) };
  return { kind: type as IpamKind, settings: parse(spec, own) } as IpamConfig;
}

function parseChain(plugin: PluginConfig): ChainConfig {
  const own: Members = { ...plugin };
  const type = takeText(own, 'type') as string;
  const spec = chainSpec(type);
  if (!spec) return { kind: 'raw', config: withType(type, own) };
  return { kind: type as ChainKind, settings: parse(spec, own) } as ChainConfig;
}

function withType(type: string, members: Members): PluginConfig {
  const config: Members = { type };
  for (const [name, value] of Object.entries(members)) setMember(config, name, value);
  return config as PluginConfig;
}

function parseList(envelope: Members, isChain: boolean): ListSettings | undefined {
  const { plugins, ...rest } = envelope;
  const list = parse<ListSettings>(LIST, rest);
  return isChain && Object.keys(list).length === 0 ? undefined : list;
}

/**
 * Where a key of a definition stands in the configuration: `ipam.rangeSets[0][0].subnet` is
 * `ipam.ranges[0][0].subnet`, and in a list `plugins[0].ipam.ranges[0][0].subnet`.
 */
export function configSteps(network: NetworkDefinition, steps: readonly KeyStep[]): KeyStep[] {
  const [first, second, ...rest] = steps;
  const isList = network.list !== undefined || (network.chain?.length ?? 0) > 0;
  const plugin: KeyStep[] = isList ? ['plugins', 0] : [];
  if (first === undefined) return [];
  if (first === 'configName') return ['name'];
  if (first === 'cniVersion' || first === 'plugins') return [...steps];
  if (first === 'list') return wireSteps(LIST, steps.slice(1));
  if (first === 'ipam') {
    const spec = ipamSpec(network.ipam.kind);
    const inside = steps.slice(1);
    return [...plugin, 'ipam', ...(spec ? wireSteps(spec, inside) : inside)];
  }
  if (first === 'chain' && typeof second === 'number') {
    const spec = chainSpec(network.chain?.[second]?.kind ?? '');
    return ['plugins', second + 1, ...(spec ? wireSteps(spec, rest) : rest)];
  }
  const spec = linkSpec(network.link.kind);
  return [...plugin, ...(spec ? wireSteps(spec, steps) : steps)];
}
