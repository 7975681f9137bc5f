import type { PlatformFacts } from '../kubernetes';
import type { DhcpDaemonSettings } from './dhcp-settings';
import { type InstallParts, NO_PARTS } from './install-object';

/** The daemon of the dhcp IPAM on MicroShift: it comes with Multus, whether a network leases or not. */
export function microshiftDhcp(_facts: PlatformFacts, _settings: DhcpDaemonSettings): InstallParts {
  return NO_PARTS;
}
