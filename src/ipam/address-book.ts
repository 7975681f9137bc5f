import { NetloomError, type Problem } from '../errors';
import { addressProblem, IpAddress, type IpFamily } from './address';
import { InterfaceAddress } from './cidr';
import {
  checkPoolName,
  count,
  listOf,
  outsideClaimable,
  ownerIdentity,
  poolOwned,
  poolUnknown,
  seconds,
} from './claim-problems';
import {
  type Asker,
  type BookChange,
  type ClaimRecord,
  type ClaimRequest,
  OFFER_MS,
  type PoolRecord,
  type PoolRequest,
  type PoolUsage,
  QUARANTINE_MS,
  type ReleaseRequest,
  STALE_OFFER_MS,
  type Step,
} from './claim-records';
import { checkPoolSpec, familiesOf, type ParsedPoolSubnet, parsePoolSubnet } from './pool';

interface Pool {
  record: PoolRecord;
  subnets: ParsedPoolSubnet[];
  /** By address value, one map for each family. */
  holders: Record<IpFamily, Map<bigint, ClaimRecord>>;
  byOwner: Map<string, ClaimRecord[]>;
  /** Last address given; the search for a free one goes on behind it. */
  cursor: Partial<Record<IpFamily, bigint>>;
}

/**
 * All pools of one authority and who holds which address: the rules of giving, with no disk, clock
 * or socket. Each step either throws {@link NetloomError} and has changed nothing, or has changed
 * the book and says which rows have to be written before anybody is told.
 */
export class AddressBook {
  private readonly pools = new Map<string, Pool>();
  private readonly byIncarnation = new Map<number, ClaimRecord>();
  private readonly bySerial = new Map<number, ClaimRecord>();
  private counter = 0;

  constructor(pools: Iterable<PoolRecord> = [], claims: Iterable<ClaimRecord> = [], counter = 0) {
    this.counter = counter;
    for (const record of pools) this.setPool(record);
    for (const claim of [...claims].sort((a, b) => a.serial - b.serial)) {
      const pool = this.pools.get(claim.pool);
      if (!pool)
        throw new Error(`claim ${claim.serial} is in pool "${claim.pool}", which is not there`);
      this.index(pool, claim);
    }
  }

  /** Highest number used for serials and incarnations; kept so that none comes back after a restart. */
  get lastNumber(): number {
    return this.counter;
  }

  poolNames(): string[] {
    return [...this.pools.keys()].sort();
  }

  pool(name: string, now: number): PoolRecord | undefined {
    return this.livePool(name, now)?.record;
  }

  usage(name: string, now: number): PoolUsage {
    const pool = this.needPool(name, now);
    const counts = { claimed: 0, offered: 0, quarantined: 0 };
    for (const claim of claimsOf(pool)) {
      if (!isHeld(claim, now)) continue;
      if (claim.state === 'released') counts.quarantined++;
      else counts[claim.state]++;
    }
    const size = pool.subnets.reduce((sum, subnet) => sum + subnet.assignable.size, 0n);
    return { size, ...counts };
  }

  /** Claims and offers of a pool that stand now, in the order of giving. */
  claims(name: string, now: number): ClaimRecord[] {
    const pool = this.needPool(name, now);
    return claimsOf(pool)
      .filter((claim) => claim.state !== 'released' && isHeld(claim, now))
      .sort((a, b) => a.serial - b.serial);
  }

  /** The claim that has this incarnation, or the one that its owner has in its place by now. */
  find(pool: string, owner: string, now: number): ClaimRecord | undefined {
    return this.livePool(pool, now)
      ?.byOwner.get(owner)
      ?.filter((claim) => claim.state === 'claimed')
      .sort((a, b) => b.incarnation - a.incarnation)[0];
  }

  /** The pool subnet that an address of a claim belongs to. */
  subnetOf(poolName: string, address: string): ParsedPoolSubnet | undefined {
    const parsed = IpAddress.parse(address);
    return this.pools.get(poolName)?.subnets.find((entry) => entry.subnet.contains(parsed));
  }

  /** Keeps a pool for a while, so that a preview can take offers from it before it is made. */
  offerPool(request: PoolRequest, now: number): Step<PoolRecord> {
    const existing = this.checkPoolRequest(request, now);
    if (existing && existing.offeredUntil === undefined) {
      return { value: { ...existing, spec: request.spec }, changes: [] };
    }
    return this.commitPool({ ...pick(request), incarnation: 0, offeredUntil: now + OFFER_MS });
  }

