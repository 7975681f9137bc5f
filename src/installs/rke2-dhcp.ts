import type { PlatformFacts } from '../kubernetes';
import type { DhcpDaemonSettings } from './dhcp-settings';
import { type InstallParts, NO_PARTS } from './install-object';

export function rke2Dhcp(_facts: PlatformFacts, _settings: DhcpDaemonSettings): InstallParts {
  return NO_PARTS;
}
