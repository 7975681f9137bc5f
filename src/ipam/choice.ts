import { NetloomError, type Problem } from '../errors';
import { fullProblem, takenProblem } from './claim-problems';
import type { Want } from './claim-wants';
import type { Holding } from './holding';
import { HeldPlace } from './number-space';
import type { PoolLedger } from './pool-ledger';
import { isByValue } from './set-aside-marks';
import type { Words } from './words';

/** Which offers may lose their place to a request when the pool is full. */
export type Yielding = (like: Pick<HeldPlace, 'kind' | 'order'>) => Holding | undefined;

/** What a request gets, and whose it was. */
export interface Choice {
  readonly places: readonly HeldPlace[];
  /** Offers and freed addresses of the owner itself, and offers of others, that give up some of their places. */
  readonly from: readonly Holding[];
}

/**
 * The order of choice: the address asked for, the owner's last one, the next free one behind the
 * last given, and in a full pool that of an offer.
 *
 * @throws NetloomError NL_ADDRESS_NOT_FREE, NL_POOL_FULL; nothing has changed then
 */
export function choose(
  ledger: PoolLedger,
  owner: string,
  wants: readonly Want[],
  now: number,
  yieldingOffer: Yielding,
): Choice {
  const problems: Problem[] = [];
  const places: HeldPlace[] = [];
  const from: Holding[] = [];
  for (const want of wants) {
    const chosen = chooseOne(ledger, owner, want, now, yieldingOffer);
    if ('code' in chosen) {
      problems.push(chosen);
      continue;
    }
    places.push(new HeldPlace(want.kind, chosen.words, want.order));
    if (chosen.from && !from.includes(chosen.from)) from.push(chosen.from);
  }
  if (problems.length > 0) throw new NetloomError(problems);
  return { places, from };
}

function chooseOne(
  ledger: PoolLedger,
  owner: string,
  want: Want,
  now: number,
  yieldingOffer: Yielding,
): Problem | { readonly words: Words; readonly from?: Holding | undefined } {
  const { kind, order, at } = want;
  const space = ledger.space(kind);
  if (at !== undefined) {
    const holder = space?.holderOf(at.words, order);
    const isFree = !holder || isOwn(holder, owner, at.words, order);
    if (isFree || (holder.isAt(at.words, order) && isByValue(holder.holding as Holding))) {
      return { words: at.words, from: holder?.holding };
    }
    return takenProblem(ledger, at.text, want, holder, space?.next(order), now);
  }
  const last = lastOf(ledger, owner, want);
  if (last) return { words: last, from: last.holding?.isHeld ? last.holding : undefined };
  const free = space?.next(order);
  if (free) return { words: free };
  const offer = yieldingOffer(want);
  const place = offer?.places.find((one) => one.kind === kind && one.order === order);
  return place ? { words: place, from: offer } : fullProblem(ledger, want, now);
}

/** The owner may take from what it has been offered or has given back, whole places only. */
function isOwn(place: HeldPlace, owner: string, words: Words, order: number): boolean {
  const { holding } = place;
  if (holding?.owner !== owner || holding.state === 'claimed') return false;
  // What a new definition of the pool has left of a block is no place of its own.
  return place.isAt(words, order) && holding.places.includes(place);
}

/** The last place of that size that the owner had and that nobody else has now. */
function lastOf(ledger: PoolLedger, owner: string, want: Want): HeldPlace | undefined {
  const space = ledger.space(want.kind);
  for (let holding = ledger.owners.newest(owner); holding; holding = holding.older) {
    if (holding.state === 'claimed') continue;
    for (let place: HeldPlace | undefined = holding.place; place; place = place.next) {
      if (place.kind !== want.kind || place.order !== want.order) continue;
      if (isFreeFor(ledger, holding, place) && space?.serves(place, place.order)) return place;
    }
  }
  return undefined;
}

/** A place of a holding that is held, or one that is only remembered and still free. */
export function isFreeFor(ledger: PoolLedger, holding: Holding, place: HeldPlace): boolean {
  return holding.isHeld || ledger.space(place.kind)?.holderOf(place, place.order) === undefined;
}
