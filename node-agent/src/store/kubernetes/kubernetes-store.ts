import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type LearnedClaim, type PoolRecord, SET_ASIDE } from 'netloom';
import type {
  SharedBook,
  SharedStore,
  Store,
  StoreChange,
  StoreContents,
  StreamedContents,
} from '../store';
import type { ApiAccess } from './access';
import { ApiClient, type ApiClientOptions } from './api-client';
import { OutrunError, storeUnreachable, UnreachableError } from './api-problems';
import { ClaimWriter } from './claim-writer';
import { Freshness } from './freshness';
import { type KnownPool, rowsOf } from './known-records';
import { Numbers } from './numbers';
import { PoolWriter } from './pool-writer';
import { RecordStore } from './record-store';
import type { OwnerSpecRecord, PoolSpecRecord } from './records';
import { Sweeper } from './sweeper';
import { RecordWatch } from './watched-records';

const SWEEP_MS = 30_000;

/** How long a request waits for a store that has not been read yet. */
const START_MS = 5_000;
const LONGEST_START_WAIT_MS = 30_000;

/** Numbers that a step of a few claims takes. */
const MOST_COMMON_STEP = 100;

/** How a store in etcd is opened. */
export interface KubernetesStoreOptions {
  readonly access: ApiAccess;
  /** Where its records are. */
  readonly namespace: string;
  /** Name of the agent: no two agents of a store may have the same. */
  readonly agent: string;
  /** The node's own store, for bridges. */
  readonly local: Store;
  /** @default - the system's */
  readonly clock?: (() => number) | undefined;
  /** Time between rounds in which what nobody carries on is brought back. @default 30000 */
  readonly sweepMs?: number | undefined;
  readonly client?: ApiClientOptions | undefined;
  /**
   * Opens also where the API server does not answer, and refuses all requests until it does.
   *
   * @default false
   */
  readonly isPatient?: boolean | undefined;
  /** Told of what goes wrong in the background. @default - nobody is */
  readonly onTrouble?: ((error: unknown) => void) | undefined;
}

/**
 * Pools and claims in etcd, shared by all agents of a cluster: two records for each claim, one named by
 * the owner and one by the address, whose creation decides who has it. Bridges stay in the node's own store.
 */
export class KubernetesStore implements SharedStore {
  readonly place: string;
  private readonly records: RecordStore;
  private readonly claims: ClaimWriter;
  private readonly poolWriter: PoolWriter;
  private readonly sweeper: Sweeper;
  private readonly numbers: Numbers;
  private readonly freshness: Freshness;
  private readonly ownerWatch: RecordWatch<OwnerSpecRecord>;
  private readonly poolWatch: RecordWatch<PoolSpecRecord>;
  private readonly underWay = new Set<Promise<void>>();
  private readonly client: ApiClient;
  private book: SharedBook | undefined;
  private isClosed = false;
  private isStarted = false;
  private started: Promise<void> = Promise.resolve();
  private taking: Promise<void> | undefined;
  /** How many numbers a step has needed at most. */
  private wanted = 1;

  private constructor(private readonly options: KubernetesStoreOptions) {
    const { access, namespace, agent } = options;
    this.client = new ApiClient(access, options.client);
    this.place = `namespace ${namespace} of ${access.server}`;
    const follower = {
      pool: (name: string, known: KnownPool | undefined) => this.toldPool(name, known),
      claims: (rows: readonly LearnedClaim[]) => this.book?.learn(rows),
    };
    const clock = options.clock ?? Date.now;
    this.records = new RecordStore(this.client, namespace, follower, clock);
    const { known } = this.records;
    this.claims = new ClaimWriter(this.records);
    this.poolWriter = new PoolWriter(this.records);
    const { onTrouble = () => {} } = options;
    this.sweeper = new Sweeper(this.records, this.claims, this.poolWriter, onTrouble);
    this.numbers = new Numbers(this.client, namespace);
    this.poolWatch = new RecordWatch(this.client, this.records.pools, {
      changed: (record) => known.sawPool(record),
      gone: (name, version) => known.lostPool(name, version),
      names: () => known.pools.keys(),
    });
    this.freshness = new Freshness(
      this.records,
      () => this.ownerWatch,
      agent,
      () => this.readPools(),
      options.client?.deadlineMs,
    );
    this.ownerWatch = new RecordWatch(this.client, this.records.owners, {
      changed: (record) => {
        if (record.metadata.name === this.freshness.markName) this.freshness.saw(record);
        else if (record.spec.pool !== '') known.sawOwner(record);
      },
      gone: (name, version) => known.lostOwner(name, version),
      names: () => known.owners.keys(),
    });
  }

