import type { ApiClient } from './api-client';
import { KnownRecords, type OwnerRecord, type RecordFollower } from './known-records';
import { newStamp, RecordApi } from './record-api';
import {
  type AddressSpecRecord,
  type Entry,
  type OwnerSpecRecord,
  POOL_LABEL,
  type PoolSpecRecord,
  poolHash,
  type Stored,
} from './records';

/** Whose record it is, where there may be none yet. */
export interface OwnerPlace {
  readonly name: string;
  readonly pool: string;
  readonly owner: string;
}

/** The records of one store: what is asked and written goes into what is known. */
export class RecordStore {
  readonly owners: RecordApi<OwnerSpecRecord>;
  readonly pools: RecordApi<PoolSpecRecord>;
  readonly addresses: RecordApi<AddressSpecRecord>;
  readonly known: KnownRecords;

  constructor(
    readonly client: ApiClient,
    readonly namespace: string,
    follower: RecordFollower,
    private readonly clock: () => number,
  ) {
    this.owners = new RecordApi(client, 'OwnerRecord', namespace);
    this.pools = new RecordApi(client, 'PoolRecord', namespace);
    this.addresses = new RecordApi(client, 'AddressRecord', namespace);
    this.known = new KnownRecords(follower);
  }

  /** The API server's time as far as it can be told: quarantines are the same for all agents. */
  now(): number {
    return this.clock() + this.client.clockOffsetMs;
  }

  /** The record as it is now; undefined when there is none. */
  async readOwner(name: string): Promise<OwnerRecord | undefined> {
    const before = this.known.owners.get(name);
    const record = await this.owners.get(name);
    if (record) this.known.sawOwner(record);
    else if (before) this.known.lostOwner(name, before.metadata.resourceVersion);
    return record;
  }

  async readPool(name: string): Promise<Stored<PoolSpecRecord> | undefined> {
    const before = this.known.pools.get(name);
    const record = await this.pools.get(name);
    if (record) this.known.sawPool(record);
    else if (before) this.known.lostPool(name, before.metadata.resourceVersion);
    return record;
  }

  /**
   * Writes an owner's entries in place of those of the version that is given; without entries the
   * record goes. Undefined when that is not the version any more: the record is read again then.
   */
  async writeOwner(
    { name, pool, owner }: OwnerPlace,
    base: OwnerRecord | undefined,
    entries: readonly Entry[],
  ): Promise<{ record: OwnerRecord | undefined } | undefined> {
    const spec = { pool, owner, entries, stamp: newStamp() };
    if (base && entries.length === 0) {
      if (await this.owners.remove(base)) {
        this.known.lostOwner(name, base.metadata.resourceVersion);
        return { record: undefined };
      }
      await this.readOwner(name);
      return undefined;
    }
    if (!base && entries.length === 0) return { record: undefined };
    const labels = { [POOL_LABEL]: poolHash(pool) };
    const record = base
      ? await this.owners.replace(base, spec)
      : await this.owners.create(name, spec, labels);
    if (!record) {
      await this.readOwner(name);
      return undefined;
    }
    this.known.sawOwner(record);
    return { record };
  }
}
