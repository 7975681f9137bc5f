import {
  type ChainConfig,
  type CniRoute,
  claimableOf,
  DEFAULT_CNI_VERSION,
  definedOnly,
  gatewayOf,
  hostLocalSets,
  type IpamConfig,
  isDefaultRoute,
  isGatewayBridge,
  KUBE_OVN_SOCKET,
  LIST,
  type LinkConfig,
  type ListSettings,
  type NetworkConfig,
  type PluginConfig,
  renderChain,
  renderIpam,
  renderLink,
  routesOf,
  type TargetVersions,
  whereaboutsGateways,
} from '../cni';
import { print } from '../cni/codec';
import { Cidr, InterfaceAddress, type IpFamily } from '../ipam';
import { DEFAULT_NAMESPACE, kubeOvnProvider } from './kube-ovn';

/** API group, kind and version of a network. */
export const NETWORK_API_VERSION = 'k8s.cni.cncf.io/v1';
export const NETWORK_KIND = 'NetworkAttachmentDefinition';

/** Annotation that names the resource of a device plugin whose devices pods of a network get. */
export const RESOURCE_ANNOTATION = 'k8s.v1.cni.cncf.io/resourceName';

/** What the name of a network's twin for claimed addresses ends with. */
export const CLAIMED_SUFFIX = '-claimed';

/** One network as a user means it. */
export interface NetworkDefinition {
  readonly name: string;
  /** @default - the namespace that the manifest is applied to */
  readonly namespace?: string | undefined;
  readonly link: LinkConfig;
  readonly ipam: IpamConfig;
  /** What changes the link, in order. Written as a list of plugins. @default - none */
  readonly chain?: readonly ChainConfig[] | undefined;
  /** @default 0.4.0 */
  readonly cniVersion?: string | undefined;
  /** Name in the CNI configuration: networks that share it share host-local's files. @default - `name` */
  readonly configName?: string | undefined;
  /** Settings of a list of plugins; with them a single plugin is written as a list. @default - none */
  readonly list?: ListSettings | undefined;
  /** Resource of a device plugin, `vendor.com/name`. @default - none */
  readonly resourceName?: string | undefined;
  /** True for what was read from a manifest: nothing is added that it does not say. @default false */
  readonly verbatim?: boolean | undefined;
}

/** A NetworkAttachmentDefinition without its metadata. */
export interface NetworkSpec {
  /** The CNI configuration as JSON text. */
  readonly config: string;
}

/** What of the nodes decides how a network is written. */
export interface NodeSetting {
  /** Releases that the nodes have: defaults that they don't know are not written. @default - any */
  readonly targetVersions?: TargetVersions | undefined;
  /** Where whereabouts' own file is, where it does not look by itself. @default - nothing is written */
  readonly whereaboutsFile?: string | undefined;
}

/** The name of a network's twin for claimed addresses. */
export function claimedName(name: string): string {
  return name + CLAIMED_SUFFIX;
}

/** True when addresses of a network can be claimed. */
export function hasTwin(network: NetworkDefinition): boolean {
  return claimableOf(network.ipam).length > 0;
}

/** The CNI configuration of a network, keys in a fixed order. */
export function networkConfig(network: NetworkDefinition, nodes: NodeSetting = {}): NetworkConfig {
  const { name, configName, chain, list, verbatim = false } = network;
  const cniVersion = network.cniVersion ?? (verbatim ? undefined : DEFAULT_CNI_VERSION);
  const head = verbatim
    ? definedOnly({ cniVersion, name: configName ?? name })
    : { cniVersion, name: configName ?? name };
  if ((chain === undefined || chain.length === 0) && list === undefined) {
    const config = linkConfig(network, nodes, head) as NetworkConfig;
    // What was written twice counts as it is set here.
    return verbatim
      ? Object.assign(config, definedOnly({ cniVersion: network.cniVersion, name: configName }))
      : config;
  }
  const plugins = [
    linkConfig(network, nodes),
    ...(chain ?? []).map((one) =>
      verbatim ? renderChain(one, true) : withoutNone({ ...renderChain(one) }),
    ),
  ];
  return print(LIST, { ...list, ...head, plugins }) as unknown as NetworkConfig;
}

