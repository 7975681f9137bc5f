import { OutrunError } from './api-problems';
import type { RecordStore } from './record-store';
import {
  type AddressSpecRecord,
  addressRecordName,
  type Entry,
  holds,
  isOver,
  numbersOf,
  type Stored,
} from './records';

/** Rivals that are cleared away one after the other before a creation gives up. */
const MOST_RIVALS = 4;

export type AddressRecord = Stored<AddressSpecRecord>;

/** Address records: whose creation succeeds has the address. */
export class AddressLocks {
  constructor(private readonly records: RecordStore) {}

  /**
   * Creates the address records of an intent that is written already.
   *
   * @throws OutrunError when somebody holds one of them
   */
  async take(pool: string, record: string, entry: Entry): Promise<void> {
    const { grant } = entry;
    const takes = numbersOf(entry.claim).map((address) =>
      this.takeOne({ pool, address, record, grant }),
    );
    // All of them have ended before anything is taken back.
    const failed = (await Promise.allSettled(takes)).find((one) => one.status === 'rejected');
    if (failed) throw failed.reason;
  }

  /** Takes away what an intent has created and nobody needs; what is not answered is left to a sweep. */
  async giveBack(pool: string, entry: Entry): Promise<void> {
    const { addresses } = this.records;
    await Promise.allSettled(
      numbersOf(entry.claim).map(async (address) => {
        const there = await addresses.get(addressRecordName(pool, address));
        if (there?.spec.grant === entry.grant) await addresses.remove(there);
      }),
    );
  }

  /**
   * Takes an address record away that no claim has any more: its owner's record was asked after the
   * address record was read, and a claim is written before its address records are. False when it is held.
   */
  async clear(there: AddressRecord): Promise<boolean> {
    const { name } = there.metadata;
    for (let tries = 0; tries < MOST_RIVALS; tries++) {
      const owner = await this.records.readOwner(there.spec.record);
      const entry = owner?.spec.entries.find((one) => one.grant === there.spec.grant);
      if (!owner || !entry || !holds(entry, there.spec.address)) {
        await this.records.addresses.remove(there);
        return true;
      }
      if (!isOver(entry, this.records.now())) return false;
      const entries = owner.spec.entries.flatMap((one) => (one === entry ? endOf(one) : [one]));
      const place = { name: there.spec.record, pool: owner.spec.pool, owner: owner.spec.owner };
      const written = await this.records.writeOwner(place, owner, entries);
      if (written) {
        await this.records.addresses.remove(there);
        return true;
      }
    }
    throw new OutrunError(`${name} is being changed`);
  }

  private async takeOne(spec: AddressSpecRecord): Promise<void> {
    const { addresses } = this.records;
    const name = addressRecordName(spec.pool, spec.address);
    for (let rivals = 0; rivals < MOST_RIVALS; rivals++) {
      if (await addresses.create(name, spec)) return;
      const there = await addresses.get(name);
      if (there === undefined) continue;
      if (there.spec.grant === spec.grant) return;
      if (!(await this.clear(there))) break;
    }
    throw new OutrunError(`${spec.address} is taken`);
  }
}

/** What is left of an entry whose time is over: an address is remembered for its last owner. */
export function endOf(entry: Entry): Entry[] {
  if (entry.phase !== 'intended') return [{ ...entry, phase: 'free' }];
  return entry.before ? endOf(entry.before) : [];
}
