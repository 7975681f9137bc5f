import type { ClaimRecord } from './claim-records';
import { holdingOf, recordOf, type Tally } from './holding';
import type { PoolLedger } from './pool-ledger';

/** A row as a shared store has it: another book wrote it, or a step of this one came to nothing. */
export interface LearnedClaim {
  readonly pool: string;
  readonly serial: number;
  /** Undefined when it is gone. */
  readonly claim: ClaimRecord | undefined;
  /** True for what has not got its addresses yet: it gives way to whoever holds them. */
  readonly isTentative?: boolean | undefined;
}

/**
 * Puts a row in as the store has it. Whoever else has its addresses here is out of date, and is
 * dropped: the store gives an address to one only.
 *
 * @returns whether the row was another one before
 */
export function learnClaim(
  ledger: PoolLedger,
  { serial, claim, isTentative = false }: LearnedClaim,
  tally: Tally | undefined,
): boolean {
  const [before] = ledger.serials.behind(serial - 1);
  const present = before?.serial === serial ? before : undefined;
  const row = present && recordOf(ledger.name, present);
  if (present) ledger.drop(present);
  if (claim === undefined || tally === undefined) return row !== undefined;
  const holding = holdingOf(claim, tally);
  for (const { kind, order, ...words } of holding.places) {
    const space = ledger.space(kind);
    for (let rival = space?.holderOf(words, order); rival; rival = space?.holderOf(words, order)) {
      if (isTentative || rival.holding === undefined) return row !== undefined;
      ledger.drop(rival.holding);
    }
  }
  ledger.add(holding);
  return JSON.stringify(row) !== JSON.stringify(recordOf(ledger.name, holding));
}
