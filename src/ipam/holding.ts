import type { ClaimRecord } from './claim-records';
import { HeldPlace } from './number-space';
import type { Timer } from './timers';
import { printWords, readWords } from './words';

/** What one credential holds, over all pools: what its quotas are compared with. */
export interface Tally {
  readonly identity: string;
  claims: number;
  offers: number;
}

/** The part of a holding that changes while its places stay. */
export interface Standing {
  readonly state: ClaimRecord['state'];
  readonly incarnation: number;
  /** Absent for a claim. */
  readonly timed?: Timed | undefined;
  readonly notes?: Notes | undefined;
}

/** Times of an offer or of what was released, in ms since 1970. */
export interface Timed {
  readonly until: number;
  readonly quarantinedUntil?: number | undefined;
  readonly offeredAt?: number | undefined;
}

/** What the owner wrote on its claim. */
export interface Notes {
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly reason?: string | undefined;
}

/**
 * A claim, offer or freed address in memory: a {@link ClaimRecord} with its addresses as numbers,
 * which take a third of the room of their texts.
 */
export class Holding implements Standing {
  state: Standing['state'];
  incarnation: number;
  timed: Timed | undefined;
  notes: Notes | undefined;
  /** False once its time is over: others may get the addresses, and the owner has a first look. */
  isHeld = true;
  /** In the list of serials of its pool. */
  isListed = false;
  timer: Timer<Holding> | undefined = undefined;
  /** The next older holding of the same owner. */
  older: Holding | undefined = undefined;
  /** First of its places, IPv4 before IPv6 before MAC; each knows the next. */
  readonly place: HeldPlace;

  constructor(
    readonly serial: number,
    readonly owner: string,
    readonly tally: Tally,
    places: readonly HeldPlace[],
    standing: Standing,
  ) {
    this.state = standing.state;
    this.incarnation = standing.incarnation;
    this.timed = standing.timed;
    this.notes = standing.notes;
    this.place = places[0] as HeldPlace;
    let next: HeldPlace | undefined;
    for (let index = places.length - 1; index >= 0; index--) {
      const place = places[index] as HeldPlace;
      place.holding = this;
      place.next = next;
      next = place;
    }
  }

  get identity(): string {
    return this.tally.identity;
  }

  get until(): number | undefined {
    return this.timed?.until;
  }

  /** End of the time in which nobody but its last owner gets its addresses. */
  get quarantineEnd(): number | undefined {
    return this.state === 'released' ? this.timed?.until : this.timed?.quarantinedUntil;
  }

  get places(): HeldPlace[] {
    const places: HeldPlace[] = [];
    for (let place: HeldPlace | undefined = this.place; place; place = place.next)
      places.push(place);
    return places;
  }
}

/** A holding as it is stored and answered. Absent keys are left out, never undefined. */
export function recordOf(pool: string, holding: Holding): ClaimRecord {
  const { place, timed, notes } = holding;
  const addresses: string[] = [];
  const record: { -readonly [Key in keyof ClaimRecord]: ClaimRecord[Key] } = {
    serial: holding.serial,
    pool,
    owner: holding.owner,
    identity: holding.tally.identity,
    state: holding.state,
    incarnation: holding.incarnation,
    addresses,
  };
  for (let one: HeldPlace | undefined = place; one; one = one.next) {
    const text = printWords(one.kind, one, one.order);
    if (one.kind === 'mac') record.mac = text;
    else addresses.push(text);
  }
  if (timed !== undefined) {
    record.until = timed.until;
    if (timed.quarantinedUntil !== undefined) record.quarantinedUntil = timed.quarantinedUntil;
    if (timed.offeredAt !== undefined) record.offeredAt = timed.offeredAt;
  }
  if (notes?.labels !== undefined) record.labels = notes.labels;
  if (notes?.reason !== undefined) record.reason = notes.reason;
  return record;
}

/** The mirror of {@link recordOf}. */
export function holdingOf(record: ClaimRecord, tally: Tally): Holding {
  const places = placesOf(record);
  const { state, incarnation, until, quarantinedUntil, offeredAt, labels, reason } = record;
  const timed = until === undefined ? undefined : { until, quarantinedUntil, offeredAt };
  const notes = labels === undefined && reason === undefined ? undefined : { labels, reason };
  const standing = { state, incarnation, timed, notes };
  return new Holding(record.serial, record.owner, tally, places, standing);
}

function placesOf({ addresses, mac }: ClaimRecord): HeldPlace[] {
  const texts = mac === undefined ? addresses : [...addresses, mac];
  return texts.map((text) => {
    const { kind, words, order } = readWords(text);
    return new HeldPlace(kind, words, order);
  });
}
