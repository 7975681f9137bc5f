import type { KubeOvnIpamSettings, KubeOvnSettings } from '../cni';
import type { Problem } from '../errors';
import type { NetworkDefinition } from '../kubernetes';
import { missingKey } from './keys';
import { ignored } from './unknown-keys';

/** What the kube-ovn plugin refuses or ignores beside its keys' own types. */
export function checkKubeOvn(settings: KubeOvnSettings, network: NetworkDefinition): Problem[] {
  return [
    ...checkSocket(settings.serverSocket, 'kube-ovn', network),
    ...checkProvider(settings.provider, network, '.ovn'),
    ...(network.ipam.kind === 'none'
      ? []
      : [ignored('ipam', 'kube-ovn gives the address itself, and does not look at an IPAM')]),
  ];
}

/** What the IPAM of Kube-OVN refuses beside its keys' own types. */
export function checkKubeOvnIpam(
  settings: KubeOvnIpamSettings,
  network: NetworkDefinition,
): Problem[] {
  return [
    ...checkSocket(settings.serverSocket, 'kube-ovn IPAM', network),
    ...checkProvider(settings.provider, network, ''),
  ];
}

/** Both are written by netloom itself where they are not set. */
function checkSocket(
  socket: string | undefined,
  owner: string,
  { verbatim }: NetworkDefinition,
): Problem[] {
  return socket || !verbatim ? [] : [missingKey('serverSocket', 'server_socket', owner)];
}

/**
 * Kube-OVN finds the subnet by the network's name and namespace, and the pod's annotations by the
 * provider that is written here: they have to be the same.
 */
function checkProvider(
  provider: string | undefined,
  network: NetworkDefinition,
  suffix: string,
): Problem[] {
  const { name, namespace, verbatim } = network;
  const right = `${name}.${namespace ?? '<namespace>'}${suffix}`;
  if (!provider) {
    if (!verbatim && provider === undefined) return [];
    return [{ ...missingKey('provider', 'provider', 'Kube-OVN'), fix: `${right}?` }];
  }
  if (isOf(provider, name, namespace, suffix)) return [];
  return [
    {
      code: 'NL_PROVIDER_NAME',
      key: 'provider',
      found: `"${provider}" is not the provider of this network, and Kube-OVN finds no subnet by it`,
      allowed: `the network's name and namespace: <network>.<namespace>${suffix}`,
      fix: `${right}?`,
    },
  ];
}

function isOf(
  provider: string,
  name: string,
  namespace: string | undefined,
  suffix: string,
): boolean {
  if (namespace !== undefined) return provider === `${name}.${namespace}${suffix}`;
  const middle = provider.slice(name.length + 1, provider.length - suffix.length);
  return /^[a-z0-9-]+$/.test(middle) && provider === `${name}.${middle}${suffix}`;
}
