import { Address4, Address6 } from 'ip-address';
import { NetloomError, type Problem } from '../errors';

/** 4 or 6. */
export type IpFamily = 4 | 6;

/** Number of bits of an address: 32 or 128. */
export const ADDRESS_BITS = { 4: 32, 6: 128 } as const;

const ALL_ONES = { 4: (1n << 32n) - 1n, 6: (1n << 128n) - 1n } as const;

/**
 * An IPv4 or IPv6 address as a number, printed the way Go (and so every CNI plugin) prints it:
 * RFC 5952, lower case, longest run of zeros shortened.
 */
export class IpAddress {
  private constructor(
    readonly family: IpFamily,
    /** 0 to 2^32 - 1 or 2^128 - 1. */
    readonly value: bigint,
  ) {}

  /**
   * @param text an address without prefix length or zone, e.g. `10.10.0.20` or `fd00:10::20`
   * @throws NetloomError NL_ADDRESS_INVALID
   */
  static parse(text: string): IpAddress {
    const address = IpAddress.tryParse(text);
    if (address === undefined) throw new NetloomError(addressProblem('', text));
    return address;
  }

  /**
   * Like {@link parse}, giving undefined for what is no address. Octal, short and hex forms of IPv4
   * are none, nor is IPv4 mapped into IPv6 (`::ffff:10.0.0.1`): Go, and so every CNI plugin, takes
   * that for the IPv4 address, and one address would have two names.
   */
  static tryParse(text: string): IpAddress | undefined {
    if (typeof text !== 'string' || text.length > 45 || /[/%\s]/.test(text)) return undefined;
    if (!text.includes(':')) {
      const v4 = parseV4(text);
      return v4 === undefined ? undefined : new IpAddress(4, BigInt(v4));
    }
    if (!Address6.isValid(text)) return undefined;
    const value = new Address6(text).bigInt();
    return isMapped(value) ? undefined : new IpAddress(6, value);
  }

  /** @throws RangeError when the value does not fit the family. */
  static of(family: IpFamily, value: bigint): IpAddress {
    if (value < 0n || value > ALL_ONES[family]) {
      throw new RangeError(`${value} is no IPv${family} address`);
    }
    return new IpAddress(family, value);
  }

  /** The address `count` further on (back when negative); undefined beyond the ends of the family. */
  plus(count: bigint | number): IpAddress | undefined {
    const value = this.value + BigInt(count);
    if (value < 0n || value > ALL_ONES[this.family]) return undefined;
    return new IpAddress(this.family, value);
  }

  equals(other: IpAddress): boolean {
    return this.family === other.family && this.value === other.value;
  }

  /** Negative, zero or positive; every IPv4 address comes before every IPv6 address. */
  compare(other: IpAddress): number {
    if (this.family !== other.family) return this.family - other.family;
    if (this.value === other.value) return 0;
    return this.value < other.value ? -1 : 1;
  }

  toString(): string {
    return this.family === 4 ? printV4(Number(this.value)) : printV6(this.value);
  }

  toJSON(): string {
    return this.toString();
  }
}

/** The problem of a text that is no address. */
export function addressProblem(key: string, text: unknown): Problem {
  return {
    code: 'NL_ADDRESS_INVALID',
    key,
    found: `${JSON.stringify(text)} is not an IP address`,
    allowed: 'an IPv4 or IPv6 address without prefix length, such as 10.10.0.20 or fd00:10::20',
    fix: likelyAddress(text),
  };
}

function likelyAddress(text: unknown): string {
  const fallback = 'write the address in full';
  if (typeof text !== 'string') return fallback;
  const [bare = ''] = text.trim().split(/[/%]/);
  if (bare !== text && IpAddress.tryParse(bare)) return `${bare}?`;
  const mapped = bare.includes(':') && Address6.isValid(bare) ? new Address6(bare).bigInt() : 0n;
  if (isMapped(mapped)) return `${IpAddress.of(4, mapped & ALL_ONES[4])}?`;
  const decimal = bare
    .split('.')
    .map((part) => part.replace(/^0+(?=\d)/, ''))
    .join('.');
  return IpAddress.tryParse(decimal) ? `${decimal}?` : fallback;
}

/** In ::ffff:0:0/96, RFC 4291 2.5.5.2. */
function isMapped(value: bigint): boolean {
  return value >> 32n === 0xffffn;
}

function parseV4(text: string): number | undefined {
  // Address4 takes `1.2.3.4` only (no octal, no short forms); the length and digit test spares its
  // slower regular expression for what cannot be one.
  if (text.length < 7 || text.length > 15 || !/^[0-9.]+$/.test(text)) return undefined;
  if (!Address4.isValid(text)) return undefined;
  let value = 0;
  for (const part of text.split('.')) {
    if (part.length > 1 && part.startsWith('0')) return undefined;
    value = value * 256 + Number(part);
  }
  return value;
}

function printV4(value: number): string {
  return `${(value >>> 24) & 255}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}`;
}

function printV6(value: bigint): string {
  const groups: number[] = [];
  let rest = value;
  for (let index = 7; index >= 0; index--) {
    groups[index] = Number(rest & 0xffffn);
    rest >>= 16n;
  }
  const zeros = longestZeroRun(groups);
  if (zeros.length < 2) return groups.map((group) => group.toString(16)).join(':');
  const text = (from: number, to: number): string =>
    groups
      .slice(from, to)
      .map((group) => group.toString(16))
      .join(':');
  return `${text(0, zeros.start)}::${text(zeros.start + zeros.length, 8)}`;
}

function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  let start = 0;
  for (let index = 0; index <= groups.length; index++) {
    if (index < groups.length && groups[index] === 0) continue;
    if (index - start > best.length) best = { start, length: index - start };
    start = index + 1;
  }
  return best;
}
