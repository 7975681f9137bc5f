import { NODE_AGENT_NAME } from './node-agent-place';
import type { AgentPrometheusRule } from './node-agent-settings';

/** Days before its end at which a certificate should have been renewed. */
const CERTIFICATE_DAYS = 7;

/** The share of a pool's addresses that should always be left. */
const POOL_SHARE = 0.05;

interface Alert {
  readonly alert: string;
  readonly expr: string;
  /** How long it has to be so. */
  readonly for: string;
  readonly summary: string;
  readonly description: string;
}

/** What wants a person's look, each by a metric that every agent has. */
const ALERTS: readonly Alert[] = [
  {
    alert: 'NetloomAgentDown',
    expr: `up{job="${NODE_AGENT_NAME}"} == 0`,
    for: '5m',
    summary: 'The node agent of {{ $labels.instance }} does not answer',
    description:
      'Bridges and addresses stay as they are; nothing is repaired, and nothing new is given there.',
  },
  {
    alert: 'NetloomBridgeFailed',
    expr: 'netloom_bridges_failed > 0',
    for: '5m',
    summary: '{{ $value }} bridges of {{ $labels.instance }} are not as wanted',
    description: 'The log of the agent says why (bridge_failed); GET /v1/bridges which ones.',
  },
  {
    alert: 'NetloomBridgeContended',
    expr: 'netloom_bridges_contended > 0',
    for: '10m',
    summary: 'Something else on {{ $labels.instance }} undoes what netloom does',
    description:
      'netloom-agent drop-ins prints what tells other network managers to leave it alone.',
  },
  {
    alert: 'NetloomLinkFailed',
    expr: 'netloom_links_failed > 0',
    for: '5m',
    summary: '{{ $value }} links of {{ $labels.instance }} are not as wanted',
    description:
      'The log of the agent says why (link_failed); GET /v1/node-network which ones (health).',
  },
  {
    alert: 'NetloomLinkContended',
    expr: 'netloom_links_contended > 0',
    for: '10m',
    summary: 'Something else on {{ $labels.instance }} undoes what a NodeNetwork wants',
    description:
      'netloom-agent drop-ins prints what tells other network managers to leave it alone.',
  },
  {
    alert: 'NetloomLinkEventsLost',
    expr: 'increase(netloom_link_events_lost_total[15m]) > 5',
    for: '0m',
    summary: "The kernel's events keep ending on {{ $labels.instance }}",
    description: 'Changes are then seen by the slow scan only.',
  },
  {
    alert: 'NetloomCertificateExpires',
    expr: `netloom_certificate_expiry_timestamp_seconds - time() < ${CERTIFICATE_DAYS * 86_400}`,
    for: '1h',
    summary: `The certificate of {{ $labels.instance }} ends within ${CERTIFICATE_DAYS} days`,
    description: 'Renew the Secret; the agent takes the new one without a restart.',
  },
  {
    alert: 'NetloomPoolNearlyFull',
    expr: `netloom_pool_free / netloom_pool_addresses < ${POOL_SHARE}`,
    for: '15m',
    summary: 'Less than 5 % of pool {{ $labels.pool }} is left',
    description: 'Widen its ranges, or release claims that nobody needs.',
  },
  {
    alert: 'NetloomRequestsFail',
    expr: 'sum by (instance) (rate(netloom_requests_total{status=~"5.."}[5m])) > 0.1',
    for: '10m',
    summary: '{{ $labels.instance }} can not carry out what it is asked for',
    description: 'The log of the agent says why (request_failed, change).',
  },
  {
    alert: 'NetloomCallersRefused',
    expr: 'sum by (instance) (rate(netloom_requests_total{status=~"401|403"}[5m])) > 1',
    for: '10m',
    summary: 'Callers of {{ $labels.instance }} are refused, over and over',
    description: 'A credential that has ended, or somebody who tries. The audit lines say who.',
  },
];

/** The alerts as rules of Prometheus. */
export function agentAlerts({ severity = 'warning' }: AgentPrometheusRule): object[] {
  return ALERTS.map(({ alert, expr, for: time, summary, description }) => ({
    alert,
    expr,
    for: time,
    labels: { severity },
    annotations: { summary, description },
  }));
}
