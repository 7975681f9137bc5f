import type { HostImage, LinkImage } from '../checkpoint/host-image';

/** What the kernel says about one network interface. */
export interface LinkState {
  readonly name: string;
  /** `bridge`, `veth` ...; undefined for a physical interface. */
  readonly kind: string | undefined;
  readonly mac: string;
  readonly mtu: number;
  /** Administratively up. */
  readonly up: boolean;
  readonly alias: string | undefined;
  /** Of a bridge: its spanning tree protocol. */
  readonly stp?: boolean | undefined;
  /** Of a bridge: whether it learns who wants which multicast group. */
  readonly multicastSnooping?: boolean | undefined;
  /** The bridge or other interface that this one is a part of. */
  readonly master: string | undefined;
  /** With prefix length, in the kernel's order; those that the kernel gave itself (link-local) too. */
  readonly addresses: readonly string[];
}

/** What the kernel says about the host. */
export interface HostLinks {
  readonly links: ReadonlyMap<string, LinkState>;
  /** Interfaces that carry a default route, of any table and family. */
  readonly defaultRouteLinks: ReadonlySet<string>;
  /** Of the interfaces that were asked for: all that the kernel tells, routes too. */
  readonly details?: HostImage | undefined;
}

/** Told about what happens to the host's interfaces. */
export interface LinkListener {
  /** Some interface or address changed, or may have: a look says what. */
  changed(): void;
  /** No more events will come. Called once, and never after the watch was ended by its owner. */
  ended(why: string): void;
}

/** The way to the kernel. */
export interface LinkDriver {
  observe(): Promise<HostLinks>;
  /** All interfaces in full, with the routes of those that `names` picks. @default - that can't be had */
  image?(names: (links: readonly LinkImage[]) => ReadonlySet<string>): Promise<HostImage>;
  /** @returns what ends the watch */
  watch(listener: LinkListener): () => void;
  /**
   * Runs commands in order, up to the first that fails. Nothing is undone.
   *
   * @param lines words of `ip`, each with blanks between: `link set dev br-test up`
   * @throws NetloomError NL_HOST_COMMAND, with the command's own words
   */
  apply(lines: readonly string[]): Promise<void>;
}
