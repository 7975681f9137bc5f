import { randomUUID } from 'node:crypto';
import type { BookChange, ClaimRecord } from 'netloom';
import { OutrunError } from './api-problems';
import type { KnownRecords, OwnerRecord } from './known-records';
import type { OwnerPlace } from './record-store';
import { claimOf, type Entry, numbersOf, ownerRecordName } from './records';

/** How long an intent stands that nobody carries on. */
export const INTENT_MS = 30_000;

export type ClaimChange = Extract<BookChange, { kind: 'claim' }>;

/** What a step wants of one owner's record. */
export interface OwnerPlan {
  readonly place: OwnerPlace;
  /** The version that the book knew when the step ran. */
  readonly base: OwnerRecord | undefined;
  /** As it shall be written first: what is taken is an intent in it. */
  readonly entries: readonly Entry[];
  /** Those intents. */
  readonly taking: readonly Entry[];
}

/** A claim that gets another owner. */
export interface HandOver {
  readonly from: OwnerRecord;
  readonly entry: Entry;
  readonly to: ClaimRecord;
}

/** What a step's rows mean for the records. */
export interface ClaimPlan {
  readonly owners: readonly OwnerPlan[];
  readonly handOvers: readonly HandOver[];
  /** Records of claims that are on their way to another owner: that is finished first. */
  readonly unsettled: readonly string[];
}

interface Draft {
  readonly place: OwnerPlace;
  readonly base: OwnerRecord | undefined;
  entries: Entry[];
  readonly taking: Entry[];
}

/** Compares the rows of a step with the records as they are known. */
export function planClaims(
  known: KnownRecords,
  changes: readonly ClaimChange[],
  now: number,
): ClaimPlan {
  const drafts = new Map<string, Draft>();
  const handOvers: HandOver[] = [];
  const draftOf = (place: OwnerPlace): Draft => {
    const base = known.owners.get(place.name);
    const draft = drafts.get(place.name) ?? {
      place,
      base,
      entries: [...(base?.spec.entries ?? [])],
      taking: [],
    };
    drafts.set(place.name, draft);
    return draft;
  };
  for (const { serial, claim } of changes) {
    const home = known.homeOf(serial);
    if (claim === undefined) {
      if (!home) continue;
      const { pool, owner } = home.spec;
      const draft = draftOf({ name: home.metadata.name, pool, owner });
      draft.entries = draft.entries.filter((entry) => entry.claim.serial !== serial);
      continue;
    }
    checkIncarnation(known.owners.get(ownerRecordName(claim)), claim);
    const place = { name: ownerRecordName(claim), pool: claim.pool, owner: claim.owner };
    if (home && home.metadata.name !== place.name) {
      const entry = home.spec.entries.find((one) => one.claim.serial === serial);
      if (!entry) throw new OutrunError(`claim ${serial} is gone`);
      handOvers.push({ from: home, entry, to: claim });
    } else {
      put(draftOf(place), claim, now);
    }
  }
  const owners = [...drafts.values()].filter(({ base, entries }) => {
    const before = base?.spec.entries ?? [];
    return entries.length !== before.length || entries.some((one, at) => one !== before[at]);
  });
  const touched = [
    ...owners.map(({ base }) => base),
    ...handOvers.flatMap(({ from, to }) => [from, known.owners.get(ownerRecordName(to))]),
  ];
  const unsettled = touched.filter((one) => one !== undefined && isUnsettled(one));
  return { owners, handOvers, unsettled: unsettled.map((one) => one?.metadata.name as string) };
}

/** Agents have blocks of numbers; those of one owner grow whoever serves it. */
function checkIncarnation(
  record: OwnerRecord | undefined,
  { serial, incarnation }: ClaimRecord,
): void {
  const entries = record?.spec.entries ?? [];
  const before = entries.find((entry) => entry.claim.serial === serial)?.claim.incarnation;
  if (incarnation === 0 || incarnation === before) return;
  if (entries.every((entry) => entry.claim.incarnation < incarnation)) return;
  throw new OutrunError('another agent has given this owner a higher incarnation', true);
}

export function isUnsettled({ spec }: OwnerRecord): boolean {
  return spec.entries.some(({ peer }) => peer !== undefined);
}

/** A change of what is held stays one; all else is an intent first. */
function put(draft: Draft, claim: ClaimRecord, now: number): void {
  const index = draft.entries.findIndex((one) => one.claim.serial === claim.serial);
  const before = draft.entries[index];
  const has = before ? numbersOf(before.claim) : [];
  const isCovered = numbersOf(claim).every((number) => has.includes(number));
  // Out of its quarantine it may be outside of a pool that has been shrunk since.
  const isTakenAgain = before?.claim.state === 'released' && claim.state !== 'released';
  if (before?.phase === 'held' && isCovered && !isTakenAgain) {
    draft.entries[index] = { ...before, claim: claimOf(claim) };
    return;
  }
  const keepsGrant = before !== undefined && before.phase !== 'free' && isCovered;
  const isIntended = before?.phase === 'intended';
  const last = isIntended ? before.before : before;
  const entry: Entry = {
    grant: keepsGrant ? before.grant : randomUUID(),
    phase: 'intended',
    claim: claimOf(claim),
    intendedUntil: now + INTENT_MS,
    ...(last && { before: last }),
  };
  draft.taking.push(entry);
  if (index < 0) draft.entries.push(entry);
  else draft.entries[index] = entry;
}
