import { randomUUID } from 'node:crypto';
import type { ClaimRecord } from 'netloom';
import { type HandOver, INTENT_MS } from './claim-plan';
import type { OwnerRecord } from './known-records';
import type { OwnerPlace, RecordStore } from './record-store';
import { addressRecordName, claimOf, type Entry, numbersOf, ownerRecordName } from './records';

const MOST_TRIES = 8;

/**
 * Brings a claim from one owner's record to another's. The new owner's intent is written after the old
 * record was read, and handing over names the version that was read then: who wants to drop the intent
 * raises that version first. From the handing over on, whoever meets it brings it to its end.
 */
export class HandOvers {
  constructor(private readonly records: RecordStore) {}

  static namesOf(from: OwnerRecord, to: ClaimRecord): string[] {
    return [from.metadata.name, ownerRecordName(to)];
  }

  /** False when one of the records has changed. Nothing of it stands then. */
  async run({ from, entry, to }: HandOver): Promise<boolean> {
    const name = ownerRecordName(to);
    const place = { name, pool: to.pool, owner: to.owner };
    const grant = randomUUID();
    const peer = { record: from.metadata.name, grant: entry.grant };
    const intendedUntil = this.records.now() + INTENT_MS;
    const intent: Entry = { grant, phase: 'intended', claim: claimOf(to), intendedUntil, peer };
    const base = this.records.known.owners.get(name);
    const entries = [...(base?.spec.entries ?? []), intent];
    const written = await this.records.writeOwner(place, base, entries);
    if (!written?.record) return false;
    const handed: Entry = { ...entry, phase: 'handed', peer: { record: name, grant } };
    if (!(await this.writeEntry(from, entry, [handed]))) {
      await this.writeEntry(written.record, intent, []);
      return false;
    }
    await this.finish(from.metadata.name, handed);
    return true;
  }

  /** Brings all hand-overs of a record to an end, or drops what was not handed over. */
  async settle(name: string): Promise<void> {
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const record = await this.records.readOwner(name);
      const entry = record?.spec.entries.find(({ peer }) => peer !== undefined);
      if (!record || !entry?.peer) return;
      if (entry.phase === 'handed') {
        await this.finish(name, entry);
        continue;
      }
      const from = await this.records.readOwner(entry.peer.record);
      const handed = from?.spec.entries.find(({ grant }) => grant === entry.peer?.grant);
      if (from && handed?.phase === 'handed') {
        await this.finish(entry.peer.record, handed);
        continue;
      }
      // Written as it is: whoever is about to hand over finds another version.
      const isTouched =
        !from || (await this.records.writeOwner(placeOf(from), from, from.spec.entries));
      if (isTouched) await this.writeEntry(record, entry, []);
    }
  }

  /** From the handing over on. Each step finds itself done when somebody else has done it. */
  async finish(name: string, handed: Entry): Promise<void> {
    const { peer, claim, grant } = handed;
    const from = await this.records.readOwner(name);
    if (!peer || !from) return;
    for (const address of numbersOf(claim)) {
      const there = await this.records.addresses.get(addressRecordName(from.spec.pool, address));
      if (there?.spec.grant !== grant) continue;
      const spec = { ...there.spec, record: peer.record, grant: peer.grant };
      await this.records.addresses.replace(there, spec);
    }
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const to = await this.records.readOwner(peer.record);
      const intent = to?.spec.entries.find((entry) => entry.grant === peer.grant);
      if (!to || intent?.phase !== 'intended') break;
      const { peer: _peer, intendedUntil: _until, ...held } = intent;
      if (await this.writeEntry(to, intent, [{ ...held, phase: 'held' }])) break;
    }
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const old = await this.records.readOwner(name);
      const entry = old?.spec.entries.find((one) => one.grant === grant);
      if (!old || !entry || (await this.writeEntry(old, entry, []))) return;
    }
  }

  private async writeEntry(
    record: OwnerRecord,
    entry: Entry,
    instead: readonly Entry[],
  ): Promise<boolean> {
    const entries = record.spec.entries.flatMap((one) =>
      one.grant === entry.grant ? instead : [one],
    );
    return (await this.records.writeOwner(placeOf(record), record, entries)) !== undefined;
  }
}

function placeOf({ metadata, spec }: OwnerRecord): OwnerPlace {
  return { name: metadata.name, pool: spec.pool, owner: spec.owner };
}
