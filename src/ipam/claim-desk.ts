import { NetloomError } from '../errors';
import { choose, type Yielding } from './choice';
import { dropOffers, freeMac, giveUp, handOver, rowOf } from './claim-moves';
import { offerGone, ownerIdentity, poolUnknown } from './claim-problems';
import {
  type BookChange,
  type ClaimRecord,
  type ClaimRequest,
  OFFER_MS,
  QUARANTINE_MS,
  type Released,
  type ReleaseRequest,
  STALE_OFFER_MS,
  type Step,
  type TransferRequest,
} from './claim-records';
import { type Want, wantsOf } from './claim-wants';
import { Holding, type Notes, recordOf, type Timed } from './holding';
import { checkOwner, hasSpareMac, newestClaim, ownMatch } from './own-claims';
import type { PoolLedger } from './pool-ledger';
import type { PoolRegister } from './pool-register';
import { isSetAside } from './set-aside-marks';
import { checkQuota, type Tallies } from './tallies';

/** Longest and shortest time that an offer can be asked for: a day, a second. */
const LONGEST_OFFER_MS = 24 * 3_600_000;
const SHORTEST_OFFER_MS = 1_000;

/** What a release answers. */
const RELEASED: Released = { released: true };
const NEWER: Released = { released: false, why: 'newer' };
const NOT_HELD: Released = { released: false, why: 'not-held' };

/** The steps by which owners get addresses and give them back. Each one changes all or nothing. */
export class ClaimDesk {
  /** @param nextNumber a serial or incarnation that was never used before */
  constructor(
    private readonly pools: PoolRegister,
    private readonly tallies: Tallies,
    private readonly nextNumber: () => number,
  ) {}

  offer(request: ClaimRequest, now: number): Step<ClaimRecord> {
    const ledger = this.pools.need(request.pool, now);
    const wants = check(ledger, request);
    const own = ownMatch(ledger, request, wants);
    if (own?.state === 'claimed') {
      const { mac: _, ...bare } = recordOf(ledger.name, own);
      const value = hasSpareMac(own, wants) ? bare : recordOf(ledger.name, own);
      return { value, changes: [] };
    }
    const stale: Yielding = (like) =>
      ledger.offers.stale(like, request.identity, now - STALE_OFFER_MS);
    return this.give({ ledger, request, wants, own, now }, 'offered', stale);
  }

  claim(request: ClaimRequest, now: number): Step<ClaimRecord> {
    const ledger = this.needMade(request.pool, now);
    const wants = check(ledger, request);
    const handed = handOver(ledger, request, request.from);
    if (handed) return handed;
    const own = ownMatch(ledger, request, wants);
    // Handed over already, and the answer was lost: a new incarnation would make its id useless.
    if (request.from !== undefined && own?.state === 'claimed') {
      return { value: recordOf(ledger.name, own), changes: [] };
    }
    const oldest: Yielding = (like) => ledger.offers.oldest(like);
    return this.give({ ledger, request, wants, own, now }, 'claimed', oldest);
  }

  confirm(request: ClaimRequest, now: number): Step<ClaimRecord> {
    this.needOffer(this.needMade(request.pool, now), request);
    return this.claim(request, now);
  }

  renew(request: ClaimRequest, now: number): Step<ClaimRecord> {
    this.needOffer(this.pools.need(request.pool, now), request);
    return this.offer(request, now);
  }

  release(request: ReleaseRequest, now: number): Step<Released> {
    const ledger = this.pools.live(request.pool, now);
    let answer = NOT_HELD;
    if (ledger === undefined) return { value: NOT_HELD, changes: [] };
    for (let claim = ledger.owners.newest(request.owner); claim; claim = claim.older) {
      if (claim.state !== 'claimed') continue;
      if (claim.incarnation > request.incarnation) answer = NEWER;
      if (claim.incarnation !== request.incarnation) continue;
      if (claim.identity !== request.identity) throw new NetloomError(ownerIdentity(claim));
      const { incarnation, notes } = claim;
      const timed = { until: now + QUARANTINE_MS };
      ledger.put(claim, { state: 'released', incarnation, timed, notes });
      return { value: RELEASED, changes: [rowOf(ledger, claim)] };
    }
    return { value: answer, changes: [] };
  }

  transfer(request: TransferRequest, now: number): Step<ClaimRecord> {
    const ledger = this.needMade(request.pool, now);
    checkOwner(ledger, request);
    const handed = handOver(ledger, request, request.from);
    if (handed) return handed;
    const has = newestClaim(ledger, request.owner, request.addresses);
    if (!has) throw new NetloomError(offerGone(request, request.from));
    return { value: recordOf(ledger.name, has), changes: [] };
  }