/** The interface plugin with its IPAM, behind `head`. */
function linkConfig(network: NetworkDefinition, nodes: NodeSetting, head?: object): PluginConfig {
  const { link, ipam, verbatim = false } = verbatimOrNamed(network);
  const plugin: Writable = renderLink(link, verbatim, nodes.targetVersions, head);
  const addresses = renderIpam(verbatim ? ipam : withFile(ipam, nodes));
  if (!verbatim) setCapabilities(plugin, addresses?.type);
  if (addresses !== undefined) plugin['ipam'] = addresses;
  return plugin;
}

/** A configuration while it is being made. */
type Writable = { type: string } & Record<string, unknown>;

/** On platforms where whereabouts does not find its file, each network has to say where it is. */
function withFile(ipam: IpamConfig, { whereaboutsFile }: NodeSetting): IpamConfig {
  if (ipam.kind !== 'whereabouts' || whereaboutsFile === undefined) return ipam;
  const { configurationPath = whereaboutsFile, extra } = ipam.settings;
  if (extra?.['configuration_path'] !== undefined) return ipam;
  return { kind: 'whereabouts', settings: { ...ipam.settings, configurationPath } };
}

/** Without the capability static would add a pod's addresses to the configured ones. */
function setCapabilities(plugin: Writable, ipam: string | undefined): void {
  if (plugin['capabilities'] === undefined && ipam === 'static') {
    plugin['capabilities'] = { ips: true };
  } else withoutNone(plugin);
}

/** Kube-OVN and OVN-Kubernetes have to be told which network it is that their plugin is configured by. */
function verbatimOrNamed(network: NetworkDefinition): NetworkDefinition {
  const { link, ipam, name, namespace = DEFAULT_NAMESPACE, verbatim } = network;
  if (verbatim) return network;
  if (link.kind === 'ovn-k8s-cni-overlay') {
    const settings = { netAttachDefName: `${namespace}/${name}`, ...definedOnly(link.settings) };
    return { ...network, link: { kind: link.kind, settings } };
  }
  const kubeOvn = { serverSocket: KUBE_OVN_SOCKET, provider: kubeOvnProvider(network) };
  if (link.kind === 'kube-ovn') {
    const settings = { ...kubeOvn, ...definedOnly(link.settings) };
    return { ...network, link: { kind: link.kind, settings } };
  }
  if (ipam.kind !== 'kube-ovn') return network;
  const settings = { ...kubeOvn, ...definedOnly(ipam.settings) };
  return { ...network, ipam: { kind: ipam.kind, settings } };
}

/** `{}` says that no capability is to be declared. */
function withoutNone(plugin: Writable): PluginConfig {
  const { capabilities } = plugin;
  const isNone =
    typeof capabilities === 'object' &&
    capabilities !== null &&
    Object.keys(capabilities).length === 0;
  if (isNone) delete plugin['capabilities'];
  return plugin;
}

/** The `spec` of a network's object. The same input gives the same bytes. */
export function networkSpec(network: NetworkDefinition): NetworkSpec {
  return { config: JSON.stringify(networkConfig(network), undefined, 2) };
}

/** The annotations that a network's object needs; undefined for none. */
export function networkAnnotations(network: NetworkDefinition): Record<string, string> | undefined {
  const { resourceName } = network;
  return resourceName === undefined ? undefined : { [RESOURCE_ANNOTATION]: resourceName };
}

/**
 * The network that pods with claimed addresses attach to: the same link, but static IPAM, because
 * host-local refuses an asked for address outside its ranges, and whereabouts would add it to one of
 * its own.
 *
 * static reports no gateway. So the bridge must not be told to be one (it would invent the first
 * address of the network, and from then on refuse every normal pod on that bridge), and each route
 * gets an explicit next hop of its family (it would be taken to be on the link).
 */
