import type { PlatformFacts } from '../kubernetes';
import type { InstallObject } from './install-object';
import { namespaceOf } from './pod-security';
import { whereaboutsCrds } from './whereabouts-crds';
import { controllerDeployment, reconcilerDeployment, scheduleMap } from './whereabouts-deployments';
import { flatFileMap, whereaboutsDaemonSet } from './whereabouts-node';
import { whereaboutsAccess } from './whereabouts-rbac';
import { hasOwnReconciler, whereaboutsRelease } from './whereabouts-release';
import type { WhereaboutsInstallSettings } from './whereabouts-settings';

/** The objects of a whereabouts that netloom installs itself, in the order in which they are applied. */
export function whereaboutsObjects(
  facts: PlatformFacts,
  settings: WhereaboutsInstallSettings,
): InstallObject[] {
  const { namespace = facts.whereaboutsNamespace, nodeSlices = false } = settings;
  const release = whereaboutsRelease(settings);
  return [
    ...whereaboutsCrds(),
    ...namespaceOf(namespace, settings),
    ...whereaboutsAccess({ namespace, release, nodeSlices }),
    flatFileMap(facts, namespace),
    scheduleMap(facts, settings, namespace),
    whereaboutsDaemonSet(facts, settings, namespace),
    ...(hasOwnReconciler(release) ? [reconcilerDeployment(facts, settings, namespace)] : []),
    ...(nodeSlices ? [controllerDeployment(settings, namespace)] : []),
  ];
}
