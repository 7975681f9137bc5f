import {
  type ClaimRecord,
  type ClaimRequest,
  OFFER_MS,
  QUARANTINE_MS,
  type Released,
  SET_ASIDE,
  STALE_OFFER_MS,
} from 'netloom';

/** A pool of the model: IPv4 addresses 10.0.0.FIRST to LAST without holes, and nothing else. */
export interface ModelPool {
  first: number;
  last: number;
  /** End of an offered pool. */
  offeredUntil?: number | undefined;
  /** Last address given; the search goes on behind it. Undefined after a restart, which may forget it. */
  cursor: number | undefined;
}

/** Somebody's hold on `size` addresses from `at` on. */
interface Hold {
  serial: number;
  owner: string;
  identity: string;
  state: 'offered' | 'claimed' | 'released';
  at: number;
  size: number;
  until: number;
  /** Of an offer: what is left of a quarantine. */
  quarantinedUntil: number;
  askedAt: number;
  /** Its own number, to be compared between calls only. */
  incarnation: number;
}

/** What a step of the model came to. */
export type ModelAnswer =
  | { readonly at: number; readonly size: number; readonly state: Hold['state'] }
  | { readonly code: string };

/**
 * The rules of giving in the simplest way: a list of holds that is searched from its beginning every
 * time, IPv4 alone. It says which address exactly the book has to give.
 */
export class BookModel {
  pool: ModelPool | undefined;
  holds: Hold[] = [];
  private serial = 0;

  /** An offer that ends while a quarantine goes on is like a freed address. */
  advance(now: number): void {
    const { pool } = this;
    for (const hold of this.holds) {
      if (hold.state !== 'offered' || hold.until > now) continue;
      if (hold.quarantinedUntil <= hold.until) continue;
      hold.state = 'released';
      hold.until = hold.quarantinedUntil;
      hold.quarantinedUntil = 0;
    }
    // With the last quarantine of a removed pool its last owners are forgotten.
    if (!pool && !this.holds.some((hold) => isHeld(hold, now))) this.holds = [];
    if (pool?.offeredUntil === undefined || pool.offeredUntil > now) return;
    this.pool = undefined;
    for (const hold of this.asides()) this.forget(hold);
    this.holds = this.holds.filter((hold) => hold.state === 'released' && isHeld(hold, now));
  }

  /** What stands: claimed and offered. */
  standing(now: number): Hold[] {
    return this.holds.filter((hold) => hold.state !== 'released' && isHeld(hold, now));
  }

  ask(
    verb: 'offer' | 'claim' | 'confirm' | 'renew',
    { owner, identity, ...request }: ClaimRequest,
    wanted: { at?: number | undefined; size: number; hint?: number | undefined },
    now: number,
  ): ModelAnswer {
    const { pool } = this;
    if (!pool) return { code: 'NL_POOL_UNKNOWN' };
    const takes = verb === 'claim' || verb === 'confirm';
    if (takes && pool.offeredUntil !== undefined) return { code: 'NL_POOL_UNKNOWN' };
    const others = this.holds.filter((hold) => hold.owner === owner && isHeld(hold, now));
    if (others.some((hold) => hold.identity !== identity)) return { code: 'NL_OWNER_IDENTITY' };
    const { at, size } = wanted;
    if (at !== undefined && (at < pool.first || at + size - 1 > pool.last)) {
      return { code: 'NL_CLAIM_OUTSIDE_CLAIMABLE' };
    }
    const own = this.ownMatch(owner, identity, at, size, now);
    if (verb === 'confirm' || verb === 'renew') {
      if (!own || own.state === 'released' || !isHeld(own, now)) return { code: 'NL_OFFER_GONE' };
    }
    const state = takes ? 'claimed' : 'offered';
    if (own?.state === 'claimed' && !takes) return own;
    const chosen = own ?? this.choose(owner, wanted, takes, identity, now);
    if ('code' in chosen) return chosen;
    const left = this.quarantineOf(chosen.at, size, owner, now);
    this.dropOffers(owner, own, chosen.at, size, now);
    if (!own) {
      this.makeRoom(chosen.at, size, now);
      pool.cursor = chosen.at + size - 1;
    }
    const hold: Hold = {
      serial: own?.serial ?? ++this.serial,
      owner,
      identity,
      state,
      at: chosen.at,
      size,
      until: takes ? Number.POSITIVE_INFINITY : now + (request.offerMs ?? OFFER_MS),
      quarantinedUntil: takes ? 0 : left,
      askedAt: now,
      incarnation: 0,
    };
    this.holds = [...this.holds.filter((one) => one !== own), hold];
    return hold;
  }

