import type { PlatformFacts } from '../kubernetes';
import { type InstallParts, NO_PARTS } from './install-object';
import type { MultusSettings } from './multus-settings';

/** Multus on RKE2. */
export function rke2Multus(_facts: PlatformFacts, _settings: MultusSettings): InstallParts {
  return NO_PARTS;
}