  /**
   * Reads all records, and follows them from then on.
   *
   * @throws NetloomError NL_STORE_FAILED: not allowed, no such kinds; no answer, unless it is patient
   */
  static async open(options: KubernetesStoreOptions): Promise<KubernetesStore> {
    const store = new KubernetesStore(options);
    try {
      store.started = store.start();
      await store.started;
    } catch (error) {
      if (!options.isPatient || !(error instanceof UnreachableError)) {
        await store.close();
        throw error;
      }
      options.onTrouble?.(error);
      store.started = store.keepStarting();
    }
    return store;
  }

  load(): StoreContents {
    const { claims, ...contents } = this.stream();
    return { ...contents, claims: [...claims] };
  }

  stream(): StreamedContents {
    const local = this.options.local.load();
    const { known } = this.records;
    const rows = [...known.owners.values()].flatMap((record) =>
      rowsOf(record).filter(
        ({ pool, serial, isTentative }) =>
          !isTentative && known.pool(pool) !== undefined && known.homeOf(serial) === record,
      ),
    );
    return {
      ...local,
      pools: [...known.pools.values()].map(poolOf),
      claims: rows.flatMap(({ claim }) => claim ?? []).sort((one, two) => one.serial - two.serial),
      counters: { ...local.counters, book: this.numbers.given },
      storeId: this.numbers.storeId ?? 'unknown',
    };
  }

  follow(book: SharedBook): void {
    this.book = book;
    for (const known of this.records.known.pools.values()) this.spread(known.spec.pool.name);
    for (const record of this.records.known.owners.values()) {
      const tentative = rowsOf(record).filter(({ isTentative }) => isTentative);
      if (tentative.length > 0) book.learn(tentative);
    }
  }

  now(): number {
    return this.records.now();
  }

  async ready(highest: number): Promise<void> {
    await this.hasStarted();
    if (highest < this.numbers.last) return;
    this.taking ??= this.numbers
      .take(this.wanted)
      .then((first) => this.book?.continueFrom(first))
      .finally(() => {
        this.taking = undefined;
      });
    await this.taking;
  }

  async catchUp(): Promise<void> {
    await this.hasStarted();
    return this.freshness.catchUp();
  }

  async write(changes: readonly StoreChange[]): Promise<void> {
    if (changes.length === 0) return this.settled();
    const writing = this.writeAll(changes);
    this.underWay.add(writing);
    try {
      await writing;
    } finally {
      this.underWay.delete(writing);
    }
  }

  /** One round of what is done in the background now and then. */
  sweep(): Promise<void> {
    return this.sweeper.sweep();
  }

  async close(): Promise<void> {
    if (this.isClosed) return;
    this.isClosed = true;
    await this.settled();
    this.client.close();
    await Promise.all([this.sweeper.stop(), this.ownerWatch.stop(), this.poolWatch.stop()]);
    await this.options.local.close();
  }

  private async start(): Promise<void> {
    await this.numbers.start();
    if (this.poolWatch.lists === 0) await this.poolWatch.start();
    await this.ownerWatch.start();
    this.sweeper.start(this.options.sweepMs ?? SWEEP_MS);
    this.isStarted = true;
  }

  /** The node's bridges must not wait for the API server, which may need them. */
  private async keepStarting(): Promise<void> {
    for (let wait = 1_000; !this.isClosed; wait = Math.min(2 * wait, LONGEST_START_WAIT_MS)) {
      try {
        return await this.start();
      } catch (error) {
        this.options.onTrouble?.(error);
        await sleep(wait, undefined, { ref: false });
      }
    }
  }