  /** Makes a pool, or gives an existing one of the same owner a new definition. */
  putPool(request: PoolRequest, now: number): Step<PoolRecord> {
    this.checkPoolRequest(request, now);
    return this.commitPool({
      ...pick(request),
      incarnation: request.incarnation ?? this.nextNumber(),
    });
  }

  /**
   * Removes a pool. An older incarnation than the present one, or a pool that is gone, is a success
   * without effect.
   *
   * @throws NetloomError NL_POOL_IN_USE, NL_POOL_OWNED
   */
  removePool(name: string, asker: Asker, incarnation: number): Step<boolean> {
    const pool = this.pools.get(name);
    if (!pool || pool.record.incarnation !== incarnation) return { value: false, changes: [] };
    if (pool.record.owner !== asker.owner || pool.record.identity !== asker.identity) {
      throw new NetloomError(poolOwned(pool.record));
    }
    const held = claimsOf(pool).filter((claim) => claim.state === 'claimed');
    if (held.length > 0) {
      throw new NetloomError({
        code: 'NL_POOL_IN_USE',
        key: 'pool',
        found: `pool "${name}" still has ${count(held.length, 'claim')}: ${listOf(held)}`,
        allowed: 'a pool without claims',
        fix: 'release the claims first; a claim that a broken off `pulumi up` left comes back into the stack with another `pulumi up`',
      });
    }
    const changes: BookChange[] = claimsOf(pool).map((claim) => this.drop(pool, claim));
    this.pools.delete(name);
    return { value: true, changes: [...changes, { kind: 'pool', name, pool: undefined }] };
  }

  /** What a claim of this owner would get; kept for it until the offer ends. */
  offer(request: ClaimRequest, now: number): Step<ClaimRecord> {
    const pool = this.needPool(request.pool, now);
    const families = this.checkRequest(pool, request, now);
    const own = this.ownMatch(pool, request, families, now);
    if (own?.state === 'claimed') return { value: own, changes: [] };
    const isStale = (offer: ClaimRecord): boolean =>
      offer.identity === request.identity && (offer.until ?? 0) - OFFER_MS <= now - STALE_OFFER_MS;
    const chosen = own ?? this.choose(pool, request, families, now, isStale);
    const { addresses } = chosen;
    const quarantinedUntil = this.quarantineOf(pool, addresses);
    const changes = this.dropOffers(pool, request.owner, own, now);
    if ('yields' in chosen) changes.push(...chosen.yields.map((offer) => this.drop(pool, offer)));
    const offered: ClaimRecord = {
      serial: own?.serial ?? this.nextNumber(),
      pool: request.pool,
      owner: request.owner,
      identity: request.identity,
      state: 'offered',
      incarnation: 0,
      addresses,
      until: now + OFFER_MS,
      ...(quarantinedUntil > now ? { quarantinedUntil } : {}),
    };
    return { value: offered, changes: [...changes, ...this.store(pool, offered, now)] };
  }

  /** Takes an address for an owner: its offer where it has one, what it holds already where it does. */
  claim(request: ClaimRequest, now: number): Step<ClaimRecord> {
    const pool = this.needPool(request.pool, now);
    if (pool.record.offeredUntil !== undefined)
      throw new NetloomError(poolUnknown(request.pool, true));
    const families = this.checkRequest(pool, request, now);
    const handed = this.handedOver(pool, request);
    if (handed) return { value: handed, changes: this.store(pool, handed, now) };
    const own = this.ownMatch(pool, request, families, now);
    // Handed over already, and the answer was lost: a new incarnation would make its id useless.
    if (request.from !== undefined && own?.state === 'claimed') return { value: own, changes: [] };
    const chosen = own ?? this.choose(pool, request, families, now, () => true);
    const changes = this.dropOffers(pool, request.owner, own, now);
    if ('yields' in chosen) changes.push(...chosen.yields.map((offer) => this.drop(pool, offer)));
    const claimed: ClaimRecord = {
      serial: own?.serial ?? this.nextNumber(),
      pool: request.pool,
      owner: request.owner,
      identity: request.identity,
      state: 'claimed',
      incarnation: this.nextNumber(),
      addresses: chosen.addresses,
    };
    return { value: claimed, changes: [...changes, ...this.store(pool, claimed, now)] };
  }

