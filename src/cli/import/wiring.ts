import { kubeOvnProvider } from '../../kubernetes';
import type { SubnetItem } from './kube-ovn-item';
import type { NetworkItem } from './network-item';

/** The subnet of each network that Kube-OVN finds by its provider; each of one network. */
export function wireSubnets(
  networks: readonly NetworkItem[],
  subnets: readonly SubnetItem[],
): Map<NetworkItem, SubnetItem> {
  const free = new Map<string | undefined, SubnetItem[]>();
  for (const subnet of subnets) {
    const { provider } = subnet.definition;
    free.set(provider, [...(free.get(provider) ?? []), subnet]);
  }
  const wired = new Map<NetworkItem, SubnetItem>();
  for (const network of networks) {
    // A provider of its own choice stays what it is: only a computed one is the same on both.
    const provider = network.typed && kubeOvnProvider(network.typed.definition);
    const subnet = provider === undefined ? undefined : free.get(provider)?.shift();
    if (subnet) wired.set(network, subnet);
  }
  return wired;
}
