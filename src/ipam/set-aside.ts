import { NetloomError } from '../errors';
import { giveUp, rowOf } from './claim-moves';
import { outsideClaimable } from './claim-problems';
import { type BookChange, type ClaimRecord, FOREVER, type Step } from './claim-records';
import { Holding, recordOf, type Tally } from './holding';
import { HeldPlace } from './number-space';
import type { PoolLedger } from './pool-ledger';
import { BY_VALUE, isByValue, isSetAside, SET_ASIDE } from './set-aside-marks';
import { covers, numberOf, readWords, wordsOf } from './words';

/** An address that is in use and that no claim holds. */
export interface SetAside {
  readonly pool: string;
  readonly address: string;
  /** Who was seen with it, or how. */
  readonly why: string;
  /** True where whoever asks for the address by value gets it: a claim that was lost may come back. */
  readonly byValue: boolean;
}

/** What became of a wish to set an address aside. */
export interface SettingAside {
  /** The claim that holds the address; nothing has changed then. */
  readonly claim?: ClaimRecord;
}

/**
 * Keeps an address from everybody until it is put back. An offer of it ends; a claim stays and is
 * answered.
 *
 * @throws NetloomError NL_CLAIM_OUTSIDE_CLAIMABLE
 */
export function setAside(
  ledger: PoolLedger,
  wish: SetAside,
  tally: Tally,
  nextNumber: () => number,
  now: number,
): Step<SettingAside> {
  const { kind, words, order } = readWords(wish.address);
  const space = ledger.space(kind);
  if (!space?.serves(words, order)) {
    throw new NetloomError(outsideClaimable(wish.address, ledger.name, ledger.subnets));
  }
  const place = new HeldPlace(kind, words, order);
  const changes: BookChange[] = [];
  for (let holder = space.holderOf(words, order); holder; holder = space.holderOf(words, order)) {
    const holding = holder.holding as Holding;
    if (holding.state === 'claimed')
      return { value: { claim: recordOf(ledger.name, holding) }, changes: [] };
    if (isSetAside(holding) && isByValue(holding) === wish.byValue)
      return { value: {}, changes: [] };
    if (isSetAside(holding)) changes.push(dropped(ledger, holding));
    else changes.push(...splitOff(ledger, holder, place, nextNumber, now));
  }
  const standing = {
    state: 'released',
    incarnation: 0,
    timed: { until: FOREVER },
    notes: { reason: wish.why, ...(wish.byValue ? { labels: BY_VALUE } : {}) },
  } as const;
  const holding = new Holding(nextNumber(), SET_ASIDE.owner, tally, [place], standing);
  ledger.add(holding);
  return { value: {}, changes: [...changes, rowOf(ledger, holding)] };
}

/** Lets an address be given again; false when it was not set aside. */
export function putBack(ledger: PoolLedger, address: string): Step<boolean> {
  const { kind, words, order } = readWords(address);
  const holding = ledger.space(kind)?.holderOf(words, order)?.holding;
  if (holding === undefined || !isSetAside(holding)) return { value: false, changes: [] };
  return { value: true, changes: [dropped(ledger, holding)] };
}

/** All that are set aside in a pool. */
export function setAsides(ledger: PoolLedger): SetAside[] {
  return ledger.owners
    .of(SET_ASIDE.owner)
    .filter(isSetAside)
    .map((holding) => ({
      pool: ledger.name,
      address: recordOf(ledger.name, holding).addresses[0] ?? '',
      why: holding.notes?.reason ?? '',
      byValue: isByValue(holding),
    }));
}

/**
 * Gives a holding up for one number of it. The quarantine of a block goes on for all the rest of it.
 *
 * @param found what stands on the number: of a block that the pool's definition cuts only a piece
 */
function splitOff(
  ledger: PoolLedger,
  found: HeldPlace,
  place: HeldPlace,
  nextNumber: () => number,
  now: number,
): BookChange[] {
  const holding = found.holding as Holding;
  const holder = holding.places.find(
    (one) => one.kind === found.kind && covers(one, one.order, found),
  ) as HeldPlace;
  const { owner, tally, incarnation, notes, isHeld, quarantineEnd: until = 0 } = holding;
  const changes = [giveUp(ledger, holding, [holder], now)];
  if (!isHeld || until <= now) return changes;
  for (let order = holder.order - 1; order >= place.order; order--) {
    const bits = BigInt(order);
    const sibling = wordsOf(((numberOf(place) >> bits) ^ 1n) << bits);
    const places = [new HeldPlace(holder.kind, sibling, order)];
    const standing = { state: 'released', incarnation, timed: { until }, notes } as const;
    const rest = new Holding(nextNumber(), owner, tally, places, standing);
    ledger.add(rest);
    changes.push(rowOf(ledger, rest));
  }
  return changes;
}

/** Takes one out for good, without a quarantine. */
export function dropped(ledger: PoolLedger, holding: Holding): BookChange {
  ledger.drop(holding);
  return { kind: 'claim', serial: holding.serial, claim: undefined };
}
