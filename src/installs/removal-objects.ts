import { createHash } from 'node:crypto';
import { definedOnly } from '../cni';
import type { PlatformFacts } from '../kubernetes';
import type { InstallObject } from './install-object';
import { rootOnHost } from './install-pods';
import { removalMounts, removalVariables, removalVolumes } from './removal-folders';
import { REMOVAL_SCRIPT } from './removal-script';
import type { RemovalSettings } from './removal-settings';

/** Name of the ServiceAccount, the DaemonSet, and the label `app` of all that takes files away. */
export const REMOVAL_NAME = 'multus-removal';
/** What the DaemonSet does with the nodes' files: `dry-run`, or a phase. */
export const REMOVAL_ANNOTATION = 'netloom.io/removal';

const BUSYBOX = 'busybox:1.37';
const LABELS = { app: REMOVAL_NAME };

/** For files that root owns. DAC_OVERRIDE: some installers give the folders to another user. */
const PRIVILEGES = rootOnHost('DAC_OVERRIDE');

const RESOURCES = {
  requests: { cpu: '10m', memory: '20Mi' },
  limits: { cpu: '500m', memory: '100Mi' },
};

/**
 * What takes Multus' files off the nodes: a ServiceAccount without rights and without a token, and a
 * DaemonSet, or a Job for each node that is named.
 *
 * A pod of the DaemonSet is ready when its node is clean, and then stays to look that nothing comes
 * back. All use the node's network: they start on a node whose pod network Multus has broken, too.
 */
export function removalObjects(facts: PlatformFacts, settings: RemovalSettings): InstallObject[] {
  const { namespace = facts.multusNamespace, nodes } = settings;
  const account: InstallObject = {
    id: 'ServiceAccount',
    manifest: {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: REMOVAL_NAME, namespace, labels: LABELS },
      automountServiceAccountToken: false,
    },
  };
  return [
    account,
    ...(nodes === undefined
      ? [daemonSet(facts, settings, namespace)]
      : [...new Set(nodes)].map((node) => job(facts, settings, namespace, node))),
  ];
}

function daemonSet(
  facts: PlatformFacts,
  settings: RemovalSettings,
  namespace: string,
): InstallObject {
  const { dryRun = true, phase = 'all', nodeSelector } = settings;
  const done = { [REMOVAL_ANNOTATION]: dryRun ? 'dry-run' : phase };
  return {
    id: 'DaemonSet',
    manifest: {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: REMOVAL_NAME, namespace, labels: LABELS, annotations: done },
      spec: {
        selector: { matchLabels: LABELS },
        // Nothing depends on these pods: all nodes at once.
        updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '100%' } },
        template: {
          metadata: { labels: LABELS },
          spec: {
            ...podSpec(facts, settings),
            nodeSelector: nodeSelector ?? { 'kubernetes.io/os': 'linux' },
            initContainers: [container('remove', facts, settings, false)],
            containers: [container('watch', facts, settings, true)],
          },
        },
      },
    },
  };
}

/** A Job can't be changed: what differs has another name. */
function job(
  facts: PlatformFacts,
  settings: RemovalSettings,
  namespace: string,
  node: string,
): InstallObject {
  const spec = {
    ...podSpec(facts, settings),
    restartPolicy: 'OnFailure',
    affinity: { nodeAffinity: onlyOn(node) },
    containers: [container('remove', facts, settings, false)],
  };
  const digest = createHash('sha256').update(JSON.stringify(spec)).digest('hex').slice(0, 10);
  return {
    id: `Job-${node}`,
    manifest: {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: `${REMOVAL_NAME}-${digest}`, namespace, labels: LABELS },
      spec: { template: { metadata: { labels: LABELS }, spec } },
    },
  };
}

/** By the node's name, as DaemonSets do it: its label `hostname` may be another one. */
function onlyOn(node: string): object {
  const matchFields = [{ key: 'metadata.name', operator: 'In', values: [node] }];
  return {
    requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchFields }] },
  };
}

function podSpec(facts: PlatformFacts, settings: RemovalSettings): object {
  const { tolerations = [{ operator: 'Exists' }], pullSecrets = [] } = settings;
  return {
    serviceAccountName: REMOVAL_NAME,
    automountServiceAccountToken: false,
    hostNetwork: true,
    terminationGracePeriodSeconds: 5,
    tolerations: tolerations.map((toleration) => definedOnly({ ...toleration })),
    ...(pullSecrets.length > 0 ? { imagePullSecrets: pullSecrets.map((name) => ({ name })) } : {}),
    volumes: removalVolumes(facts),
  };
}

function container(
  name: string,
  facts: PlatformFacts,
  settings: RemovalSettings,
  watches: boolean,
): object {
  const { registry = 'docker.io/library', image = `${registry}/${BUSYBOX}` } = settings;
  return {
    name,
    image,
    command: ['/bin/sh', '-c', REMOVAL_SCRIPT],
    env: removalVariables(facts, settings, watches),
    resources: RESOURCES,
    securityContext: PRIVILEGES,
    terminationMessagePolicy: 'FallbackToLogsOnError',
    volumeMounts: removalMounts(facts),
  };
}
