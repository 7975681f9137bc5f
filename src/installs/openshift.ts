import type { PlatformFacts } from '../kubernetes';
import { type InstallParts, NO_PARTS } from './install-object';
import type { MultusSettings } from './multus-settings';

/** Multus on OpenShift: the Cluster Network Operator runs it already, and would undo what others do. */
export function openshiftMultus(_facts: PlatformFacts, _settings: MultusSettings): InstallParts {
  return NO_PARTS;
}