  /** Nothing is answered before everything was read once. */
  private async hasStarted(): Promise<void> {
    if (this.isStarted) return;
    const stop = new AbortController();
    const late = sleep(START_MS, undefined, { signal: stop.signal }).then(() => {
      throw storeUnreachable(this.options.access.server, 'its records were not read yet');
    });
    try {
      await Promise.race([this.started, late]);
    } finally {
      stop.abort();
      late.catch(() => {});
    }
  }

  private async settled(): Promise<void> {
    await Promise.allSettled([...this.underWay, this.options.local.write([])]);
  }

  private async writeAll(changes: readonly StoreChange[]): Promise<void> {
    const own = changes.filter(isOwn);
    const pools = changes.filter((one) => one.kind === 'pool');
    const claims = changes.filter((one) => one.kind === 'claim');
    const counter = changes.find((one) => one.kind === 'counter' && one.name === 'book');
    if (own.length > 0) await this.options.local.write(own);
    try {
      if (counter?.kind === 'counter') await this.checkNumbers(counter.value);
      // What a pool's record takes with it is found again when its range is closed.
      const names = new Set(pools.map(({ name }) => name));
      const isLeft = (one: (typeof claims)[number]): boolean => {
        const pool = one.claim?.pool ?? this.records.known.homeOf(one.serial)?.spec.pool;
        const isLooked = pool !== undefined && names.has(pool) && this.book !== undefined;
        return !isLooked || one.claim?.owner === SET_ASIDE.owner;
      };
      for (const pool of pools) await this.poolWriter.write(pool);
      const left = claims.filter(isLeft);
      if (left.length > 0) await this.claims.write(left);
      if (left.length < claims.length) this.tellAgain(changes);
    } catch (error) {
      this.tellAgain(changes);
      throw error;
    }
  }

  private async checkNumbers(highest: number): Promise<void> {
    if (!this.book) return this.numbers.skip(highest);
    if (highest <= this.numbers.last) return;
    this.wanted = Math.max(this.wanted, 2 * (highest - this.numbers.last) + MOST_COMMON_STEP);
    throw new OutrunError('the numbers have come to their end', true);
  }

  /** What a step has changed in the book, as the records have it. */
  private tellAgain(changes: readonly StoreChange[]): void {
    const { known } = this.records;
    for (const change of changes) {
      if (change.kind === 'pool') this.toldPool(change.name, known.pool(change.name));
    }
    const names = new Set<string>();
    const rows: { pool: string; serial: number }[] = [];
    for (const change of changes) {
      if (change.kind !== 'claim') continue;
      const home = known.homeOf(change.serial);
      if (home) names.add(home.metadata.name);
      const pool = change.claim?.pool ?? home?.spec.pool;
      if (pool !== undefined) rows.push({ pool, serial: change.serial });
    }
    known.tellAgain(names, rows);
  }

  private toldPool(name: string, known: KnownPool | undefined): void {
    const { book } = this;
    if (!book) return;
    const isNew = book.learnPool(name, known && poolOf(known));
    if (!isNew) return;
    this.spread(name);
    this.records.known.tellPool(name);
  }

  /** Agents look for free addresses from different places on. */
  private spread(pool: string): void {
    const digest = createHash('sha256').update(`${this.options.agent}\n${pool}`).digest();
    this.book?.startAt(pool, digest.readUInt32BE(0) / 2 ** 32);
  }

  private async readPools(): Promise<void> {
    const { known } = this.records;
    const before = new Set(known.pools.keys());
    const version = await this.records.pools.list((page) => {
      for (const record of page) {
        before.delete(record.metadata.name);
        known.sawPool(record);
      }
    });
    for (const name of before) known.lostPool(name, version);
  }
}

/** A pool as the book gives from it: what is being closed is not given any more. */
function poolOf({ spec }: KnownPool): PoolRecord {
  const { pool, closing } = spec;
  return closing?.pool ? { ...pool, spec: closing.pool.spec } : pool;
}

function isOwn(change: StoreChange): boolean {
  if (change.kind === 'counter') return change.name !== 'book';
  return change.kind !== 'claim' && change.kind !== 'pool';
}
