import type { OvnK8sSettings } from '../cni';
import type { NetworkDefinition } from '../kubernetes';
import { labelOf } from './segments';
import { findingsOf, type WorldRule } from './world';

/** What OVN-Kubernetes compares; `netAttachDefName` is each network's own. */
const COMPARED: readonly (keyof OvnK8sSettings)[] = [
  'topology',
  'subnets',
  'excludeSubnets',
  'mtu',
  'vlanID',
  'physicalNetworkName',
  'allowPersistentIPs',
  'role',
  'joinSubnet',
];

/** Networks of OVN-Kubernetes with one name are one network, and it refuses those that disagree. */
export const checkOvnNetworks: WorldRule = ({ networks }) => {
  const first = new Map<string, { network: NetworkDefinition; settings: OvnK8sSettings }>();
  return networks.flatMap((network) => {
    const { link, name, configName = name } = network;
    // Without a topology it is the cluster network, under any name.
    if (link.kind !== 'ovn-k8s-cni-overlay' || !link.settings.topology) return [];
    const before = first.get(configName);
    if (!before) {
      first.set(configName, { network, settings: link.settings });
      return [];
    }
    return COMPARED.flatMap((key) => {
      const [mine, theirs] = [link.settings[key], before.settings[key]];
      if (mine === theirs) return [];
      return findingsOf(network, [
        {
          code: 'NL_VALUES_CONFLICT',
          key,
          found: `${said(mine)}, and ${said(theirs)} in network "${labelOf(before.network)}", which has the name "${configName}" in its configuration too: to OVN-Kubernetes both are one network`,
          allowed: 'the same settings in all networks of one name',
          fix: 'make them agree, or give one of them another name',
        },
      ]);
    });
  });
};

function said(value: unknown): string {
  return value === undefined ? 'it is not set' : `it is ${JSON.stringify(value)}`;
}
