import { Address4, Address6 } from 'ip-address';
import { NetloomError, type Problem } from '../errors';
import { parseV4, parseV6, printV4, printV6 } from './address-text';
import { ParsedTexts } from './parsed-texts';

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
    if (typeof text !== 'string' || text.length > 45) return undefined;
    return IpAddress.parsed.get(text);
  }

  private static readonly parsed = new ParsedTexts((text): IpAddress | undefined => {
    if (!text.includes(':')) {
      const v4 = parseV4(text);
      return v4 === undefined ? undefined : new IpAddress(4, BigInt(v4));
    }
    const v6 = parseV6(text);
    return v6 === undefined || isMapped(v6) ? undefined : new IpAddress(6, v6);
  });

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

/** What was probably meant by a text that {@link IpAddress.tryParse} does not take. */
function likelyAddress(text: unknown): string {
  const fallback = 'write the address in full';
  if (typeof text !== 'string' || text.length > 100) return fallback;
  const meant = readGenerously(text.trim()) ?? readGenerously(withoutZeros(text.trim()));
  return meant !== undefined && IpAddress.tryParse(meant) ? `${meant}?` : fallback;
}

/** ip-address reads more than plugins do: zones, prefix lengths, IPv4 written as IPv6. */
function readGenerously(text: string): string | undefined {
  if (Address4.isValid(text)) return new Address4(text).correctForm();
  if (!Address6.isValid(text)) return undefined;
  const address = new Address6(text);
  return isMapped(address.bigInt()) ? address.to4().correctForm() : address.correctForm();
}

/** 010.0.0.1 to 10.0.0.1: most who write it mean decimal numbers. */
function withoutZeros(text: string): string {
  return text
    .split('.')
    .map((part) => part.replace(/^0+(?=\d)/, ''))
    .join('.');
}

/** In ::ffff:0:0/96, RFC 4291 2.5.5.2. */
function isMapped(value: bigint): boolean {
  return value >> 32n === 0xffffn;
}