export function claimedNetwork(network: NetworkDefinition): NetworkDefinition | undefined {
  const { ipam, name, configName } = network;
  if (ipam.kind !== 'host-local' && ipam.kind !== 'whereabouts') return undefined;
  const routes = claimedRoutes(network);
  const dns = ipam.kind === 'whereabouts' ? ipam.settings.dns : undefined;
  return {
    ...network,
    name: claimedName(name),
    configName: configName === undefined ? undefined : claimedName(configName),
    link: withoutGateway(network.link),
    ipam: {
      kind: 'static',
      settings: definedOnly({ routes: routes.length > 0 ? routes : undefined, dns }),
    },
  };
}

function withoutGateway(link: LinkConfig): LinkConfig {
  if (link.kind !== 'bridge') return link;
  const { isGateway, isDefaultGateway, forceAddress, ...settings } = link.settings;
  return { kind: 'bridge', settings };
}

/** The routes of a twin: those of the network and of a default gateway, each with its next hop. */
function claimedRoutes({ link, ipam }: NetworkDefinition): CniRoute[] {
  const isDefaultGateway = link.kind === 'bridge' && link.settings.isDefaultGateway === true;
  const own = routesOf(ipam);
  if (own.length === 0 && !isDefaultGateway) return [];
  const families = isDefaultGateway ? undefined : new Set(own.map(familyOfRoute));
  const gateways = gatewaysByFamily(ipam, families);
  const routes = own.map((route): CniRoute => {
    const gateway = gateways.get(familyOfRoute(route));
    return definedOnly({ ...route, gw: route.gw ?? gateway });
  });
  if (!isDefaultGateway) return routes;
  for (const [family, gateway] of gateways) {
    const isThere = routes.some(
      (route) => isDefaultRoute(route) && familyOfRoute(route) === family,
    );
    if (!isThere) routes.push({ dst: family === 4 ? '0.0.0.0/0' : '::/0', gw: gateway });
  }
  return routes;
}

/**
 * The gateway that an IPAM reports for the first address of each family.
 *
 * @param families whose gateways are asked for, of host-local; @default - both
 */
export function gatewaysByFamily(
  ipam: IpamConfig,
  families?: ReadonlySet<IpFamily>,
): Map<IpFamily, string> {
  if (ipam.kind === 'whereabouts') {
    const gateways = whereaboutsGateways(ipam.settings);
    const { gateway } = ipam.settings;
    if (gateway) gateways.set(gateway.includes(':') ? 6 : 4, gateway);
    return gateways;
  }
  const gateways = new Map<IpFamily, string>();
  if (ipam.kind !== 'host-local') return gateways;
  for (const range of hostLocalSets(ipam.settings).flat()) {
    if (families && !families.has(range.subnet.includes(':') ? 6 : 4)) continue;
    const gateway = gatewayOf(range);
    if (!gateways.has(gateway.family)) gateways.set(gateway.family, String(gateway));
  }
  return gateways;
}

/**
 * The gateway addresses that the bridge plugin puts on the bridge, with prefix length. A range whose
 * gateway is of the other family, or has no place in it, gives none.
 */
export function gatewayAddresses(network: NetworkDefinition): string[] {
  const { link, ipam } = network;
  if (link.kind !== 'bridge' || !isGatewayBridge(link.settings)) return [];
  if (ipam.kind !== 'host-local') return [];
  return hostLocalSets(ipam.settings)
    .flat()
    .map((range) => `${gatewayOf(range)}/${Cidr.parse(range.subnet).prefixLength}`)
    .filter((text) => InterfaceAddress.tryParse(text) !== undefined)
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

/** The bridge on the host that a network links its pods to. */
export function bridgeOf(network: NetworkDefinition): string | undefined {
  return network.link.kind === 'bridge' ? (network.link.settings.bridge ?? 'cni0') : undefined;
}

/** True for two definitions of one and the same object. */
export function sameNetwork(a: NetworkDefinition, b: NetworkDefinition): boolean {
  return a.name === b.name && a.namespace === b.namespace;
}
