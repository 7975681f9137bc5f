import type { HostImage } from '../checkpoint/host-image';
import type { HostNetwork } from './host-network';
import type { HostCommand } from './host-step';

/** What a look at the host has to tell beside links, addresses and routes. */
export interface LookWish {
  /** Whether the VLANs of bridge ports are wanted. */
  readonly vlans: boolean;
  /** Files below /proc/sys, by all else that is there. */
  readonly sysctls: (host: HostNetwork) => readonly string[];
}

/** The way to the kernel for a node's whole network. */
export interface NetworkDriver {
  observeNetwork(wish: LookWish): Promise<HostNetwork>;
  /**
   * All that the kernel tells of some links, with their routes.
   *
   * @default - that can't be had: links of the node's own traffic then are never moved
   */
  imageOf?(names: readonly string[]): Promise<HostImage>;
  /**
   * Runs commands in order, up to the first that fails. Nothing is undone.
   *
   * @throws NetloomError NL_HOST_COMMAND, with the command's own words
   */
  applyNetwork(commands: readonly HostCommand[]): Promise<void>;
}
