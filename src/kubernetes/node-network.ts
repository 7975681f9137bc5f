import type { VlanTrunk } from '../cni';
import { definedOnly } from '../cni';

/**
 * A link of the host, by name (`eth1`) or by what it is: `mac:02:00:00:00:00:01`, `pci:0000:3b:00.0`,
 * or `route:default`, the link that carries the default route. No name has a colon in it.
 */
export type LinkReference = string;

/** A route that leads out of the link it stands at. */
export interface HostRoute {
  /** Destination, e.g. `10.20.0.0/16`; `0.0.0.0/0` and `::/0` for a default route. */
  readonly dst: string;
  /** Next hop, in a network of the link. @default - the destination is on the link itself */
  readonly gw?: string | undefined;
  /** Source address of what the host sends that way; an address of the link. @default - the kernel's choice */
  readonly src?: string | undefined;
  /** Lower ones win. @default - the kernel's: 0 in IPv4, 1024 in IPv6 */
  readonly metric?: number | undefined;
  /** Number of the routing table, 1 to 4294967295 without 255. @default 254, the main table */
  readonly table?: number | undefined;
  /** Takes a next hop that lies in no network of the link. @default false */
  readonly onlink?: boolean | undefined;
}

/** What any link of a node may be given. What is left out is left as it is. */
export interface HostLinkSettings {
  /** Bytes, 68 to 65535. @default - the kernel's: 1500, or that of the link below */
  readonly mtu?: number | undefined;
  /** MAC address. @default - derived from node and name for links that carry one of their own */
  readonly mac?: string | undefined;
  /** Addresses of the host with prefix length, in the order the kernel shall list them. @default - none */
  readonly addresses?: readonly string[] | undefined;
  /**
   * Pools of the node's agent, each of which gives this link one address (N16): one definition then
   * serves every node. Claimed at the first application, kept until the link goes.
   *
   * @default - none
   */
  readonly addressesFrom?: readonly string[] | undefined;
  /** Routes out of this link. @default - none */
  readonly routes?: readonly HostRoute[] | undefined;
  /**
   * Kernel settings of the interface, e.g. `net.ipv4.conf.IFNAME.rp_filter`: `IFNAME` stands for its
   * name. Only `net.ipv4.conf`, `net.ipv4.neigh`, `net.ipv6.conf`, `net.ipv6.neigh` and `net.mpls.conf`.
   *
   * @default - none
   */
  readonly sysctls?: Readonly<Record<string, string>> | undefined;
}

/** A link that netloom makes. */
export interface MadeLink extends HostLinkSettings {
  /** 1 to 15 bytes. */
  readonly name: string;
}

/** VLANs of a bridge port, or of the bridge itself. */
export interface VlanMembership {
  /** VLAN of untagged frames, 1 to 4094. @default - none, once `vlanTrunk` is given */
  readonly pvid?: number | undefined;
  /** Tagged VLANs, as the bridge plugin writes them. */
  readonly vlanTrunk?: readonly VlanTrunk[] | undefined;
}

/** A link as part of a bridge. With neither `pvid` nor `vlanTrunk` its VLANs are left as they are. */
export interface BridgePort extends VlanMembership {
  readonly link: LinkReference;
  /** Sends frames back out of the port they came in on. @default - the kernel's, false */
  readonly hairpin?: boolean | undefined;
  /** Talks only to ports that are not isolated. @default - the kernel's, false */
  readonly isolated?: boolean | undefined;
}

/** A Linux bridge. `pvid` and `vlanTrunk` are those of the host's own interface on it. */
export interface BridgeLink extends MadeLink, VlanMembership {
  /** Its ports; others, such as those of pods, are left alone. @default - none */
  readonly ports?: readonly BridgePort[] | undefined;
  /** Spanning tree protocol: ports then wait for 30 seconds before they forward. @default - the kernel's, false */
  readonly stp?: boolean | undefined;
  /** Sends multicast only where somebody wants it. @default - the kernel's, true */
  readonly multicastSnooping?: boolean | undefined;
  /** Keeps VLANs apart. @default - the kernel's, false */
  readonly vlanFiltering?: boolean | undefined;
  /** VLAN of ports that come without one, 0 to 4094; 0 for none. @default - the kernel's, 1 */
  readonly vlanDefaultPvid?: number | undefined;
  /**
   * Takes over a bridge of this name that somebody else made, as it is, and ports from such bridges. The
   * node's policy has to allow it (`adopt: yes`); removed, it is given back as it was.
   *
   * @default false
   */
  readonly adopt?: boolean | undefined;
  /**
   * Takes the interface of the node's own traffic as a port; its addresses and routes move to the bridge,
   * which takes its MAC address, too. The node's policy has to allow it (`uplink: confirm`), and a
   * watchdog takes it back when nobody confirms.
   *
   * @default false
   */
  readonly uplink?: boolean | undefined;
}

