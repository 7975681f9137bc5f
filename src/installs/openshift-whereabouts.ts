import type { PlatformFacts } from '../kubernetes';
import { type InstallObject, type InstallParts, NO_PARTS } from './install-object';
import { operatorNetwork } from './openshift-networks';
import { ipamShim } from './openshift-shims';
import type { WhereaboutsInstallSettings } from './whereabouts-settings';

/**
 * Whereabouts on OpenShift. The plugin is on the nodes already; a shim in the operator's list starts
 * the reconciler and the controller of node slices, and a ConfigMap tells the schedule.
 */
export function openshiftWhereabouts(
  facts: PlatformFacts,
  { reconcilerCron }: WhereaboutsInstallSettings,
): InstallParts {
  const schedule = reconcilerCron === undefined ? [] : [reconcilerSchedule(facts, reconcilerCron)];
  const shim = operatorNetwork({ additionalNetworks: [ipamShim('whereabouts')] });
  // The schedule first: the reconciler reads it when it starts.
  return { ...NO_PARTS, objects: [...schedule, shim] };
}

function reconcilerSchedule(facts: PlatformFacts, cron: string): InstallObject {
  return {
    id: 'ReconcilerConfig',
    manifest: {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'whereabouts-config', namespace: facts.whereaboutsNamespace },
      data: { [facts.reconcilerKey]: cron },
    },
  };
}
