import type { AddressBook, BatchAnswer, BatchMode, BatchStep, Step } from 'netloom';
import { type ProbeCandidate, type ProbedOutcome, takesNew } from './probed-batches';
import { checkCount, KEPT_MS, singleAddresses } from './probed-claims';

/**
 * A batch that gives only what the network was asked for; what else it would give is kept for its
 * owners.
 *
 * @throws NetloomError NL_PROBE_IMPOSSIBLE, and as the book
 */
export function clearedBatch(
  book: AddressBook,
  steps: readonly BatchStep[],
  mode: BatchMode,
  isCleared: (candidate: ProbeCandidate) => boolean,
  now: number,
): Step<ProbedOutcome<readonly BatchAnswer[]>> {
  const answers = book.tryBatch(steps, mode, now);
  const given = steps.map((step, index) => newOf(book, step, answers[index], now));
  const asks = given.flat().filter((one) => !isCleared(one));
  if (asks.length === 0) {
    const { value, changes } = book.batch(steps, mode, now);
    return { value: { done: value }, changes };
  }
  checkTotal(given.flat());
  const offers = steps.flatMap((step, index): BatchStep[] => {
    if (!takesNew(step) || step.verb === 'confirm' || given[index]?.length === 0) return [];
    const answer = answers[index];
    const addresses = answer && 'claim' in answer ? answer.claim.addresses : [];
    const request = { ...step.request, addresses, family: undefined, prefixLength: undefined };
    return [{ verb: 'offer', request: { ...request, quota: undefined, offerMs: KEPT_MS } }];
  });
  // One that can't be kept yet (another step frees it first) may go to somebody else meanwhile.
  const { changes } = book.batch(offers, 'each', now);
  return { value: { asks }, changes };
}

/** The interface that the network is asked on for what a step may give; undefined when it is not. */
export function probeOfStep(book: AddressBook, step: BatchStep, now: number): string | undefined {
  return takesNew(step) ? book.pool(step.request.pool, now)?.spec.probe : undefined;
}

/** What a step takes from the network, of a pool that wants it asked for. */
function newOf(
  book: AddressBook,
  step: BatchStep,
  answer: BatchAnswer | undefined,
  now: number,
): ProbeCandidate[] {
  const dev = probeOfStep(book, step, now);
  if (dev === undefined || answer === undefined || !('claim' in answer)) return [];
  const { pool, owner } = step.request;
  const held = book.page({ pool, owner, state: 'claimed' }, now).claims;
  const had = new Set(held.flatMap(({ addresses }) => addresses));
  const fresh = answer.claim.addresses.filter((address) => !had.has(address));
  checkCount(pool, fresh);
  return fresh.flatMap(singleAddresses).map((address) => ({ pool, address, dev }));
}

/** @throws NetloomError NL_PROBE_IMPOSSIBLE */
function checkTotal(candidates: readonly ProbeCandidate[]): void {
  const [first] = candidates;
  if (first === undefined) return;
  const addresses = candidates.map(({ address }) => address);
  checkCount(first.pool, addresses);
}