  /**
   * Gives a claim back. The value says whether anything was freed: an older incarnation, a claim
   * that is gone, and somebody else's claim are left as they are.
   */
  release(request: ReleaseRequest, now: number): Step<boolean> {
    const claim = this.byIncarnation.get(request.incarnation);
    const pool = claim && this.pools.get(claim.pool);
    if (!claim || !pool || claim.pool !== request.pool) return { value: false, changes: [] };
    if (claim.owner !== request.owner) return { value: false, changes: [] };
    if (claim.identity !== request.identity) throw new NetloomError(ownerIdentity(claim));
    const released: ClaimRecord = { ...claim, state: 'released', until: now + QUARANTINE_MS };
    return { value: true, changes: this.store(pool, released, now) };
  }

  private checkPoolRequest(request: PoolRequest, now: number): PoolRecord | undefined {
    const problems = [...checkPoolName(request.name), ...checkPoolSpec(request.spec)];
    if (problems.length > 0) throw new NetloomError(problems);
    const pool = this.livePool(request.name, now);
    if (!pool) return undefined;
    const record = pool.record;
    const isOwner = record.owner === request.owner || record.owner === request.from;
    if (!isOwner || record.identity !== request.identity) {
      throw new NetloomError(poolOwned(record));
    }
    const subnets = request.spec.subnets.map(parsePoolSubnet);
    const outside = claimsOf(pool).filter(
      (claim) =>
        claim.state === 'claimed' &&
        !claim.addresses.every((text) => {
          const address = IpAddress.parse(text);
          return subnets.some((subnet) => subnet.assignable.contains(address));
        }),
    );
    if (outside.length > 0) {
      throw new NetloomError({
        code: 'NL_POOL_IN_USE',
        key: 'ranges',
        found: `${count(outside.length, 'claim')} of pool "${request.name}" would lie outside its new definition: ${listOf(outside)}`,
        allowed: 'a definition that holds every claimed address',
        fix: 'keep these addresses in the ranges, or release the claims first',
      });
    }
    return record;
  }

  private commitPool(record: PoolRecord): Step<PoolRecord> {
    this.setPool(record);
    return { value: record, changes: [{ kind: 'pool', name: record.name, pool: record }] };
  }

  private setPool(record: PoolRecord): void {
    const subnets = record.spec.subnets.map(parsePoolSubnet);
    const existing = this.pools.get(record.name);
    this.counter = Math.max(this.counter, record.incarnation);
    if (existing) {
      existing.record = record;
      existing.subnets = subnets;
      return;
    }
    const holders = { 4: new Map(), 6: new Map() };
    this.pools.set(record.name, { record, subnets, holders, byOwner: new Map(), cursor: {} });
  }

  /** A pool that is there: made, offered, or offered once and holding claims since. */
  private livePool(name: string, now: number): Pool | undefined {
    const pool = this.pools.get(name);
    const until = pool?.record.offeredUntil;
    return until !== undefined && until <= now ? undefined : pool;
  }

  private needPool(name: string, now: number): Pool {
    const pool = this.livePool(name, now);
    if (!pool) throw new NetloomError(poolUnknown(name, false));
    return pool;
  }

  private checkRequest(pool: Pool, request: ClaimRequest, now: number): IpFamily[] {
    const stranger = pool.byOwner
      .get(request.owner)
      ?.find((claim) => claim.identity !== request.identity && isHeld(claim, now));
    if (stranger) throw new NetloomError(ownerIdentity(stranger));
    const wanted = this.checkWanted(pool, request);
    if (wanted) return wanted;
    const has = (family: IpFamily): boolean =>
      pool.subnets.some((subnet) => subnet.subnet.family === family);
    const families = request.family ? familiesOf(request.family) : [has(4) ? 4 : 6];
    const missing = families.find((family) => !has(family as IpFamily));
    if (missing !== undefined) {
      throw new NetloomError({
        code: 'NL_FAMILY_MISSING',
        key: 'family',
        found: `"${request.family}" asks for an IPv${missing} address, and pool "${request.pool}" has no IPv${missing} subnet`,
        allowed: has(4) ? '"ipv4"' : '"ipv6"',
        fix: 'ask for what the pool has, or give the pool a subnet of that family',
      });
    }
    return families as IpFamily[];
  }

