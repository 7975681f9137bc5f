import { InterfaceAddress, IpAddress } from 'netloom';
import {
  type HostLink,
  type HostNetwork,
  type HostRouteState,
  ROUTE_PROTOCOL,
  vlansIn,
} from './host-network';
import { bridgeCommand, type HostCommand, ipCommand } from './host-step';

/**
 * One value of the host that is set and read by itself, as a key: the kind, the link, and what else
 * tells it from others. Wanted state, the kernel's and what was there before are all maps of these, so
 * that one comparison does for applying, healing, giving back and undoing.
 *
 * | key | value |
 * |---|---|
 * | `mtu eth1` | bytes |
 * | `mac eth1` | |
 * | `alias br-test` | empty for none |
 * | `up eth1` | `up`, `down` |
 * | `master eth1` | name of bridge or bond; empty for none |
 * | `option br-test bridge stp_state` | as `ip` writes it |
 * | `port eth1 hairpin` | `on`, `off` |
 * | `vlans eth1`, `vlans br-test self` | `1 pvid untagged,10` |
 * | `address eth1 10.0.0.1/24` | `on` |
 * | `route eth1 10.20.0.0/16 254 0` | `via 10.0.0.254` |
 * | `sysctl eth1 net/ipv4/conf/eth1/rp_filter` | as the file has it |
 */
export type SettingKey = string;

/** Null where it is not there: an address, a route. */
export type SettingValue = string | null;

/** Settings by key. */
export type Settings = ReadonlyMap<SettingKey, SettingValue>;

export type SettingKind =
  | 'mtu'
  | 'mac'
  | 'alias'
  | 'up'
  | 'master'
  | 'option'
  | 'port'
  | 'vlans'
  | 'address'
  | 'route'
  | 'sysctl';

/** A key in its parts. */
export interface SettingPlace {
  readonly kind: SettingKind;
  readonly link: string;
  readonly rest: readonly string[];
}

export function settingKey(kind: SettingKind, link: string, ...rest: string[]): SettingKey {
  return rest.length === 0 ? `${kind} ${link}` : `${kind} ${link} ${rest.join(' ')}`;
}

export function placeOf(key: SettingKey): SettingPlace {
  const first = key.indexOf(' ');
  const second = key.indexOf(' ', first + 1);
  const kind = key.slice(0, first) as SettingKind;
  if (second < 0) return { kind, link: key.slice(first + 1), rest: NONE };
  return { kind, link: key.slice(first + 1, second), rest: key.slice(second + 1).split(' ') };
}

const NONE: readonly string[] = [];

/** What the host has now; undefined where its link, or the setting itself, is not there to be read. */
export function currentValue(
  host: HostNetwork,
  key: SettingKey,
  { kind, link: name, rest }: SettingPlace = placeOf(key),
): SettingValue | undefined {
  const link = host.links.get(name);
  if (!link) return undefined;
  switch (kind) {
    case 'mtu':
      return String(link.mtu);
    case 'mac':
      return link.mac;
    case 'alias':
      return link.alias ?? '';
    case 'up':
      return link.up ? 'up' : 'down';
    case 'master':
      return link.master ?? '';
    case 'option':
      return link.options[rest[1] ?? ''];
    case 'port':
      return link.portOptions[rest[0] ?? ''];
    case 'vlans':
      return host.vlans.get(name) ?? '';
    case 'address':
      return link.addresses.includes(rest[0] ?? '') ? 'on' : null;
    case 'route':
      return host.routes.get(key)?.words ?? null;
    case 'sysctl':
      return host.sysctls.get(rest[0] ?? '');
  }
}

export function routeKey(route: {
  readonly link: string;
  readonly dst: string;
  readonly table: number;
  readonly metric: number;
}): SettingKey {
  return settingKey('route', route.link, route.dst, String(route.table), String(route.metric));
}

/** The commands that bring a setting from one value to another. */
export function setCommands(
  key: SettingKey,
  from: SettingValue,
  to: SettingValue,
  host: HostNetwork,
): HostCommand[] {
  const { kind, link: name, rest } = placeOf(key);
  const set = (what: string): HostCommand[] => [ipCommand(`link set dev ${name} ${what}`)];
  switch (kind) {
    case 'mtu':
      return set(`mtu ${to}`);
    case 'mac':
      return set(`address ${to}`);
    case 'alias':
      return set(`alias "${to}"`);
    case 'up':
      return set(String(to));
    case 'master':
      return masterCommands(name, String(to), host);
    case 'option':
      return optionCommands(host.links.get(name), name, rest, String(to));
    case 'port':
      return set(`type bridge_slave ${rest[0]} ${to}`);
    case 'vlans':
      return vlanCommands(name, rest, from ?? '', to ?? '');
    case 'address':
      return [addressCommand(name, rest[0] ?? '', to !== null)];
    case 'route':
      return [routeCommand(key, from, to)];
    case 'sysctl':
      return [{ tool: 'sysctl', line: `${rest[0]}=${to}` }];
  }
}

/** A bond takes only links that are down, and sets them up itself. */
function masterCommands(name: string, master: string, host: HostNetwork): HostCommand[] {
  const set = (what: string): HostCommand => ipCommand(`link set dev ${name} ${what}`);
  if (master === '') return [set('nomaster')];
  if (host.links.get(master)?.kind !== 'bond') return [set(`master ${master}`)];
  return [set('down'), set(`master ${master}`), set('up')];
}

