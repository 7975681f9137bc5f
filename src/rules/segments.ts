import type { NetworkDefinition } from '../kubernetes';

/** How messages call a network: `apps/lan`, or `lan` where no namespace is set. */
export function labelOf({
  name,
  namespace,
}: {
  name: string;
  namespace?: string | undefined;
}): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}

/**
 * The link layer that pods of a network share with pods of every network that has the same one, in
 * words; undefined where nothing in the network tells.
 */
export function segmentOf(network: NetworkDefinition): string | undefined {
  const { link, resourceName, name, configName = name } = network;
  switch (link.kind) {
    case 'bridge':
      return `bridge "${link.settings.bridge ?? 'cni0'}"${vlanOf(link.settings.vlan)}`;
    case 'macvlan':
    case 'ipvlan':
      return link.settings.linkInContainer === true ? undefined : hostLink(link.settings.master);
    case 'vlan':
      if (link.settings.linkInContainer === true) return undefined;
      return hostLink(`${link.settings.master}.${link.settings.vlanId}`);
    case 'sriov':
      return resourceName && `resource "${resourceName}"${vlanOf(link.settings.vlan)}`;
    case 'ovn-k8s-cni-overlay':
      return `OVN network "${configName}"`;
    default:
      return undefined;
  }
}

function hostLink(master: string | undefined): string {
  return master === undefined ? "the nodes' default interface" : `interface "${master}"`;
}

function vlanOf(vlan: number | undefined): string {
  return vlan ? `, VLAN ${vlan}` : '';
}