  /** The families of the addresses asked for by value, all of them checked; undefined when none were. */
  private checkWanted(pool: Pool, request: ClaimRequest): IpFamily[] | undefined {
    if (!request.addresses || request.addresses.length === 0) return undefined;
    const problems: Problem[] = [];
    const families: IpFamily[] = [];
    for (const text of request.addresses) {
      const address = IpAddress.tryParse(text);
      if (!address) {
        problems.push(addressProblem('address', text));
      } else if (!pool.subnets.some((subnet) => subnet.assignable.contains(address))) {
        problems.push(outsideClaimable(text, request.pool, pool.subnets));
      } else if (families.includes(address.family)) {
        problems.push({
          code: 'NL_ADDRESS_TWICE',
          key: 'address',
          found: `"${text}" is a second IPv${address.family} address in one claim`,
          allowed: 'one address of each family',
          fix: 'make a claim for each of them',
        });
      } else {
        families.push(address.family);
      }
    }
    if (problems.length > 0) throw new NetloomError(problems);
    return families.sort();
  }

  /** The owner's own record that already answers the request: a claim first, then an offer. */
  private ownMatch(
    pool: Pool,
    request: ClaimRequest,
    families: readonly IpFamily[],
    now: number,
  ): ClaimRecord | undefined {
    const wanted = canonical(request.addresses);
    const fits = (claim: ClaimRecord): boolean =>
      wanted.length > 0
        ? wanted.join() === claim.addresses.join()
        : families.join() === claim.addresses.map((text) => familyOf(text)).join();
    const rank = { claimed: 0, offered: 1, released: 2 };
    return pool.byOwner
      .get(request.owner)
      ?.filter((claim) => fits(claim) && this.stillServed(pool, claim))
      .filter((claim) => claim.state === 'claimed' || this.isFree(pool, claim, request.owner, now))
      .sort((a, b) => rank[a.state] - rank[b.state] || b.serial - a.serial)[0];
  }

  /** The claim of a resource that was renamed, in its new owner's name; undefined when there is none. */
  private handedOver(pool: Pool, request: ClaimRequest): ClaimRecord | undefined {
    const { from, owner, identity } = request;
    if (from === undefined || from === owner) return undefined;
    const wanted = canonical(request.addresses).join();
    const claim = pool.byOwner
      .get(from)
      ?.filter(
        (one) => one.state === 'claimed' && (wanted === '' || wanted === one.addresses.join()),
      )
      .at(-1);
    if (!claim) return undefined;
    if (claim.identity !== identity) throw new NetloomError(ownerIdentity(claim));
    return { ...claim, owner };
  }

  /** False when a pool was given a new definition that no longer holds a remembered address. */
  private stillServed(pool: Pool, claim: ClaimRecord): boolean {
    return claim.addresses.every((text) => {
      const address = IpAddress.parse(text);
      return pool.subnets.some((subnet) => subnet.assignable.contains(address));
    });
  }

  private isFree(pool: Pool, claim: ClaimRecord, owner: string, now: number): boolean {
    return claim.addresses.every((text) => {
      const address = IpAddress.parse(text);
      const holder = pool.holders[address.family].get(address.value);
      return !holder || holder.owner === owner || !isHeld(holder, now);
    });
  }

  private choose(
    pool: Pool,
    request: ClaimRequest,
    families: readonly IpFamily[],
    now: number,
    mayYield: (offer: ClaimRecord) => boolean,
  ): { addresses: string[]; yields: ClaimRecord[] } {
    const wanted = canonical(request.addresses);
    if (wanted.length > 0) {
      const problems = wanted.flatMap((text) => this.checkFree(pool, text, request.owner, now));
      if (problems.length > 0) throw new NetloomError(problems);
      return { addresses: wanted, yields: [] };
    }
    const yields: ClaimRecord[] = [];
    const addresses = families.map((family) => {
      const free = this.nextFree(pool, family, now);
      if (free) return String(free);
      const offer = oldestOffer(pool, family, now, mayYield);
      if (!offer) throw new NetloomError(this.poolFull(pool, family, now));
      yields.push(offer);
      return offer.addresses.find((text) => familyOf(text) === family) as string;
    });
    return { addresses, yields };
  }

