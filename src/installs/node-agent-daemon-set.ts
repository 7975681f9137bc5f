import { createHash } from 'node:crypto';
import { definedOnly } from '../cni';
import type { InstallObject } from './install-object';
import type { InstallResources } from './multus-settings';
import { AGENT_CONFIG_FILE, AGENT_FOLDERS } from './node-agent-config';
import { NODE_AGENT_LABELS, NODE_AGENT_NAME, type NodeAgentPlace } from './node-agent-place';
import type { NodeAgentSettings } from './node-agent-settings';
import { nodeAgentMounts, nodeAgentVolumes } from './node-agent-volumes';

/** Annotation that a changed configuration changes, so that the pods are renewed. */
const CONFIG_ANNOTATION = 'netloom.io/config';

/** A changed agent has to be ready for so long before the next node's is taken away. */
const MIN_READY_SECONDS = 10;

const AGENT_RESOURCES: InstallResources = {
  requests: { cpu: '20m', memory: '96Mi' },
  limits: { memory: '512Mi' },
};

const WATCHDOG_RESOURCES: InstallResources = {
  requests: { cpu: '5m', memory: '48Mi' },
  limits: { memory: '128Mi' },
};

/** The agent on each node, with its watchdog. */
export function nodeAgentDaemonSet(
  place: NodeAgentPlace,
  settings: NodeAgentSettings,
  config: string,
): InstallObject {
  const labels = NODE_AGENT_LABELS;
  return {
    id: 'DaemonSet',
    manifest: {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: NODE_AGENT_NAME, namespace: place.namespace, labels },
      spec: {
        selector: { matchLabels: { 'app.kubernetes.io/name': NODE_AGENT_NAME } },
        minReadySeconds: MIN_READY_SECONDS,
        // No second agent on a node while the first one runs: the store and the port are one's.
        updateStrategy: {
          type: 'RollingUpdate',
          rollingUpdate: { maxUnavailable: 1, maxSurge: 0 },
        },
        template: {
          metadata: { labels, annotations: { [CONFIG_ANNOTATION]: digestOf(config) } },
          spec: agentPod(place, settings),
        },
      },
    },
  };
}

function agentPod(place: NodeAgentPlace, settings: NodeAgentSettings): object {
  const { pullSecrets = [], tolerations = [{ operator: 'Exists' }] } = settings;
  return definedOnly({
    serviceAccountName: NODE_AGENT_NAME,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    hostNetwork: true,
    dnsPolicy: 'Default',
    priorityClassName: settings.priorityClassName ?? 'system-node-critical',
    nodeSelector: settings.nodeSelector ?? { 'kubernetes.io/os': 'linux' },
    tolerations: tolerations.map((toleration) => definedOnly({ ...toleration })),
    terminationGracePeriodSeconds: 30,
    imagePullSecrets: pullSecrets.length > 0 ? pullSecrets.map((name) => ({ name })) : undefined,
    securityContext: { seccompProfile: { type: 'RuntimeDefault' } },
    containers: [agent(place, settings), watchdog(place, settings)],
    volumes: nodeAgentVolumes(place, settings),
  });
}

function agent(place: NodeAgentPlace, settings: NodeAgentSettings): object {
  const { port } = place;
  const probe = (path: string, period: number, failures: number): object => ({
    httpGet: { path, port, scheme: 'HTTPS' },
    periodSeconds: period,
    timeoutSeconds: 5,
    failureThreshold: failures,
  });
  return {
    name: 'agent',
    image: settings.image,
    args: ['serve', '--config', `${AGENT_FOLDERS.config}/${AGENT_CONFIG_FILE}`],
    env: environment(settings),
    ports: [{ name: 'https', containerPort: port, hostPort: port, protocol: 'TCP' }],
    // A store of 100,000 claims takes seconds to load.
    startupProbe: probe('/healthz', 2, 60),
    livenessProbe: probe('/healthz', 10, 6),
    readinessProbe: probe('/readyz', 5, 2),
    resources: amounts(settings.resources ?? AGENT_RESOURCES),
    // Probes are the agent's alone: its watchdog asks by way of the kernel.
    securityContext: confinement(settings.arpProbes ? ['NET_ADMIN', 'NET_RAW'] : ['NET_ADMIN']),
    terminationMessagePolicy: 'FallbackToLogsOnError',
    volumeMounts: nodeAgentMounts(place, settings, 'agent'),
  };
}

function watchdog(place: NodeAgentPlace, settings: NodeAgentSettings): object {
  return {
    name: 'watchdog',
    image: settings.image,
    args: ['watchdog', '--config', `${AGENT_FOLDERS.config}/${AGENT_CONFIG_FILE}`],
    env: environment(settings),
    resources: amounts(WATCHDOG_RESOURCES),
    securityContext: confinement(['NET_ADMIN']),
    terminationMessagePolicy: 'FallbackToLogsOnError',
    volumeMounts: nodeAgentMounts(place, settings, 'watchdog'),
  };
}

/** One configuration serves all nodes: each learns from its pod which one it is. */
function environment({ sysctls }: NodeAgentSettings): object[] {
  const field = (name: string, fieldPath: string): object => ({
    name,
    valueFrom: { fieldRef: { fieldPath } },
  });
  return [
    field('NETLOOM_NODE_NAME', 'spec.nodeName'),
    field('NETLOOM_HOST_ADDRESS', 'status.hostIP'),
    // The pod's own /proc/sys is read-only.
    ...(sysctls ? [{ name: 'NETLOOM_PROC_SYS', value: `${AGENT_FOLDERS.host}/proc/sys` }] : []),
  ];
}

/**
 * UID 0, because Kubernetes gives capabilities to nobody else, and of them what changes networks only.
 * spc_t: without it SELinux keeps containers off the host's files; elsewhere it means nothing.
 */
function confinement(add: readonly string[]): object {
  return {
    allowPrivilegeEscalation: false,
    capabilities: { add, drop: ['ALL'] },
    privileged: false,
    readOnlyRootFilesystem: true,
    runAsGroup: 0,
    runAsNonRoot: false,
    runAsUser: 0,
    seLinuxOptions: { level: 's0', type: 'spc_t' },
    seccompProfile: { type: 'RuntimeDefault' },
  };
}

function amounts({ requests, limits }: InstallResources): object {
  return definedOnly({
    requests: requests && definedOnly({ ...requests }),
    limits: limits && definedOnly({ ...limits }),
  });
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
