import {
  type BridgeSettings,
  CNI_VERSIONS,
  type IpamConfig,
  IpvlanMode,
  ipamType,
  type LinkConfig,
  MacvlanMode,
  type StaticSettings,
  type VlanTrunk,
} from '../cni';
import { type Problem, within } from '../errors';
import {
  addressProblem,
  checkGateway,
  InterfaceAddress,
  IpAddress,
  interfaceAddressProblem,
} from '../ipam';
import {
  CLAIMED_SUFFIX,
  claimedName,
  type NetworkDefinition,
  type PlatformFacts,
} from '../kubernetes';
import { checkHostLocal, checkRoutes } from './host-local';
import { checkIfname, checkInteger, checkNamespace, checkObjectName, checkWord } from './names';

/** Bytes; the kernel's limits for Ethernet. */
const MTU = { least: 68, most: 65535 };

/** The networks of a program by `namespace/name` of the objects that they make. */
export type NetworksByObject = Map<string, NetworkDefinition>;

/**
 * Puts a network beside the others, and tells of two objects with one name: the later would
 * overwrite the earlier in the cluster, without a word. Networks without a namespace may be meant
 * for different ones.
 */
export function checkNetworkOnce(network: NetworkDefinition, others: NetworksByObject): Problem[] {
  if (network.namespace === undefined) return [];
  return objectNames(network).flatMap((name, index): Problem[] => {
    const object = `${network.namespace}/${name}`;
    const other = others.get(object);
    if (!other) {
      others.set(object, network);
      return [];
    }
    // Two claimable networks of one name have two twins of one name: that is one problem.
    if (index > 0 && other.name === network.name) return [];
    const isTwin = name !== network.name || name !== other.name;
    return [
      {
        code: 'NL_NAME_TWICE',
        key: 'name',
        found: `"${object}" is made twice${isTwin ? ` (network "${name === network.name ? other.name : network.name}" makes it for its claims)` : ''}`,
        allowed: 'each network once in a namespace',
        fix: 'give one of them another name',
      },
    ];
  });
}

function objectNames(network: NetworkDefinition): string[] {
  return hasTwin(network) ? [network.name, claimedName(network.name)] : [network.name];
}

function hasTwin({ ipam }: NetworkDefinition): boolean {
  return ipam.kind === 'host-local' && (ipam.settings.claimable?.length ?? 0) > 0;
}

/** Everything wrong with one network by itself. Keys are those of its construct's props. */
export function checkNetwork(network: NetworkDefinition, platform?: PlatformFacts): Problem[] {
  return [
    ...(hasTwin(network)
      ? checkObjectName('name', network.name, 63 - CLAIMED_SUFFIX.length, CLAIMED_SUFFIX)
      : checkObjectName('name', network.name)),
    ...(network.namespace === undefined ? [] : checkNamespace('namespace', network.namespace)),
    ...checkWord('cniVersion', network.cniVersion, CNI_VERSIONS),
    ...checkLink(network.link, network.ipam),
    ...within('ipam', checkIpam(network.ipam)),
    ...checkPlatform(network, platform),
  ];
}

function checkLink(link: LinkConfig, ipam: IpamConfig): Problem[] {
  switch (link.kind) {
    case 'bridge':
      return checkBridge(link.settings, ipam);
    case 'macvlan':
      return [
        ...checkMaster(link.settings.master),
        ...checkWord('mode', link.settings.mode, Object.values(MacvlanMode)),
        ...checkInteger('mtu', link.settings.mtu, MTU.least, MTU.most, 'an MTU in bytes'),
      ];
    case 'ipvlan':
      return [
        ...checkMaster(link.settings.master),
        ...checkWord('mode', link.settings.mode, Object.values(IpvlanMode)),
        ...checkInteger('mtu', link.settings.mtu, MTU.least, MTU.most, 'an MTU in bytes'),
        ...checkIpvlanIpam(ipam),
      ];
    case 'raw':
      return [];
  }
}

function checkMaster(master: string | undefined): Problem[] {
  return master === undefined ? [] : checkIfname('master', master);
}

