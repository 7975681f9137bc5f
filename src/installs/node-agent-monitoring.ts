import { definedOnly } from '../cni';
import type { InstallObject } from './install-object';
import { agentAlerts } from './node-agent-alerts';
import { NODE_AGENT_LABELS, NODE_AGENT_NAME, type NodeAgentPlace } from './node-agent-place';
import type { AgentServiceMonitor, NodeAgentSettings } from './node-agent-settings';

const OPERATOR = 'monitoring.coreos.com/v1';

/** What has Prometheus ask the agents and tell of trouble, where that is wanted. */
export function nodeAgentMonitoring(
  place: NodeAgentPlace,
  settings: NodeAgentSettings,
): InstallObject[] {
  const { serviceMonitor, prometheusRule } = settings;
  return [
    ...(serviceMonitor ? [service(place), monitor(place, serviceMonitor, settings)] : []),
    ...(prometheusRule
      ? [
          {
            id: 'PrometheusRule',
            manifest: {
              apiVersion: OPERATOR,
              kind: 'PrometheusRule',
              metadata: metadata(place, prometheusRule.labels),
              spec: { groups: [{ name: NODE_AGENT_NAME, rules: agentAlerts(prometheusRule) }] },
            },
          },
        ]
      : []),
  ];
}

/** Has no address of its own: it is how the operator finds the agents, each of them. */
function service(place: NodeAgentPlace): InstallObject {
  return {
    id: 'Service',
    manifest: {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: metadata(place),
      spec: {
        clusterIP: 'None',
        // An agent that is not ready has something to tell.
        publishNotReadyAddresses: true,
        selector: { 'app.kubernetes.io/name': NODE_AGENT_NAME },
        ports: [{ name: 'https', port: place.port, targetPort: 'https', protocol: 'TCP' }],
      },
    },
  };
}

/** @see https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.ServiceMonitor */
function monitor(
  place: NodeAgentPlace,
  { token, interval = '30s', labels }: AgentServiceMonitor,
  { tokens = [], tokenSecret }: NodeAgentSettings,
): InstallObject {
  const key = tokens.find(({ name }) => name === token)?.key ?? token;
  return {
    id: 'ServiceMonitor',
    manifest: {
      apiVersion: OPERATOR,
      kind: 'ServiceMonitor',
      metadata: metadata(place, labels),
      spec: {
        selector: { matchLabels: NODE_AGENT_LABELS },
        endpoints: [
          {
            port: 'https',
            scheme: 'https',
            path: '/metrics',
            interval,
            authorization: { type: 'Bearer', credentials: { name: tokenSecret, key } },
            tlsConfig: {
              ca: { secret: { name: place.tlsSecret, key: 'ca.crt' } },
              serverName: place.serverName,
            },
            relabelings: [
              { sourceLabels: ['__meta_kubernetes_pod_node_name'], targetLabel: 'node' },
            ],
          },
        ],
      },
    },
  };
}

function metadata(
  { namespace }: NodeAgentPlace,
  labels?: Readonly<Record<string, string>>,
): InstallObject['manifest']['metadata'] {
  return definedOnly({
    name: NODE_AGENT_NAME,
    namespace,
    labels: { ...NODE_AGENT_LABELS, ...labels },
  });
}
