import type { PlatformFacts } from '../kubernetes';
import { type InstallParts, NO_PARTS } from './install-object';
import { k3sWhereabouts } from './k3s-whereabouts';
import { openshiftWhereabouts } from './openshift-whereabouts';
import { rke2Whereabouts } from './rke2-whereabouts';
import { whereaboutsObjects } from './whereabouts-objects';
import type { WhereaboutsInstallSettings } from './whereabouts-settings';

/** What puts whereabouts onto a platform. Nothing on MicroShift, where it has no place. */
export function whereaboutsParts(
  facts: PlatformFacts,
  settings: WhereaboutsInstallSettings,
): InstallParts {
  switch (facts.name) {
    case 'rke2':
      return rke2Whereabouts(facts, settings);
    case 'k3s':
      return k3sWhereabouts(facts, settings);
    case 'openshift':
      return openshiftWhereabouts(facts, settings);
    case 'microshift':
      return NO_PARTS;
    case 'kubernetes':
    case 'kube-ovn':
    case 'tanzu':
      return { objects: whereaboutsObjects(facts, settings), hostFiles: [], hostSteps: [] };
  }
}