/** A VLAN sub-interface. */
export interface VlanLink extends MadeLink {
  /** The link that carries the tagged frames. */
  readonly link: LinkReference;
  /** 1 to 4094. */
  readonly id: number;
  /** @default 802.1q */
  readonly protocol?: '802.1q' | '802.1ad' | undefined;
}

/** How a bond uses its ports. */
export const BOND_MODES = [
  'balance-rr',
  'active-backup',
  'balance-xor',
  'broadcast',
  '802.3ad',
  'balance-tlb',
  'balance-alb',
] as const;

/** One of {@link BOND_MODES}. */
export type BondMode = (typeof BOND_MODES)[number];

/** Ways to choose a port by a frame's content. */
export const BOND_HASH_POLICIES = [
  'layer2',
  'layer3+4',
  'layer2+3',
  'encap2+3',
  'encap3+4',
  'vlan+srcmac',
] as const;

/** Several links used as one. @see https://docs.kernel.org/networking/bonding.html */
export interface BondLink extends MadeLink {
  /** A change of it makes the bond anew. */
  readonly mode: BondMode;
  /** Set down for a moment when they join. @default - none */
  readonly ports?: readonly LinkReference[] | undefined;
  /** Milliseconds between looks at the carrier. @default 100 */
  readonly miimon?: number | undefined;
  /** Milliseconds until a carrier that came back counts, a multiple of `miimon`. @default 0 */
  readonly updelay?: number | undefined;
  /** Milliseconds until a carrier that was lost counts, a multiple of `miimon`. @default 0 */
  readonly downdelay?: number | undefined;
  /** How often the partner is asked to send LACPDUs; 802.3ad only. @default slow */
  readonly lacpRate?: 'slow' | 'fast' | undefined;
  /** For balance-xor, 802.3ad and balance-tlb. @default layer2 */
  readonly xmitHashPolicy?: (typeof BOND_HASH_POLICIES)[number] | undefined;
  /** Ports that must be up for the bond to be; 802.3ad only. @default 0 */
  readonly minLinks?: number | undefined;
  /** A change of it makes the bond anew; active-backup only. @default none */
  readonly failOverMac?: 'none' | 'active' | 'follow' | undefined;
  /** Name of the port that is used whenever it works; active-backup, balance-tlb, balance-alb. @default - none */
  readonly primary?: string | undefined;
}

/** A pair of links: what goes in at one end comes out of the other. */
export interface VethLink extends MadeLink {
  /** Name of the other end, on the same host; its settings go into `interfaces`. */
  readonly peer: string;
}

/** How a macvlan link and others of its kind on the same master see each other. */
export const MACVLAN_LINK_MODES = ['bridge', 'private', 'vepa', 'passthru'] as const;

/**
 * A macvlan link of the host. A master and its macvlan pods can't talk to each other; through a link of
 * their kind with a route to the pods' addresses they can (N20).
 */
export interface MacvlanLink extends MadeLink {
  /** The link that carries the traffic, as in the pods' network. */
  readonly master: LinkReference;
  /** @default bridge */
  readonly mode?: (typeof MACVLAN_LINK_MODES)[number] | undefined;
}

/** A link that is there already, or the other end of a veth pair. It is never made nor deleted. */
export interface HostInterface extends HostLinkSettings {
  readonly link: LinkReference;
  /** @default - up, when anything else is set; as it is otherwise */
  readonly up?: boolean | undefined;
  /**
   * Changes MTU, MAC address, addresses and state even of the interface of the node's own traffic, under
   * the same conditions as {@link BridgeLink.uplink}.
   *
   * @default false
   */
  readonly uplink?: boolean | undefined;
}

/**
 * The wanted network of a node, whole: what is no longer in it goes, and what was there before comes
 * back. What it does not name is left alone.
 */
export interface NodeNetworkDefinition {
  readonly bridges?: readonly BridgeLink[] | undefined;
  readonly vlans?: readonly VlanLink[] | undefined;
  readonly bonds?: readonly BondLink[] | undefined;
  readonly veths?: readonly VethLink[] | undefined;
  readonly macvlans?: readonly MacvlanLink[] | undefined;
  /** Links that lead nowhere, for addresses that are always up. */
  readonly dummies?: readonly MadeLink[] | undefined;
  /** Settings of links that are there. */
  readonly interfaces?: readonly HostInterface[] | undefined;
}

/** A NodeNetwork object of netloom's API. */
export interface NodeNetworkObject extends NodeNetworkDefinition {
  /** Labels that a node must have. @default - every node */
  readonly nodeSelector?: Readonly<Record<string, string>> | undefined;
}

/** The kinds of links, in the order in which they are written and made. */
export const LINK_LISTS = [
  'bonds',
  'veths',
  'dummies',
  'vlans',
  'bridges',
  'macvlans',
  'interfaces',
] as const;

/** The `spec` of a NodeNetwork object. */
export function nodeNetworkSpec(definition: NodeNetworkObject): object {
  const lists = LINK_LISTS.map((name) => [name, definition[name]] as const);
  return definedOnly({ ...Object.fromEntries(lists), nodeSelector: definition.nodeSelector });
}
