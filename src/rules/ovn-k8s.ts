import type { OvnK8sSettings } from '../cni';
import type { Problem } from '../errors';
import type { NetworkDefinition } from '../kubernetes';
import { missingKey } from './keys';
import { checkOvnSubnets } from './ovn-subnets';
import { ignored } from './unknown-keys';

/** Names that OVN-Kubernetes keeps for the cluster network. */
const RESERVED_NAMES: readonly string[] = ['default', 'ovn-kubernetes'];

/**
 * What OVN-Kubernetes refuses or ignores beside its keys' own types and limits.
 *
 * @see https://github.com/ovn-kubernetes/ovn-kubernetes go-controller/pkg/config/cni.go, ParseNetConf
 */
export function checkOvnK8s(settings: OvnK8sSettings, network: NetworkDefinition): Problem[] {
  return [
    ...(settings.topology
      ? [...checkReservedName(network), ...checkOwnName(settings, network)]
      : checkClusterNetwork(settings, network)),
    ...(network.ipam.kind === 'none'
      ? []
      : [
          conflict(
            'ipam',
            'an IPAM is set, and OVN-Kubernetes gives the addresses itself',
            'no IPAM: `subnets`, or addresses that pods ask for',
            'leave ipam out',
          ),
        ]),
    ...checkAlone(network),
    ...checkTopology(settings),
    ...checkOvnSubnets(settings),
  ];
}

/** Keys that only secondary networks have: who sets one of them means no cluster network. */
const SECONDARY_KEYS = [
  'subnets',
  'excludeSubnets',
  'reservedSubnets',
  'infrastructureSubnets',
  'vlanID',
  'physicalNetworkName',
  'allowPersistentIPs',
  'role',
  'joinSubnet',
  'transitSubnet',
  'defaultGatewayIPs',
] as const;

/** Without a topology the configuration is that of the cluster network, whatever its name is. */
function checkClusterNetwork(settings: OvnK8sSettings, { verbatim }: NetworkDefinition): Problem[] {
  if (!verbatim || SECONDARY_KEYS.some((key) => settings[key] !== undefined)) {
    return [missingKey('topology', 'topology', 'ovn-k8s-cni-overlay')];
  }
  if (settings.netAttachDefName === undefined) return [];
  return [
    ignored(
      'netAttachDefName',
      'there is no topology, so that this is the cluster network under another name',
      'set topology for a network of its own, or leave it out',
    ),
  ];
}

function checkReservedName({ name, configName }: NetworkDefinition): Problem[] {
  const used = configName ?? name;
  if (!RESERVED_NAMES.includes(used)) return [];
  return [
    conflict(
      'configName',
      `"${used}" is the name of the cluster network, and OVN-Kubernetes refuses it for another one`,
      'any other name',
      configName === undefined ? 'set configName' : 'choose another name',
    ),
  ];
}

/** OVN-Kubernetes takes no list of several plugins for its own. */
function checkAlone({ chain = [] }: NetworkDefinition): Problem[] {
  if (chain.length === 0) return [];
  return [
    conflict(
      'chain[0]',
      'a plugin stands behind ovn-k8s-cni-overlay, and OVN-Kubernetes refuses the network',
      'ovn-k8s-cni-overlay alone',
      'leave it out',
    ),
  ];
}

/** The network has to name its own object. */
function checkOwnName(
  { netAttachDefName }: OvnK8sSettings,
  { name, namespace, verbatim }: NetworkDefinition,
): Problem[] {
  const right = `${namespace ?? '<namespace>'}/${name}`;
  if (!netAttachDefName) {
    if (!verbatim && netAttachDefName === undefined) return [];
    const missing = missingKey('netAttachDefName', 'netAttachDefName', 'ovn-k8s-cni-overlay');
    return [{ ...missing, fix: `${right}?` }];
  }
  const isRight =
    namespace === undefined ? netAttachDefName.endsWith(`/${name}`) : netAttachDefName === right;
  if (isRight) return [];
  return [
    {
      code: 'NL_PROVIDER_NAME',
      key: 'netAttachDefName',
      found: `"${netAttachDefName}" is another network, and OVN-Kubernetes refuses this one`,
      allowed: "the network's own namespace and name: <namespace>/<network>",
      fix: `${right}?`,
    },
  ];
}

/** What belongs to one topology, or to the primary network of a namespace. */
function checkTopology(settings: OvnK8sSettings): Problem[] {
  const { topology, role, subnets } = settings;
  const problems: Problem[] = [];
  if (topology === 'localnet' && role === 'primary') {
    problems.push(
      conflict('role', 'a localnet is never the primary network', 'secondary', 'leave role out'),
    );
  }
  if (topology === 'localnet' && settings.joinSubnet) {
    problems.push(
      conflict(
        'joinSubnet',
        'a localnet has no routers to join',
        'joinSubnet with layer2 or layer3',
        'leave it out',
      ),
    );
  }
  if (topology === 'layer3' && settings.allowPersistentIPs) {
    problems.push(
      conflict(
        'allowPersistentIPs',
        'layer3 has a subnet for each node, so that an address can not move',
        'allowPersistentIPs with layer2 or localnet',
        'leave it out',
      ),
    );
  }
  for (const key of ['reservedSubnets', 'infrastructureSubnets', 'defaultGatewayIPs'] as const) {
    if (topology !== undefined && topology !== 'layer2' && settings[key]) {
      problems.push(
        conflict(key, `${key} is set for ${topology}`, `${key} with layer2`, 'leave it out'),
      );
    }
  }
  const needsSubnets = topology === 'layer3' || (topology === 'layer2' && role === 'primary');
  if (needsSubnets && !subnets) {
    const owner = topology === 'layer3' ? 'layer3' : 'a primary network';
    problems.push(missingKey('subnets', 'subnets', owner));
  }
  return [...problems, ...checkIgnored(settings)];
}

function checkIgnored(settings: OvnK8sSettings): Problem[] {
  const { topology } = settings;
  const problems: Problem[] = [];
  for (const key of ['vlanID', 'physicalNetworkName'] as const) {
    if (topology !== undefined && topology !== 'localnet' && settings[key]) {
      problems.push(
        ignored(key, `${key} belongs to localnet, and ${topology} does not look at it`),
      );
    }
  }
  if (topology === 'layer3' && settings.excludeSubnets) {
    problems.push(ignored('excludeSubnets', 'layer3 does not look at excludeSubnets'));
  }
  return problems;
}

function conflict(key: string, found: string, allowed: string, fix: string): Problem {
  return { code: 'NL_VALUES_CONFLICT', key, found, allowed, fix };
}
