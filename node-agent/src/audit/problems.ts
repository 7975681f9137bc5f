import type { Problem } from 'netloom';
import type { Restoration } from '../store';
import type { Look } from './observer';
import type { Answered } from './probe';

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

/** The problem of an address that nobody can ask for. */
export function probeImpossible(dev: string, why: string): Problem {
  return {
    code: 'NL_PROBE_IMPOSSIBLE',
    key: 'probe',
    found: `nobody can be asked for addresses on "${dev}": ${why}`,
    allowed: 'an interface of the host that is up, on the network of the pool',
    fix: 'correct probe in the definition of the pool, make the interface first, or leave probe out',
  };
}

/** The problem of a block or a batch with more addresses than can be asked for while a caller waits. */
export function tooManyToProbe(pool: string, count: bigint, most: bigint): Problem {
  return {
    code: 'NL_PROBE_IMPOSSIBLE',
    key: 'pool',
    found: `pool "${pool}" asks the network for each address before it is given, and this takes ${count} of them at once`,
    allowed: `up to ${most} new addresses of such pools in one request`,
    fix: 'ask for smaller blocks or smaller batches, or leave probe out of the definition of the pool',
  };
}

/** The problem of a batch whose addresses go to others while they are asked for. */
export function probedInVain(pool: string, tries: number): Problem {
  return {
    code: 'NL_PROBE_IMPOSSIBLE',
    key: 'pool',
    found: `${tries} times in a row addresses of pool "${pool}" went to others while the network was asked for them`,
    allowed: 'a pool with addresses that are free for a moment',
    fix: 'try again, or widen the pool',
  };
}

/** The problem of a pool of which one address after the other is in use. */
export function allAnswer(pool: string, { address, who }: Answered, tries: number): Problem {
  return {
    code: 'NL_ADDRESS_NOT_FREE',
    key: 'pool',
    found: `${tries} times in a row an address of pool "${pool}" was in use without a claim; the last one, ${address}, answers as ${who}`,
    allowed: 'a pool of which few addresses are in use without a claim',
    fix: `see who answers as ${who}: a router with proxy ARP does for every address; they are set aside until an audit finds them free`,
  };
}
