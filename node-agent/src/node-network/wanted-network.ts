import type { IpFamily } from 'netloom';
import type { NodeNetworkSpec } from 'netloom/agent-api';
import { addressText, stableMac } from '../bridges';
import type { MovedUplink } from '../store';
import { MAIN_TABLE, type PortVlan, ROUTE_PROTOCOL, routeWords, vlanText } from './host-network';
import { type ExactCommands, exactCommands, movedSettings } from './moved-uplinks';
import { nameOf, type Resolved } from './references';
import { placeOf, routeKey, type SettingKey, type SettingValue, settingKey } from './setting';
import { isAdopted, type TakenOver } from './takeover';
import { BOND_OPTIONS, bondDefaults, type WantedLink, wantedLinks } from './wanted-link';

/** A wanted network with nothing left to be looked up. */
export interface WantedNetwork {
  /** Links to be made, those below before those on them. */
  readonly links: readonly WantedLink[];
  readonly settings: ReadonlyMap<SettingKey, SettingValue>;
  /** Addresses in the order that the kernel shall list them, by link. */
  readonly addresses: ReadonlyMap<string, readonly string[]>;
  /** How many wanted links are below a link: it is changed after them. */
  readonly ranks: ReadonlyMap<string, number>;
  /** Ports of the node's own traffic whose addresses and routes move, or have moved, to their bridge. */
  readonly moved: ReadonlySet<string>;
  /** How some settings are brought about to the letter. */
  readonly exact: ReadonlyMap<SettingKey, ExactCommands>;
}

type Item<K extends keyof NodeNetworkSpec> = NonNullable<NodeNetworkSpec[K]>[number];

/** Addresses that came from pools, with prefix length, by link reference or name. */
export type ClaimedAddresses = Readonly<Record<string, readonly string[]>>;

const NOTHING: TakenOver = { alias: '', before: {}, uplinks: {} };

/** Puts the settings of a spec together. */
class Collector {
  readonly settings = new Map<SettingKey, SettingValue>();
  readonly addresses = new Map<string, string[]>();

  constructor(private readonly claimed: ClaimedAddresses) {}

  set(kind: Parameters<typeof settingKey>[0], link: string, rest: string[], value: string): void {
    this.settings.set(settingKey(kind, link, ...rest), value);
  }

  /** Before the declared ones: the first address is what others know the node by. */
  addressesFirst(link: string, first: readonly string[]): void {
    const all = new Set([...first, ...(this.addresses.get(link) ?? [])]);
    if (all.size > 0) this.addresses.set(link, [...all]);
  }

  /** What any link may be given. */
  common(name: string, reference: string, link: Partial<Item<'dummies'>>): void {
    if (link.mtu !== undefined) this.set('mtu', name, [], String(link.mtu));
    if (link.mac !== undefined) this.set('mac', name, [], link.mac);
    for (const [key, value] of Object.entries(link.sysctls ?? {})) {
      this.set('sysctl', name, [sysctlPath(key, name)], value);
    }
    const addresses = [...(link.addresses ?? []), ...(this.claimed[reference] ?? [])];
    for (const address of addresses) this.set('address', name, [address], 'on');
    if (addresses.length > 0) this.addresses.set(name, [...new Set(addresses)]);
    for (const { dst, gw, src, onlink, metric, table = MAIN_TABLE } of link.routes ?? []) {
      const family: IpFamily = dst.includes(':') ? 6 : 4;
      const place = { link: name, dst, table, metric: metric ?? (family === 6 ? 1024 : 0) };
      const words = routeWords({ gw, src, onlink, protocol: ROUTE_PROTOCOL });
      this.settings.set(routeKey(place), words);
    }
  }
}

/**
 * What a spec wants, in the terms of the kernel. The spec is normal, checked and resolved.
 *
 * @param taken what it has taken over from others
 */
