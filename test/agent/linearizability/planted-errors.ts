import type { ClaimOperation, ClaimOutput, Seen } from './claim-model';

/** A history in which one answer was made wrong. */
export interface PlantedError {
  /** What is wrong, and at which call. */
  readonly name: string;
  readonly operations: readonly ClaimOperation[];
}

/** An answer that no order of the calls can explain; undefined where this call offers no chance for it. */
type Wrong = (history: readonly ClaimOperation[], at: ClaimOperation) => ClaimOutput | undefined;

const WRONG: Readonly<Record<string, Wrong>> = {
  'an address that another owner holds all the time': (history, at) => {
    const { input, output } = at;
    if (input.verb !== 'claim' || !output || !('given' in output)) return undefined;
    const held = heldDuring(history, at).find(({ owner }) => owner !== input.owner);
    return held && { given: { ...output.given, address: held.address } };
  },
  'a list without a claim that was acknowledged before': (history, { output, ...at }) => {
    if (!output || !('list' in output)) return undefined;
    const [held] = heldDuring(history, at);
    return held && { list: output.list.filter(({ owner }) => owner !== held.owner) };
  },
  'a list with a claim that was released before': (history, { output, ...at }) => {
    if (!output || !('list' in output)) return undefined;
    const [freed] = freeDuring(history, at);
    return freed && { list: [...output.list, freed] };
  },
};

/**
 * Histories with one error each, of each kind as many: at calls that lie evenly over the whole.
 *
 * @param each how many of a kind
 * @throws Error for a history without a chance for some kind
 */
export function plantedErrors(history: readonly ClaimOperation[], each: number): PlantedError[] {
  return Object.entries(WRONG).flatMap(([kind, wrong]) =>
    Array.from({ length: each }, (_, index): PlantedError => {
      const start = Math.floor((history.length * (index + 1)) / (each + 1));
      const turned = [...history.slice(start), ...history.slice(0, start)];
      for (const at of turned) {
        const output = wrong(history, at);
        if (output === undefined) continue;
        const operations = history.map((one) => (one === at ? { ...one, output } : one));
        return { name: `${kind}: call ${history.indexOf(at)}`, operations };
      }
      throw new Error(`the history has no call for ${kind}`);
    }),
  );
}

type Span = Pick<ClaimOperation, 'invoked' | 'returned'>;

/** Claims that were acknowledged before a call and that nobody tried to end until it was answered. */
function heldDuring(history: readonly ClaimOperation[], { invoked, returned }: Span): Seen[] {
  return history.flatMap((one) => {
    const { input, output } = one;
    if (input.verb !== 'claim' || !output || !('given' in output)) return [];
    const mayHaveEnded = (other: ClaimOperation): boolean =>
      mayEnd(other, input.owner) && meets(other, { invoked: one.invoked, returned });
    return one.returned < invoked && !history.some(mayHaveEnded) ? [output.given] : [];
  });
}

/** Claims whose release was acknowledged before a call and that nobody tried to get back until then. */
function freeDuring(history: readonly ClaimOperation[], { invoked, returned }: Span): Seen[] {
  const given = history.flatMap(({ output }) =>
    output && 'given' in output ? [output.given] : [],
  );
  return history.flatMap((one) => {
    const { input, output } = one;
    if (input.verb !== 'release' || !output || !('released' in output)) return [];
    const mayBeBack = (other: ClaimOperation): boolean =>
      mayBegin(other, input.owner) && meets(other, { invoked: one.invoked, returned });
    const isFree = output.released && one.returned < invoked && !history.some(mayBeBack);
    const freed = given.find(
      ({ owner, number }) => owner === input.owner && number === input.number,
    );
    return isFree && freed ? [freed] : [];
  });
}

function mayEnd({ input }: ClaimOperation, owner: string): boolean {
  if (input.verb === 'release') return input.owner === owner;
  return input.verb === 'transfer' && input.from === owner;
}

function mayBegin({ input }: ClaimOperation, owner: string): boolean {
  return (input.verb === 'claim' || input.verb === 'transfer') && input.owner === owner;
}

function meets(one: Span, other: Span): boolean {
  return one.invoked <= other.returned && one.returned >= other.invoked;
}
