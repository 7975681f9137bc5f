import type { Metric, Sample } from './metric-text';

/** Upper bounds in s: a claim takes about 1 ms, a bridge 20 ms, a slow disk longer. */
const BOUNDS: readonly number[] = [0.002, 0.005, 0.02, 0.1, 0.5, 2, 10];

interface Durations {
  readonly counts: number[];
  sum: number;
  total: number;
}

/** Counts requests by route and status, and how long they took. */
export class RequestMetrics {
  private readonly requests = new Map<string, { labels: Sample['labels']; value: number }>();
  private readonly durations = new Map<string, Durations>();
  /** Those that are being answered. */
  inFlight = 0;

  count(method: string, route: string, status: number, seconds: number): void {
    const labels = { method, route, status: String(status) };
    const key = `${method} ${route} ${status}`;
    const known = this.requests.get(key) ?? { labels, value: 0 };
    known.value += 1;
    this.requests.set(key, known);
    const durations = this.durationsOf(route);
    const bound = BOUNDS.findIndex((one) => seconds <= one);
    if (bound >= 0) durations.counts[bound] = (durations.counts[bound] as number) + 1;
    durations.sum += seconds;
    durations.total += 1;
  }

  metrics(): Metric[] {
    return [
      {
        name: 'netloom_requests_total',
        help: 'Requests answered.',
        type: 'counter',
        samples: [...this.requests.values()] as Sample[],
      },
      {
        name: 'netloom_request_duration_seconds',
        help: 'How long answers took.',
        type: 'histogram',
        samples: [...this.durations].flatMap(([route, durations]) => histogram(route, durations)),
      },
      {
        name: 'netloom_requests_in_flight',
        help: 'Requests that are being answered.',
        type: 'gauge',
        samples: [{ value: this.inFlight }],
      },
    ];
  }

  private durationsOf(route: string): Durations {
    const known = this.durations.get(route);
    if (known) return known;
    const made = { counts: BOUNDS.map(() => 0), sum: 0, total: 0 };
    this.durations.set(route, made);
    return made;
  }
}

function histogram(route: string, { counts, sum, total }: Durations): Sample[] {
  let below = 0;
  const buckets = BOUNDS.map((bound, index): Sample => {
    below += counts[index] as number;
    return { suffix: '_bucket', labels: { route, le: String(bound) }, value: below };
  });
  return [
    ...buckets,
    { suffix: '_bucket', labels: { route, le: '+Inf' }, value: total },
    { suffix: '_sum', labels: { route }, value: sum },
    { suffix: '_count', labels: { route }, value: total },
  ];
}
