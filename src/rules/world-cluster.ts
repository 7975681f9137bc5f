import { Cidr } from '../ipam';
import { KUBE_OVN_DEFAULT_PROVIDER, kubeOvnProvider, type NetworkDefinition } from '../kubernetes';
import { type NetworkCidr, networkCidrs } from './network-addresses';
import { findingsOf, type World, type WorldFinding, type WorldRule } from './world';
import { subnetsByProvider } from './world-overlaps';

interface ClusterCidr {
  readonly what: string;
  readonly cidr: Cidr;
}

/**
 * Subnets that are the cluster's own as well: the route that a pod gets with its interface takes
 * pods, services or nodes away from it.
 */
export const checkClusterOverlaps: WorldRule = (world) => {
  const everywhere = [
    ...clusterCidrs('pods', world.podCidrs),
    ...clusterCidrs('services', world.serviceCidrs),
  ];
  const nodes = clusterCidrs('nodes', world.nodeCidrs);
  if (everywhere.length + nodes.length === 0) return [];
  const subnets = subnetsByProvider(world.subnets ?? []);
  const uplinks = new Set(
    world.bridges.filter(({ ports = [] }) => ports.length > 0).map(({ bridge }) => bridge),
  );
  return world.networks.flatMap((network) => {
    const subnet = subnets.get(kubeOvnProvider(network) ?? KUBE_OVN_DEFAULT_PROVIDER);
    const others = isOnNodesNetwork(network, uplinks) ? everywhere : [...everywhere, ...nodes];
    return networkCidrs(network, subnet).flatMap((one) => overlapsWith(network, one, others));
  });
};

function clusterCidrs(what: string, texts: World['podCidrs'] = []): ClusterCidr[] {
  return texts.flatMap((text) => {
    const cidr = Cidr.tryParse(text);
    return cidr ? [{ what, cidr }] : [];
  });
}

/** A link to the outside may well be in the nodes' own subnet: that is what it is for. */
function isOnNodesNetwork({ link }: NetworkDefinition, uplinks: ReadonlySet<string>): boolean {
  if (link.kind === 'bridge') return uplinks.has(link.settings.bridge ?? 'cni0');
  return link.kind !== 'ptp' && link.kind !== 'ovn-k8s-cni-overlay';
}

function overlapsWith(
  network: NetworkDefinition,
  { key, cidr }: NetworkCidr,
  others: readonly ClusterCidr[],
): WorldFinding[] {
  const other = others.find((one) => one.cidr.overlaps(cidr));
  if (!other) return [];
  return findingsOf(network, [
    {
      code: 'NL_CLUSTER_OVERLAP',
      key,
      found: `${cidr} overlaps ${other.cidr}, the cluster's own ${other.what}: a pod with this interface looks for them there, and no longer reaches them`,
      allowed: "a subnet beside the cluster's own",
      fix: 'choose another subnet',
    },
  ]);
}
