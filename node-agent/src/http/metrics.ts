/** What the store holds, at the time of asking. */
export interface Gauges {
  readonly pools: number;
  readonly claims: number;
  readonly offers: number;
  readonly bridges: number;
  /** Bridges that something else keeps undoing. */
  readonly bridges_contended: number;
  /** Bridges that could not be brought to what is wanted. */
  readonly bridges_failed: number;
}

/** What was counted since the start. */
export interface Counters {
  readonly bridge_repairs_total: number;
  readonly link_events_lost_total: number;
}

const COUNTER_HELP: Readonly<Record<keyof Counters, string>> = {
  bridge_repairs_total: 'Bridges that were not as wanted and were repaired.',
  link_events_lost_total: "Times that the kernel's events ended and were asked for again.",
};

/** Counts requests, and writes Prometheus' text format. */
export class Metrics {
  private readonly requests = new Map<string, number>();

  count(method: string, route: string, status: number): void {
    const labels = `method="${label(method)}",route="${label(route)}",status="${status}"`;
    this.requests.set(labels, (this.requests.get(labels) ?? 0) + 1);
  }

  render(gauges: Gauges, counters: Counters): string {
    const lines = Object.entries(gauges).flatMap(([name, value]) => [
      `# HELP netloom_${name} Number of ${name.replace('_', ' that are ')} held now.`,
      `# TYPE netloom_${name} gauge`,
      `netloom_${name} ${value}`,
    ]);
    for (const name of Object.keys(COUNTER_HELP) as (keyof Counters)[]) {
      lines.push(
        `# HELP netloom_${name} ${COUNTER_HELP[name]}`,
        `# TYPE netloom_${name} counter`,
        `netloom_${name} ${counters[name]}`,
      );
    }
    lines.push(
      '# HELP netloom_requests_total Requests answered.',
      '# TYPE netloom_requests_total counter',
    );
    for (const [labels, value] of this.requests)
      lines.push(`netloom_requests_total{${labels}} ${value}`);
    return `${lines.join('\n')}\n`;
  }
}

function label(text: string): string {
  return text.replace(/[\\"\n]/g, '_');
}
