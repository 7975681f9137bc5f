import { type ClaimRequest, IpAddress, isNetloomError, NetloomError, type SetAside } from 'netloom';
import type { ClaimView } from 'netloom/agent-api';
import type { Answered } from './audit/probe';
import { allAnswer, tooManyToProbe } from './audit/problems';

/** How many addresses in a row may turn out to be in use. */
export const TRIES = 8;

/** How long an address is kept while it is asked for, in ms. */
export const KEPT_MS = 30_000;

/** New addresses in one request: eight rounds of questions, while a caller waits for 30 s. */
export const MOST_PROBED = 128n;

/** The ways to ask for an address that is probed first. */
export type ProbedVerb = 'offer' | 'claim' | 'confirm';

/** What a probed claim is made of. */
export interface ProbedSteps {
  /** One step of the book, durable. */
  take(verb: ProbedVerb, request: ClaimRequest): Promise<ClaimView>;
  /** What such a step would answer. */
  tried(verb: ProbedVerb, request: ClaimRequest): Promise<ClaimView>;
  /** The offer that an owner has. */
  offerOf(request: ClaimRequest): ClaimView | undefined;
  answers(addresses: readonly string[]): Promise<readonly Answered[]>;
  setAside(wishes: readonly SetAside[]): Promise<void>;
}

/**
 * Gives an address that nobody on the network answers for. It is offered to its owner first, so that
 * nobody else gets it while the network is asked, and nobody waits. One that answers is set aside, and
 * the next one is asked for.
 *
 * @throws NetloomError NL_ADDRESS_NOT_FREE, NL_PROBE_IMPOSSIBLE, and as the book
 */
export async function takeProbed(
  verb: ProbedVerb,
  request: ClaimRequest,
  steps: ProbedSteps,
): Promise<ClaimView> {
  const { pool } = request;
  if (isBlock(request) && verb !== 'confirm') {
    const { state, addresses } = await steps.tried('offer', { ...request, quota: undefined });
    if (state !== 'claimed') checkCount(pool, addresses);
  }
  for (let tries = 1; ; tries++) {
    const kept = await reserve(verb, request, steps);
    // It has its address already, or none at all.
    if (kept === undefined || kept.state === 'claimed') return steps.take(verb, request);
    checkCount(pool, kept.addresses);
    const asked = kept.addresses.flatMap(singleAddresses);
    const answers = await steps.answers(asked);
    const last = answers.at(-1);
    if (last) {
      await steps.setAside(
        answers.map(({ address, who }) => {
          return { pool, address, why: `answers as ${who}`, byValue: false };
        }),
      );
      if (tries >= TRIES) throw new NetloomError(allAnswer(pool, last, tries));
      continue;
    }
    if (verb === 'offer') return kept;
    try {
      return await steps.take(verb, exactly(request, kept));
    } catch (error) {
      // In a full pool the offer may have yielded to another claim meanwhile.
      if (request.addresses || tries >= TRIES || !isGone(error)) throw error;
    }
  }
}

function reserve(
  verb: ProbedVerb,
  request: ClaimRequest,
  steps: ProbedSteps,
): Promise<ClaimView | undefined> | ClaimView | undefined {
  if (verb === 'confirm') return steps.offerOf(request);
  if (verb === 'offer') return steps.take('offer', request);
  // A claim needs no room among the offers of its credential.
  return steps.take('offer', { ...request, quota: undefined, offerMs: KEPT_MS });
}

function exactly(request: ClaimRequest, { addresses }: ClaimView): ClaimRequest {
  if (addresses.length === 0) return request;
  return { ...request, addresses, family: undefined, prefixLength: undefined, offerMs: undefined };
}

/**
 * Refuses what would take too long to be asked for.
 *
 * @param addresses and blocks
 * @throws NetloomError NL_PROBE_IMPOSSIBLE
 */
export function checkCount(pool: string, addresses: readonly string[]): void {
  const count = addresses.reduce((sum, text) => sum + sizeOf(text), 0n);
  if (count > MOST_PROBED) throw new NetloomError(tooManyToProbe(pool, count, MOST_PROBED));
}

/** Each address of a block. */
export function singleAddresses(text: string): string[] {
  const first = IpAddress.parse(text.split('/')[0] ?? '');
  return Array.from({ length: Number(sizeOf(text)) }, (_, index) => String(first.plus(index)));
}

function sizeOf(text: string): bigint {
  const [base = '', length] = text.split('/');
  if (length === undefined) return 1n;
  return 1n << BigInt((IpAddress.parse(base).family === 4 ? 32 : 128) - Number(length));
}

function isBlock({ prefixLength, addresses = [] }: ClaimRequest): boolean {
  return prefixLength !== undefined || addresses.some((text) => text.includes('/'));
}

function isGone(error: unknown): boolean {
  return (
    isNetloomError(error) &&
    error.problems.some(({ code }) => code === 'NL_ADDRESS_NOT_FREE' || code === 'NL_OFFER_GONE')
  );
}