function optionCommands(
  link: HostLink | undefined,
  name: string,
  [kind = '', word = '']: readonly string[],
  to: string,
): HostCommand[] {
  const set = (what: string): HostCommand => ipCommand(`link set dev ${name} ${what}`);
  const option = (key: string, value: string): HostCommand => set(`type ${kind} ${key} ${value}`);
  // The kernel takes another VLAN for ports only while it filters nothing.
  if (word === 'vlan_default_pvid' && link?.options['vlan_filtering'] === '1') {
    return [option('vlan_filtering', '0'), option(word, to), option('vlan_filtering', '1')];
  }
  if (word === 'ad_lacp_rate') return [set('down'), option('lacp_rate', to), set('up')];
  if (word === 'primary' && to === '') return [option(word, '""')];
  return [option(word, to)];
}

/** New ones first: a port that has its VLANs already never stops carrying them. */
function vlanCommands(
  name: string,
  [self]: readonly string[],
  from: string,
  to: string,
): HostCommand[] {
  const [before, after] = [vlansIn(from), vlansIn(to)];
  const tail = self === undefined ? '' : ' self';
  const added = [...after].filter(([id, text]) => before.get(id) !== text);
  const gone = [...before.keys()].filter((id) => !after.has(id));
  const adds = spans(added.map(([id, text]) => [id, text.replace(/^\d+ ?/, '')])).map(
    ([vid, flags]) =>
      bridgeCommand(`vlan add dev ${name} vid ${vid}${flags === '' ? '' : ` ${flags}`}${tail}`),
  );
  const removes = spans(gone.map((id) => [id, ''])).map(([vid]) =>
    bridgeCommand(`vlan del dev ${name} vid ${vid}${tail}`),
  );
  return [...adds, ...removes];
}

/** Neighbouring ids with equal flags as one span. */
function spans(vlans: readonly (readonly [number, string])[]): [string, string][] {
  const found: { first: number; last: number; flags: string }[] = [];
  for (const [id, flags] of vlans) {
    const before = found.at(-1);
    // A PVID is one VLAN, and the command refuses a span of them.
    const joins = before?.last === id - 1 && before.flags === flags && !flags.includes('pvid');
    if (before && joins) before.last = id;
    else found.push({ first: id, last: id, flags });
  }
  return found.map(({ first, last, flags }) => [
    first === last ? String(first) : `${first}-${last}`,
    flags,
  ]);
}

/**
 * `replace` gives no error where an earlier, interrupted run was faster. `nodad`: on a link without
 * carrier duplicate address detection never ends, and the address stays unusable.
 */
export function addressCommand(name: string, address: string, on: boolean): HostCommand {
  if (!on) return ipCommand(`addr del ${address} dev ${name}`);
  const nodad = address.includes(':') ? ' nodad' : '';
  return ipCommand(`addr replace ${address} dev ${name}${nodad}`);
}

/** `add` for a new one: `replace` would take the place of a route through another link. */
function routeCommand(key: SettingKey, from: SettingValue, to: SettingValue): HostCommand {
  const { link, rest } = placeOf(key);
  const [dst, table, metric] = rest;
  const place = `${dst} dev ${link} table ${table}${metric === '0' ? '' : ` metric ${metric}`}`;
  if (to === null) return ipCommand(`route del ${place}`);
  const words = to === '' ? '' : ` ${to}`;
  const protocol = / ?\bproto \d+/.test(to) ? '' : ` proto ${ROUTE_PROTOCOL}`;
  return ipCommand(`route ${from === null ? 'add' : 'replace'} ${place}${words}${protocol}`);
}

/** What the kernel flushes from a link that goes down or loses an address, to be put back. */
export function addressingCommands(name: string, host: HostNetwork): HostCommand[] {
  const link = host.links.get(name);
  const addresses = (link?.addresses ?? []).filter((one) => !/^fe[89ab]/i.test(one));
  // The kernel lists the newest IPv6 address first.
  const v4 = addresses.filter((one) => !one.includes(':'));
  const v6 = addresses.filter((one) => one.includes(':')).reverse();
  return [
    ...[...v4, ...v6].map((one) => addressCommand(name, one, true)),
    ...routeCommands(name, host),
  ];
}

/**
 * The routes of a link, to be put back.
 *
 * @param address only those that can't be without this one @default - all
 */
export function routeCommands(name: string, host: HostNetwork, address?: string): HostCommand[] {
  const own = address === undefined ? undefined : InterfaceAddress.parse(address);
  const routes = [...host.routes.values()].filter(
    (one) => one.link === name && !one.isKernels && (!own || goesWith(one, own)),
  );
  // Those on the link itself first: the next hops of others may lie in them.
  const ordered = routes.sort(
    (a, b) => Number(a.words.includes('via')) - Number(b.words.includes('via')),
  );
  return ordered.map((one) => routeCommand(routeKey(one), '', one.words));
}

function goesWith({ words }: HostRouteState, { address, network }: InterfaceAddress): boolean {
  const [, gw] = /\bvia (\S+)/.exec(words) ?? [];
  const [, src] = /\bsrc (\S+)/.exec(words) ?? [];
  if (src !== undefined) return src === String(address);
  const gateway = gw === undefined ? undefined : IpAddress.tryParse(gw);
  return gateway !== undefined && network.contains(gateway);
}
