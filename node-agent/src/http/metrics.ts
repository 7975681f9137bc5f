import { X509Certificate } from 'node:crypto';
import type { AgentInfo, PoolView } from 'netloom/agent-api';
import type { Credentials } from '../credentials';
import type { Caller } from './callers';
import { type Metric, metricText, type Sample } from './metric-text';

/** What bridges are like now. */
export interface BridgeFigures {
  readonly recorded: number;
  /** Something else keeps undoing them. */
  readonly contended: number;
  /** They could not be brought to what is wanted. */
  readonly failed: number;
  /** Changes that wait for others, or are being made. */
  readonly changes: number;
  /** Since the start. */
  readonly repairs: number;
  /** How often the kernel's events ended and had to be asked for again. */
  readonly eventsLost: number;
  /** When all were looked at for the last time, in s since 1970; undefined before the first look. */
  readonly lookedAt: number | undefined;
}

/** What the networks of the node are like now. */
export interface NetworkFigures {
  readonly recorded: number;
  /** Links that something else keeps undoing. */
  readonly contended: number;
  /** Links that could not be brought to what is wanted. */
  readonly failed: number;
  /** Since the start. */
  readonly repairs: number;
}

/** What the last audit found. */
export interface AuditFigures {
  readonly findings: number;
  readonly duplicates: number;
  /** Sources that could not be seen. */
  readonly unseen: number;
  /** In s since 1970; undefined before the first one. */
  readonly at: number | undefined;
}

/** All that is told of an agent. */
export interface Figures {
  readonly info: AgentInfo;
  readonly isReady: boolean;
  readonly pools: readonly PoolView[];
  readonly bridges: BridgeFigures;
  readonly networks: NetworkFigures;
  readonly audit: AuditFigures;
  readonly credentials: Credentials;
}

/**
 * The agent's metrics in Prometheus' text format.
 *
 * @param caller who asks: of pools that are not theirs there is nothing but the sums
 */
export function figuresText(
  figures: Figures,
  requests: readonly Metric[],
  caller: Pick<Caller, 'mayUsePool'>,
): string {
  return metricText([
    ...agentMetrics(figures),
    ...poolMetrics(figures.pools, caller),
    ...bridgeMetrics(figures.bridges),
    ...networkMetrics(figures.networks),
    ...auditMetrics(figures.audit),
    ...requests,
    ...processMetrics(),
  ]);
}

function agentMetrics({ info, isReady, credentials }: Figures): Metric[] {
  const labels = { name: info.name, version: info.version };
  const ends = Date.parse(new X509Certificate(credentials.tls.cert).validTo) / 1000;
  return [
    metric('agent_info', 'gauge', 'Name and release of the agent.', { labels, value: 1 }),
    metric('ready', 'gauge', '1 once all bridges have been looked at, 0 before.', {
      value: isReady ? 1 : 0,
    }),
    metric(
      'certificate_expiry_timestamp_seconds',
      'gauge',
      "When the agent's own certificate ends, in s since 1970.",
      { value: ends },
    ),
  ];
}

function poolMetrics(pools: readonly PoolView[], caller: Pick<Caller, 'mayUsePool'>): Metric[] {
  const sum = (of: (pool: PoolView) => number): Sample => ({
    value: pools.reduce((total, pool) => total + of(pool), 0),
  });
  const seen = pools.filter(({ name }) => caller.mayUsePool(name));
  const each = (of: (pool: PoolView) => number): Sample[] =>
    seen.map((pool) => ({ labels: { pool: pool.name }, value: of(pool) }));
  const held = ({ claimed, offers, quarantined }: PoolView): number =>
    claimed + offers + quarantined;
  return [
    metric('pools', 'gauge', 'Pools.', { value: pools.length }),
    metric(
      'claims',
      'gauge',
      'Claims, of all pools.',
      sum(({ claimed }) => claimed),
    ),
    metric(
      'offers',
      'gauge',
      'Offers that have not ended, of all pools.',
      sum(({ offers }) => offers),
    ),
    metric('pool_addresses', 'gauge', 'Addresses of a pool.', ...each(({ size }) => Number(size))),
    metric('pool_claims', 'gauge', 'Claims of a pool.', ...each(({ claimed }) => claimed)),
    metric(
      'pool_free',
      'gauge',
      'Addresses of a pool that nobody holds and that are not kept back after a release.',
      ...each((pool) => Math.max(0, Number(pool.size) - held(pool))),
    ),
  ];
}

