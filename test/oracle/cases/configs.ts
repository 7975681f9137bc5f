import type { Chain, Expectation } from './case';

/** A configuration of one plugin. */
export function single(plugin: object): Chain {
  return { cniVersion: '1.0.0', ...plugin };
}

/** A configuration of several plugins. */
export function chain(...plugins: object[]): Chain {
  return { cniVersion: '1.0.0', plugins };
}

/** host-local with one small IPv4 range. */
export const HOST_LOCAL = {
  type: 'host-local',
  ranges: [[{ subnet: '10.1.0.0/24' }]],
} as const;

/** host-local with a range of each family. */
export const DUAL_STACK = {
  type: 'host-local',
  ranges: [[{ subnet: '10.1.0.0/24' }], [{ subnet: 'fd00:1::/64' }]],
} as const;

/** A bridge with addresses, for plugins that are chained after one. */
export const BRIDGE = { type: 'bridge', bridge: 'br-oracle', ipam: HOST_LOCAL } as const;

/** Answered with an error of this text. */
export function refused(text: RegExp): { refused: RegExp } {
  return { refused: text };
}

/** A macvlan without addresses. */
export const MACVLAN = { type: 'macvlan', master: 'eth1' } as const;

/** A macvlan with one, for plugins that are chained after one. */
export const MACVLAN_WITH_ADDRESS = { ...MACVLAN, ipam: HOST_LOCAL } as const;

/** Lines for the host: a default route through `eth1`. */
export const DEFAULT_ROUTE = [
  'addr add 192.0.2.1/24 dev eth1',
  'route add default via 192.0.2.254',
] as const;

/** A plugin that is chained after a bridge with addresses. */
export function afterBridge(plugin: object): Chain {
  return chain(BRIDGE, plugin);
}

/** An IPAM below a bridge, and more keys for that: IPAM plugins never run alone in a cluster. */
export function belowBridge(ipam: object, keys: object = {}): Chain {
  return single({ type: 'bridge', bridge: 'br-oracle', ...keys, ipam });
}

/** Accepted, and these addresses are given. */
export function gives(...addresses: string[]): Pick<Expectation, 'want' | 'gives'> {
  return { want: 'accepted', gives: { ips: addresses.map((address) => ({ address })) } };
}
