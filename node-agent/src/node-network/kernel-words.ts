import {
  type HostLink,
  type HostRouteState,
  MAIN_TABLE,
  type PortVlan,
  routeWords,
  vlanText,
} from './host-network';
import { routeKey } from './setting';
import { NEW_BRIDGE } from './wanted-link';

type Words = Readonly<Record<string, unknown>>;

/** A link as `ip -N -j -d addr show` prints it. */
export interface PrintedLink {
  readonly ifname?: string;
  readonly address?: string;
  readonly permaddr?: string;
  readonly mtu?: number;
  readonly flags?: readonly string[];
  readonly ifalias?: string;
  readonly group?: string;
  readonly master?: string;
  readonly link?: string;
  readonly parentbus?: string;
  readonly parentdev?: string;
  readonly linkinfo?: {
    readonly info_kind?: string;
    readonly info_data?: Words;
    readonly info_slave_kind?: string;
    readonly info_slave_data?: Words;
  };
  readonly addr_info?: readonly { readonly local?: string; readonly prefixlen?: number }[];
}

/** @param pci address of the device, where the link has one */
export function linkOf(printed: PrintedLink, pci: string | undefined): HostLink {
  const { ifname = '', address = '', mtu = 0, flags = [], ifalias, group, master, link } = printed;
  const { info_kind: kind, info_data, info_slave_kind, info_slave_data } = printed.linkinfo ?? {};
  return {
    name: ifname,
    kind,
    mac: address,
    ...(printed.permaddr === undefined ? {} : { permanentMac: printed.permaddr }),
    mtu,
    up: flags.includes('UP'),
    alias: ifalias,
    group: Number(group ?? 0) || 0,
    master,
    lower: link,
    options: kind === 'bridge' ? bridgeOptions(info_data) : optionsOf(info_data),
    portOptions: info_slave_kind === 'bridge' ? textsOf(info_slave_data, onOrOff) : {},
    addresses: (printed.addr_info ?? []).flatMap(({ local, prefixlen }) =>
      local === undefined ? [] : [`${local}/${prefixlen}`],
    ),
    ...(pci === undefined ? {} : { pci }),
  };
}

/** `ip -N` prints the number of a VLAN's protocol. */
const PROTOCOLS: Readonly<Record<string, string>> = { '[33024]': '802.1Q', '[34984]': '802.1ad' };

function optionsOf(data: Words | undefined): Record<string, string> {
  const texts = textsOf(data, (value) => (value ? '1' : '0'));
  const { protocol } = texts;
  if (protocol === undefined) return texts;
  return { ...texts, protocol: PROTOCOLS[protocol] ?? protocol };
}

/** Those that a plan ever looks at, of some forty that a bridge has. */
const BRIDGE_OPTIONS = Object.keys(NEW_BRIDGE);

/** With a thousand bridges all of them would be most of a look. */
function bridgeOptions(data: Words = {}): Record<string, string> {
  const options: Record<string, string> = {};
  for (const word of BRIDGE_OPTIONS) {
    const value = data[word];
    if (value !== undefined) options[word] = String(Number(value));
  }
  return options;
}

function onOrOff(value: boolean): string {
  return value ? 'on' : 'off';
}

function textsOf(data: Words | undefined, flag: (value: boolean) => string) {
  const texts = Object.entries(data ?? {}).flatMap(([word, value]): [string, string][] => {
    if (typeof value === 'boolean') return [[word, flag(value)]];
    return typeof value === 'string' || typeof value === 'number' ? [[word, String(value)]] : [];
  });
  return Object.fromEntries(texts);
}

/** A route as `ip -N -j route show table all type unicast` prints it. */
export interface PrintedRoute {
  readonly dst?: string;
  readonly gateway?: string;
  readonly via?: { readonly host?: string };
  readonly dev?: string;
  readonly table?: string;
  readonly metric?: number;
  readonly protocol?: string;
  readonly prefsrc?: string;
  readonly flags?: readonly string[];
  readonly nexthops?: readonly { readonly dev?: string; readonly gateway?: string }[];
}

/** `proto kernel`: made by the kernel itself. */
const KERNEL_PROTOCOL = 2;

/** Router advertisements: those come again by themselves. */
const RA_PROTOCOL = 9;

/** The routes, by their keys; one with several next hops once for each, as the kernel's. */
export function routesOf(family: 4 | 6, printed: readonly PrintedRoute[]) {
  const found = new Map<string, HostRouteState>();
  for (const route of printed) {
    const protocol = Number(route.protocol ?? 0);
    const { nexthops } = route;
    for (const { dev, gateway } of nexthops ?? [route]) {
      if (dev === undefined || route.dst === undefined) continue;
      const table = Number(route.table ?? MAIN_TABLE);
      const words = routeWords({
        gw: gateway,
        src: route.prefsrc,
        onlink: route.flags?.includes('onlink'),
        protocol,
      });
      const state = {
        dst: prefixOf(family, route.dst),
        link: dev,
        table,
        metric: route.metric ?? 0,
        words,
        isKernels: [KERNEL_PROTOCOL, RA_PROTOCOL].includes(protocol) || nexthops !== undefined,
      };
      found.set(routeKey(state), state);
    }
  }
  return found;
}

/** `ip` prints `default`, and hosts without a length. */
export function prefixOf(family: 4 | 6, dst: string): string {
  if (dst === 'default') return family === 4 ? '0.0.0.0/0' : '::/0';
  return dst.includes('/') ? dst : `${dst}/${family === 4 ? 32 : 128}`;
}

/** A link as `bridge -j vlan show` prints it. */
export interface PrintedVlans {
  readonly ifname?: string;
  readonly vlans?: readonly {
    readonly vlan?: number;
    readonly vlanEnd?: number;
    readonly flags?: readonly string[];
  }[];
}

export function vlansOf(printed: readonly PrintedVlans[]): Map<string, string> {
  return new Map(
    printed.map(({ ifname = '', vlans = [] }) => [ifname, vlanText(vlans.flatMap(portVlans))]),
  );
}

function portVlans({
  vlan = 0,
  vlanEnd = vlan,
  flags = [],
}: NonNullable<PrintedVlans['vlans']>[number]): PortVlan[] {
  const [pvid, untagged] = [flags.includes('PVID'), flags.includes('Egress Untagged')];
  return Array.from({ length: vlanEnd - vlan + 1 }, (_, at) => ({ id: vlan + at, pvid, untagged }));
}
