import {
  type BridgeSettings,
  type CniRoute,
  type HostLocalRange,
  type HostLocalSettings,
  LINK_SPECS,
  type MacvlanSettings,
  type ObjectSpec,
} from '../cni';
import { CLAIMED_SUFFIX, type NetworkDefinition } from '../kubernetes';
import { checkIfname } from './names';
import { isPlainlyRight } from './plain-host-local';

/**
 * True for a network of the common, simple kind with nothing wrong but in its link, and with what
 * its platform says to it: a plain name, host-local with plain ranges, no chain, no gateway on a
 * bridge. False says nothing: the full check then looks. It is what 10,000 networks without a mistake
 * spend their checks in; a property test holds it against the full check.
 */
export function isPlainNetwork(network: NetworkDefinition): boolean {
  const { name, namespace, link, ipam, chain } = network;
  return (
    isUnsaid(network) &&
    (chain === undefined || (Array.isArray(chain) && chain.length === 0)) &&
    isPlainName(name, LONGEST - CLAIMED_SUFFIX.length) &&
    (namespace === undefined || isPlainName(namespace, LONGEST)) &&
    (link.kind === 'bridge' || link.kind === 'macvlan') &&
    isPlainMtu(link.settings.mtu) &&
    (link.kind !== 'bridge' || isPlainBridge(link.settings)) &&
    ipam.kind === 'host-local' &&
    isPlainSettings(ipam.settings) &&
    isPlainlyRight(ipam.settings)
  );
}

/**
 * True for a bridge or a parent that is named plainly, with nothing else set but an MTU and a mode
 * that there is. False says nothing.
 */
export function isPlainLink({ link }: NetworkDefinition): boolean {
  if (link.kind === 'bridge') {
    return (
      isUnset(link.settings, LINK_SPECS.bridge, BRIDGE_KEYS) && isPlainIfname(link.settings.bridge)
    );
  }
  if (link.kind !== 'macvlan' || !isUnset(link.settings, LINK_SPECS.macvlan, MACVLAN_KEYS))
    return false;
  const { master, mode } = link.settings;
  return isPlainIfname(master) && (mode === undefined || mode === 'bridge' || mode === 'private');
}

const BRIDGE_KEYS: readonly string[] = ['bridge', 'mtu'] satisfies (keyof BridgeSettings)[];
const MACVLAN_KEYS: readonly string[] = [
  'master',
  'mode',
  'mtu',
] satisfies (keyof MacvlanSettings)[];

/** True where no key of the plugin is set but some: props of a construct hold others, too. */
function isUnset(settings: object, { byProp }: ObjectSpec, but: readonly string[]): boolean {
  for (const name in settings) {
    if (but.includes(name) || (settings as Record<string, unknown>)[name] === undefined) continue;
    if (name === 'extra' || byProp.has(name)) return false;
  }
  return true;
}

function isPlainIfname(name: unknown): boolean {
  return name !== undefined && checkIfname('', name).length === 0;
}

const LONGEST = 63;

function isUnsaid(network: NetworkDefinition): boolean {
  const { verbatim, configName, cniVersion, list, resourceName } = network;
  return (verbatim ?? configName ?? cniVersion ?? list ?? resourceName) === undefined;
}

function isPlainName(name: unknown, most: number): boolean {
  return typeof name === 'string' && name.length <= most && /^[a-z][a-z0-9-]*[a-z0-9]$/.test(name);
}

function isPlainBridge({ isGateway, isDefaultGateway }: BridgeSettings): boolean {
  return (isGateway ?? isDefaultGateway) === undefined;
}

/** At least what IPv6 needs, and no more than any bridge takes. */
function isPlainMtu(mtu: unknown): boolean {
  return (
    mtu === undefined ||
    (Number.isInteger(mtu) && (mtu as number) >= 1280 && (mtu as number) <= 9000)
  );
}

const KEYS: readonly string[] = [
  'ranges',
  'claimable',
  'routes',
] satisfies (keyof HostLocalSettings)[];
const RANGE_KEYS: readonly string[] = [
  'subnet',
  'rangeStart',
  'rangeEnd',
  'gateway',
] satisfies (keyof HostLocalRange)[];
const ROUTE_KEYS: readonly string[] = ['dst'] satisfies (keyof CniRoute)[];

function isPlainSettings(settings: HostLocalSettings): boolean {
  if (!hasOnly(settings, KEYS)) return false;
  const { ranges, routes } = settings;
  if (!Array.isArray(ranges) || !ranges.every((range) => hasOnly(range, RANGE_KEYS))) return false;
  if (routes === undefined) return true;
  return (
    Array.isArray(routes) && routes.length < 2 && routes.every((one) => hasOnly(one, ROUTE_KEYS))
  );
}

function hasOnly(members: object, names: readonly string[]): boolean {
  for (const name in members) {
    if (!names.includes(name) && (members as Record<string, unknown>)[name] !== undefined) {
      return false;
    }
  }
  return true;
}
