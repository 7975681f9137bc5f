import { Chart, type JsonPatch } from 'cdk8s';
import type { Construct } from 'constructs';
import { KUBE_OVN_SOCKET, type LinkConfig, type ListSettings } from '../cni';
import { DEFAULT_NAMESPACE, kubeOvnProvider, type NetworkDefinition } from '../kubernetes';
import { groupObjectName, type NetworkGroups } from './network-groups';
import { NetworkPart } from './network-part';
import type { NetworkProps } from './network-props';

/** The network that the props of a construct mean, not {@link completed} yet. */
export function networkOfProps(
  scope: Construct,
  id: string,
  props: NetworkProps,
  link: LinkConfig,
  more: Partial<NetworkDefinition> | undefined,
): NetworkDefinition {
  return {
    name: props.name ?? id,
    namespace: props.namespace ?? Chart.of(scope).namespace,
    link,
    ipam: props.ipam?._config ?? { kind: 'none' },
    chain: props.chain?.map((chain) => chain._config),
    cniVersion: props.cniVersion,
    configName: props.configName,
    list: listSettings(props),
    resourceName: props.resourceName,
    ...more,
  };
}

function listSettings({
  cniVersions,
  disableCheck,
  disableGC,
}: NetworkProps): ListSettings | undefined {
  if ((cniVersions ?? disableCheck ?? disableGC) !== undefined)
    return { cniVersions, disableCheck, disableGC };
  return undefined;
}

/** With what a plugin has to be told of the network's own object. */
function completed(network: NetworkDefinition): NetworkDefinition {
  const { link, ipam, name, namespace = DEFAULT_NAMESPACE } = network;
  if (link.kind === 'kube-ovn') {
    const settings = { ...kubeOvnDefaults(network), ...link.settings };
    return { ...network, link: { kind: 'kube-ovn', settings } };
  }
  if (link.kind === 'ovn-k8s-cni-overlay') {
    const settings = { netAttachDefName: `${namespace}/${name}`, ...link.settings };
    return { ...network, link: { kind: 'ovn-k8s-cni-overlay', settings } };
  }
  if (ipam.kind !== 'kube-ovn') return network;
  const settings = { ...kubeOvnDefaults(network), ...ipam.settings };
  return { ...network, ipam: { kind: 'kube-ovn', settings } };
}

/** Older releases of Kube-OVN refuse a configuration without socket. */
function kubeOvnDefaults(network: NetworkDefinition): { serverSocket: string; provider: string } {
  return { serverSocket: KUBE_OVN_SOCKET, provider: kubeOvnProvider(network) as string };
}

/** Its NetworkAttachmentDefinitions: one, or one for each group of nodes. */
export function partsOf(
  network: NetworkDefinition,
  groups: NetworkGroups | undefined,
  patches: readonly JsonPatch[],
): NetworkPart[] {
  if (!groups || groups.groups.length === 0) return [new NetworkPart(completed(network), patches)];
  return groups.groups.map(({ name, link }) => {
    const own = { ...network, name: groupObjectName(network.name, name), link };
    return new NetworkPart(completed(own), patches, name);
  });
}