  release(record: ClaimRecord, owner: string, now: number): Released['released'] {
    const hold = this.holds.find(
      (one) =>
        one.state === 'claimed' && one.owner === owner && one.incarnation === record.incarnation,
    );
    if (!hold) return false;
    hold.state = 'released';
    hold.until = now + QUARANTINE_MS;
    return true;
  }

  transfer(from: string, owner: string, identity: string, now: number): ModelAnswer {
    const { pool } = this;
    if (!pool || pool.offeredUntil !== undefined) return { code: 'NL_POOL_UNKNOWN' };
    const present = this.holds.filter((hold) => hold.owner === owner && isHeld(hold, now));
    if (present.some((hold) => hold.identity !== identity)) return { code: 'NL_OWNER_IDENTITY' };
    const newest = (who: string): Hold | undefined =>
      this.holds
        .filter((hold) => hold.owner === who && hold.state === 'claimed')
        .sort((a, b) => b.serial - a.serial)[0];
    const hold = from === owner ? undefined : newest(from);
    if (!hold) return newest(owner) ?? { code: 'NL_OFFER_GONE' };
    if (hold.identity !== identity) return { code: 'NL_OWNER_IDENTITY' };
    hold.owner = owner;
    return hold;
  }

  /** Whether a definition holds all claims. */
  fits(first: number, last: number): boolean {
    return this.holds.every((hold) => hold.state !== 'claimed' || isInside(hold, first, last));
  }

  /** A new definition; false when claims would lie outside. Offers outside end. */
  define(first: number, last: number, now: number): boolean {
    if (!this.fits(first, last)) return false;
    for (const hold of [...this.holds]) {
      const isLost = hold.state === 'offered' && !isInside(hold, first, last);
      if (isLost && isHeld(hold, now)) this.giveUp(hold, now);
    }
    this.pool = { cursor: undefined, ...this.pool, first, last, offeredUntil: undefined };
    return true;
  }

  /** False when claims stand in the pool. What is in quarantine stays. */
  remove(now: number): boolean {
    if (this.holds.some((hold) => hold.state === 'claimed')) return false;
    for (const hold of [...this.holds]) if (hold.state === 'offered') this.giveUp(hold, now);
    // Who uses an address without a claim is looked for anew where a pool of the name is made again.
    for (const hold of this.asides()) this.forget(hold);
    this.holds = this.holds.filter((hold) => isHeld(hold, now));
    this.pool = undefined;
    return true;
  }

  /** Keeps an address from everybody; false for one that is claimed. What is left of a quarantine goes on. */
  setAside(at: number, now: number): boolean | { readonly code: string } {
    const { pool } = this;
    if (!pool) return { code: 'NL_POOL_UNKNOWN' };
    if (at < pool.first || at > pool.last) return { code: 'NL_CLAIM_OUTSIDE_CLAIMABLE' };
    const [holder] = this.holdersOf(at, 1, now);
    if (holder?.state === 'claimed') return false;
    if (holder?.owner === SET_ASIDE.owner) return true;
    // One that was freed long ago and has no holder is still its owner's last.
    if (holder) this.split(holder, at, now);
    this.holds.push({
      ...SET_ASIDE,
      serial: ++this.serial,
      state: 'released',
      at,
      size: 1,
      until: Number.POSITIVE_INFINITY,
      quarantinedUntil: 0,
      askedAt: now,
      incarnation: 0,
    });
    return true;
  }

  /** False for an address that is not set aside, or not of the pool any more: it waits until it is again. */
  putBack(at: number): boolean {
    const { pool } = this;
    if (!pool || at < pool.first || at > pool.last) return false;
    const hold = this.asides().find((one) => one.at === at);
    if (hold) this.forget(hold);
    return hold !== undefined;
  }

  asides(): Hold[] {
    return this.holds.filter(({ owner }) => owner === SET_ASIDE.owner);
  }

  private split(hold: Hold, at: number, now: number): void {
    const until = hold.state === 'released' ? hold.until : hold.quarantinedUntil;
    this.forget(hold);
    if (until <= now) return;
    for (let size = hold.size / 2; size >= 1; size /= 2) {
      const block = Math.floor(at / size);
      const sibling = (block % 2 === 0 ? block + 1 : block - 1) * size;
      const rest = { serial: ++this.serial, at: sibling, size, until, quarantinedUntil: 0 };
      this.holds.push({ ...hold, ...rest, state: 'released' });
    }
  }

