import type { PlatformFacts } from '../kubernetes';
import type { InstallObject } from './install-object';
import type { MultusSettings } from './multus-settings';

/** The objects of a Multus that netloom installs itself, in the order in which they are applied. */
export function multusObjects(_facts: PlatformFacts, _settings: MultusSettings): InstallObject[] {
  return [];
}
