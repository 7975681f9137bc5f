import { NetloomError } from '../errors';
import { ownerIdentity } from './claim-problems';
import type { Asker, BookChange, ClaimRecord, Step } from './claim-records';
import { Holding, recordOf } from './holding';
import { HeldPlace } from './number-space';
import { newestClaim } from './own-claims';
import type { PoolLedger } from './pool-ledger';

/** The row of a holding as it stands. */
export function rowOf(ledger: PoolLedger, holding: Holding): BookChange {
  return { kind: 'claim', serial: holding.serial, claim: recordOf(ledger.name, holding) };
}

/**
 * Gives a holding up, but for places whose quarantine goes on: an offer of an address that was just
 * freed must not end it early.
 *
 * @param taken places that somebody gets now
 */
export function giveUp(
  ledger: PoolLedger,
  holding: Holding,
  taken: readonly HeldPlace[],
  now: number,
): BookChange {
  const { serial, owner, tally, incarnation, notes, quarantineEnd: until = 0 } = holding;
  const places = holding.isHeld ? holding.places : [];
  const left = places.filter(
    (place) => !taken.some((one) => one.kind === place.kind && one.isAt(place, place.order)),
  );
  ledger.drop(holding);
  if (until <= now || left.length === 0) return { kind: 'claim', serial, claim: undefined };
  const standing = { state: 'released', incarnation, timed: { until }, notes } as const;
  const released = new Holding(serial, owner, tally, left.map(fresh), standing);
  ledger.add(released);
  return rowOf(ledger, released);
}

/** Offers of an owner other than the one that is being used: an owner has one at a time. */
export function dropOffers(
  ledger: PoolLedger,
  owner: string,
  taken: readonly HeldPlace[],
  now: number,
  keep?: Holding,
): BookChange[] {
  const changes: BookChange[] = [];
  // The list changes on the way.
  for (let next = ledger.owners.newest(owner); next; ) {
    const holding = next;
    next = holding.older;
    if (holding.state !== 'offered' || holding === keep) continue;
    changes.push(giveUp(ledger, holding, taken, now));
  }
  return changes;
}

/**
 * Puts the claim of a resource that was renamed in its new owner's name; undefined when the old
 * owner has none.
 *
 * @throws NetloomError NL_OWNER_IDENTITY
 */
export function handOver(
  ledger: PoolLedger,
  to: Asker & { readonly addresses?: readonly string[] | undefined },
  from: string | undefined,
): Step<ClaimRecord> | undefined {
  if (from === undefined || from === to.owner) return undefined;
  const claim = newestClaim(ledger, from, to.addresses);
  if (!claim) return undefined;
  if (claim.identity !== to.identity) throw new NetloomError(ownerIdentity(claim));
  const { serial, tally, state, incarnation, notes } = claim;
  const places = claim.places.map(fresh);
  const handed = new Holding(serial, to.owner, tally, places, { state, incarnation, notes });
  ledger.drop(claim);
  ledger.add(handed);
  const record = recordOf(ledger.name, handed);
  return { value: record, changes: [{ kind: 'claim', serial, claim: record }] };
}

/**
 * Takes the MAC address off a claim, as if it alone were released: kept for its owner, and out of use
 * for everybody else for its quarantine. The addresses stay where they are.
 *
 * @param serial of what is released
 */
export function freeMac(
  ledger: PoolLedger,
  claim: Holding,
  serial: number,
  until: number,
): { readonly claim: Holding; readonly change: BookChange } {
  const { owner, tally, state, incarnation, notes } = claim;
  const of = (isMac: boolean): HeldPlace[] =>
    claim.places.filter(({ kind }) => (kind === 'mac') === isMac).map(fresh);
  const left = new Holding(claim.serial, owner, tally, of(false), { state, incarnation, notes });
  // No incarnation: nobody was ever told one of it.
  const standing = { state: 'released', incarnation: 0, timed: { until } } as const;
  const freed = new Holding(serial, owner, tally, of(true), standing);
  ledger.drop(claim);
  ledger.add(left);
  ledger.add(freed);
  return { claim: left, change: rowOf(ledger, freed) };
}

/** The same place for another holding: a place knows only one. */
function fresh(place: HeldPlace): HeldPlace {
  return new HeldPlace(place.kind, place, place.order);
}
