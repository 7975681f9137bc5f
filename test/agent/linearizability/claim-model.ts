import { OFFER_MS, QUARANTINE_MS } from 'netloom';
import type { Operation, SequentialModel } from '../../support/linearizability';

/** A claim as a list tells it. */
export interface Seen {
  readonly owner: string;
  readonly address: string;
  /** The number of its id. */
  readonly number: number;
}

export type ClaimInput =
  | { readonly verb: 'claim' | 'offer'; readonly owner: string }
  | { readonly verb: 'transfer'; readonly owner: string; readonly from: string }
  | { readonly verb: 'release'; readonly owner: string; readonly number: number }
  | { readonly verb: 'list' };

export type ClaimOutput =
  | { readonly given: Seen }
  | { readonly refused: 'full' }
  | { readonly released: boolean }
  | { readonly list: readonly Seen[] };

export type ClaimOperation = Operation<ClaimInput, ClaimOutput>;

/** What an owner holds; what nobody was told of it yet is undefined. */
interface Held {
  readonly address: string | undefined;
  readonly number: number | undefined;
  /** Lower than its number. */
  readonly above: number;
}

/** Something that happened between two moments. */
interface Within {
  readonly owner: string;
  readonly first: number;
  readonly last: number;
}

interface ClaimState {
  readonly holders: ReadonlyMap<string, Held>;
  /** By address: who gave it back last. */
  readonly freed: ReadonlyMap<string, Within>;
  /** By address: for whom it is kept. */
  readonly offers: ReadonlyMap<string, Within>;
  /** The highest number so far: each claim gets a higher one. */
  readonly last: number;
}

/** What the model has to know of the pool and the clock. */
export interface ModelSettings {
  /** How many addresses the pool has. */
  readonly size: number;
  /** How many times as fast the agent's clock goes. */
  readonly rate: number;
  /** How long the offers last by the agent's clock, in ms. @default {@link OFFER_MS} */
  readonly offerMs?: number;
}

/** The clocks of two processes are not the same, ms. */
const SLACK_MS = 10;

/**
 * A pool as a single caller at a time would see it. Where it can't tell it allows: an answer that it
 * refuses is wrong.
 */
export class ClaimModel implements SequentialModel<ClaimState, ClaimInput, ClaimOutput> {
  readonly initial: ClaimState = {
    holders: new Map(),
    freed: new Map(),
    offers: new Map(),
    last: 0,
  };
  private readonly quarantineMs: number;
  private readonly offerMs: number;

  /** Those that claims were answered with, in order. */
  private readonly numbers: readonly number[];

  /** @param operations of the history that is judged */
  constructor(
    private readonly settings: ModelSettings,
    operations: readonly ClaimOperation[],
  ) {
    this.numbers = operations
      .flatMap(({ input, output }) =>
        input.verb === 'claim' && output && 'given' in output ? [output.given.number] : [],
      )
      .sort((one, other) => one - other);
    this.quarantineMs = QUARANTINE_MS / settings.rate;
    this.offerMs = (settings.offerMs ?? OFFER_MS) / settings.rate;
  }

  next(state: ClaimState, operation: ClaimOperation): readonly ClaimState[] {
    const { input, output } = operation;
    switch (input.verb) {
      case 'list':
        return output && 'list' in output ? this.list(state, output.list) : [state];
      case 'release':
        return this.release(state, operation, input);
      case 'transfer':
        if (state.holders.has(input.from)) return this.transfer(state, operation, input);
        return this.claim(state, operation, input.owner);
      case 'claim':
        return this.claim(state, operation, input.owner);
      case 'offer':
        return this.offer(state, operation, input.owner);
    }
  }

  changesNothing({ output }: ClaimOperation): boolean {
    if (output === undefined) return false;
    return 'list' in output || 'refused' in output || ('released' in output && !output.released);
  }

  /** A number that was given and is held by nobody never comes back. */
  isHopeless({ holders, last }: ClaimState, { input, output }: ClaimOperation): boolean {
    if (output === undefined) return false;
    const isGone = (number: number): boolean => {
      if (number > last) return false;
      for (const held of holders.values()) {
        if (held.number === undefined || held.number === number) return false;
      }
      return true;
    };
    if ('list' in output) return output.list.some(({ number }) => isGone(number));
    return (
      input.verb === 'release' && 'released' in output && output.released && isGone(input.number)
    );
  }

  keyOf({ holders, freed, offers, last }: ClaimState): string {
    const held = [...holders].map(
      ([owner, { address, number, above }]) => `${owner} ${address} ${number ?? `>${above}`}`,
    );
    const times = (of: ReadonlyMap<string, Within>): string =>
      [...of]
        .map(([address, { owner, first }]) => `${address} ${owner} ${first}`)
        .sort()
        .join();
    return `${held.sort().join()};${times(freed)};${times(offers)};${last}`;
  }

  private claim(
    state: ClaimState,
    operation: ClaimOperation,
    owner: string,
  ): readonly ClaimState[] {
    const { output, invoked } = operation;
    const held = state.holders.get(owner);
    if (output === undefined) {
      const above = held?.number ?? held?.above ?? 0;
      const taken = { address: held?.address, number: undefined, above };
      const offers = held ? state.offers : new Map<string, Within>();
      return [state, { ...state, offers, holders: with_(state.holders, owner, taken) }];
    }
    if ('refused' in output) {
      return held === undefined && this.surelyFree(state, invoked) === 0 ? [state] : [];
    }
    if (!('given' in output)) return [];
    const { address, number } = output.given;
    if (!this.mayFollow(number, state.last)) return [];
    if (held) {
      if (held.address !== undefined && held.address !== address) return [];
      if (held.address === undefined && !this.isOpen(state, operation, owner, address)) return [];
    } else {
      const kept = this.surelyKept(state, operation, owner);
      if (kept !== undefined && kept !== address) return [];
      if (!this.isOpen(state, operation, owner, address)) return [];
    }
    return [{ ...give(state, owner, { address, number, above: 0 }), last: number }];
  }

