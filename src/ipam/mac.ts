import type { Problem } from '../errors';
import type { Extent } from './words';

const MAC = /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i;
const MAC_BITS = 48n;
/** The lowest bit of the first octet: a group of stations, never one of them (IEEE 802). */
const GROUP_BIT = 1n << 40n;

/** A MAC address in colon form as a number; undefined for any other text. */
export function parseMac(text: string): bigint | undefined {
  if (text.length !== 17 || !MAC.test(text)) return undefined;
  return BigInt(`0x${text.replaceAll(':', '')}`);
}

/** Six octets in lower case with colons, from the two lower words of an address. */
export function printMac(c: number, d: number): string {
  return [c >>> 8, c, d >>> 24, d >>> 16, d >>> 8, d]
    .map((octet) => (octet & 255).toString(16).padStart(2, '0'))
    .join(':');
}

/**
 * MAC addresses of a pool as numbers: `02:00:5e:00:00:00/24`, `FIRST-LAST`, or one. Undefined for
 * any other text.
 */
export function parseMacRange(text: string): Extent | undefined {
  const [address = '', length, ...rest] = text.split('/');
  if (rest.length > 0) return undefined;
  if (length !== undefined) {
    const first = parseMac(address);
    if (first === undefined || !/^([1-9]|[1-3]\d|4[0-8])$/.test(length)) return undefined;
    const size = 1n << (MAC_BITS - BigInt(length));
    return first % size === 0n ? { first, last: first + size - 1n } : undefined;
  }
  const [from = '', to = from, ...more] = address.split('-');
  const [first, last] = [parseMac(from), parseMac(to)];
  if (more.length > 0 || first === undefined || last === undefined) return undefined;
  return first <= last ? { first, last } : undefined;
}

/** Everything wrong with one range of MAC addresses of a pool. */
export function checkMacRange(key: string, text: unknown): Problem[] {
  const range = typeof text === 'string' ? parseMacRange(text) : undefined;
  const why = range === undefined ? 'is not a range of MAC addresses' : whyNoStation(range);
  if (why === undefined) return [];
  return [
    {
      code: 'NL_MAC_INVALID',
      key,
      found: `${JSON.stringify(text)} ${why}`,
      allowed:
        'FIRST-LAST, one address, or a prefix with its length of 8 to 48 bits; the first octet is even and the same in all, and not all are zero',
      fix: 'write it as 02:00:5e:00:00:00/24 or 02:00:5e:00:00:10-02:00:5e:00:00:4f',
    },
  ];
}

/** The problem of a wanted MAC address that can't be one. */
export function macProblem(key: string, text: unknown): Problem {
  return {
    code: 'NL_MAC_INVALID',
    key,
    found: `${JSON.stringify(text)} is not a MAC address`,
    allowed: 'six octets with colons, such as 02:00:5e:00:00:01',
    fix: 'correct it, or leave it out to be given one',
  };
}

function whyNoStation({ first, last }: Extent): string | undefined {
  if (first === 0n) return 'begins with the address of no interface';
  if (first >> 40n !== last >> 40n) return 'spans more than one first octet';
  return (first & GROUP_BIT) === 0n
    ? undefined
    : 'holds addresses of groups (the first octet is odd)';
}
