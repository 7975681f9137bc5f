import { Cidr, type ClaimFilter, type ClaimRecord, IpAddress } from 'netloom';

/** Labels of a query: `name=value`, one or several. */
export function labelsOf(
  label: string | readonly string[] | undefined,
): Record<string, string> | undefined {
  if (label === undefined) return undefined;
  const texts = typeof label === 'string' ? [label] : label;
  return Object.fromEntries(
    texts.map((text) => [text.slice(0, text.indexOf('=')), text.slice(text.indexOf('=') + 1)]),
  );
}

/** Whether a claim is one that a filter asks for, whatever its state. */
export function fitsFilter(claim: ClaimRecord, filter: ClaimFilter): boolean {
  if (claim.pool !== filter.pool) return false;
  if (filter.owner !== undefined && claim.owner !== filter.owner) return false;
  if (filter.ownerPrefix !== undefined && !claim.owner.startsWith(filter.ownerPrefix)) return false;
  if (filter.address !== undefined && !holds(claim, filter.address)) return false;
  return Object.entries(filter.labels ?? {}).every(
    ([name, value]) => claim.labels?.[name] === value,
  );
}

function holds({ addresses, mac }: ClaimRecord, wanted: string): boolean {
  if (mac === wanted.toLowerCase() || addresses.includes(wanted)) return true;
  const address = IpAddress.tryParse(wanted);
  if (address === undefined) return false;
  return addresses.some((text) =>
    text.includes('/') ? Cidr.tryParse(text)?.contains(address) : text === String(address),
  );
}
