import type { PlatformFacts } from '../kubernetes';
import { type InstallParts, NO_PARTS } from './install-object';
import type { WhereaboutsInstallSettings } from './whereabouts-settings';

export function rke2Whereabouts(
  _facts: PlatformFacts,
  _settings: WhereaboutsInstallSettings,
): InstallParts {
  return NO_PARTS;
}
