import {
  CHAIN_SPECS,
  type ChainConfig,
  IPAM_SPECS,
  type IpamConfig,
  isMembers,
  LINK_SPECS,
  type LinkConfig,
  type ListSettings,
  MISSING_CNI_VERSION,
  type PluginConfig,
  renderChain,
  renderIpam,
} from '../../cni';
import { type NetworkDefinition, networkConfig, pluginsOf } from '../../kubernetes';
import { withoutComputed } from './computed-settings';
import { meanSame } from './same-config';
import { isTypedKind } from './typed-settings';

/** A network as a typed construct is to be told of it. */
export interface TypedNetwork {
  readonly definition: NetworkDefinition;
  /** What its props can't say. */
  readonly patches: readonly ConfigPatch[];
}

/** A change of the CNI configuration that the construct writes. */
export interface ConfigPatch {
  /** Steps to a member. */
  readonly path: readonly (string | number)[];
  /** Undefined for a key that the construct writes by itself and the network does not have. */
  readonly value?: unknown;
}

/**
 * A network that was read, so that a typed construct writes the same again: what it would add by
 * itself is said, refused or taken out. Undefined where no typed construct can say it all.
 */
export function typedNetwork(read: NetworkDefinition, config: unknown): TypedNetwork | undefined {
  if (!isTypedKind(LINK_SPECS, read.link)) return undefined;
  const { verbatim: _verbatim, chain, list, ...said } = read;
  const network: NetworkDefinition = {
    ...said,
    cniVersion: read.cniVersion ?? MISSING_CNI_VERSION,
    ipam: typedIpam(read.ipam),
    ...(chain && { chain: chain.map(typedChain) }),
    ...(list && { list: listProps(list, chain !== undefined) }),
  };
  const explicit = withoutCapabilities(network);
  const patches = [...addedKeys(explicit), ...(list ? listPatches(list) : [])];
  const definition = withoutComputed(explicit);
  if (!hasProps(definition)) return undefined;
  const typed = { definition, patches };
  return writesSame(typed, config) ? typed : undefined;
}

/** True for a network whose construct writes a configuration that means the same as this one. */
export function writesSame({ definition, patches }: TypedNetwork, config: unknown): boolean {
  return meanSame(patched(networkConfig(definition), patches), config, definition.name);
}

/** False for what a construct has no props for: it computes them, or does not need them. */
function hasProps({ link, ipam, resourceName }: NetworkDefinition): boolean {
  if (ipam.kind === 'kube-ovn' && ipam.settings.provider !== undefined) return false;
  switch (link.kind) {
    case 'sriov':
      return resourceName !== undefined;
    case 'kube-ovn':
      return ipam.kind === 'none' && link.settings.provider === undefined;
    case 'ovn-k8s-cni-overlay':
      return ipam.kind === 'none' && link.settings.netAttachDefName === undefined;
    default:
      return true;
  }
}

/** An IPAM that no type fits, as upstream writes it. */
function typedIpam(ipam: IpamConfig): IpamConfig {
  if (ipam.kind === 'none' || ipam.kind === 'raw' || isTypedKind(IPAM_SPECS, ipam)) return ipam;
  return { kind: 'raw', config: renderIpam(ipam) as PluginConfig };
}

function typedChain(chain: ChainConfig): ChainConfig {
  if (chain.kind === 'raw' || isTypedKind(CHAIN_SPECS, chain)) return chain;
  return { kind: 'raw', config: renderChain(chain, true) };
}

/** What the props of a network say of a list. A single plugin needs one of them to stay a list. */
function listProps(list: ListSettings, isChain: boolean): ListSettings {
  const { cniVersions, disableCheck, disableGC } = list;
  const isNone = (cniVersions ?? disableCheck ?? disableGC) === undefined;
  return {
    ...(cniVersions && { cniVersions }),
    ...(disableCheck !== undefined && { disableCheck: isTrue(disableCheck) }),
    ...(disableGC !== undefined && { disableGC: isTrue(disableGC) }),
    ...(isNone && !isChain && { disableCheck: false }),
  };
}

function isTrue(value: boolean | string): boolean {
  return String(value).toLowerCase() === 'true';
}

/** Members of a list that there are no props for. */
function listPatches({ loadOnlyInlinedPlugins, extra }: ListSettings): ConfigPatch[] {
  const members = {
    ...(loadOnlyInlinedPlugins !== undefined && { loadOnlyInlinedPlugins }),
    ...extra,
  };
  return Object.entries(members).map(([key, value]) => ({ path: [key], value }));
}

/** Constructs declare the capabilities that a plugin needs; an empty declaration keeps them from it. */
function withoutCapabilities(network: NetworkDefinition): NetworkDefinition {
  const declared = pluginsOf(networkConfig({ ...network, verbatim: true }));
  const added = pluginsOf(networkConfig(network)).map(
    ({ capabilities }, index) =>
      capabilities !== undefined && declared[index]?.capabilities === undefined,
  );
  const { link, chain } = network;
  return {
    ...network,
    link: added[0] ? undeclared(link) : link,
    ...(chain && { chain: chain.map((one, index) => (added[index + 1] ? undeclared(one) : one)) }),
  };
}

function undeclared<T extends LinkConfig | ChainConfig>(part: T): T {
  if (part.kind === 'raw') return part;
  return { ...part, settings: { ...part.settings, capabilities: {} } };
}

/** Keys of the configuration that the network itself does not say. */
function addedKeys(network: NetworkDefinition): ConfigPatch[] {
  const config = networkConfig(network);
  const said = pluginsOf(networkConfig({ ...network, verbatim: true }));
  const plugins = pluginsOf(config);
  return plugins.flatMap((plugin, index) => {
    const path = plugin === config ? [] : ['plugins', index];
    const own = said[index] ?? {};
    return [
      ...missing(plugin, own, path),
      ...missing(plugin['ipam'], (own as PluginConfig)['ipam'], [...path, 'ipam']),
    ];
  });
}

function missing(written: unknown, said: unknown, path: ConfigPatch['path']): ConfigPatch[] {
  if (!isMembers(written) || !isMembers(said)) return [];
  const keys = Object.keys(written).filter((key) => !Object.hasOwn(said, key));
  return keys.map((key) => ({ path: [...path, key] }));
}

function patched(config: unknown, patches: readonly ConfigPatch[]): unknown {
  const copy: unknown = structuredClone(config);
  for (const { path, value } of patches) {
    const key = String(path.at(-1));
    const parent = path.slice(0, -1).reduce<unknown>((at, step) => Object(at)[step], copy);
    if (!isMembers(parent)) continue;
    if (value === undefined) delete parent[key];
    else parent[key] = value;
  }
  return copy;
}
