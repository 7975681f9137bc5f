import type { Problem } from '../errors';
import type { Quota } from './claim-records';
import type { Tally } from './holding';

/** What each credential holds over all pools. */
export class Tallies {
  private readonly byIdentity = new Map<string, Tally>();

  of(identity: string): Tally {
    let tally = this.byIdentity.get(identity);
    if (tally === undefined) {
      tally = { identity, claims: 0, offers: 0 };
      this.byIdentity.set(identity, tally);
    }
    return tally;
  }
}

/** The problem of one more claim or offer of a credential that may not hold more; a block counts as one. */
export function checkQuota(tally: Tally, kind: 'claims' | 'offers', quota?: Quota): Problem[] {
  const limit = quota?.[kind];
  if (limit === undefined || tally[kind] < limit) return [];
  return [
    {
      code: 'NL_QUOTA_REACHED',
      key: 'identity',
      found: `identity "${tally.identity}" holds ${tally[kind]} ${kind}, and ${limit} are its quota`,
      allowed: `at most ${limit} ${kind} at a time`,
      fix:
        kind === 'claims'
          ? 'release claims that nobody needs, or raise the quota of the credential'
          : 'wait until offers end, claim what was offered, or raise the quota of the credential',
    },
  ];
}
