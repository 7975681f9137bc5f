import type { AddressBook, AuditInput, ClaimRecord } from 'netloom';

/** What the book says, for an audit. */
export type AuditFacts = Pick<AuditInput, 'pools' | 'claims' | 'setAsides'>;

/** @param addresses only claims of these. @default - all claims */
export function auditFacts(
  book: AddressBook,
  now: number,
  addresses?: ReadonlySet<string>,
): AuditFacts {
  const holdersOf = (pool: string): ClaimRecord[] =>
    [...(addresses ?? [])].flatMap((address) => book.page({ pool, address }, now).claims);
  const names = book.poolNames();
  const pools = names.map((name) => book.pool(name, now)).filter((one) => one !== undefined);
  const claims = pools.flatMap(({ name }) =>
    addresses === undefined ? book.claims(name, now) : holdersOf(name),
  );
  const setAsides = pools.flatMap(({ name }) => book.setAsides(name, now));
  return { pools, claims, setAsides };
}