  private checkFree(pool: Pool, text: string, owner: string, now: number): Problem[] {
    const address = IpAddress.parse(text);
    const holder = pool.holders[address.family].get(address.value);
    if (!holder || !isHeld(holder, now)) return [];
    if (holder.owner === owner && holder.state !== 'claimed') return [];
    const how = {
      claimed: `is claimed by ${holder.owner}`,
      offered: `is offered to ${holder.owner} for ${seconds(holder.until, now)}`,
      released: `was given back by ${holder.owner} and stays out of use for ${seconds(holder.until, now)}`,
    }[holder.state];
    const next = this.nextFree(pool, address.family, now);
    return [
      {
        code: 'NL_ADDRESS_NOT_FREE',
        key: 'address',
        found: `"${text}" of pool "${pool.record.name}" ${how}`,
        allowed: 'an address that nobody else holds',
        fix: next ? `${next}?` : 'release a claim, or widen the pool',
      },
    ];
  }

  private nextFree(pool: Pool, family: IpFamily, now: number): IpAddress | undefined {
    const ranges = pool.subnets
      .filter((subnet) => subnet.subnet.family === family)
      .flatMap((subnet) => subnet.assignable.ranges);
    const holders = pool.holders[family];
    const cursor = pool.cursor[family] ?? -1n;
    const search = (from: bigint, to: bigint): IpAddress | undefined => {
      for (let value = from; value <= to; value++) {
        const holder = holders.get(value);
        if (!holder || !isHeld(holder, now)) return IpAddress.of(family, value);
      }
      return undefined;
    };
    for (const { first, last } of ranges) {
      if (last.value <= cursor) continue;
      const found = search(first.value > cursor ? first.value : cursor + 1n, last.value);
      if (found) return found;
    }
    for (const { first, last } of ranges) {
      if (first.value > cursor) break;
      const found = search(first.value, last.value < cursor ? last.value : cursor);
      if (found) return found;
    }
    return undefined;
  }

  private poolFull(pool: Pool, family: IpFamily, now: number): Problem {
    const all = claimsOf(pool).filter(
      (claim) => isHeld(claim, now) && claim.addresses.some((text) => familyOf(text) === family),
    );
    const number = (state: ClaimRecord['state']): number =>
      all.filter((claim) => claim.state === state).length;
    const next = all
      .flatMap((claim) => (claim.until === undefined ? [] : [claim.until]))
      .sort((a, b) => a - b)[0];
    return {
      code: 'NL_POOL_FULL',
      key: 'pool',
      found: `pool "${pool.record.name}" has no free IPv${family} address: ${number('claimed')} claimed, ${number('offered')} offered, ${number('released')} given back and not yet in use again`,
      allowed: 'a pool with a free address',
      fix:
        next === undefined
          ? 'widen the pool, or release a claim'
          : `widen the pool, release a claim, or wait ${seconds(next, now)} for the next address to come free`,
    };
  }

  /** Offers of the owner other than the one that is being used: an owner has one at a time. */
  private dropOffers(
    pool: Pool,
    owner: string,
    keep: ClaimRecord | undefined,
    now: number,
  ): BookChange[] {
    return (pool.byOwner.get(owner) ?? [])
      .filter((claim) => claim.state === 'offered' && claim !== keep)
      .map((claim) => this.giveUp(pool, claim, [], now));
  }

  /** Puts a record in; whoever was only remembered at its addresses is forgotten. */
  private store(pool: Pool, claim: ClaimRecord, now: number): BookChange[] {
    const changes: BookChange[] = [];
    for (const text of claim.addresses) {
      const { family, value } = IpAddress.parse(text);
      const before = pool.holders[family].get(value);
      if (before && before.serial !== claim.serial) {
        if (isHeld(before, now) && before.owner !== claim.owner) {
          throw new Error(`${text} would be given twice`);
        }
        changes.push(this.giveUp(pool, before, claim.addresses, now));
      }
    }
    const previous = this.bySerial.get(claim.serial);
    if (previous) this.unindex(pool, previous);
    this.index(pool, claim);
    return [...changes, { kind: 'claim', serial: claim.serial, claim }];
  }