export function wantedNetwork(
  node: string,
  spec: NodeNetworkSpec,
  resolved: Resolved,
  claimed: ClaimedAddresses,
  taken: TakenOver = NOTHING,
): WantedNetwork {
  const moved = movedPorts(spec, resolved, taken);
  const links = wantedLinks(node, spec, resolved).map((link) => asTaken(link, spec, taken, moved));
  const all = new Collector(claimed);
  for (const list of [
    spec.bonds,
    spec.veths,
    spec.dummies,
    spec.vlans,
    spec.bridges,
    spec.macvlans,
  ])
    for (const link of list ?? []) {
      all.common(link.name, link.name, link);
      all.set('up', link.name, [], 'up');
    }
  for (const { name, mac, lower, peer } of links) {
    if (mac !== undefined) all.set('mac', name, [], mac);
    if (lower !== undefined) all.set('up', lower, [], 'up');
    if (peer === undefined) continue;
    all.set('up', peer, [], 'up');
    all.set('mac', peer, [], stableMac(node, peer));
  }
  for (const bond of spec.bonds ?? []) bondSettings(all, bond, resolved);
  for (const bridge of spec.bridges ?? []) bridgeSettings(all, bridge, resolved);
  for (const { name, mode = 'bridge' } of spec.macvlans ?? []) {
    all.set('option', name, ['macvlan', 'mode'], mode);
  }
  for (const one of spec.interfaces ?? []) {
    const name = nameOf(one.link, resolved);
    all.common(name, one.link, one);
    all.set('up', name, [], one.up === false ? 'down' : 'up');
  }
  for (const { name, isAdopted } of links) if (isAdopted) all.set('alias', name, [], taken.alias);
  moveUplinks(all, moved);
  // A bond gives its ports its own MAC address.
  const bonds = new Set((spec.bonds ?? []).map((one) => one.name));
  for (const [key, value] of bonds.size === 0 ? [] : [...all.settings]) {
    const [kind, port = ''] = key.split(' ');
    if (kind === 'master' && bonds.has(value ?? '')) all.settings.delete(settingKey('mac', port));
  }
  const ranks = ranksOf(links, all.settings);
  const rank = (link: WantedLink): number => ranks.get(link.name) ?? 0;
  return {
    links: [...links].sort((a, b) => rank(a) - rank(b)),
    settings: all.settings,
    addresses: all.addresses,
    ranks,
    moved: new Set(moved.keys()),
    exact: exactCommands(taken.uplinks),
  };
}

/** Uplinks that their bridge still has as ports. */
function movedPorts(
  spec: NodeNetworkSpec,
  resolved: Resolved,
  { uplinks }: TakenOver,
): Map<string, MovedUplink> {
  const ports = (spec.bridges ?? []).flatMap(({ name, ports = [] }) =>
    ports.map(({ link }) => ({ bridge: name, port: nameOf(link, resolved) })),
  );
  return new Map(
    ports.flatMap(({ bridge, port }) => {
      const uplink = uplinks[port];
      return uplink?.bridge === bridge ? [[port, uplink] as const] : [];
    }),
  );
}

/**
 * An adopted bridge keeps its MAC address: whoever knows it goes on. One that takes an uplink gets that of
 * the uplink: the network knows the node by it, and may let no other pass.
 */
function asTaken(
  link: WantedLink,
  spec: NodeNetworkSpec,
  taken: TakenOver,
  moved: ReadonlyMap<string, MovedUplink>,
): WantedLink {
  if (link.kind !== 'bridge') return link;
  const { name } = link;
  const adopted = isAdopted(name, taken);
  const declared = spec.bridges?.find((one) => one.name === name)?.mac;
  const former = adopted ? taken.before[settingKey('mac', name)] : undefined;
  const uplink = [...moved.values()].find(({ bridge }) => bridge === name);
  const mac = declared ?? former ?? uplink?.mac ?? link.mac;
  const isSame = mac === link.mac && !adopted;
  if (isSame) return link;
  return { ...link, mac, before: `address ${mac}`, ...(adopted && { isAdopted: true as const }) };
}

function moveUplinks(all: Collector, moved: ReadonlyMap<string, MovedUplink>): void {
  const first = new Map<string, string[]>();
  for (const [port, uplink] of moved) {
    for (const [key, value] of movedSettings(port, uplink)) all.settings.set(key, value);
    const { bridge, addresses } = uplink;
    first.set(bridge, [...(first.get(bridge) ?? []), ...addresses.map(addressText)]);
  }
  for (const [bridge, addresses] of first) all.addressesFirst(bridge, addresses);
}

