import { type ClaimRequest, IpAddress, isNetloomError, NetloomError, type SetAside } from 'netloom';
import type { ClaimView } from 'netloom/agent-api';
import type { Answered } from './audit/probe';
import { allAnswer } from './audit/problems';

/** How many addresses in a row may turn out to be in use. */
const TRIES = 8;

/** How long an address is kept while it is asked for, in ms. */
const KEPT_MS = 30_000;

/** Larger blocks are not asked for: each address is a question. */
const LARGEST_BLOCK = 16n;

/** The ways to ask for an address that is probed first. */
export type ProbedVerb = 'offer' | 'claim' | 'confirm';

/** What a probed claim is made of. */
export interface ProbedSteps {
  /** One step of the book, durable. */
  take(verb: ProbedVerb, request: ClaimRequest): Promise<ClaimView>;
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
  for (let tries = 1; ; tries++) {
    const kept = await reserve(verb, request, steps);
    // It has its address already, or none at all.
    if (kept === undefined || kept.state === 'claimed') return steps.take(verb, request);
    const asked = kept.addresses.flatMap(single);
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

/** The addresses of a block, where they are few. */
function single(text: string): string[] {
  const [base = '', length] = text.split('/');
  if (length === undefined) return [text];
  const first = IpAddress.parse(base);
  const size = 1n << BigInt((first.family === 4 ? 32 : 128) - Number(length));
  if (size > LARGEST_BLOCK) return [];
  return Array.from({ length: Number(size) }, (_, index) => String(first.plus(index)));
}

function isGone(error: unknown): boolean {
  return (
    isNetloomError(error) &&
    error.problems.some(({ code }) => code === 'NL_ADDRESS_NOT_FREE' || code === 'NL_OFFER_GONE')
  );
}
