import type { PlatformFacts } from '../kubernetes';
import type { InstallObject } from './install-object';
import {
  FLAT_FILE_MOUNT,
  FLAT_FILE_VOLUME,
  NAMESPACE_VARIABLE,
  pullSecretsOf,
  SCHEDULE_MAP,
  SCHEDULE_MOUNT,
  scheduleVolume,
  TOLD,
  UNPRIVILEGED,
} from './whereabouts-node';
import { whereaboutsImage } from './whereabouts-release';
import { RECONCILER_CRON, type WhereaboutsInstallSettings } from './whereabouts-settings';

/** All pods of the cluster are read into memory: upstream's 50Mi are too little for some thousands. */
const RESOURCES = {
  requests: { cpu: '100m', memory: '100Mi' },
  limits: { cpu: '1', memory: '500Mi' },
};

/** When the reconciler runs, under the key that the platform's reconciler reads. */
export function scheduleMap(
  facts: PlatformFacts,
  settings: WhereaboutsInstallSettings,
  namespace: string,
): InstallObject {
  return {
    id: 'Schedule',
    manifest: {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: SCHEDULE_MAP, namespace },
      data: { [facts.reconcilerKey]: settings.reconcilerCron ?? RECONCILER_CRON },
    },
  };
}

/** What frees addresses whose pods are gone, by the schedule. */
export function reconcilerDeployment(
  facts: PlatformFacts,
  settings: WhereaboutsInstallSettings,
  namespace: string,
): InstallObject {
  const name = 'whereabouts-reconciler';
  const labels = { tier: 'node', app: name, name };
  const args = ['-log-level', settings.logLevel ?? 'verbose'];
  return deployment(settings, namespace, {
    id: 'Reconciler',
    name,
    labels,
    selector: { name },
    container: { command: ['/ip-reconciler'], args, volumeMounts: [SCHEDULE_MOUNT] },
    volumes: [scheduleVolume(facts)],
  });
}

/** What deals out slices of ranges to nodes. */
export function controllerDeployment(
  settings: WhereaboutsInstallSettings,
  namespace: string,
): InstallObject {
  const name = 'whereabouts-controller';
  return deployment(settings, namespace, {
    id: 'Controller',
    name,
    labels: { app: name },
    selector: { app: name },
    container: { command: ['/node-slice-controller'], volumeMounts: [FLAT_FILE_MOUNT] },
    volumes: [FLAT_FILE_VOLUME],
  });
}

interface Program {
  readonly id: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly selector: Readonly<Record<string, string>>;
  readonly container: object;
  readonly volumes: readonly object[];
}

/** One pod, and never two of them: neither program elects a leader. */
function deployment(
  settings: WhereaboutsInstallSettings,
  namespace: string,
  { id, name, labels, selector, container, volumes }: Program,
): InstallObject {
  return {
    id,
    manifest: {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, namespace, labels: { app: name } },
      spec: {
        replicas: 1,
        selector: { matchLabels: selector },
        strategy: { type: 'Recreate' },
        template: {
          metadata: { labels },
          spec: {
            serviceAccountName: name,
            priorityClassName: 'system-cluster-critical',
            nodeSelector: { 'kubernetes.io/os': 'linux' },
            ...pullSecretsOf(settings),
            containers: [
              {
                name,
                image: whereaboutsImage(settings),
                ...container,
                env: [NAMESPACE_VARIABLE],
                resources: settings.reconcilerResources ?? RESOURCES,
                securityContext: UNPRIVILEGED,
                ...TOLD,
              },
            ],
            volumes,
          },
        },
      },
    },
  };
}
