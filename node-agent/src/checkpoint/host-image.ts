/** One address of an interface, as `ip -j -d addr` tells it. */
export interface AddressImage {
  readonly family: 'inet' | 'inet6';
  readonly local: string;
  readonly prefixlen: number;
  /** The other end, of an address that is point to point. */
  readonly address?: string | undefined;
  readonly broadcast?: string | undefined;
  readonly scope?: string | undefined;
  readonly label?: string | undefined;
  readonly metric?: number | undefined;
  readonly noprefixroute?: boolean | undefined;
  /** Without duplicate address detection. */
  readonly nodad?: boolean | undefined;
  readonly mngtmpaddr?: boolean | undefined;
  /** Made by the kernel beside another one (RFC 8981); it comes and goes by itself. */
  readonly temporary?: boolean | undefined;
  /** True when it ends by itself: it came from DHCP or a router advertisement. */
  readonly dynamic?: boolean | undefined;
  /** In s; 4294967295 for ever. */
  readonly valid_life_time?: number | undefined;
  readonly preferred_life_time?: number | undefined;
}

/** Options of a link's kind, by the names that `ip -j -d` gives them. */
export type LinkOptions = Readonly<Record<string, string | number | boolean | object | null>>;

/** An interface, as `ip -j -d addr` tells it. Only what this program reads is named here. */
export interface LinkImage {
  readonly ifindex: number;
  readonly ifname: string;
  /** The other end of a veth pair, or what a VLAN or macvlan interface is made on. */
  readonly link?: string | null | undefined;
  /** There when the other end is in another network namespace. */
  readonly link_netnsid?: number | undefined;
  readonly flags: readonly string[];
  readonly mtu: number;
  readonly master?: string | undefined;
  readonly txqlen?: number | undefined;
  readonly address?: string | undefined;
  readonly ifalias?: string | undefined;
  readonly inet6_addr_gen_mode?: string | undefined;
  readonly linkinfo?:
    | {
        readonly info_kind?: string | undefined;
        readonly info_data?: LinkOptions | undefined;
        readonly info_slave_kind?: string | undefined;
        readonly info_slave_data?: LinkOptions | undefined;
      }
    | undefined;
  readonly addr_info: readonly AddressImage[];
}

/** A route, as `ip -j -d route show table all` tells it. */
export interface RouteImage {
  readonly family: 'inet' | 'inet6';
  readonly type?: string | undefined;
  readonly dst: string;
  readonly gateway?: string | undefined;
  readonly via?: { readonly family: string; readonly host: string } | undefined;
  readonly dev?: string | undefined;
  readonly table?: string | undefined;
  readonly protocol?: string | undefined;
  readonly scope?: string | undefined;
  readonly prefsrc?: string | undefined;
  readonly metric?: number | undefined;
  readonly flags?: readonly string[] | undefined;
  readonly pref?: string | undefined;
  /** In s, of a route that ends by itself. */
  readonly expires?: number | undefined;
  readonly metrics?: readonly Readonly<Record<string, unknown>>[] | undefined;
  /** Of a route over several interfaces. */
  readonly nexthops?: readonly NextHopImage[] | undefined;
}

/** One way of a route over several interfaces. */
export interface NextHopImage {
  readonly gateway?: string | undefined;
  readonly via?: { readonly family: string; readonly host: string } | undefined;
  readonly dev?: string | undefined;
  /** 1 is the usual one. */
  readonly weight?: number | undefined;
  readonly flags?: readonly string[] | undefined;
}

/** VLANs of a bridge or bridge port, as `bridge -j vlan` tells them. */
export interface VlanImage {
  readonly ifname: string;
  readonly vlans: readonly {
    readonly vlan: number;
    readonly vlanEnd?: number | undefined;
    readonly flags?: readonly string[] | undefined;
  }[];
}

/** Interfaces as they are at one moment, complete enough to bring them back. */
export interface HostImage {
  readonly links: readonly LinkImage[];
  readonly routes: readonly RouteImage[];
  readonly vlans: readonly VlanImage[];
}

/** Looks at the host in the kernel's own words, and carries out what brings it back. */
export interface ImageDriver {
  /** All interfaces, and the routes and VLANs of those that `names` picks. */
  image(names: (links: readonly LinkImage[]) => ReadonlySet<string>): Promise<HostImage>;
  /**
   * Runs commands in order; one that fails does not keep the next from running.
   *
   * @param program `ip` or `bridge`
   * @returns what the failed ones said; empty when all went well
   */
  force(program: 'ip' | 'bridge', lines: readonly string[]): Promise<string>;
}

/**
 * The interfaces that a change may alter: those that it names, what they are ports of, their own ports,
 * and what is made on top of them.
 */
export function reachOf(
  touched: readonly string[],
  links: readonly LinkImage[],
): ReadonlySet<string> {
  const named = new Set(touched);
  const around = links.flatMap(({ ifname, master, link, linkinfo }) => {
    if (named.has(ifname)) return master === undefined ? [] : [master];
    const isOnTop = linkinfo?.info_kind !== 'veth' && link != null && named.has(link);
    return (master !== undefined && named.has(master)) || isOnTop ? [ifname] : [];
  });
  // A veth's other end goes and comes with it.
  const peers = links.flatMap(({ ifname, link, linkinfo, link_netnsid }) => {
    const isPeer = linkinfo?.info_kind === 'veth' && link_netnsid === undefined;
    return isPeer && link != null && named.has(ifname) ? [link] : [];
  });
  return new Set([...named, ...around, ...peers]);
}

/** An image of some interfaces out of one of all. */
export function only(image: HostImage, names: ReadonlySet<string>): HostImage {
  return {
    links: image.links.filter((link) => names.has(link.ifname)),
    routes: image.routes.filter((route) => routeLinks(route).some((name) => names.has(name))),
    vlans: image.vlans.filter((one) => names.has(one.ifname)),
  };
}

/** The interfaces that a route goes over. */
export function routeLinks(route: RouteImage): string[] {
  return [route.dev, ...(route.nexthops ?? []).map((hop) => hop.dev)].flatMap((dev) => dev ?? []);
}
