import {
  flagOrText,
  type ObjectSpec,
  objectSpec,
  shaped,
  text,
  texts,
  type WithExtra,
} from './spec';

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
  readonly [key: string]: unknown;
}

/** What a list of plugins has beside them. */
export interface ListSettings extends WithExtra {
  /** Further versions of the specification; the runtime takes the highest it knows. CNI 1.1.0. @default - none */
  readonly cniVersions?: readonly string[] | undefined;
  /** The runtime does not ask whether the network is still in order: whereabouts always says no. @default false */
  readonly disableCheck?: boolean | string | undefined;
  /** The runtime does not collect what earlier pods left. CNI 1.1.0. @default false */
  readonly disableGC?: boolean | string | undefined;
  /** The runtime takes no plugins from files. CNI 1.1.x. @default false */
  readonly loadOnlyInlinedPlugins?: boolean | string | undefined;
}

/**
 * The members of a list, in the order in which they are written. libcni looks for them by their very
 * names.
 */
export const LIST: ObjectSpec = {
  ...objectSpec<ListSettings & { cniVersion?: string; name?: string; plugins?: unknown }>(
    'a list of plugins',
    {
      cniVersion: text(),
      cniVersions: texts(),
      name: text(),
      disableCheck: flagOrText(),
      disableGC: flagOrText(),
      loadOnlyInlinedPlugins: flagOrText(),
      plugins: shaped({ kind: 'list', of: { kind: 'any' } }),
    },
  ),
  isExact: true,
};

/** What every plugin has beside its own keys and those of {@link PluginSettings}. */
export const SINGLE = objectSpec<{
  cniVersion?: string;
  name?: string;
  type?: string;
  ipam?: unknown;
}>('a network configuration', {
  cniVersion: text(),
  name: text(),
  type: text(),
  ipam: shaped({ kind: 'any' }),
});

/** Keys that the runtime writes itself; in a configuration they have no place. In lower case. */
export const RESERVED_KEYS: readonly string[] = ['runtimeconfig', 'args', 'prevresult'];

/** What names begin with that are the specification's own. */
export const RESERVED_PREFIX = 'cni.dev/';

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

/** What a plugin takes a missing `cniVersion` for: the old form of results, one address a family. */
export const MISSING_CNI_VERSION = '0.1.0';

/** Drops members that are undefined, keeping the order of the others: what is not set is not written. */
export function definedOnly<T extends object>(members: T): T {
  const defined: Partial<T> = {};
  for (const name of Object.keys(members) as (keyof T)[]) {
    if (members[name] !== undefined) defined[name] = members[name];
  }
  return defined as T;
}
