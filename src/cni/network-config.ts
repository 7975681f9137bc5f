/** A CNI configuration as a plugin reads it. Keys keep upstream's spelling. */
export interface PluginConfig {
  readonly type: string;
  readonly [key: string]: unknown;
}

/** One network as it stands in `spec.config`: a single plugin, or a list of chained ones. */
export type NetworkConfig = SinglePluginConfig | PluginListConfig;

/** `.conf` form. Multus takes it; libcni calls it deprecated since 1.3. */
export interface SinglePluginConfig extends PluginConfig {
  readonly cniVersion: string;
  readonly name: string;
}

/** `.conflist` form. */
export interface PluginListConfig {
  readonly cniVersion: string;
  readonly name: string;
  readonly plugins: readonly PluginConfig[];
}

/**
 * Version of the CNI specification that networks are written in.
 *
 * 0.4.0 is taken by every plugin release since 0.8 and carries all that netloom writes by default.
 * @see https://www.cni.dev/docs/spec/
 */
export const DEFAULT_CNI_VERSION = '0.4.0';

/** Versions that the plugins accept; 1.1.0 needs plugins 1.6 or newer. */
export const CNI_VERSIONS = [
  '0.1.0',
  '0.2.0',
  '0.3.0',
  '0.3.1',
  '0.4.0',
  '1.0.0',
  '1.1.0',
] as const;

/** A route that an IPAM plugin puts into the pod. */
export interface CniRoute {
  /** Destination in prefix form, e.g. `192.168.122.0/24`; `0.0.0.0/0` or `::/0` for the default. */
  readonly dst: string;
  /**
   * Next hop.
   *
   * @default - the gateway that the IPAM reports for the first address of the same family; where it
   * reports none the destination is taken to be on the link
   */
  readonly gw?: string | undefined;
}

/** Drops members that are undefined, keeping the order of the others: what is not set is not written. */
export function definedOnly<T extends object>(members: T): T {
  const defined: Partial<T> = {};
  for (const name of Object.keys(members) as (keyof T)[]) {
    if (members[name] !== undefined) defined[name] = members[name];
  }
  return defined as T;
}