function checkBridge(settings: BridgeSettings, ipam: IpamConfig): Problem[] {
  const problems = [
    ...(settings.bridge === undefined ? [] : checkIfname('bridge', settings.bridge)),
    ...checkInteger('mtu', settings.mtu, MTU.least, MTU.most, 'an MTU in bytes'),
    ...checkInteger('vlan', settings.vlan, 0, 4094, 'a VLAN'),
    ...(settings.vlanTrunk ?? []).flatMap((trunk, index) => [
      ...checkInteger(`vlanTrunk[${index}].id`, trunk.id, 1, 4094, 'a VLAN'),
      ...checkInteger(`vlanTrunk[${index}].minID`, trunk.minID, 1, 4094, 'a VLAN'),
      ...checkInteger(`vlanTrunk[${index}].maxID`, trunk.maxID, 1, 4094, 'a VLAN'),
      ...checkSpan(`vlanTrunk[${index}]`, trunk),
    ]),
  ];
  if (settings.hairpinMode && settings.promiscMode) {
    problems.push({
      code: 'NL_VALUES_CONFLICT',
      key: 'promiscMode',
      found: 'promiscMode and hairpinMode are both true',
      allowed: 'one of them',
      fix: 'leave one of them out',
    });
  }
  if (settings.disableContainerInterface && ipam.kind !== 'none') {
    problems.push({
      code: 'NL_VALUES_CONFLICT',
      key: 'disableContainerInterface',
      found: 'the interface is to stay down, and an IPAM is set',
      allowed: 'disableContainerInterface without IPAM',
      fix: 'set ipam: Ipam.none(), or leave disableContainerInterface out',
    });
  }
  return problems;
}

/** The plugin refuses half a span, and one that runs backwards. */
function checkSpan(key: string, { id, minID, maxID }: VlanTrunk): Problem[] {
  const ends = [minID, maxID].filter((end) => end !== undefined);
  if (ends.length === 0 && id !== undefined) return [];
  if (minID !== undefined && maxID !== undefined && minID <= maxID) return [];
  return [
    {
      code: 'NL_VALUES_CONFLICT',
      key,
      found:
        ends.length === 2
          ? `minID ${minID} is greater than maxID ${maxID}`
          : ends.length === 1
            ? `only ${minID === undefined ? 'maxID' : 'minID'} is set`
            : 'neither id nor minID and maxID are set',
      allowed: 'id, or minID and a maxID that is not smaller',
      fix: ends.length === 2 ? 'swap minID and maxID?' : 'set both, or id alone',
    },
  ];
}

function checkIpvlanIpam(ipam: IpamConfig): Problem[] {
  if (ipam.kind === 'none') {
    return [
      {
        code: 'NL_IPAM_REQUIRED',
        key: 'ipam',
        found: 'ipvlan has no IPAM',
        allowed: 'an IPAM: the plugin refuses to run without one',
        fix: 'set Ipam.hostLocal or Ipam.static',
      },
    ];
  }
  if (ipamType(ipam) !== 'dhcp') return [];
  return [
    {
      code: 'NL_IPVLAN_DHCP',
      key: 'ipam',
      found:
        'ipvlan is combined with dhcp, and all its interfaces share one MAC address, which a DHCP server tells clients apart by',
      allowed: 'host-local or static for ipvlan',
      fix: 'use MacvlanNetwork for DHCP, or another IPAM',
    },
  ];
}

function checkIpam(ipam: IpamConfig): Problem[] {
  switch (ipam.kind) {
    case 'host-local':
      return checkHostLocal(ipam.settings);
    case 'static':
      return checkStatic(ipam.settings);
    default:
      return [];
  }
}

function checkStatic(settings: StaticSettings): Problem[] {
  const addresses = (settings.addresses ?? []).flatMap(({ address, gateway }, index) => {
    const key = `addresses[${index}]`;
    const problems: Problem[] = [];
    const parsed = InterfaceAddress.tryParse(address);
    if (!parsed) problems.push(interfaceAddressProblem(`${key}.address`, address));
    if (gateway === undefined) return problems;
    if (parsed) problems.push(...checkGateway(`${key}.gateway`, gateway, parsed.network));
    else if (!IpAddress.tryParse(gateway)) {
      problems.push(addressProblem(`${key}.gateway`, gateway));
    }
    return problems;
  });
  return [...addresses, ...checkRoutes('routes', settings.routes)];
}

function checkPlatform(network: NetworkDefinition, platform: PlatformFacts | undefined): Problem[] {
  if (!platform) return [];
  const problems: Problem[] = [];
  const ipam = ipamType(network.ipam);
  if (ipam !== undefined && platform.ipams && !platform.ipams.includes(ipam)) {
    problems.push({
      code: 'NL_PLATFORM_UNSUPPORTED',
      key: 'ipam',
      found: `"${ipam}" is not an IPAM of ${platform.name}`,
      allowed: `one of ${platform.ipams.join(', ')}`,
      fix: `use ${platform.ipams[0]}`,
    });
  }
  const link = network.link.kind === 'raw' ? network.link.config.type : network.link.kind;
  if (platform.links && !platform.links.includes(link)) {
    problems.push({
      code: 'NL_PLATFORM_UNSUPPORTED',
      key: '',
      found: `"${link}" is not a plugin of ${platform.name}`,
      allowed: `one of ${platform.links.join(', ')}`,
      fix: `use ${platform.links[0]}`,
    });
  }
  return problems;
}
