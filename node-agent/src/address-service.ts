import {
  type AddressBook,
  type ClaimRecord,
  type ClaimRequest,
  checkPoolName,
  claimId,
  incarnationOf,
  NetloomError,
  type PoolRecord,
  type PoolRequest,
  type ReleaseRequest,
  type Step,
  withPrefix,
} from 'netloom';
import type { ClaimList, ClaimQuery, ClaimView, PoolView } from 'netloom/agent-api';
import { loadBook } from './load-book';
import { checkChangeId } from './problems';
import type { Store, StreamedContents } from './store';

/** Milliseconds since 1970. */
export type Clock = () => number;

/** A claim's id and what goes with it in a release. */
export type ReleaseById = Omit<ReleaseRequest, 'incarnation'> & { readonly id: string };

/**
 * Pools and claims: each step of the address book is answered once its rows are durable. What is
 * answered is put together right after the step, before any other request can change it.
 */
export class AddressService {
  private readonly book: AddressBook;

  constructor(
    private readonly store: Store,
    contents: StreamedContents,
    private readonly clock: Clock,
  ) {
    this.book = loadBook(contents, store.place);
  }

  pools(): Promise<PoolView[]> {
    return this.read((now) => {
      const live = this.book.poolNames().filter((name) => this.book.pool(name, now));
      return live.map((name) => this.poolView(name, now));
    });
  }

  /** @throws NetloomError NL_POOL_UNKNOWN, and NL_NAME_INVALID for what can't be a name */
  pool(name: string): Promise<PoolView> {
    return this.read((now) => {
      const problems = checkPoolName(name);
      if (problems.length > 0) throw new NetloomError(problems);
      return this.poolView(name, now);
    });
  }

  offerPool(request: PoolRequest): Promise<PoolView> {
    return this.change((now) => {
      const step = this.book.offerPool(request, now);
      return { ...step, value: this.poolView(request.name, now, step.value) };
    });
  }

  /** @param id of the incarnation to change; without, a new one begins */
  putPool(request: Omit<PoolRequest, 'incarnation'>, id?: string): Promise<PoolView> {
    return this.change((now) => {
      const problems = checkChangeId('pool', request.name, id, this.book.lastNumber);
      if (problems.length > 0) throw new NetloomError(problems);
      const asked = id === undefined ? undefined : incarnationOf(id);
      const present = this.book.pool(request.name, now)?.incarnation ?? 0;
      // Never lower than before: a removal of an older incarnation must stay without effect.
      const incarnation = asked === undefined ? undefined : Math.max(asked, present);
      const step = this.book.putPool({ ...request, incarnation }, now);
      return { ...step, value: this.poolView(request.name, now) };
    });
  }

  /** False when the pool was gone already or a newer incarnation has taken its place. */
  removePool(
    name: string,
    id: string,
    asker: { owner: string; identity: string },
  ): Promise<boolean> {
    const incarnation = id.startsWith(`${name}#`) ? incarnationOf(id) : undefined;
    if (incarnation === undefined) return this.read(() => false);
    return this.change((now) => this.book.removePool(name, asker, incarnation, now));
  }

  /** Claims and offers of a pool that a query asks for; without a limit all of them. */
  claims({ after, limit = Number.POSITIVE_INFINITY, ...filter }: ClaimQuery): Promise<ClaimList> {
    return this.read((now) => {
      const { claims, next } = this.book.page(filter, now, after, limit);
      const views = claims.map((claim) => this.claimView(claim));
      return { claims: views, ...(next === undefined ? {} : { next }) };
    });
  }

  offer(request: ClaimRequest): Promise<ClaimView> {
    return this.change((now) => this.viewed(this.book.offer(request, now)));
  }

  claim(request: ClaimRequest): Promise<ClaimView> {
    return this.change((now) => this.viewed(this.book.claim(request, now)));
  }

  /** False when there was nothing to free: an older incarnation, a claim that is gone, somebody else's. */
  release({ pool, owner, identity, id }: ReleaseById): Promise<boolean> {
    // Only the number counts: a claim that was handed over keeps it under its new owner's name.
    const incarnation = incarnationOf(id);
    if (incarnation === undefined) return this.read(() => false);
    return this.change((now) => {
      const step = this.book.release({ pool, owner, identity, incarnation }, now);
      return { value: step.value.released, changes: step.changes };
    });
  }

  /** What an owner holds in a pool now, for the audit log: `10.10.0.100`, or undefined. */
  heldBy(pool: string, owner: string): string | undefined {
    return heldText(this.book.find(pool, owner, this.clock()));
  }

  /** Numbers for the metrics. */
  async counts(): Promise<{ pools: number; claims: number; offers: number }> {
    const pools = await this.pools();
    return {
      pools: pools.length,
      claims: pools.reduce((sum, pool) => sum + pool.claimed, 0),
      offers: pools.reduce((sum, pool) => sum + pool.offers, 0),
    };
  }

  private read<T>(look: (now: number) => T): Promise<T> {
    return this.change((now) => ({ value: look(now), changes: [] }));
  }

  /**
   * A read and a refusal, too, wait for what is being written: nobody may be told what a crash
   * could take back.
   */
  private async change<T>(run: (now: number) => Step<T>): Promise<T> {
    let step: Step<T>;
    try {
      step = run(this.clock());
    } catch (error) {
      await this.store.write([]);
      throw error;
    }
    const { value, changes } = step;
    const counter = { kind: 'counter', name: 'book', value: this.book.lastNumber } as const;
    await this.store.write(changes.length === 0 ? [] : [...changes, counter]);
    return value;
  }

  private viewed(step: Step<ClaimRecord>): Step<ClaimView> {
    return { value: this.claimView(step.value), changes: step.changes };
  }

  private poolView(name: string, now: number, record = this.book.pool(name, now)): PoolView {
    const { size, claimed, offered, quarantined } = this.book.usage(name, now);
    const { owner, spec, incarnation, offeredUntil } = record as PoolRecord;
    return {
      id: `${name}#${incarnation}`,
      name,
      owner,
      spec: spec as PoolView['spec'],
      offered: offeredUntil !== undefined,
      size: String(size),
      claimed,
      offers: offered,
      quarantined,
    };
  }

  private claimView(claim: ClaimRecord): ClaimView {
    const subnets = claim.addresses.map((address) => this.book.subnetOf(claim.pool, address));
    return {
      id: claimId(claim),
      pool: claim.pool,
      owner: claim.owner,
      state: claim.state === 'claimed' ? 'claimed' : 'offered',
      addresses: [...claim.addresses],
      cidrs: claim.addresses.map((address, index) => {
        const subnet = subnets[index];
        return subnet ? withPrefix(address, subnet) : address;
      }),
      ...(claim.mac === undefined ? {} : { mac: claim.mac }),
      ...(claim.labels === undefined ? {} : { labels: { ...claim.labels } }),
      ...(claim.reason === undefined ? {} : { reason: claim.reason }),
      gateways: subnets.flatMap((subnet) => (subnet?.gateway ? [String(subnet.gateway)] : [])),
      ...(claim.until === undefined ? {} : { until: new Date(claim.until).toISOString() }),
    };
  }
}

function heldText(claim: ClaimRecord | undefined): string | undefined {
  return claim && [...claim.addresses, ...(claim.mac === undefined ? [] : [claim.mac])].join(' ');
}
