import { type BatchStep, type ClaimRequest, NetloomError, type SetAside } from 'netloom';
import type { Answered } from './audit/probe';
import { allAnswer, probedInVain } from './audit/problems';
import { TRIES } from './probed-claims';

/** An address that the network has to be asked for before a batch may give it. */
export interface ProbeCandidate {
  readonly pool: string;
  readonly address: string;
  /** The interface to ask on. */
  readonly dev: string;
}

/** What became of a batch: done, or first to be asked for. */
export type ProbedOutcome<T> = { readonly done: T } | { readonly asks: readonly ProbeCandidate[] };

/** What a batch with probed claims is made of. */
export interface ProbedBatch<T> {
  /**
   * Carries the batch out when it gives nothing that is not cleared. Else it keeps what the batch would
   * give for its owners, and answers what is to be asked for.
   */
  take(isCleared: (candidate: ProbeCandidate) => boolean): Promise<ProbedOutcome<T>>;
  answers(addresses: readonly string[], dev: string): Promise<readonly Answered[]>;
  setAside(wishes: readonly SetAside[]): Promise<void>;
}

/**
 * Carries out a batch of which some steps take addresses that are probed: all of them are asked for at
 * once. What answers is set aside, and the batch is looked at again with what it would give then. All or
 * none is so to its end: only a batch whose every address was asked for is carried out.
 *
 * @throws NetloomError NL_ADDRESS_NOT_FREE, NL_PROBE_IMPOSSIBLE, and as the book
 */
export async function takeProbedBatch<T>(batch: ProbedBatch<T>): Promise<T> {
  const cleared = new Set<string>();
  const isCleared = (candidate: ProbeCandidate): boolean => cleared.has(keyOf(candidate));
  let last: { readonly pool: string; readonly answered: Answered } | undefined;
  for (let tries = 0; ; tries++) {
    const outcome = await batch.take(isCleared);
    if ('done' in outcome) return outcome.done;
    const { asks } = outcome;
    if (tries === TRIES) {
      throw new NetloomError(
        last
          ? allAnswer(last.pool, last.answered, tries)
          : probedInVain(asks[0]?.pool ?? '', tries),
      );
    }
    const found = await askAll(batch, asks);
    await batch.setAside(
      found.map(({ candidate: { pool, address }, answered: { who } }) => {
        return { pool, address, why: `answers as ${who}`, byValue: false };
      }),
    );
    const answered = new Set(found.map(({ candidate }) => keyOf(candidate)));
    for (const one of asks) if (!answered.has(keyOf(one))) cleared.add(keyOf(one));
    const [first] = found;
    last = first && { pool: first.candidate.pool, answered: first.answered };
  }
}

async function askAll(
  { answers }: Pick<ProbedBatch<unknown>, 'answers'>,
  asks: readonly ProbeCandidate[],
): Promise<{ candidate: ProbeCandidate; answered: Answered }[]> {
  const found = await Promise.all(
    asks.map(async (candidate) => {
      const [answered] = await answers([candidate.address], candidate.dev);
      return answered && { candidate, answered };
    }),
  );
  return found.filter((one) => one !== undefined);
}

/** A step that may give an address which nobody had before. */
export type TakingStep = Extract<BatchStep, { readonly request: ClaimRequest }> & {
  readonly verb: 'offer' | 'claim' | 'confirm';
};

/** Who keeps what it has, or takes it over, takes nothing from the network. */
export function takesNew(step: BatchStep): step is TakingStep {
  const { verb } = step;
  if (verb !== 'offer' && verb !== 'claim' && verb !== 'confirm') return false;
  return step.request.from === undefined;
}

function keyOf({ dev, address }: ProbeCandidate): string {
  return `${dev} ${address}`;
}