  private needMade(name: string, now: number): PoolLedger {
    const ledger = this.pools.need(name, now);
    if (ledger.record.offeredUntil === undefined) return ledger;
    throw new NetloomError(poolUnknown(name, true));
  }

  private needOffer(ledger: PoolLedger, request: ClaimRequest): void {
    const own = ownMatch(ledger, request, check(ledger, request));
    if (!own?.isHeld || own.state === 'released') throw new NetloomError(offerGone(request));
  }

  private give(asked: Asked, state: 'offered' | 'claimed', yielding: Yielding): Step<ClaimRecord> {
    const { ledger, request, wants, own, now } = asked;
    const tally = this.tallies.of(request.identity);
    if (!own?.isHeld || own.state !== state) {
      const kind = state === 'claimed' ? 'claims' : 'offers';
      const problems = checkQuota(tally, kind, request.quota);
      if (problems.length > 0) throw new NetloomError(problems);
    }
    if (own) {
      const changes = dropOffers(ledger, request.owner, [], now, own);
      const timed = state === 'offered' ? offerTimes(request, now, own.quarantineEnd) : undefined;
      let kept = own;
      if (hasSpareMac(own, wants)) {
        const freed = freeMac(ledger, own, this.nextNumber(), now + QUARANTINE_MS);
        kept = freed.claim;
        changes.push(freed.change);
      }
      const incarnation = state === 'offered' ? 0 : this.nextNumber();
      ledger.put(kept, { state, incarnation, timed, notes: notesOf(request, kept.notes) });
      return answer(ledger, kept, changes);
    }
    const { places, from } = choose(ledger, request.owner, wants, now, yielding);
    let quarantinedUntil = 0;
    for (const one of from) {
      if (isSetAside(one)) continue;
      quarantinedUntil = Math.max(quarantinedUntil, one.quarantineEnd ?? 0);
    }
    const changes = dropOffers(ledger, request.owner, places, now);
    for (const one of from) {
      if (one.isListed) changes.push(giveUp(ledger, one, places, now));
    }
    const serial = this.nextNumber();
    const timed = state === 'offered' ? offerTimes(request, now, quarantinedUntil) : undefined;
    const incarnation = state === 'offered' ? 0 : this.nextNumber();
    const standing = { state, incarnation, timed, notes: notesOf(request) };
    const given = new Holding(serial, request.owner, tally, places, standing);
    ledger.add(given);
    ledger.moveBehind(given);
    return answer(ledger, given, changes);
  }
}

interface Asked {
  readonly ledger: PoolLedger;
  readonly request: ClaimRequest;
  readonly wants: readonly Want[];
  readonly own: Holding | undefined;
  readonly now: number;
}

function answer(ledger: PoolLedger, given: Holding, changes: BookChange[]): Step<ClaimRecord> {
  const value = recordOf(ledger.name, given);
  changes.push({ kind: 'claim', serial: given.serial, claim: value });
  return { value, changes };
}

/** Who may ask, and what for. */
function check(ledger: PoolLedger, request: ClaimRequest): readonly Want[] {
  checkOwner(ledger, request);
  const { offerMs } = request;
  if (offerMs === undefined || (offerMs >= SHORTEST_OFFER_MS && offerMs <= LONGEST_OFFER_MS)) {
    return wantsOf(ledger, request);
  }
  throw new NetloomError({
    code: 'NL_VALUE_OUT_OF_RANGE',
    key: 'offerMs',
    found: `an offer can't be kept for ${offerMs} ms`,
    allowed: `${SHORTEST_OFFER_MS} to ${LONGEST_OFFER_MS} ms`,
    fix: `leave it out for ${OFFER_MS} ms, and ask again to keep an offer for longer`,
  });
}

/** @param quarantinedUntil end of the quarantine that the address is still in for everybody else */
function offerTimes(
  { offerMs = OFFER_MS }: ClaimRequest,
  now: number,
  quarantinedUntil: number | undefined,
): Timed {
  const isQuarantined = quarantinedUntil !== undefined && quarantinedUntil > now;
  return {
    until: now + offerMs,
    quarantinedUntil: isQuarantined ? quarantinedUntil : undefined,
    // Only where `until` does not tell it.
    offeredAt: offerMs === OFFER_MS ? undefined : now,
  };
}

function notesOf(request: ClaimRequest, before?: Notes): Notes | undefined {
  const labels = request.labels ?? before?.labels;
  const reason = request.reason ?? before?.reason;
  return labels === undefined && reason === undefined ? undefined : { labels, reason };
}
