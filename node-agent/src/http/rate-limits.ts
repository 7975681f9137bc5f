import { NetloomError } from 'netloom';

/** How often one credential may ask, and how much it may keep open. */
export interface Limits {
  /** Of each identity; twice as many at once. */
  readonly requestsPerSecond: number;
  /** Open watches of each identity. */
  readonly watches: number;
  /** Open connections of all. */
  readonly connections: number;
}

/** How many may come at once, in seconds of the rate. */
const BURST_SECONDS = 2;

/** More identities than this are swept for those that have been quiet. */
const SWEPT_AT = 4_096;

interface Bucket {
  tokens: number;
  atMs: number;
}

/** Token buckets, one for each identity. */
export class RateLimits {
  private readonly buckets = new Map<string, Bucket>();

  /** @param clock in ms, of any zero */
  constructor(
    private readonly limits: Limits,
    private readonly clock: () => number = () => performance.now(),
  ) {}

  /**
   * Counts a request.
   *
   * @param weight more than one for a batch. One that is let in may take more than is left; what
   * comes next then waits for it
   * @throws RateError NL_RATE_LIMITED
   */
  take(identity: string, weight = 1): void {
    const { requestsPerSecond: rate } = this.limits;
    const burst = rate * BURST_SECONDS;
    const now = this.clock();
    const bucket = this.bucket(identity, burst, now);
    bucket.tokens = Math.min(burst, bucket.tokens + ((now - bucket.atMs) * rate) / 1000);
    bucket.atMs = now;
    if (bucket.tokens < 1) throw new RateError(identity, rate, (1 - bucket.tokens) / rate);
    bucket.tokens -= weight;
  }

  private bucket(identity: string, burst: number, now: number): Bucket {
    let bucket = this.buckets.get(identity);
    if (bucket === undefined) {
      if (this.buckets.size >= SWEPT_AT) this.sweep(now);
      bucket = { tokens: burst, atMs: now };
      this.buckets.set(identity, bucket);
    }
    return bucket;
  }

  private sweep(now: number): void {
    for (const [identity, { atMs }] of this.buckets) {
      if (now - atMs > BURST_SECONDS * 1000) this.buckets.delete(identity);
    }
  }
}

/** A refusal that says when to come again. */
export class RateError extends NetloomError {
  readonly retryAfterSeconds: number;

  constructor(identity: string, rate: number, waitSeconds: number) {
    const retryAfterSeconds = Math.max(1, Math.ceil(waitSeconds));
    super({
      code: 'NL_RATE_LIMITED',
      key: 'identity',
      found: `identity "${identity}" asks more than ${rate} times a second`,
      allowed: `${rate} requests a second, and ${rate * BURST_SECONDS} at once; each step of a batch counts`,
      fix: `ask again in ${retryAfterSeconds} s, put steps together into batches, or raise limits.requestsPerSecond in agent.yaml`,
    });
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** How many watches each identity has open. */
export class Watches {
  private readonly open = new Map<string, number>();

  constructor(private readonly limits: Limits) {}

  /** @returns what ends it. @throws NetloomError NL_RATE_LIMITED */
  enter(identity: string): () => void {
    const count = this.open.get(identity) ?? 0;
    if (count >= this.limits.watches) throw new NetloomError(tooMany(identity, count));
    this.open.set(identity, count + 1);
    let isOpen = true;
    return () => {
      if (!isOpen) return;
      isOpen = false;
      const left = (this.open.get(identity) ?? 1) - 1;
      if (left === 0) this.open.delete(identity);
      else this.open.set(identity, left);
    };
  }
}

function tooMany(identity: string, count: number): NetloomError['problems'][number] {
  return {
    code: 'NL_RATE_LIMITED',
    key: 'identity',
    found: `identity "${identity}" has ${count} watches open`,
    allowed: `at most ${count} at a time`,
    fix: 'end one, watch several owners together, or raise limits.watches in agent.yaml',
  };
}