  /** The latest end of quarantine of these addresses. */
  private quarantineOf(pool: Pool, addresses: readonly string[]): number {
    const ends = addresses.map((text) => {
      const { family, value } = IpAddress.parse(text);
      const holder = pool.holders[family].get(value);
      return (holder && quarantineEnd(holder)) ?? 0;
    });
    return Math.max(...ends);
  }

  /** Forgets a record, but for addresses whose quarantine goes on: an offer must not end it early. */
  private giveUp(
    pool: Pool,
    claim: ClaimRecord,
    taken: readonly string[],
    now: number,
  ): BookChange {
    const until = quarantineEnd(claim) ?? 0;
    const addresses = claim.addresses.filter((address) => !taken.includes(address));
    if (until <= now || addresses.length === 0) return this.drop(pool, claim);
    const { quarantinedUntil: _, ...rest } = claim;
    const released: ClaimRecord = { ...rest, state: 'released', addresses, until };
    this.unindex(pool, claim);
    this.index(pool, released);
    return { kind: 'claim', serial: claim.serial, claim: released };
  }

  private drop(pool: Pool, claim: ClaimRecord): BookChange {
    this.unindex(pool, claim);
    return { kind: 'claim', serial: claim.serial, claim: undefined };
  }

  private index(pool: Pool, claim: ClaimRecord): void {
    this.counter = Math.max(this.counter, claim.serial, claim.incarnation);
    for (const text of claim.addresses) {
      const { family, value } = IpAddress.parse(text);
      pool.holders[family].set(value, claim);
      if (claim.state !== 'released') pool.cursor[family] = value;
    }
    this.bySerial.set(claim.serial, claim);
    const own = pool.byOwner.get(claim.owner);
    if (own) own.push(claim);
    else pool.byOwner.set(claim.owner, [claim]);
    if (claim.state === 'claimed') this.byIncarnation.set(claim.incarnation, claim);
  }

  private unindex(pool: Pool, claim: ClaimRecord): void {
    for (const text of claim.addresses) {
      const { family, value } = IpAddress.parse(text);
      if (pool.holders[family].get(value) === claim) pool.holders[family].delete(value);
    }
    const own = (pool.byOwner.get(claim.owner) ?? []).filter((one) => one !== claim);
    if (own.length > 0) pool.byOwner.set(claim.owner, own);
    else pool.byOwner.delete(claim.owner);
    this.byIncarnation.delete(claim.incarnation);
    this.bySerial.delete(claim.serial);
  }

  private nextNumber(): number {
    this.counter += 1;
    return this.counter;
  }
}

/** An address of a claim with its subnet's prefix length. */
export function withPrefix(address: string, subnet: ParsedPoolSubnet): string {
  return String(InterfaceAddress.of(IpAddress.parse(address), subnet.subnet.prefixLength));
}

function pick(request: PoolRequest): Omit<PoolRecord, 'incarnation'> {
  const { name, spec, owner, identity } = request;
  return { name, spec, owner, identity };
}

function claimsOf(pool: Pool): ClaimRecord[] {
  return [...pool.byOwner.values()].flat();
}

/** Out of reach for everybody but its owner. */
function isHeld(claim: ClaimRecord, now: number): boolean {
  return claim.state === 'claimed' || (claim.until ?? 0) > now;
}

function canonical(addresses: readonly string[] | undefined): string[] {
  return (addresses ?? [])
    .map((text) => IpAddress.parse(text))
    .sort((a, b) => a.compare(b))
    .map(String);
}

function familyOf(text: string): IpFamily {
  return text.includes(':') ? 6 : 4;
}

/** End of the time in which nobody but its last owner gets an address; undefined for a claim. */
function quarantineEnd(claim: ClaimRecord): number | undefined {
  return claim.state === 'released' ? claim.until : claim.quarantinedUntil;
}

/** The offer that yields to a claim: none whose address is in quarantine for everybody else. */
function oldestOffer(
  pool: Pool,
  family: IpFamily,
  now: number,
  mayYield: (offer: ClaimRecord) => boolean,
): ClaimRecord | undefined {
  return claimsOf(pool)
    .filter((claim) => claim.state === 'offered' && (quarantineEnd(claim) ?? 0) <= now)
    .filter((claim) => claim.addresses.some((text) => familyOf(text) === family) && mayYield(claim))
    .sort((a, b) => (a.until ?? 0) - (b.until ?? 0))[0];
}
