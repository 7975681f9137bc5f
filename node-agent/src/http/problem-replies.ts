import { isNetloomError, type Problem, type ProblemCode } from 'netloom';
import type { ProblemDocument } from 'netloom/agent-api';
import { BodyError } from './body';

/** Media type of RFC 9457. */
export const PROBLEM_TYPE = 'application/problem+json';

/** HTTP status of problems that are not simply a wrong request (400). */
const STATUS: Partial<Record<ProblemCode, number>> = {
  NL_AGENT_TOKEN: 401,
  NL_AGENT_FORBIDDEN: 403,
  NL_OWNER_IDENTITY: 403,
  NL_POOL_UNKNOWN: 404,
  NL_NO_SUCH_ROUTE: 404,
  NL_ADDRESS_NOT_FREE: 409,
  NL_BRIDGE_FOREIGN: 409,
  NL_BRIDGE_OWNED: 409,
  NL_BRIDGE_PORT: 409,
  NL_CHECKPOINT_GONE: 409,
  NL_CHECKPOINT_OPEN: 409,
  NL_HOST_UNREACHABLE: 409,
  NL_OFFER_GONE: 409,
  NL_POOL_CHANGED: 409,
  NL_PROBE_IMPOSSIBLE: 409,
  NL_POOL_IN_USE: 409,
  NL_POOL_OWNED: 409,
  NL_HOST_COMMAND: 500,
  NL_QUOTA_REACHED: 429,
  NL_HOST_POLICY: 403,
  NL_AUDIT_INCOMPLETE: 503,
  NL_AUDIT_PENDING: 503,
  NL_STORE_FAILED: 503,
  NL_WATCHDOG_MISSING: 503,
  NL_CLUSTER_UNREACHABLE: 503,
  NL_POOL_ELSEWHERE: 421,
  NL_RATE_LIMITED: 429,
  NL_WATCH_GONE: 410,
  NL_POOL_FULL: 507,
};

const TITLES: Readonly<Record<number, string>> = {
  400: 'The request does not fit',
  401: 'No valid credential',
  403: 'Not allowed',
  404: 'Not there',
  409: 'In conflict with what is there',
  410: 'Too long ago',
  413: 'The request is too big',
  415: 'The request is not JSON',
  421: 'Another agent holds it',
  429: 'Too much at a time',
  500: 'The agent could not do it',
  503: 'The agent can not answer now',
  507: 'Nothing left to give',
};

/** The body of a refusal. */
export function problemDocument(problems: readonly Problem[], status?: number): ProblemDocument {
  const [first] = problems;
  const code = status ?? (first ? (STATUS[first.code] ?? 400) : 500);
  return {
    type: `urn:netloom:problem:${first?.code ?? 'unknown'}`,
    title: TITLES[code] ?? 'Refused',
    status: code,
    problems: [...problems],
  };
}

/** The refusal for anything that was thrown while a request was served. */
export function documentOfError(error: unknown): ProblemDocument {
  if (error instanceof BodyError) return problemDocument(error.problems, error.status);
  if (isNetloomError(error)) return problemDocument(error.problems);
  return problemDocument([internalError()], 500);
}

/** Says nothing of the cause to the caller; the agent's log does. */
function internalError(): Problem {
  return {
    code: 'NL_HOST_COMMAND',
    key: '',
    found: 'the agent failed in a way it did not foresee',
    allowed: 'a request that the agent can carry out',
    fix: "see the agent's log, and report it",
  };
}
