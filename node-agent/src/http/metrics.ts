/** What the store holds, at the time of asking. */
export interface Gauges {
  readonly pools: number;
  readonly claims: number;
  readonly offers: number;
  readonly bridges: number;
}

/** Counts requests, and writes Prometheus' text format. */
export class Metrics {
  private readonly requests = new Map<string, number>();

  count(method: string, route: string, status: number): void {
    const labels = `method="${label(method)}",route="${label(route)}",status="${status}"`;
    this.requests.set(labels, (this.requests.get(labels) ?? 0) + 1);
  }

  render(gauges: Gauges): string {
    const lines = Object.entries(gauges).flatMap(([name, value]) => [
      `# HELP netloom_${name} Number of ${name} held now.`,
      `# TYPE netloom_${name} gauge`,
      `netloom_${name} ${value}`,
    ]);
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
