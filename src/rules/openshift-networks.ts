import { ipamType, linkType, renderLink } from '../cni';
import type { Problem } from '../errors';
import type { AdditionalNetwork, AdditionalNetworkType } from '../installs';
import type { NetworkDefinition, PlatformFacts } from '../kubernetes';

/** What OpenShift's operator can't say of a network that it is to make. */
export function checkAdditionalNetwork(
  network: NetworkDefinition,
  type: AdditionalNetworkType,
  platform: PlatformFacts | undefined,
  isPatched = false,
): Problem[] {
  if (platform && platform.name !== 'openshift') return [noOperator(platform)];
  return [
    ...checkHome(network),
    ...checkAnnotations(network),
    ...(type === 'SimpleMacvlan' ? checkSimpleMacvlan(network) : []),
    ...(type === 'SimpleMacvlan' && isPatched ? [noWords('patchCni', 'it is patched')] : []),
  ];
}

function noOperator({ name }: PlatformFacts): Problem {
  return {
    code: 'NL_PLATFORM_UNSUPPORTED',
    key: 'additionalNetwork',
    found: `${name} has no Cluster Network Operator, which is to make the network`,
    allowed: 'additionalNetwork on openshift',
    fix: 'leave it out: the network is then an object of its own',
  };
}

/** The operator has a default of its own, which pods would not look in. */
function checkHome({ namespace }: NetworkDefinition): Problem[] {
  if (namespace !== undefined) return [];
  return [
    {
      code: 'NL_KEY_MISSING',
      key: 'namespace',
      found:
        'nothing says which namespace the operator is to make the network in, and it takes default',
      allowed: 'a namespace: of the network, or of its chart',
      fix: "set namespace, such as 'default' for a network that all pods may use",
    },
  ];
}

function checkAnnotations({ resourceName }: NetworkDefinition): Problem[] {
  if (resourceName === undefined) return [];
  return [
    {
      code: 'NL_VALUES_CONFLICT',
      key: 'resourceName',
      found: 'the operator writes no annotations, and a resource is one',
      allowed: 'resourceName, or additionalNetwork',
      fix: 'leave additionalNetwork out',
    },
  ];
}

/** What `simpleMacvlanConfig` has words for. */
const MACVLAN_KEYS: readonly string[] = ['type', 'master', 'mode', 'mtu'];
const STATIC_KEYS: readonly string[] = ['addresses', 'routes', 'dns'];

function checkSimpleMacvlan(network: NetworkDefinition): Problem[] {
  const { link, ipam, chain = [], configName, cniVersion, list } = network;
  if (link.kind !== 'macvlan')
    return [noWords('additionalNetwork', `${linkType(link)} is no macvlan`)];
  const settings = ipam.kind === 'static' || ipam.kind === 'dhcp' ? ipam.settings : undefined;
  const known = ipam.kind === 'static' ? STATIC_KEYS : [];
  return [
    ...setKeys(renderLink(link), MACVLAN_KEYS),
    ...(settings ? setKeys(settings, known).map((key) => `ipam.${key}`) : ['ipam']),
    ...(chain.length === 0 ? [] : ['chain']),
    ...setKeys({ configName, cniVersion }, []),
    ...setKeys(list ?? {}, []),
  ].map((key) =>
    noWords(key, key === 'ipam' ? `the IPAM is ${ipamType(ipam) ?? 'none'}` : 'it is set'),
  );
}

/** The keys that are set, but for those that there are words for. */
function setKeys(settings: object, known: readonly string[]): string[] {
  return Object.entries(settings)
    .filter(([key, value]) => value !== undefined && !known.includes(key))
    .map(([key]) => key);
}

function noWords(key: string, found: string): Problem {
  return {
    code: 'NL_VALUES_CONFLICT',
    key,
    found: `${found}, and SimpleMacvlan has no words for it`,
    allowed: 'macvlan with master, mode and mtu, and dhcp or static for addresses',
    fix: "use additionalNetwork: 'Raw'",
  };
}

/** An entry of the operator's list, and who is told of it. */
export interface SubjectEntry<S> {
  readonly entry: AdditionalNetwork;
  readonly subject: S;
}

/** Entries of one name in two namespaces: the list is keyed by the name alone. */
export function checkEntries<S>(
  entries: readonly SubjectEntry<S>[],
): { readonly subject: S; readonly problem: Problem }[] {
  const first = new Map<string, string>();
  return entries.flatMap(({ entry, subject }) => {
    const { name, namespace = 'default' } = entry;
    const before = first.get(name) ?? namespace;
    first.set(name, before);
    return before === namespace ? [] : [{ subject, problem: entryTwice(name, namespace, before) }];
  });
}

function entryTwice(name: string, namespace: string, other: string): Problem {
  return {
    code: 'NL_NAME_TWICE',
    key: 'name',
    found: `the operator's list has "${name}" for the namespaces "${other}" and "${namespace}"`,
    allowed: 'a name once in additionalNetworks, whatever the namespace',
    fix: 'choose another name, or leave additionalNetwork out of one of them',
  };
}
