import { NetloomError } from '../errors';
import { addressProblem, IpAddress } from './address';
import type { ClaimFilter, ClaimPage, ClaimRecord } from './claim-records';
import { type Holding, recordOf } from './holding';
import { parseMac } from './mac';
import type { PoolLedger } from './pool-ledger';
import { compareWords, covers, readWords } from './words';

/** A page ends after so many holdings that do not fit, too: a call must not take long. */
const LOOKED_AT_LIMIT = 20_000;

/** A page of the claims and offers that stand, in the order of giving. */
export function pageOf(
  ledger: PoolLedger,
  filter: ClaimFilter,
  after: number,
  limit: number,
): ClaimPage {
  const claims: ClaimRecord[] = [];
  let lookedAt = 0;
  let last = after;
  const isWhole = limit === Number.POSITIVE_INFINITY;
  for (const holding of candidates(ledger, filter, after)) {
    if (claims.length >= limit || (lookedAt >= LOOKED_AT_LIMIT && !isWhole)) {
      return { claims, next: last };
    }
    lookedAt++;
    last = holding.serial;
    if (fits(holding, filter)) claims.push(recordOf(ledger.name, holding));
  }
  return { claims };
}

/** A page of some holdings, which are in the order of giving. */
export function pageOfHoldings(
  ledger: PoolLedger,
  holdings: readonly Holding[],
  after: number,
  limit: number,
): ClaimPage {
  const rest = holdings.filter(({ serial }) => serial > after);
  const page = rest.slice(0, limit);
  const claims = page.map((holding) => recordOf(ledger.name, holding));
  return rest.length > page.length ? { claims, next: page.at(-1)?.serial } : { claims };
}

/** By owner or address where the filter names one, else all. */
function candidates(ledger: PoolLedger, filter: ClaimFilter, after: number): Iterable<Holding> {
  const known = filter.address === undefined ? undefined : holdersOf(ledger, filter.address);
  const few = filter.owner === undefined ? known : ledger.owners.of(filter.owner).reverse();
  return few?.filter(({ serial }) => serial > after) ?? ledger.serials.behind(after);
}

function holdersOf(ledger: PoolLedger, address: string): Holding[] {
  if (
    parseMac(address) === undefined &&
    IpAddress.tryParse(address.split('/')[0] as string) === undefined
  ) {
    throw new NetloomError(addressProblem('address', address));
  }
  const { kind, words, order } = readWords(address);
  const holding = ledger.space(kind)?.holderOf(words, order)?.holding;
  return holding ? [holding] : [];
}

function fits(holding: Holding, filter: ClaimFilter): boolean {
  if (!holding.isHeld || holding.state === 'released') return false;
  if (filter.state !== undefined && holding.state !== filter.state) return false;
  if (filter.owner !== undefined && holding.owner !== filter.owner) return false;
  if (filter.ownerPrefix !== undefined && !holding.owner.startsWith(filter.ownerPrefix))
    return false;
  if (filter.address !== undefined && !holds(holding, filter.address)) return false;
  return Object.entries(filter.labels ?? {}).every(
    ([name, value]) => holding.notes?.labels?.[name] === value,
  );
}

function holds(holding: Holding, address: string): boolean {
  const { kind, words, order } = readWords(address);
  return holding.places.some(
    (place) =>
      place.kind === kind &&
      (order === 0 ? covers(place, place.order, words) : compareWords(place, words) === 0),
  );
}