function auditMetrics({ findings, duplicates, unseen, at }: AuditFigures): Metric[] {
  const gauge = (name: string, help: string, value: number): Metric =>
    metric(name, 'gauge', help, { value });
  return [
    gauge('audit_findings', 'What the last audit found.', findings),
    gauge('audit_duplicates', 'Addresses with two holders, as the last audit found.', duplicates),
    gauge('audit_unseen', 'Sources that the last audit could not see.', unseen),
    ...(at === undefined
      ? []
      : [gauge('audit_timestamp_seconds', 'When the last audit was, in s since 1970.', at)]),
  ];
}

function bridgeMetrics(bridges: BridgeFigures): Metric[] {
  const gauge = (name: string, help: string, value: number): Metric =>
    metric(name, 'gauge', help, { value });
  const { lookedAt } = bridges;
  return [
    gauge('bridges', 'Bridges that are wanted.', bridges.recorded),
    gauge('bridges_contended', 'Bridges that something else keeps undoing.', bridges.contended),
    gauge(
      'bridges_failed',
      'Bridges that are not as wanted and could not be made so.',
      bridges.failed,
    ),
    gauge(
      'bridge_changes_waiting',
      'Changes of bridges under way, and behind them.',
      bridges.changes,
    ),
    metric(
      'last_look_timestamp_seconds',
      'gauge',
      'When all bridges were looked at for the last time, in s since 1970.',
      ...(lookedAt === undefined ? [] : [{ value: lookedAt }]),
    ),
    metric(
      'bridge_repairs_total',
      'counter',
      'Bridges that were not as wanted and were repaired.',
      {
        value: bridges.repairs,
      },
    ),
    metric(
      'link_events_lost_total',
      'counter',
      "Times that the kernel's events ended and were asked for again.",
      { value: bridges.eventsLost },
    ),
  ];
}

function networkMetrics({ recorded, contended, failed, repairs }: NetworkFigures): Metric[] {
  const gauge = (name: string, help: string, value: number): Metric =>
    metric(name, 'gauge', help, { value });
  return [
    gauge('node_networks', 'Networks of the node that are wanted, one for each owner.', recorded),
    gauge('links_contended', 'Links of them that something else keeps undoing.', contended),
    gauge('links_failed', 'Links of them that are not as wanted and could not be made so.', failed),
    metric(
      'link_repairs_total',
      'counter',
      'Links of them that were not as wanted and were repaired.',
      { value: repairs },
    ),
  ];
}

/** Under the names that every exporter has for them. */
function processMetrics(): Metric[] {
  const { user, system } = process.cpuUsage();
  return [
    {
      name: 'process_cpu_seconds_total',
      help: 'Time of the processor that was used.',
      type: 'counter',
      samples: [{ value: (user + system) / 1e6 }],
    },
    {
      name: 'process_resident_memory_bytes',
      help: 'Memory in use.',
      type: 'gauge',
      samples: [{ value: process.memoryUsage.rss() }],
    },
    {
      name: 'process_start_time_seconds',
      help: 'Start of the agent, in s since 1970.',
      type: 'gauge',
      samples: [{ value: Math.round(performance.timeOrigin / 1000) }],
    },
  ];
}

function metric(
  name: string,
  type: Metric['type'],
  help: string,
  ...samples: readonly Sample[]
): Metric {
  return { name: `netloom_${name}`, type, help, samples };
}
