import type { PlatformFacts } from '../kubernetes';
import { type InstallParts, NO_PARTS } from './install-object';
import type { MultusSettings } from './multus-settings';

/** Multus on OpenShift. */
export function openshiftMultus(_facts: PlatformFacts, _settings: MultusSettings): InstallParts {
  return NO_PARTS;
}
