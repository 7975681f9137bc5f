import { NetloomError } from '../errors';
import { isFreeFor } from './choice';
import { ownerIdentity } from './claim-problems';
import type { Asker, ClaimRecord, ClaimRequest } from './claim-records';
import type { Want } from './claim-wants';
import type { Holding } from './holding';
import type { HeldPlace } from './number-space';
import type { PoolLedger } from './pool-ledger';
import { compareWords, readWords } from './words';

/** @throws NetloomError NL_OWNER_IDENTITY, when another credential uses this owner key */
export function checkOwner(ledger: PoolLedger, { owner, identity }: Asker): void {
  for (let holding = ledger.owners.newest(owner); holding; holding = holding.older) {
    if (holding.identity !== identity && holding.isHeld) {
      throw new NetloomError(ownerIdentity(holding));
    }
  }
}

/**
 * The owner's own holding that already answers a request: a claim first, then an offer, then the
 * newest. Where no MAC address is wanted (`mac: false`), a claim that has one beside the rest is the
 * next best claim.
 */
export function ownMatch(
  ledger: PoolLedger,
  { owner, identity, mac }: Asker & Pick<ClaimRequest, 'mac'>,
  wants: readonly Want[],
): Holding | undefined {
  const maySpare = mac === false;
  let best: Holding | undefined;
  let bestRank = Number.POSITIVE_INFINITY;
  for (let holding = ledger.owners.newest(owner); holding; holding = holding.older) {
    const rank = RANKS[holding.state] + (hasSpareMac(holding, wants) ? 1 : 0);
    if (rank >= bestRank || holding.identity !== identity) continue;
    if (!answers(ledger, holding, wants, maySpare)) continue;
    best = holding;
    bestRank = rank;
  }
  return best;
}

/** Whether a holding has a MAC address that is not wanted. */
export function hasSpareMac(holding: Holding, wants: readonly Want[]): boolean {
  if (wants.at(-1)?.kind === 'mac') return false;
  for (let place: HeldPlace | undefined = holding.place; place; place = place.next) {
    if (place.kind === 'mac') return true;
  }
  return false;
}

/** The newest claim of an owner, with exactly these addresses where there are any. */
export function newestClaim(
  ledger: PoolLedger,
  owner: string,
  addresses: readonly string[] = [],
): Holding | undefined {
  const wanted = addresses.map(readWords);
  return ledger.owners.of(owner).find((holding) => {
    if (holding.state !== 'claimed') return false;
    if (wanted.length === 0) return true;
    const places = holding.places.filter((place) => place.kind !== 'mac');
    return (
      places.length === wanted.length &&
      wanted.every(({ kind, words, order }) =>
        places.some((place) => place.kind === kind && place.isAt(words, order)),
      )
    );
  });
}

/** The claim of an owner that was made or taken again last. */
export function newestIncarnation(ledger: PoolLedger, owner: string): Holding | undefined {
  let newest: Holding | undefined;
  for (let holding = ledger.owners.newest(owner); holding; holding = holding.older) {
    if (holding.state !== 'claimed') continue;
    if (newest === undefined || holding.incarnation > newest.incarnation) newest = holding;
  }
  return newest;
}

/** Room is left behind the first for a claim with a MAC address too many. */
const RANKS: Readonly<Record<ClaimRecord['state'], number>> = {
  claimed: 0,
  offered: 2,
  released: 3,
};

/** @param maySpare whether a claim may have a MAC address beyond what is wanted: its last place */
function answers(
  ledger: PoolLedger,
  holding: Holding,
  wants: readonly Want[],
  maySpare: boolean,
): boolean {
  let place: HeldPlace | undefined = holding.place;
  for (const { kind, order, at } of wants) {
    if (place === undefined || place.kind !== kind || place.order !== order) return false;
    if (at !== undefined && compareWords(at.words, place) !== 0) return false;
    if (holding.state !== 'claimed') {
      const isServed = ledger.space(kind)?.serves(place, order) ?? false;
      if (!isServed || !isFreeFor(ledger, holding, place)) return false;
    }
    place = place.next;
  }
  return place === undefined || (maySpare && holding.state === 'claimed' && place.kind === 'mac');
}
