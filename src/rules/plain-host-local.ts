import type { CniRoute, HostLocalRange, HostLocalSettings } from '../cni';
import { parseV4, parseV6 } from '../ipam/address-text';

/** An IPv4 address as a number, an IPv6 one as a bigint: they compare, and never with each other. */
type Value = number | bigint;

interface Span {
  readonly first: Value;
  readonly last: Value;
}

interface PlainRange {
  readonly subnet: Span;
  readonly start: Value;
  readonly gateway: Value;
}

/**
 * True when settings are of the common, simple kind and nothing is wrong with them: one range of a
 * family, at most one claimable part in each, routes without next hop. False says nothing: the full
 * check then looks. It is what 1,000 networks without a mistake spend their checks in; a property
 * test holds it against the full check.
 */
export function isPlainlyRight(settings: HostLocalSettings): boolean {
  const { claimable = [], routes = [] } = settings;
  const ranges = singleRanges(settings);
  // A program in plain JavaScript may give anything.
  if (ranges === undefined || !Array.isArray(claimable) || !Array.isArray(routes)) return false;
  let v4: PlainRange | undefined;
  let v6: PlainRange | undefined;
  for (const range of ranges) {
    const plain = plainRange(range);
    if (plain === undefined) return false;
    if (typeof plain.start === 'number') {
      if (v4 !== undefined) return false;
      v4 = plain;
    } else {
      if (v6 !== undefined) return false;
      v6 = plain;
    }
  }
  return arePlainParts(claimable, v4, v6) && routes.every(isPlainRoute);
}

/**
 * True for a next hop inside one of the subnets, each plainly written. False says nothing.
 *
 * @param hop text of an address
 */
export function isPlainlyInside(hop: string, settings: HostLocalSettings): boolean {
  const value = plainAddress(hop);
  if (value === undefined) return false;
  return (singleRanges(settings) ?? []).some((range) => {
    const subnet = plainNetwork(range?.subnet, 30, 126);
    return subnet !== undefined && isInside(value, subnet);
  });
}

/** The ranges where each is a set of its own, in one of the two ways to write them; at least one. */
function singleRanges(settings: HostLocalSettings): readonly HostLocalRange[] | undefined {
  const { ranges, rangeSets } = settings;
  if (hasOldForm(settings) || (ranges !== undefined && rangeSets !== undefined)) return undefined;
  const list = rangeSets === undefined ? ranges : firstOfEach(rangeSets);
  return Array.isArray(list) && list.length > 0 ? list : undefined;
}

function firstOfEach(sets: readonly (readonly HostLocalRange[])[]): HostLocalRange[] | undefined {
  if (!Array.isArray(sets)) return undefined;
  const ranges: HostLocalRange[] = [];
  for (const set of sets) {
    const [range] = Array.isArray(set) && set.length === 1 ? set : [];
    if (range === undefined) return undefined;
    ranges.push(range);
  }
  return ranges;
}

function hasOldForm({ subnet, rangeStart, rangeEnd, gateway }: HostLocalSettings): boolean {
  return (
    subnet !== undefined ||
    rangeStart !== undefined ||
    rangeEnd !== undefined ||
    gateway !== undefined
  );
}

function plainRange(range: HostLocalRange | null): PlainRange | undefined {
  const subnet = plainNetwork(range?.subnet, 30, 126);
  if (!range) return undefined;
  if (subnet === undefined) return undefined;
  const start =
    range.rangeStart === undefined ? next(subnet.first) : plainAddress(range.rangeStart);
  const end = range.rangeEnd === undefined ? lastOf(subnet) : plainAddress(range.rangeEnd);
  const gateway = range.gateway === undefined ? next(subnet.first) : plainAddress(range.gateway);
  if (start === undefined || end === undefined || gateway === undefined) return undefined;
  // At least two addresses, so that one is left beside the gateway; none that no host may have.
  const isRight =
    isInside(start, subnet) &&
    isInside(end, subnet) &&
    start < end &&
    start !== subnet.first &&
    (typeof end !== 'number' || end !== subnet.last) &&
    isInside(gateway, subnet);
  return isRight ? { subnet, start, gateway } : undefined;
}

/** One part in a family's subnet, behind the first address of the range, which stays for run time. */
function arePlainParts(
  claimable: readonly string[],
  v4: PlainRange | undefined,
  v6: PlainRange | undefined,
): boolean {
  const seen = new Set<PlainRange>();
  return claimable.every((text) => {
    const part = plainPart(text);
    const home = typeof part?.first === 'number' ? v4 : v6;
    if (part === undefined || home === undefined || seen.has(home)) return false;
    seen.add(home);
    const { subnet, start, gateway } = home;
    return (
      part.first > start &&
      start !== gateway &&
      part.last < subnet.last &&
      (gateway < part.first || gateway > part.last)
    );
  });
}

function plainPart(text: unknown): Span | undefined {
  if (typeof text !== 'string') return undefined;
  if (text.includes('/')) return plainNetwork(text, 32, 128);
  const dash = text.indexOf('-');
  const first = plainAddress(dash < 0 ? text : text.slice(0, dash));
  const last = dash < 0 ? first : plainAddress(text.slice(dash + 1));
  if (first === undefined || typeof first !== typeof last) return undefined;
  return first <= (last as Value) ? { first, last: last as Value } : undefined;
}

function isPlainRoute(route: CniRoute | null): boolean {
  if (!route) return false;
  return route.gw === undefined && plainNetwork(route.dst, 32, 128) !== undefined;
}

function plainNetwork(text: unknown, most4: number, most6: number): Span | undefined {
  if (typeof text !== 'string') return undefined;
  const slash = text.indexOf('/');
  const length = slash < 0 ? 0 : plainLength(text, slash + 1);
  if (length === 0) return undefined;
  const first = plainAddress(text.slice(0, slash));
  if (typeof first === 'number') {
    const size = 2 ** (32 - length);
    return length <= most4 && first % size === 0 ? { first, last: first + size - 1 } : undefined;
  }
  if (first === undefined || length > most6) return undefined;
  const hosts = HOSTS[length] as bigint;
  return (first & hosts) === 0n ? { first, last: first | hosts } : undefined;
}

/** 1 to 128, or 0 for what is none, or unusual. */
function plainLength(text: string, start: number): number {
  let length = 0;
  for (let index = start; index < text.length; index++) {
    const digit = text.charCodeAt(index) - 0x30;
    if (digit < 0 || digit > 9 || (digit === 0 && length === 0)) return 0;
    length = length * 10 + digit;
  }
  return length <= 128 ? length : 0;
}

/** The host bits of an IPv6 network, by prefix length. */
const HOSTS = Array.from({ length: 129 }, (_, length) => (1n << BigInt(128 - length)) - 1n);

/** IPv4 written as IPv6 (::ffff:0:0/96) is left to the full check, which refuses it. */
function plainAddress(text: unknown): Value | undefined {
  if (typeof text !== 'string' || text.length > 39) return undefined;
  if (!text.includes(':')) return parseV4(text);
  const value = parseV6(text);
  return value !== undefined && value >> 32n !== 0xffffn ? value : undefined;
}

function next(value: Value): Value {
  return typeof value === 'number' ? value + 1 : value + 1n;
}

/** Without the broadcast address, which IPv6 has none of. */
function lastOf({ last }: Span): Value {
  return typeof last === 'number' ? last - 1 : last;
}

function isInside(value: Value, span: Span): boolean {
  return typeof value === typeof span.first && value >= span.first && value <= span.last;
}
