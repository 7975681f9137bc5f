import type { PlatformFacts } from '../kubernetes';
import type { DhcpDaemonSettings } from './dhcp-settings';
import { type InstallParts, NO_PARTS } from './install-object';
import { operatorNetwork } from './openshift-networks';
import { ipamShim } from './openshift-shims';

/** The daemon of the dhcp IPAM on OpenShift: the operator's own, started by a shim in its list. */
export function openshiftDhcp(_facts: PlatformFacts, _settings: DhcpDaemonSettings): InstallParts {
  return { ...NO_PARTS, objects: [operatorNetwork({ additionalNetworks: [ipamShim('dhcp')] })] };
}
