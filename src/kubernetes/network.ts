import {
  type BridgeSettings,
  type CniRoute,
  DEFAULT_CNI_VERSION,
  definedOnly,
  gatewayOf,
  type HostLocalSettings,
  hostLocalSets,
  type IpamConfig,
  isGatewayBridge,
  type LinkConfig,
  type NetworkConfig,
  type PluginConfig,
  renderIpam,
  renderLink,
} from '../cni';
import { Cidr, type IpFamily } from '../ipam';

/** API group, kind and version of a network. */
export const NETWORK_API_VERSION = 'k8s.cni.cncf.io/v1';
export const NETWORK_KIND = 'NetworkAttachmentDefinition';

/** What the name of a network's twin for claimed addresses ends with. */
export const CLAIMED_SUFFIX = '-claimed';

/** One network as a user means it. */
export interface NetworkDefinition {
  readonly name: string;
  /** @default - the namespace that the manifest is applied to */
  readonly namespace?: string | undefined;
  readonly link: LinkConfig;
  readonly ipam: IpamConfig;
  /** @default 0.4.0 */
  readonly cniVersion?: string | undefined;
}

/** A NetworkAttachmentDefinition without its metadata. */
export interface NetworkSpec {
  /** The CNI configuration as JSON text. */
  readonly config: string;
}

/** The name of a network's twin for claimed addresses. */
export function claimedName(name: string): string {
  return name + CLAIMED_SUFFIX;
}

/** The CNI configuration of a network, keys in a fixed order. */
export function networkConfig(network: NetworkDefinition): NetworkConfig {
  const plugin = renderLink(network.link);
  const ipam = renderIpam(network.ipam);
  const { name, cniVersion = DEFAULT_CNI_VERSION } = network;
  const config = { cniVersion, name, type: plugin.type };
  return Object.assign(
    config,
    plugin,
    capabilitiesFor(network.ipam),
    ipam === undefined ? undefined : { ipam },
  );
}

/** The `spec` of a network's object. The same input gives the same bytes. */
export function networkSpec(network: NetworkDefinition): NetworkSpec {
  return { config: JSON.stringify(networkConfig(network), undefined, 2) };
}

/**
 * Pods bring their addresses to a static network. With the capability they replace the configured
 * ones; without it the plugin would add them.
 */
function capabilitiesFor(
  ipam: IpamConfig,
): { readonly capabilities: Record<string, boolean> } | undefined {
  const isStatic = ipam.kind === 'static' || (ipam.kind === 'raw' && ipam.config.type === 'static');
  return isStatic ? { capabilities: { ips: true } } : undefined;
}

/**
 * The network that pods with claimed addresses attach to: the same link, but static IPAM, because
 * host-local refuses an asked for address outside its ranges.
 *
 * static reports no gateway. So the bridge must not be told to be one (it would invent the first
 * address of the network, and from then on refuse every normal pod on that bridge), and each route
 * gets an explicit next hop of its family (it would be taken to be on the link).
 */
export function claimedNetwork(network: NetworkDefinition): NetworkDefinition | undefined {
  if (network.ipam.kind !== 'host-local') return undefined;
  const routes = claimedRoutes(network.link, network.ipam.settings);
  return {
    ...network,
    name: claimedName(network.name),
    link: withoutGateway(network.link),
    ipam: {
      kind: 'static',
      settings: definedOnly({ routes: routes.length > 0 ? routes : undefined }),
    },
  };
}

function withoutGateway(link: LinkConfig): LinkConfig {
  if (link.kind !== 'bridge') return link;
  const { isGateway, isDefaultGateway, forceAddress, ...settings } = link.settings;
  return { kind: 'bridge', settings: settings as BridgeSettings };
}

/** The routes of a twin: those of the network and of a default gateway, each with its next hop. */
function claimedRoutes(link: LinkConfig, settings: HostLocalSettings): CniRoute[] {
  const isDefaultGateway = link.kind === 'bridge' && link.settings.isDefaultGateway === true;
  if (!settings.routes?.length && !isDefaultGateway) return [];
  const gateways = gatewaysByFamily(settings);
  const routes = (settings.routes ?? []).map((route) => {
    const gateway = gateways.get(familyOfRoute(route));
    return definedOnly({ dst: route.dst, gw: route.gw ?? gateway });
  });
  if (!isDefaultGateway) return routes;
  for (const [family, gateway] of gateways) {
    const dst = family === 4 ? '0.0.0.0/0' : '::/0';
    const isThere = routes.some((route) => String(Cidr.tryParse(route.dst)) === dst);
    if (!isThere) routes.push({ dst, gw: gateway });
  }
  return routes;
}

/** The gateway that host-local reports for the first address of each family. */
export function gatewaysByFamily(settings: HostLocalSettings): Map<IpFamily, string> {
  const gateways = new Map<IpFamily, string>();
  for (const range of hostLocalSets(settings).flat()) {
    const gateway = gatewayOf(range);
    if (!gateways.has(gateway.family)) gateways.set(gateway.family, String(gateway));
  }
  return gateways;
}

/** The gateway addresses that the bridge plugin puts on the bridge, with prefix length. */
export function gatewayAddresses(network: NetworkDefinition): string[] {
  const { link, ipam } = network;
  if (link.kind !== 'bridge' || !isGatewayBridge(link.settings)) return [];
  if (ipam.kind !== 'host-local') return [];
  return hostLocalSets(ipam.settings)
    .flat()
    .map((range) => `${gatewayOf(range)}/${Cidr.parse(range.subnet).prefixLength}`)
    .filter((address, index, all) => all.indexOf(address) === index);
}

/** The families that the routes of a network's twin need an address of. */
export function routedFamilies(network: NetworkDefinition): IpFamily[] {
  const twin = claimedNetwork(network);
  if (twin?.ipam.kind !== 'static') return [];
  return [...new Set((twin.ipam.settings.routes ?? []).map(familyOfRoute))].sort();
}

function familyOfRoute(route: CniRoute): IpFamily {
  return route.dst.includes(':') ? 6 : 4;
}

/** The plugins of a configuration, however it is written. */
export function pluginsOf(config: NetworkConfig): readonly PluginConfig[] {
  return 'plugins' in config && Array.isArray(config.plugins)
    ? (config.plugins as PluginConfig[])
    : [config as PluginConfig];
}

/** The bridge on the host that a network links its pods to. */
export function bridgeOf(network: NetworkDefinition): string | undefined {
  return network.link.kind === 'bridge' ? (network.link.settings.bridge ?? 'cni0') : undefined;
}

/** True for two definitions of one and the same object. */
export function sameNetwork(a: NetworkDefinition, b: NetworkDefinition): boolean {
  return a.name === b.name && a.namespace === b.namespace;
}
