import { type NetworkDefinition, networkConfig } from '../../kubernetes';
import { isSameJson } from './same-config';

/** Settings that constructs compute from the network's own name and namespace, or always write. */
const COMPUTED: readonly string[] = ['netAttachDefName', 'provider', 'serverSocket'];

/** The network without the settings that its construct writes all the same. */
export function withoutComputed(network: NetworkDefinition): NetworkDefinition {
  let least = network;
  for (const part of ['link', 'ipam'] as const) {
    for (const key of COMPUTED) {
      const less = without(least, part, key);
      if (less && isSameJson(networkConfig(less), networkConfig(network))) least = less;
    }
  }
  return least;
}

/** True for a raw configuration that its construct would write such settings into. */
export function isCompleted({ link, ipam }: NetworkDefinition): boolean {
  const has = (settings: object, ...keys: string[]): boolean =>
    keys.every((key) => Object.hasOwn(settings, key));
  switch (link.kind) {
    case 'ovn-k8s-cni-overlay':
      return !has(link.settings, 'netAttachDefName');
    case 'kube-ovn':
      return !has(link.settings, 'provider', 'serverSocket');
    default:
      return ipam.kind === 'kube-ovn' && !has(ipam.settings, 'provider', 'serverSocket');
  }
}

/** Undefined where the setting is not there. */
function without(
  network: NetworkDefinition,
  part: 'link' | 'ipam',
  key: string,
): NetworkDefinition | undefined {
  const config = network[part];
  if (!('settings' in config) || !(key in config.settings)) return undefined;
  const settings = { ...config.settings, [key]: undefined };
  return { ...network, [part]: { ...config, settings } };
}
