import type { LinkKind } from '../cni';
import { optionNames } from '../rules';
import type { CniNetworkProps } from './cni-network';
import type { NetworkProps } from './network-props';

/** A type's members, none forgotten. */
type Names<T> = { readonly [Name in keyof T]-?: true };

const OF_EVERY: Names<NetworkProps> = {
  name: true,
  namespace: true,
  ipam: true,
  chain: true,
  cniVersion: true,
  configName: true,
  resourceName: true,
  disableCheck: true,
  disableGC: true,
  cniVersions: true,
  targetVersions: true,
  claimedPolicy: true,
  additionalNetwork: true,
  metadata: true,
};

const known = new Map<LinkKind, ReadonlySet<string>>();

/** The names of all props of a network by a plugin. */
export function networkOptions(kind: LinkKind): ReadonlySet<string> {
  const names = known.get(kind) ?? optionNames(kind, Object.keys(OF_EVERY));
  known.set(kind, names);
  return names;
}

/** The names of all props of a network whose configuration is as upstream writes it. */
export const CNI_NETWORK_OPTIONS: ReadonlySet<string> = new Set(
  Object.keys({
    config: true,
    plugins: true,
    name: true,
    namespace: true,
    cniVersion: true,
    resourceName: true,
    targetVersions: true,
    claimedPolicy: true,
    additionalNetwork: true,
    metadata: true,
  } satisfies Names<CniNetworkProps>),
);