/** `net.ipv4.conf.IFNAME.rp_filter` as a path below /proc/sys; only the name may have dots of its own. */
export function sysctlPath(key: string, link: string): string {
  return key
    .split('.')
    .map((part) => (part === 'IFNAME' ? link : part))
    .join('/');
}

function bondSettings(all: Collector, bond: Item<'bonds'>, resolved: Resolved): void {
  for (const reference of bond.ports ?? []) {
    const port = nameOf(reference, resolved);
    all.set('master', port, [], bond.name);
    all.set('up', port, [], 'up');
  }
  // What is no longer declared goes back to what the kernel gives a new bond.
  const values = { ...bondDefaults(bond.mode), ...bond };
  for (const [key, , printed] of BOND_OPTIONS) {
    const value = values[key];
    if (value === undefined || key === 'failOverMac') continue;
    all.set('option', bond.name, ['bond', printed], String(value));
  }
  if (bond.primary !== undefined) all.set('option', bond.name, ['bond', 'primary'], bond.primary);
}

function bridgeSettings(all: Collector, bridge: Item<'bridges'>, resolved: Resolved): void {
  const { name, stp, multicastSnooping, vlanFiltering, vlanDefaultPvid } = bridge;
  const option = (word: string, value: boolean | number | undefined): void => {
    if (value !== undefined) all.set('option', name, ['bridge', word], String(Number(value)));
  };
  option('stp_state', stp);
  option('mcast_snooping', multicastSnooping);
  option('vlan_default_pvid', vlanDefaultPvid);
  option('vlan_filtering', vlanFiltering);
  if (hasVlans(bridge)) all.set('vlans', name, ['self'], membershipText(bridge));
  for (const port of bridge.ports ?? []) {
    const link = nameOf(port.link, resolved);
    all.set('master', link, [], name);
    all.set('up', link, [], 'up');
    for (const key of ['hairpin', 'isolated'] as const) {
      const value = port[key];
      if (value !== undefined) all.set('port', link, [key], value ? 'on' : 'off');
    }
    if (hasVlans(port)) all.set('vlans', link, [], membershipText(port));
  }
}

type Membership = Pick<Item<'bridges'>, 'pvid' | 'vlanTrunk'>;

function hasVlans({ pvid, vlanTrunk }: Membership): boolean {
  return pvid !== undefined || vlanTrunk !== undefined;
}

function membershipText({ pvid, vlanTrunk = [] }: Membership): string {
  const vlans = new Map<number, PortVlan>();
  for (const { id, minID, maxID } of vlanTrunk) {
    for (let one = id ?? minID ?? 1; one <= (id ?? maxID ?? 0); one++) {
      vlans.set(one, { id: one, pvid: false, untagged: false });
    }
  }
  if (pvid !== undefined) vlans.set(pvid, { id: pvid, pvid: true, untagged: true });
  return vlanText([...vlans.values()]);
}

/** Each link after what it stands on: the link below a VLAN or macvlan, the ports of a bridge or bond. */
function ranksOf(
  links: readonly WantedLink[],
  settings: ReadonlyMap<SettingKey, SettingValue>,
): Map<string, number> {
  const below = new Map<string, string[]>();
  const put = (upper: string, lower: string): void => {
    below.set(upper, [...(below.get(upper) ?? []), lower]);
  };
  for (const { name, lower, peer } of links) {
    if (lower !== undefined) put(name, lower);
    if (peer !== undefined) put(peer, name);
  }
  for (const [key, value] of settings) {
    if (key.startsWith('master ') && value) put(value, placeOf(key).link);
  }
  const ranks = new Map<string, number>();
  const rankOf = (name: string, path: readonly string[]): number => {
    const known = ranks.get(name);
    if (known !== undefined || path.includes(name)) return known ?? 0;
    const lowers = below.get(name) ?? [];
    const rank =
      lowers.length === 0 ? 0 : 1 + Math.max(...lowers.map((one) => rankOf(one, [...path, name])));
    ranks.set(name, rank);
    return rank;
  };
  for (const name of [...below.keys(), ...links.map((link) => link.name)]) rankOf(name, []);
  return ranks;
}
