/** What the kernel says about one link, in the words of `ip`. */
export interface HostLink {
  readonly name: string;
  /** `bridge`, `vlan`, `veth` ...; undefined for a physical interface. */
  readonly kind: string | undefined;
  readonly mac: string;
  /** What the hardware has, where that is another one. */
  readonly permanentMac?: string | undefined;
  readonly mtu: number;
  /** Administratively up. */
  readonly up: boolean;
  readonly alias: string | undefined;
  /** Number of its group; {@link UNFINISHED_GROUP} while it is being made. */
  readonly group: number;
  /** The bridge or bond that it is a part of. */
  readonly master: string | undefined;
  /** The link below a VLAN or macvlan, or the other end of a veth pair. */
  readonly lower: string | undefined;
  /** Options of its kind, e.g. `stp_state` is `1`. */
  readonly options: Readonly<Record<string, string>>;
  /** Options as part of a bridge, e.g. `hairpin` is `off`. */
  readonly portOptions: Readonly<Record<string, string>>;
  /** With prefix length, in the kernel's order, the kernel's own (link-local) among them. */
  readonly addresses: readonly string[];
  /** PCI address of the device, e.g. `0000:3b:00.0`. */
  readonly pci?: string | undefined;
}

/** A route of the kernel. */
export interface HostRouteState {
  /** Prefix form; 0.0.0.0/0 and ::/0 for default routes. */
  readonly dst: string;
  readonly link: string;
  readonly table: number;
  readonly metric: number;
  /** The other attributes in the words of `ip route`: see `routeWords`. */
  readonly words: string;
  /** Made by the kernel itself, along with an address or a link. */
  readonly isKernels: boolean;
}

/** The host's network at one moment. */
export interface HostNetwork {
  readonly links: ReadonlyMap<string, HostLink>;
  /** By their keys as settings. */
  readonly routes: ReadonlyMap<string, HostRouteState>;
  /** VLANs of ports and of bridges themselves, as `vlanText` writes them. */
  readonly vlans: ReadonlyMap<string, string>;
  /** Contents of the files asked for, by path below /proc/sys; those that are not there are left out. */
  readonly sysctls: ReadonlyMap<string, string>;
}

/**
 * A link gets this group as it is made, in one step with its name; its alias can only follow. A link of
 * this group without alias is one that a crash between the two left, and ours.
 */
export const UNFINISHED_GROUP = 28268;

/** Protocol of our routes: none of those that /etc/iproute2/rt_protos knows. */
export const ROUTE_PROTOCOL = 214;

export const MAIN_TABLE = 254;

/** Attributes of a route beside destination, link, table and metric. */
export interface RouteAttributes {
  readonly gw?: string | undefined;
  readonly src?: string | undefined;
  readonly onlink?: boolean | undefined;
  readonly protocol: number;
}

/** What `ip route` takes behind the destination; our own protocol is not told. */
export function routeWords({ gw, src, onlink, protocol }: RouteAttributes): string {
  return [
    ...(gw === undefined ? [] : ['via', gw]),
    ...(src === undefined ? [] : ['src', src]),
    ...(onlink ? ['onlink'] : []),
    ...(protocol === ROUTE_PROTOCOL ? [] : ['proto', String(protocol)]),
  ].join(' ');
}

/** One VLAN of a port. */
export interface PortVlan {
  readonly id: number;
  readonly pvid: boolean;
  readonly untagged: boolean;
}

/** VLANs in one text, ids in order: `1 pvid untagged,10,20`. */
export function vlanText(vlans: readonly PortVlan[]): string {
  return [...vlans]
    .sort((a, b) => a.id - b.id)
    .map(({ id, pvid, untagged }) =>
      [id, ...(pvid ? ['pvid'] : []), ...(untagged ? ['untagged'] : [])].join(' '),
    )
    .join(',');
}

/** The VLANs of such a text, each as it stands there, by id. */
export function vlansIn(text: string): Map<number, string> {
  const parts = text === '' ? [] : text.split(',');
  return new Map(parts.map((part) => [Number.parseInt(part, 10), part]));
}

/** Links that carry a default route of the main table, that with the lowest metric first. */
export function uplinks({ routes }: HostNetwork): string[] {
  const defaults = [...routes.values()].filter(
    ({ dst, table }) => isDefault(dst) && table === MAIN_TABLE,
  );
  const ordered = defaults.sort((a, b) => a.metric - b.metric);
  return [...new Set(ordered.map((route) => route.link))];
}

export function isDefault(dst: string): boolean {
  return dst === '0.0.0.0/0' || dst === '::/0';
}

/** fe80::/10: the kernel gives it to every interface that is up. */
export function isLinkLocal(address: string): boolean {
  return /^fe[89ab]/i.test(address);
}

/** A link that is known to be there. */
export function linkNamed(host: HostNetwork, name: string): HostLink {
  const link = host.links.get(name);
  if (!link) throw new Error(`no link ${name}`);
  return link;
}
