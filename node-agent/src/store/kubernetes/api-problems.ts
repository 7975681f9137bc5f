import { NetloomError } from 'netloom';

/** Another agent was quicker. Nothing of the write stands, and the book has been told what does. */
export class OutrunError extends Error {
  /** @param needsNumbers whether the step needs higher numbers than the book gave it */
  constructor(
    what: string,
    readonly needsNumbers = false,
  ) {
    super(`another agent was quicker: ${what}`);
    this.name = 'OutrunError';
  }
}

/** What nobody knows the end of, because the API server did not answer. */
export class UnreachableError extends NetloomError {}

/** The API server did not answer in time: whether a write arrived, nobody knows. */
export function storeUnreachable(server: string, why: string): UnreachableError {
  return new UnreachableError({
    code: 'NL_STORE_FAILED',
    key: 'store',
    found: `the API server at ${server}, which keeps the pools and claims, does not answer (${why})`,
    allowed: 'an API server that answers; what it does not say is not taken for absent',
    fix: 'repeat the request: it has the effect of one',
  });
}

/** The API server refuses the agent itself. */
export function storeForbidden(path: string, status: number, message: string): NetloomError {
  return new NetloomError({
    code: 'NL_STORE_FAILED',
    key: 'store',
    found: `the API server refused ${path} (${status}: ${message})`,
    allowed:
      'poolrecords, ownerrecords, addressrecords and storerecords of netloom.io/v1alpha1, which the agent may read and write in its namespace',
    fix: 'apply the CustomResourceDefinitions and the Role of the kubernetes store',
  });
}

/** A record that this release can't read, or whose name belongs to something else. */
export function recordUnreadable(kind: string, name: string, why: string): NetloomError {
  return new NetloomError({
    code: 'NL_STORE_FAILED',
    key: 'store',
    found: `${kind} ${name} can't be used: ${why}`,
    allowed: 'records that only netloom-agent writes; they are never taken for absent',
    fix: 'put the record back from a backup of the cluster, or run the release that wrote it',
  });
}

/** So many agents at once that a step did not come through. */
export function storeBusy(tries: number): NetloomError {
  return new NetloomError({
    code: 'NL_STORE_FAILED',
    key: 'store',
    found: `other agents were quicker ${tries} times in a row`,
    allowed: 'a step that no other agent is in the way of',
    fix: 'repeat the request: it has the effect of one',
  });
}
