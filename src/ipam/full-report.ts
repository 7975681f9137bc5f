import type { Holding } from './holding';
import { isSetAside } from './set-aside-marks';
import type { NumberKind } from './words';

/** How a pool that has nothing left is used. */
export interface FullReport {
  /** Of addresses, or MAC addresses; a block counts as one. */
  readonly numbers: Readonly<Record<'claimed' | 'offered' | 'quarantined' | 'setAside', number>>;
  /** The owners with most of them, and how many they have. */
  readonly owners: readonly (readonly [string, number])[];
  /** When the first of them comes free by itself, in ms since 1970. */
  readonly nextEnd: number | undefined;
}

const LARGEST = 3;

/** Counts what is held of one kind. */
export function reportOn(holdings: Iterable<Holding>, kind: NumberKind): FullReport {
  const numbers = { claimed: 0, offered: 0, quarantined: 0, setAside: 0 };
  const owners = new Map<string, number>();
  let nextEnd: number | undefined;
  for (const holding of holdings) {
    if (!holding.isHeld || !holding.places.some((place) => place.kind === kind)) continue;
    // Nobody gave it back, and it ends with no time.
    if (isSetAside(holding)) {
      numbers.setAside++;
      continue;
    }
    numbers[holding.state === 'released' ? 'quarantined' : holding.state]++;
    owners.set(holding.owner, (owners.get(holding.owner) ?? 0) + 1);
    const { until } = holding;
    if (until === undefined) continue;
    if (nextEnd === undefined || until < nextEnd) nextEnd = until;
  }
  return { numbers, owners: largestOf(owners), nextEnd };
}

/** In one pass: a pool may have as many owners as addresses. */
function largestOf(owners: ReadonlyMap<string, number>): (readonly [string, number])[] {
  const largest: (readonly [string, number])[] = [];
  for (const entry of owners) {
    const place = largest.findIndex(([, number]) => number < entry[1]);
    if (place < 0 && largest.length >= LARGEST) continue;
    largest.splice(place < 0 ? largest.length : place, 0, entry);
    largest.length = Math.min(largest.length, LARGEST);
  }
  return largest;
}
