import { InterfaceAddress, type IpFamily } from 'netloom';

/** One `ip addr` step on a bridge. */
export interface AddressStep {
  readonly action: 'add' | 'remove' | 'put back';
  /** With prefix length. */
  readonly address: string;
}

/**
 * The steps after which an interface lists the wanted addresses of a family in their declared
 * order. The order matters: the CNI bridge plugin takes the first one it meets for the gateway.
 *
 * How the kernel orders (tried on 6.18): IPv4 primaries in the order of adding, then secondaries
 * (further addresses of a primary's network) in theirs; IPv6 newest first in each scope, wider
 * scopes first. Where the declared order is impossible because of that, the nearest to it counts.
 *
 * @param wanted declared addresses of the family
 * @param present what the interface has of the family, in the kernel's order
 * @param removable addresses that netloom put there earlier
 */
export function addressSteps(
  family: IpFamily,
  wanted: readonly string[],
  present: readonly string[],
  removable: readonly string[],
): AddressStep[] {
  if (wanted.length === 0 && removable.length === 0) return [];
  if (present.length === 0) return steps('add', family === 4 ? wanted : wanted.toReversed());
  // Secondaries stand behind their primary: going backwards, none vanishes with it unasked.
  const toRemove = present
    .filter((one) => removable.includes(one) && !wanted.includes(one))
    .reverse();
  const ours = present.filter((one) => wanted.includes(one) || toRemove.includes(one));
  const foreign = present.filter((one) => !ours.includes(one));
  const inOrder = family === 4 ? wanted : [...wanted].reverse();

  const withoutOurs = removeAll(present, ours);
  const lost = foreign.filter((one) => !withoutOurs.includes(one));
  const target = only(wanted, insertAll(withoutOurs, inOrder));

  const missing = inOrder.filter((one) => !present.includes(one));
  const minimal = insertAll(removeAll(present, toRemove), missing);
  const isEnough =
    same(only(wanted, minimal), target) && foreign.every((one) => minimal.includes(one));
  if (isEnough) return [...steps('remove', toRemove), ...steps('add', missing)];

  const leaving = present.filter((one) => ours.includes(one) || lost.includes(one)).reverse();
  return [...steps('remove', leaving), ...steps('add', inOrder), ...steps('put back', lost)];
}

function steps(action: AddressStep['action'], addresses: readonly string[]): AddressStep[] {
  return addresses.map((address) => ({ action, address }));
}

function insertAll(list: readonly string[], added: readonly string[]): readonly string[] {
  return added.reduce<readonly string[]>(insert, list);
}

function removeAll(list: readonly string[], removed: readonly string[]): readonly string[] {
  return removed.reduce<readonly string[]>(remove, list);
}

/** The kernel's list after an address was added. */
function insert(list: readonly string[], address: string): string[] {
  if (list.includes(address)) return [...list];
  const before = list.findIndex((other) => precedes(address, other, list));
  return before < 0 ? [...list, address] : list.toSpliced(before, 0, address);
}

function precedes(added: string, other: string, list: readonly string[]): boolean {
  if (added.includes(':')) return scope(other) >= scope(added);
  return isSecondary(other, list) && !list.some((one) => sharesNetwork(one, added));
}

/** The kernel's list after an address was removed: an IPv4 primary takes its secondaries with it. */
function remove(list: readonly string[], address: string): string[] {
  if (!list.includes(address)) return [...list];
  const rest = list.filter((one) => one !== address);
  if (address.includes(':') || isSecondary(address, list)) return rest;
  return rest.filter((one) => !sharesNetwork(one, address));
}

function isSecondary(address: string, list: readonly string[]): boolean {
  const first = list.find((one) => sharesNetwork(one, address));
  return first !== undefined && first !== address;
}

function sharesNetwork(one: string, other: string): boolean {
  return InterfaceAddress.parse(one).network.equals(InterfaceAddress.parse(other).network);
}

/** 0 global, 1 site-local (fec0::/10), 2 link-local (fe80::/10). */
function scope(address: string): number {
  const { address: parsed } = InterfaceAddress.parse(address);
  const top = Number(parsed.value >> 118n);
  if (top === 0x3fa) return 2;
  return top === 0x3fb ? 1 : 0;
}

function only(wanted: readonly string[], list: readonly string[]): string[] {
  return list.filter((one) => wanted.includes(one));
}

function same(one: readonly string[], other: readonly string[]): boolean {
  return one.join() === other.join();
}
