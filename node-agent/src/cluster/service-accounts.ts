import { NetloomError } from 'netloom';
import type { Verb } from '../config';
import { hashToken } from '../credentials';
import { ApiServer, type ClusterAccess } from './api-server';
import { reviewToken, reviewVerbs } from './reviews';

/** How long an answer of the API server counts: a right that was taken away ends within this time. */
const KEPT_MS = 10_000;

/** Tokens that are remembered, good and bad ones apart: who sends many bad ones must not push out good ones. */
const KEPT_TOKENS = 1_000;

/** Tokens that are asked about at the same time. */
const ASKED_AT_ONCE = 32;

/** The holder of a ServiceAccount token of this cluster. */
export interface ServiceAccount {
  /** E.g. `system:serviceaccount:shop:pulumi`. */
  readonly user: string;
  readonly verbs: readonly Verb[];
}

/** Tells ServiceAccounts by their tokens. */
export interface ServiceAccounts {
  /**
   * Undefined for a token that is none of this cluster and audience.
   *
   * @throws NetloomError NL_CLUSTER_UNREACHABLE, where nobody can say
   */
  holderOf(token: string): Promise<ServiceAccount | undefined>;
  close(): void;
}

/** Where the agent asks, and for what. */
export interface ServiceAccountSettings extends ClusterAccess {
  /** What tokens must have been made for. */
  readonly audience: string;
  /** Name of the agent. */
  readonly agent: string;
}

interface Answer {
  readonly account: ServiceAccount | undefined;
  readonly until: number;
}

/** Tells ServiceAccounts by TokenReview, and what they may by SubjectAccessReview. */
export class ReviewedServiceAccounts implements ServiceAccounts {
  private readonly server: ApiServer;
  private readonly good = new Map<string, Answer>();
  private readonly bad = new Map<string, Answer>();
  private readonly asked = new Map<string, Promise<ServiceAccount | undefined>>();

  constructor(
    private readonly settings: ServiceAccountSettings,
    private readonly now: () => number = Date.now,
  ) {
    this.server = new ApiServer(settings);
  }

  async holderOf(token: string): Promise<ServiceAccount | undefined> {
    const end = endOf(token, this.settings.audience);
    if (end === undefined || end <= this.now()) return undefined;
    const key = hashToken(token).toString('base64');
    const known = this.good.get(key) ?? this.bad.get(key);
    if (known && this.now() < known.until) return known.account;
    let review = this.asked.get(key);
    if (!review) {
      if (this.asked.size >= ASKED_AT_ONCE) throw busy();
      review = this.ask(token)
        .then((account) => this.keep(key, account, end))
        .finally(() => this.asked.delete(key));
      this.asked.set(key, review);
    }
    return review;
  }

  close(): void {
    this.server.close();
  }

  private async ask(token: string): Promise<ServiceAccount | undefined> {
    const { audience, agent } = this.settings;
    const holder = await reviewToken(this.server, token, audience);
    if (!holder) return undefined;
    return { user: holder.user, verbs: await reviewVerbs(this.server, holder, agent) };
  }

  private keep(key: string, account: ServiceAccount | undefined, end: number): typeof account {
    this.good.delete(key);
    this.bad.delete(key);
    const kept = account ? this.good : this.bad;
    const [oldest] = kept.keys();
    if (kept.size >= KEPT_TOKENS && oldest !== undefined) kept.delete(oldest);
    kept.set(key, { account, until: Math.min(this.now() + KEPT_MS, end) });
    return account;
  }
}

/**
 * When a token ends by its own words, in ms; undefined for what can't be a token of that audience. The
 * words are not proven: they only spare the API server questions about what it would refuse.
 */
function endOf(token: string, audience: string): number | undefined {
  const parts = token.split('.');
  if (parts.length !== 3) return undefined;
  try {
    const claims = JSON.parse(Buffer.from(parts[1] as string, 'base64url').toString('utf8'));
    const audiences: unknown[] = [claims?.aud].flat();
    return audiences.includes(audience) && Number.isFinite(claims.exp)
      ? claims.exp * 1000
      : undefined;
  } catch {
    return undefined;
  }
}

function busy(): NetloomError {
  return new NetloomError({
    code: 'NL_CLUSTER_UNREACHABLE',
    key: 'kubernetes.apiServer',
    found: `${ASKED_AT_ONCE} tokens are being asked about already`,
    allowed: `at most ${ASKED_AT_ONCE} new tokens at a time`,
    fix: 'try again; tokens that are known already are served meanwhile',
  });
}