  private transfer(
    state: ClaimState,
    { output }: ClaimOperation,
    { owner, from }: { owner: string; from: string },
  ): readonly ClaimState[] {
    const held = state.holders.get(from) as Held;
    const holders = new Map(state.holders);
    holders.delete(from);
    const moved = (seen: Held): ClaimState => ({ ...state, holders: holders.set(owner, seen) });
    if (output === undefined) return [state, moved(held)];
    if (!('given' in output)) return [];
    const { address, number } = output.given;
    return fits(held, output.given) ? [moved({ address, number, above: 0 })] : [];
  }

  private offer(
    state: ClaimState,
    operation: ClaimOperation,
    owner: string,
  ): readonly ClaimState[] {
    const { output, invoked, returned } = operation;
    // Whose place it took is not known then.
    if (output === undefined) return [{ ...state, offers: new Map() }];
    const held = state.holders.get(owner);
    if ('refused' in output) return held ? [] : [state];
    if (!('given' in output)) return [];
    const { address } = output.given;
    if (held) return held.address === undefined || held.address === address ? [state] : [];
    if (!this.isOpen(state, operation, owner, address)) return [];
    const other = state.offers.get(address);
    const isTaken = other !== undefined && other.owner !== owner;
    if (isTaken && returned + SLACK_MS < other.first + this.offerMs) return [];
    const offers = new Map([...state.offers].filter(([, one]) => one.owner !== owner));
    return [{ ...state, offers: offers.set(address, { owner, first: invoked, last: returned }) }];
  }

  private release(
    state: ClaimState,
    { output, invoked, returned }: ClaimOperation,
    { owner, number }: { owner: string; number: number },
  ): readonly ClaimState[] {
    const held = state.holders.get(owner);
    const isHeld = held?.number === number;
    const holders = new Map(state.holders);
    holders.delete(owner);
    const freed =
      held?.address === undefined
        ? state.freed
        : with_(state.freed, held.address, { owner, first: invoked, last: returned });
    const done = { ...state, holders, freed };
    if (output === undefined) return isHeld ? [state, done] : [state];
    if (!('released' in output)) return [];
    if (output.released) return isHeld ? [done] : [];
    return isHeld ? [] : [state];
  }

  private list(state: ClaimState, list: readonly Seen[]): readonly ClaimState[] {
    if (list.length !== state.holders.size) return [];
    let now = state;
    for (const seen of list) {
      const held = state.holders.get(seen.owner);
      if (held === undefined || !fits(held, seen)) return [];
      const { address, number } = seen;
      if (held.number === undefined) now = give(now, seen.owner, { address, number, above: 0 });
    }
    const addresses = new Set(list.map(({ address }) => address));
    return addresses.size === list.length ? [now] : [];
  }

  /** Numbers grow: one that a claim was answered with can't be passed over. */
  private mayFollow(number: number, last: number): boolean {
    let low = 0;
    let high = this.numbers.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.numbers[middle] as number) <= last) low = middle + 1;
      else high = middle;
    }
    return number > last && number <= (this.numbers[low] ?? number);
  }

  /** Whether an address may have been given to this owner at all. */
  private isOpen(
    { holders, freed }: ClaimState,
    { returned }: ClaimOperation,
    owner: string,
    address: string,
  ): boolean {
    for (const [other, held] of holders) {
      if (held.address === address && other !== owner) return false;
    }
    const last = freed.get(address);
    if (last === undefined || last.owner === owner) return true;
    return returned + SLACK_MS >= last.first + this.quarantineMs;
  }

  /** The address that nobody but this owner can have got; undefined when that is not certain. */
  private surelyKept(
    { offers, freed }: ClaimState,
    { returned }: ClaimOperation,
    owner: string,
  ): string | undefined {
    for (const [address, one] of offers) {
      if (one.owner === owner && returned + SLACK_MS < one.first + this.offerMs) return address;
    }
    const own = [...freed].filter(([, one]) => one.owner === owner);
    const [address, last] = own[0] ?? [];
    if (own.length !== 1 || last === undefined) return undefined;
    return returned + SLACK_MS < last.first + this.quarantineMs ? address : undefined;
  }

  /** How many addresses nobody held and nobody was kept from, at the beginning of a call. */
  private surelyFree({ holders, freed }: ClaimState, invoked: number): number {
    const taken = new Set<string>();
    let unknown = 0;
    for (const { address } of holders.values()) {
      if (address === undefined) unknown++;
      else taken.add(address);
    }
    for (const [address, { last }] of freed) {
      if (invoked - SLACK_MS < last + this.quarantineMs) taken.add(address);
    }
    return Math.max(0, this.settings.size - taken.size - unknown);
  }
}

function fits({ address, number, above }: Held, seen: Seen): boolean {
  if (address !== undefined && address !== seen.address) return false;
  return number === undefined ? seen.number > above : seen.number === number;
}

/** An owner has an address now; offers of it, and of the owner, end. */
function give(state: ClaimState, owner: string, held: Held): ClaimState {
  const freed = new Map(state.freed);
  if (held.address !== undefined) freed.delete(held.address);
  const offers = new Map(
    [...state.offers].filter(([address, one]) => address !== held.address && one.owner !== owner),
  );
  return { ...state, holders: with_(state.holders, owner, held), freed, offers };
}

function with_<V>(map: ReadonlyMap<string, V>, key: string, value: V): ReadonlyMap<string, V> {
  return new Map(map).set(key, value);
}
