import type { Problem } from '../errors';
import {
  DEFAULT_NAMESPACE,
  type KubeOvnSubnetDefinition,
  kubeOvnKey,
  kubeOvnProvider,
  type NetworkDefinition,
} from '../kubernetes';
import { labelOf } from './segments';
import { findingsOf, type World, type WorldFinding, type WorldRule } from './world';

/** Kube-OVN's networks and their subnets, which find each other by the provider. */
export const checkProviders: WorldRule = (world) => {
  const networks = world.networks.filter((network) => kubeOvnProvider(network) !== undefined);
  const { subnets = [] } = world;
  if (networks.length === 0) return [];
  const providers = new Set(subnets.map(({ provider }) => provider));
  const lost = networks.filter((network) => !isBound(network, providers));
  const nearly = new Map(lost.flatMap(nearMisses));
  // Somebody's near miss may be another's provider.
  for (const network of networks) nearly.delete(kubeOvnProvider(network) as string);
  const misnamed = subnets.flatMap((subnet) => checkSubnetProvider(subnet, nearly));
  const told = new Set(misnamed.map(({ network }) => network));
  const isKnown = subnets.length > 0 || world.isComplete === true;
  const switched = isKnown ? switchedProviders(world) : new Set();
  return [
    ...misnamed.map(({ finding }) => finding),
    ...lost.flatMap((network) =>
      !isKnown || told.has(network) || switched.has(kubeOvnProvider(network))
        ? []
        : findingsOf(network, [unbound(network)]),
    ),
  ];
};

/** Where the provider stands, in netloom's words. */
function providerKey({ link }: NetworkDefinition): string {
  return link.kind === 'kube-ovn' ? 'provider' : 'ipam.provider';
}

function writtenProvider({ link, ipam }: NetworkDefinition): string | undefined {
  if (link.kind === 'kube-ovn') return link.settings.provider;
  return ipam.kind === 'kube-ovn' ? ipam.settings.provider : undefined;
}

/** Who applies a network without a namespace knows which one it will be. */
function matchesAnyNamespace(
  { name, namespace, link }: NetworkDefinition,
  provider: string | undefined,
): boolean {
  if (namespace !== undefined || !provider?.startsWith(`${name}.`)) return false;
  const rest = provider.slice(name.length + 1);
  return link.kind === 'kube-ovn' ? /^[^.]+\.ovn$/.test(rest) : /^[^.]+$/.test(rest);
}

function isBound(network: NetworkDefinition, providers: ReadonlySet<string | undefined>): boolean {
  const provider = kubeOvnProvider(network);
  if (providers.has(provider)) return true;
  const written = writtenProvider(network);
  return matchesAnyNamespace(network, written) && providers.has(written);
}

/** What people write instead: with or without `.ovn`, and namespace first. */
function nearMisses(network: NetworkDefinition): [string, NetworkDefinition][] {
  const { name, namespace = DEFAULT_NAMESPACE, link } = network;
  const suffix = link.kind === 'kube-ovn' ? '.ovn' : '';
  const wrong = link.kind === 'kube-ovn' ? '' : '.ovn';
  const own = `${name}.${namespace}`;
  const texts = [`${own}${wrong}`, `${namespace}.${name}${suffix}`, name, `${namespace}/${name}`];
  return texts.map((text) => [text, network]);
}

function checkSubnetProvider(
  subnet: KubeOvnSubnetDefinition,
  nearly: ReadonlyMap<string, NetworkDefinition>,
): { network: NetworkDefinition; finding: WorldFinding }[] {
  const { provider = '' } = subnet;
  const network = nearly.get(provider);
  if (!network) return [];
  const right = kubeOvnProvider(network) as string;
  const problem: Problem = {
    code: 'NL_PROVIDER_NAME',
    key: 'provider',
    found: `"${provider}" is not the provider of network "${labelOf(network)}", so that Kube-OVN finds no subnet for it`,
    allowed:
      network.link.kind === 'kube-ovn'
        ? '<network>.<namespace>.ovn for a network whose plugin is kube-ovn'
        : '<network>.<namespace> for a network of another plugin with IPAM kube-ovn',
    fix: `${right}?`,
  };
  return findingsOf(subnet, [problem]).map((finding) => ({ network, finding }));
}

/** Providers that pods name a subnet for by themselves. */
function switchedProviders({ pods, networks }: World): Set<unknown> {
  const switches = new Set(pods.flatMap(({ annotations }) => Object.keys(annotations)));
  const providers = networks.flatMap((network) => kubeOvnProvider(network) ?? []);
  return new Set(
    providers.filter((provider) => switches.has(kubeOvnKey(provider, 'logical_switch'))),
  );
}

function unbound(network: NetworkDefinition): Problem {
  const provider = kubeOvnProvider(network) as string;
  return {
    code: 'NL_PROVIDER_UNBOUND',
    key: providerKey(network),
    found: `no Subnet has provider "${provider}", and pods of this network don't start ("is not bound to any subnet")`,
    allowed: 'a Subnet of Kube-OVN with the provider of the network',
    fix: `make a Subnet with provider: ${provider}`,
  };
}
