import {
  type ChainConfig,
  DEFAULT_CNI_VERSION,
  type HostLocalSettings,
  type IpamConfig,
  type LinkKind,
  MISSING_CNI_VERSION,
} from '../../cni';
import type { NetworkDefinition } from '../../kubernetes';
import { array, type Code, call, literal, name, type ObjectCode } from './code';
import { beyondPool } from './pools';
import type { ConfigPatch } from './typed-network';

/** The construct of each interface plugin. */
export const NETWORK_CLASSES: Readonly<Record<LinkKind, string>> = {
  bridge: 'BridgeNetwork',
  macvlan: 'MacvlanNetwork',
  ipvlan: 'IpvlanNetwork',
  'host-device': 'HostDeviceNetwork',
  vlan: 'VlanNetwork',
  ptp: 'PtpNetwork',
  tap: 'TapNetwork',
  dummy: 'DummyNetwork',
  sriov: 'SriovNetwork',
  'kube-ovn': 'KubeOvnNetwork',
  'ovn-k8s-cni-overlay': 'OvnKubernetesNetwork',
};

/** Variables of what a network's addresses come from. */
export interface AddressVariables {
  readonly pool?: string | undefined;
  readonly subnet?: string | undefined;
}

/** Members of an object literal by name; those that are undefined are left out. */
export type Props = Record<string, Code | undefined>;

/** The props of a typed network that come from its configuration, in the usual order. */
export function networkProps(network: NetworkDefinition, variables: AddressVariables): Props {
  const { link, chain = [], list = {}, cniVersion, configName, resourceName } = network;
  const { extra, capabilities, ...settings } = link.kind === 'raw' ? ({} as never) : link.settings;
  const isOnSubnet = link.kind === 'kube-ovn' && variables.subnet !== undefined;
  return {
    ...literals(settings),
    subnet: isOnSubnet ? name(variables.subnet as string) : undefined,
    ipam: network.ipam.kind === 'none' ? undefined : ipamCode(network.ipam, variables),
    chain: chain.length === 0 ? undefined : array(chain.map(chainCode)),
    cniVersion: literalOf(cniVersion === DEFAULT_CNI_VERSION ? undefined : cniVersion),
    configName: literalOf(configName),
    resourceName: literalOf(resourceName),
    ...literals(list),
    capabilities: literalOf(capabilities),
    extra: literalOf(extra),
  };
}

/** The props of a network that is known by its raw configuration alone. */
export function rawProps(
  config: Readonly<Record<string, unknown>>,
  { cniVersion, resourceName }: NetworkDefinition,
): Props {
  return {
    config: literal(config),
    cniVersion: literalOf(cniVersion === undefined ? MISSING_CNI_VERSION : undefined),
    resourceName: literalOf(resourceName),
  };
}

function literalOf(value: unknown): Code | undefined {
  return value === undefined ? undefined : literal(value);
}

function literals(settings: object): Props {
  const members = Object.entries(settings);
  return Object.fromEntries(members.map(([key, value]) => [key, literalOf(value)]));
}

function chainCode(chain: ChainConfig): Code {
  if (chain.kind === 'raw') return call('Chain.raw', literal(chain.config));
  return withSettings(`Chain.${chain.kind}`, chain.settings);
}

/** A call without the last argument where nothing is set. */
function withSettings(callee: string, settings: object, ...args: readonly Code[]): Code {
  const code = literal(settings) as ObjectCode;
  return code.members.length === 0 ? call(callee, ...args) : call(callee, ...args, code);
}

function ipamCode(ipam: IpamConfig, { pool, subnet }: AddressVariables): Code {
  switch (ipam.kind) {
    case 'none':
      return call('Ipam.none');
    case 'host-local':
      return call('Ipam.hostLocal', literal(withPlainRanges(ipam.settings)));
    case 'static':
    case 'dhcp':
      return withSettings(`Ipam.${ipam.kind}`, ipam.settings);
    case 'whereabouts':
      if (pool === undefined) return call('Ipam.whereabouts', literal(ipam.settings));
      return withSettings('Ipam.whereabouts', beyondPool(ipam.settings), name(pool));
    case 'kube-ovn': {
      const { provider: _computed, ...options } = ipam.settings;
      if (subnet !== undefined) return withSettings('Ipam.kubeOvn', options, name(subnet));
      const isPlain = Object.values(options).every((value) => value === undefined);
      return isPlain
        ? call('Ipam.kubeOvn')
        : call('Ipam.kubeOvn', name('undefined'), literal(options));
    }
    case 'raw':
      return call('Ipam.raw', literal(ipam.config));
  }
}

/** Sets of one range each are `ranges`. */
function withPlainRanges(settings: HostLocalSettings): object {
  const { rangeSets = [] } = settings;
  if (rangeSets.length === 0 || rangeSets.some(({ length }) => length !== 1)) return settings;
  const members = Object.entries(settings).map(([key, value]) =>
    key === 'rangeSets' ? ['ranges', rangeSets.flat()] : [key, value],
  );
  return Object.fromEntries(members);
}

/** `JsonPatch.remove('/preserveDefaultVlan')`. */
export function patchCode({ path, value }: ConfigPatch): Code {
  const steps = path.map((step) => String(step).replaceAll('~', '~0').replaceAll('/', '~1'));
  const pointer = literal(`/${steps.join('/')}`);
  if (value === undefined) return call('JsonPatch.remove', pointer);
  return call('JsonPatch.add', pointer, literal(value));
}