  private ownMatch(
    owner: string,
    identity: string,
    at: number | undefined,
    size: number,
    now: number,
  ): Hold | undefined {
    const rank = { claimed: 0, offered: 1, released: 2 };
    return this.holds
      .filter((hold) => hold.owner === owner && hold.identity === identity && hold.size === size)
      .filter((hold) => at === undefined || hold.at === at)
      .filter((hold) => hold.state === 'claimed' || this.isServedAndFree(hold, now))
      .sort((a, b) => rank[a.state] - rank[b.state] || b.serial - a.serial)[0];
  }

  private isServedAndFree(hold: Hold, now: number): boolean {
    const pool = this.pool as ModelPool;
    if (hold.at < pool.first || hold.at + hold.size - 1 > pool.last) return false;
    return isHeld(hold, now) || this.holdersOf(hold.at, hold.size, now).length === 0;
  }

  private choose(
    owner: string,
    { at, size, hint }: { at?: number | undefined; size: number; hint?: number | undefined },
    takes: boolean,
    identity: string,
    now: number,
  ): { at: number } | { code: string } {
    if (at !== undefined) {
      const holders = this.holdersOf(at, size, now);
      const isOwn = (hold: Hold): boolean =>
        hold.owner === owner && hold.state !== 'claimed' && hold.at === at && hold.size === size;
      return holders.every(isOwn) ? { at } : { code: 'NL_ADDRESS_NOT_FREE' };
    }
    // The last one is in `ownMatch` already: a hold has one place here, unless another credential had it.
    const last = this.holds
      .filter((hold) => hold.owner === owner && hold.state !== 'claimed' && hold.size === size)
      .filter((hold) => this.isServedAndFree(hold, now))
      .sort((a, b) => b.serial - a.serial)[0];
    if (last) return { at: last.at };
    const free = this.nextFree(size, hint, now);
    if (free !== undefined) return { at: free };
    const yielding = this.holds
      .filter((hold) => hold.state === 'offered' && isHeld(hold, now) && hold.size === size)
      .filter((hold) => hold.quarantinedUntil <= now)
      .filter(
        (hold) => takes || (hold.identity === identity && hold.askedAt <= now - STALE_OFFER_MS),
      )
      .sort((a, b) => a.askedAt - b.askedAt || a.serial - b.serial)[0];
    return yielding ? { at: yielding.at } : { code: 'NL_POOL_FULL' };
  }

  /** @param hint what the book has given, believed when it is free and the last one is forgotten */
  private nextFree(size: number, hint: number | undefined, now: number): number | undefined {
    const pool = this.pool as ModelPool;
    const isFree = (at: number): boolean =>
      at % size === 0 &&
      at >= pool.first &&
      at + size - 1 <= pool.last &&
      this.holdersOf(at, size, now).length === 0;
    if (pool.cursor === undefined && hint !== undefined && isFree(hint)) return hint;
    for (let at = (pool.cursor ?? 0) + 1; at <= pool.last; at++) if (isFree(at)) return at;
    for (let at = pool.first; at <= pool.last; at++) if (isFree(at)) return at;
    return undefined;
  }

  private holdersOf(at: number, size: number, now: number): Hold[] {
    return this.holds.filter(
      (hold) => isHeld(hold, now) && hold.at < at + size && at < hold.at + hold.size,
    );
  }

  private quarantineOf(at: number, size: number, owner: string, now: number): number {
    const ends = this.holdersOf(at, size, now)
      .filter((hold) => hold.owner === owner)
      .map((hold) => (hold.state === 'released' ? hold.until : hold.quarantinedUntil));
    return Math.max(0, ...ends.filter((end) => end > now));
  }

  private dropOffers(
    owner: string,
    keep: Hold | undefined,
    at: number,
    size: number,
    now: number,
  ): void {
    for (const hold of [...this.holds]) {
      if (hold.owner !== owner || hold.state !== 'offered' || hold === keep) continue;
      if (hold.at === at && hold.size === size) this.forget(hold);
      else this.giveUp(hold, now);
    }
  }

  private makeRoom(at: number, size: number, now: number): void {
    for (const hold of this.holdersOf(at, size, now)) this.forget(hold);
  }

  private giveUp(hold: Hold, now: number): void {
    const end = hold.quarantinedUntil;
    if (!isHeld(hold, now) || end <= now) {
      this.forget(hold);
      return;
    }
    hold.state = 'released';
    hold.until = end;
    hold.quarantinedUntil = 0;
  }

  private forget(hold: Hold): void {
    this.holds = this.holds.filter((one) => one !== hold);
  }
}

/** Its own time, or the quarantine behind it, goes on. */
function isHeld(hold: Hold, now: number): boolean {
  return hold.until > now || (hold.state === 'offered' && hold.quarantinedUntil > now);
}

function isInside(hold: Hold, first: number, last: number): boolean {
  return hold.at >= first && hold.at + hold.size - 1 <= last;
}
