import type { PlatformFacts } from '../kubernetes';
import { dhcpDaemonSet } from './dhcp-daemon';
import type { DhcpDaemonSettings } from './dhcp-settings';
import { type InstallParts, NO_PARTS } from './install-object';
import { k3sDhcp } from './k3s-dhcp';
import { microshiftDhcp } from './microshift-dhcp';
import { openshiftDhcp } from './openshift-dhcp';
import { namespaceOf } from './pod-security';
import { rke2Dhcp } from './rke2-dhcp';

/** What puts the daemon of the dhcp IPAM onto a platform. */
export function dhcpParts(facts: PlatformFacts, settings: DhcpDaemonSettings): InstallParts {
  switch (facts.name) {
    case 'rke2':
      return rke2Dhcp(facts, settings);
    case 'k3s':
      return k3sDhcp(facts, settings);
    case 'openshift':
      return openshiftDhcp(facts, settings);
    case 'microshift':
      return microshiftDhcp(facts, settings);
    case 'kubernetes':
    case 'kube-ovn':
    case 'tanzu':
      return {
        ...NO_PARTS,
        objects: [
          ...namespaceOf(settings.namespace ?? facts.multusNamespace, settings),
          dhcpDaemonSet(facts, settings),
        ],
      };
  }
}
