import type { OvnK8sSettings } from '../cni';
import type { Problem } from '../errors';
import type { NetworkDefinition } from '../kubernetes';
import { missingKey } from './keys';
import { checkOvnSubnets } from './ovn-subnets';
import { ignored } from './unknown-keys';

/** The cluster network, which its configuration of that name stands for. */
const DEFAULT_NETWORK = 'default';

/** What OVN-Kubernetes refuses or ignores beside its keys' own types and limits. */
export function checkOvnK8s(settings: OvnK8sSettings, network: NetworkDefinition): Problem[] {
  if ((network.configName ?? network.name) === DEFAULT_NETWORK) return [];
  return [
    ...(settings.topology ? [] : [missingKey('topology', 'topology', 'ovn-k8s-cni-overlay')]),
    ...checkOwnName(settings, network),
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
    ...checkTopology(settings),
    ...checkOvnSubnets(settings),
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
