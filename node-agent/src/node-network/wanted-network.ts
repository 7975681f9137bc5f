import type { IpFamily } from 'netloom';
import type { NodeNetworkSpec } from 'netloom/agent-api';
import { stableMac } from '../bridges';
import { MAIN_TABLE, type PortVlan, ROUTE_PROTOCOL, routeWords, vlanText } from './host-network';
import { nameOf, type Resolved } from './references';
import { placeOf, routeKey, type SettingKey, type SettingValue, settingKey } from './setting';
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
}

type Item<K extends keyof NodeNetworkSpec> = NonNullable<NodeNetworkSpec[K]>[number];

/** Addresses that came from pools, with prefix length, by link reference or name. */
export type ClaimedAddresses = Readonly<Record<string, readonly string[]>>;

/** Puts the settings of a spec together. */
class Collector {
  readonly settings = new Map<SettingKey, SettingValue>();
  readonly addresses = new Map<string, string[]>();

  constructor(private readonly claimed: ClaimedAddresses) {}

  set(kind: Parameters<typeof settingKey>[0], link: string, rest: string[], value: string): void {
    this.settings.set(settingKey(kind, link, ...rest), value);
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

/** What a spec wants, in the terms of the kernel. The spec is normal, checked and resolved. */
export function wantedNetwork(
  node: string,
  spec: NodeNetworkSpec,
  resolved: Resolved,
  claimed: ClaimedAddresses,
): WantedNetwork {
  const links = wantedLinks(node, spec, resolved);
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
  };
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
