import { NetloomError, type Problem } from '../errors';
import { fullProblem, takenProblem } from './claim-problems';
import type { Want } from './claim-wants';
import type { Holding } from './holding';
import type { HeldPlace } from './number-space';
import type { PoolLedger } from './pool-ledger';
import type { Words } from './words';

/** Which offers may lose their place to a request when the pool is full. */
export type Yielding = (like: Pick<HeldPlace, 'kind' | 'order'>) => Holding | undefined;

/** What a request gets, and whose it was. */
export interface Choice {
  readonly numbers: readonly Pick<HeldPlace, 'kind' | 'order' | 'a' | 'b' | 'c' | 'd'>[];
  /** Offers and freed addresses of the owner itself that give up some of their places. */
  readonly own: ReadonlySet<Holding>;
  /** Offers of others that end. */
  readonly yielding: ReadonlySet<Holding>;
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
  const own = new Set<Holding>();
  const yielding = new Set<Holding>();
  const numbers: Choice['numbers'][number][] = [];
  const take = ({ kind, order }: Want, { a, b, c, d }: Words): void => {
    numbers.push({ kind, order, a, b, c, d });
  };
  for (const want of wants) {
    if (want.at !== undefined) {
      const holder = ledger.space(want.kind)?.holderOf(want.at.words, want.order);
      if (holder && !isOwn(holder, owner, want.at.words, want.order)) {
        const next = ledger.space(want.kind)?.next(want.order);
        problems.push(takenProblem(ledger, want.at.text, want, holder, next, now));
        continue;
      }
      if (holder?.holding) own.add(holder.holding);
      take(want, want.at.words);
      continue;
    }
    const last = lastOf(ledger, owner, want);
    if (last) {
      if (last.holding?.isHeld) own.add(last.holding);
      take(want, last);
      continue;
    }
    const free = ledger.space(want.kind)?.next(want.order);
    if (free) {
      take(want, free);
      continue;
    }
    const offer = yieldingOffer(want);
    const place = offer?.places.find((one) => one.kind === want.kind && one.order === want.order);
    if (offer && place) {
      yielding.add(offer);
      take(want, place);
    } else {
      problems.push(fullProblem(ledger, want, now));
    }
  }
  if (problems.length > 0) throw new NetloomError(problems);
  return { numbers, own, yielding };
}

/** The owner may take from what it has been offered or has given back, whole places only. */
function isOwn(place: HeldPlace, owner: string, words: Words, order: number): boolean {
  const { holding } = place;
  return holding?.owner === owner && holding.state !== 'claimed' && place.isAt(words, order);
}

/** The last place of that size that the owner had and that nobody else has now. */
function lastOf(ledger: PoolLedger, owner: string, want: Want): HeldPlace | undefined {
  const space = ledger.space(want.kind);
  const holdings = ledger.owners.of(owner);
  for (let index = holdings.length - 1; index >= 0; index--) {
    const holding = holdings[index] as Holding;
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
