import type { Problem } from 'netloom';
import type { Restoration } from '../store';
import type { Look } from './observer';

/** The problem of a restored store that has not been compared with what is in use. */
export function auditPending({ from, epoch }: Restoration): Problem {
  return {
    code: 'NL_AUDIT_PENDING',
    key: 'store',
    found: `the agent's store was restored from ${from} (epoch ${epoch}), and no audit has seen yet which addresses are in use`,
    allowed: 'a store that holds every claim, or one that was audited',
    fix: 'try again in a moment; where it goes on, netloom-agent audit says what can not be seen. Without an audit: netloom-agent restore --from FILE --without-audit REASON',
  };
}

/** The problem of a pool whose addresses may be in use: a source could not be seen. */
export function auditIncomplete(pool: string, unseen: Look['unseen']): Problem {
  const [[source, why] = ['', '']] = Object.entries(unseen);
  return {
    code: 'NL_AUDIT_INCOMPLETE',
    key: 'pool',
    found: `what of pool "${pool}" is in use already can't be told: ${source} could not be seen (${why})`,
    allowed: 'a pool whose addresses in use are known, so that none of them is given again',
    fix: `let the agent see it (rights of its user, its ClusterRole), or take ${source} out of audit.sources in agent.yaml where nothing uses it`,
  };
}
