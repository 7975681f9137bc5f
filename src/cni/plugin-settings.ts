import {
  FLAG,
  mapOf,
  type ObjectSpec,
  object,
  objectSpec,
  text,
  texts,
  type WithExtra,
} from './spec';

/** Name servers that a plugin reports. */
export interface CniDns extends WithExtra {
  /** Addresses of name servers. @default - none */
  readonly nameservers?: readonly string[] | undefined;
  /** Local domain. @default - none */
  readonly domain?: string | undefined;
  /** Domains to search short names in. @default - none */
  readonly search?: readonly string[] | undefined;
  /** Options of the resolver, as in resolv.conf. @default - none */
  readonly options?: readonly string[] | undefined;
}

export const DNS: ObjectSpec = objectSpec<CniDns>('dns', {
  nameservers: texts(),
  domain: text(),
  search: texts(),
  options: texts(),
});

/** What every plugin of a network takes beside its own keys. */
export interface PluginSettings extends WithExtra {
  /**
   * What the runtime may hand the plugin, by name: `ips`, `mac`, `portMappings`, `bandwidth`,
   * `ipRanges`, `deviceID`, `infinibandGUID`, `dns`, `aliases`, `cgroupPath`.
   *
   * @default - what the plugin can't do its work without
   */
  readonly capabilities?: Readonly<Record<string, boolean>> | undefined;
  /** Name servers to report. Most container runtimes look at those of the cluster network only. @default - none */
  readonly dns?: CniDns | undefined;
}

/** Describes a plugin's own keys, and behind them those that every plugin has. */
export function pluginSpec<T extends PluginSettings>(
  name: string,
  keys: Parameters<typeof objectSpec<Omit<T, keyof PluginSettings>>>[1],
): ObjectSpec {
  return objectSpec<PluginSettings>(name, {
    ...(keys as object),
    capabilities: mapOf(FLAG),
    dns: object(DNS),
  });
}
