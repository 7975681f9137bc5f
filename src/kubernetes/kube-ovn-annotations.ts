import { kubeOvnKey, kubeOvnProvider, parseKubeOvnKey } from './kube-ovn';
import type { NetworkDefinition } from './network';

/** A route that one pod asks for: unlike a network's, it names its next hop. */
export interface KubeOvnPodRoute {
  /** CIDR. @default - the default route */
  readonly dst?: string | undefined;
  readonly gw: string;
}

/** What a pod asks of Kube-OVN for one of its networks; each is one annotation. */
export interface KubeOvnPodSettings {
  /** An address of the subnet, or one of each family with a comma between; `excludeIps` may hold it. @default - any free one */
  readonly ipAddress?: string | undefined;
  /**
   * Addresses for the pods of a workload, each `10.20.0.10` or a pair `10.20.0.10,fd00:20::10`; or
   * the name of one IPPool object. A StatefulSet's pod takes the one at its ordinal.
   *
   * @default - none
   */
  readonly ipPool?: readonly string[] | undefined;
  /** Ignored by an IPAM-only network, unless for one interface by name. @default - chosen */
  readonly macAddress?: string | undefined;
  /** @default - none */
  readonly routes?: readonly KubeOvnPodRoute[] | undefined;
  /** Name of the Subnet; only where the plugin is kube-ovn itself. @default - the one of the network's provider */
  readonly logicalSwitch?: string | undefined;
  /** Whether the pod's default route goes here. @default - false but for eth0 */
  readonly defaultRoute?: boolean | undefined;
  /** Only this family of a dual subnet. @default - both */
  readonly ipFamily?: 'ipv4' | 'ipv6' | undefined;
  /** Names of SecurityGroup objects. @default - none */
  readonly securityGroups?: readonly string[] | undefined;
  /** To the pod, Mbit/s. @default - unlimited */
  readonly ingressRate?: number | undefined;
  /** From the pod, Mbit/s. @default - unlimited */
  readonly egressRate?: number | undefined;
  /** To the pod, Mbit. @default - by the rate */
  readonly ingressBurst?: number | undefined;
  /** From the pod, Mbit. @default - by the rate */
  readonly egressBurst?: number | undefined;
  /** 1 to 4094. @default - the subnet's */
  readonly vlanId?: number | undefined;
  /** Drops frames from other addresses than the pod's. @default false */
  readonly portSecurity?: boolean | undefined;
  /** `veth-pair`, `internal-port` or `offload-port`. @default - the controller's setting */
  readonly podNicType?: string | undefined;
  /** Copies the pod's traffic to the mirror port. @default - the controller's setting */
  readonly mirror?: boolean | undefined;
  /** Delay of what the pod sends, ms. @default - none */
  readonly latency?: number | undefined;
  /** Greatest number of packets in the queue. @default - none */
  readonly limit?: number | undefined;
  /** Percent of packets to drop. @default - none */
  readonly loss?: number | undefined;
  /** Variation of `latency`, ms. @default - none */
  readonly jitter?: number | undefined;
  /** Further annotations by what stands behind the prefix. @default - none */
  readonly extra?: Readonly<Record<string, string>> | undefined;
}

interface Form {
  readonly wire: string;
  readonly print: (value: never) => string;
  /** Undefined for a text that means nothing. */
  readonly parse: (text: string) => unknown;
}

const plain = (wire: string): Form => ({
  wire,
  print: (value: unknown) => String(value),
  parse: (text) => text,
});
const number = (wire: string): Form => ({
  ...plain(wire),
  parse: (text) => (/^\d+(\.\d+)?$/.test(text) ? Number(text) : undefined),
});
const flag = (wire: string): Form => ({
  ...plain(wire),
  parse: (text) => (/^(true|false)$/.test(text) ? text === 'true' : undefined),
});

/** In the order in which they are written. */
const FORMS: Readonly<Record<Exclude<keyof KubeOvnPodSettings, 'extra'>, Form>> = {
  logicalSwitch: plain('logical_switch'),
  ipAddress: plain('ip_address'),
  ipPool: { wire: 'ip_pool', print: printIpPool, parse: parseIpPool },
  macAddress: plain('mac_address'),
  ipFamily: plain('ip_family'),
  routes: { wire: 'routes', print: (value) => JSON.stringify(value), parse: parseRoutes },
  defaultRoute: flag('default_route'),
  securityGroups: {
    wire: 'security_groups',
    print: (value: readonly string[]) => value.join(','),
    parse: (text) => text.split(',').map((one) => one.trim()),
  },
  ingressRate: number('ingress_rate'),
  egressRate: number('egress_rate'),
  ingressBurst: number('ingress_burst'),
  egressBurst: number('egress_burst'),
  vlanId: number('vlan_id'),
  portSecurity: flag('port_security'),
  podNicType: plain('pod_nic_type'),
  mirror: flag('mirror'),
  latency: number('latency'),
  limit: number('limit'),
  loss: number('loss'),
  jitter: number('jitter'),
};

const BY_WIRE = new Map(Object.entries(FORMS).map(([prop, form]) => [form.wire, { prop, form }]));

/** The annotations of {@link KubeOvnPodSettings} by what stands behind the prefix. */
export const KUBE_OVN_ANNOTATIONS: readonly string[] = [...BY_WIRE.keys()];

