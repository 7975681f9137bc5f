import type { NetworkDefinition } from './network';

/** Namespace of what is applied without one. */
export const DEFAULT_NAMESPACE = 'default';

/** The two that may name an interface behind the key. */
const PER_INTERFACE: readonly string[] = ['ip_address', 'mac_address'];

/**
 * By what Kube-OVN finds the subnet of a network: `<network>.<namespace>` where it only gives the
 * addresses, `<network>.<namespace>.ovn` where its plugin makes the interface too. Undefined for
 * networks that it has nothing to do with. A network without a namespace is taken to be in `default`.
 */
export function kubeOvnProvider(network: NetworkDefinition): string | undefined {
  const { name, namespace = DEFAULT_NAMESPACE, link, ipam } = network;
  if (link.kind === 'kube-ovn') return `${name}.${namespace}.ovn`;
  return ipam.kind === 'kube-ovn' ? `${name}.${namespace}` : undefined;
}

/**
 * The annotation that stands for one setting of a pod on the networks of a provider.
 *
 * @param name e.g. `ip_address`
 * @param interfaceName of a network that the pod attaches more than once
 */
export function kubeOvnKey(provider: string, name: string, interfaceName?: string): string {
  if (interfaceName === undefined) return `${provider}.kubernetes.io/${name}`;
  if (provider.endsWith('.ovn')) return `${provider}.${interfaceName}.kubernetes.io/${name}`;
  // One provider for all its interfaces: they are named behind the key.
  const suffix = PER_INTERFACE.includes(name) ? `.${interfaceName}` : '';
  return `${provider}.kubernetes.io/${name}${suffix}`;
}

/** A key of Kube-OVN taken apart. */
export interface KubeOvnKey {
  /** `lan.apps` or `lan.apps.ovn`, with `.net1` behind where it names an interface. */
  readonly provider: string;
  /** E.g. `ip_address`. */
  readonly name: string;
  /** Set where it stands behind the name. */
  readonly interfaceName?: string | undefined;
}

/** Takes a key such as `lan.apps.kubernetes.io/ip_address` apart; undefined for others, and for the cluster network's. */
export function parseKubeOvnKey(key: string): KubeOvnKey | undefined {
  const [, provider, rest] = /^([^/]+\.[^/]+)\.kubernetes\.io\/([^/]+)$/.exec(key) ?? [];
  if (provider === undefined || rest === undefined) return undefined;
  const [name = '', ...behind] = rest.split('.');
  if (behind.length === 0 || !PER_INTERFACE.includes(name)) return { provider, name: rest };
  return { provider, name, interfaceName: behind.join('.') };
}