/** What the controller itself writes on a pod. */
export const KUBE_OVN_STATUS_ANNOTATIONS: readonly string[] = [
  'allocated',
  'cidr',
  'gateway',
  'routed',
  'logical_router',
  'provider_network',
  'virtualmachine',
];

/**
 * The annotations of a pod for one of its networks; none for a network that is not Kube-OVN's.
 *
 * @param interfaceName of a network that the pod attaches more than once
 */
export function kubeOvnAnnotations(
  network: NetworkDefinition,
  settings: KubeOvnPodSettings,
  interfaceName?: string,
): Record<string, string> {
  const provider = kubeOvnProvider(network);
  if (provider === undefined) return {};
  const annotations: Record<string, string> = {};
  for (const [prop, { wire, print }] of Object.entries(FORMS)) {
    const value = settings[prop as keyof typeof FORMS];
    if (value !== undefined) {
      annotations[kubeOvnKey(provider, wire, interfaceName)] = print(value as never);
    }
  }
  for (const [wire, value] of Object.entries(settings.extra ?? {})) {
    annotations[kubeOvnKey(provider, wire, interfaceName)] = value;
  }
  return annotations;
}

/** Two addresses of different families with a comma between would be one pair. */
function printIpPool(ips: readonly string[]): string {
  const hasPairs = ips.some((one) => one.includes(','));
  const looksLikePair = ips.length === 2 && isV6(ips[0]) !== isV6(ips[1]);
  return ips.join(hasPairs || looksLikePair ? ';' : ',');
}

/** The parts of an `ip_pool` annotation as the controller reads them: one for each pod, or the name of an IPPool. */
export function parseIpPool(text: string): string[] {
  const parts = text.split(text.includes(';') ? ';' : ',').map((one) => one.trim());
  const isPair = !text.includes(';') && parts.length === 2 && isV6(parts[0]) !== isV6(parts[1]);
  return isPair ? [parts.join(',')] : parts;
}

function isV6(address: string | undefined): boolean {
  return address?.includes(':') === true;
}

function parseRoutes(text: string): unknown {
  try {
    const routes: unknown = JSON.parse(text);
    return Array.isArray(routes) ? routes : undefined;
  } catch {
    return undefined;
  }
}

/** What a pod asks of Kube-OVN for one network, or for one interface of it. */
export interface ReadKubeOvnSettings {
  readonly network: NetworkDefinition;
  /** Set where the annotations name one. */
  readonly interfaceName?: string | undefined;
  /** What can't be read is in `extra`. */
  readonly settings: KubeOvnPodSettings;
  /** The annotations that say so. */
  readonly keys: readonly string[];
}

/**
 * What a pod's annotations ask of Kube-OVN for these networks, the mirror of
 * {@link kubeOvnAnnotations}. What the controller writes by itself (`allocated` and the like) is left
 * out, but stands in `keys`.
 */
export function readKubeOvnAnnotations(
  annotations: Readonly<Record<string, string>>,
  networks: readonly NetworkDefinition[],
): ReadKubeOvnSettings[] {
  const byProvider = new Map(
    networks.flatMap((network) => {
      const provider = kubeOvnProvider(network);
      return provider === undefined ? [] : [[provider, network] as const];
    }),
  );
  const found = new Map<string, Building>();
  for (const [key, text] of Object.entries(annotations)) {
    const place = placeOf(key, byProvider);
    if (!place) continue;
    const id = `${kubeOvnProvider(place.network)} ${place.interfaceName ?? ''}`;
    const building = found.get(id) ?? { ...place, settings: {}, extra: {}, keys: [] };
    found.set(id, building);
    building.keys.push(key);
    put(building, place.name, text);
  }
  return [...found.values()].map(({ network, interfaceName, settings, extra, keys }) => ({
    network,
    interfaceName,
    settings: Object.keys(extra).length > 0 ? { ...settings, extra } : settings,
    keys,
  }));
}

interface Place {
  readonly network: NetworkDefinition;
  readonly name: string;
  readonly interfaceName?: string | undefined;
}

interface Building extends Place {
  readonly settings: Record<string, unknown>;
  readonly extra: Record<string, string>;
  readonly keys: string[];
}

function placeOf(
  key: string,
  byProvider: ReadonlyMap<string, NetworkDefinition>,
): Place | undefined {
  const parsed = parseKubeOvnKey(key);
  if (!parsed) return undefined;
  const { provider, name, interfaceName } = parsed;
  // Where only one interface is meant, its address has no `.ovn` even on an OVN network.
  const network =
    byProvider.get(provider) ??
    (interfaceName === undefined ? undefined : byProvider.get(`${provider}.ovn`));
  if (network) return { network, name, interfaceName };
  const [, owner = '', suffix] = /^(.+\.ovn)\.([^.]+)$/.exec(provider) ?? [];
  const named = byProvider.get(owner);
  return named && { network: named, name, interfaceName: suffix };
}

function put({ settings, extra }: Building, name: string, text: string): void {
  if (KUBE_OVN_STATUS_ANNOTATIONS.includes(name)) return;
  const known = BY_WIRE.get(name);
  const value = known?.form.parse(text);
  if (known && value !== undefined) settings[known.prop] = value;
  else extra[name] = text;
}
