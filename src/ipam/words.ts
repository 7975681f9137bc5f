import { IpAddress } from './address';
import { parseV4, printV4, printV6Words } from './address-text';
import { parseMac, printMac } from './mac';

/** The kinds of number that a pool gives. */
export type NumberKind = 'ipv4' | 'ipv6' | 'mac';

/** Number of bits of each kind. */
export const KIND_BITS: Readonly<Record<NumberKind, number>> = { ipv4: 32, ipv6: 128, mac: 48 };

/** As people write it. */
export function nameOf(kind: NumberKind): string {
  return { ipv4: 'IPv4', ipv6: 'IPv6', mac: 'MAC' }[kind];
}

/**
 * An address as four words of 32 bits, highest first; IPv4 is the last of them. Signed, because
 * such numbers need no memory of their own in V8, as a bigint does.
 */
export interface Words {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
}

/** Words that a search writes its result into. */
export type Found = { -readonly [Word in keyof Words]: Words[Word] };

/** Consecutive numbers, both ends included. */
export interface Extent {
  readonly first: bigint;
  readonly last: bigint;
}

export function wordsOf(value: bigint): Words {
  return {
    a: Number(BigInt.asIntN(32, value >> 96n)),
    b: Number(BigInt.asIntN(32, value >> 64n)),
    c: Number(BigInt.asIntN(32, value >> 32n)),
    d: Number(BigInt.asIntN(32, value)),
  };
}

export function numberOf({ a, b, c, d }: Words): bigint {
  const high = (BigInt(a >>> 0) << 32n) | BigInt(b >>> 0);
  return (high << 64n) | (BigInt(c >>> 0) << 32n) | BigInt(d >>> 0);
}

/** Negative, zero or positive. */
export function compareWords(one: Words, other: Words): number {
  if (one.a !== other.a) return (one.a >>> 0) - (other.a >>> 0);
  if (one.b !== other.b) return (one.b >>> 0) - (other.b >>> 0);
  if (one.c !== other.c) return (one.c >>> 0) - (other.c >>> 0);
  return (one.d >>> 0) - (other.d >>> 0);
}

/** Puts the number behind `words` into `found`; false behind the last of 128 bits. */
export function putNext(words: Words, found: Found): boolean {
  const d = (words.d + 1) | 0;
  const c = d === 0 ? (words.c + 1) | 0 : words.c;
  const b = d === 0 && c === 0 ? (words.b + 1) | 0 : words.b;
  const a = d === 0 && c === 0 && b === 0 ? (words.a + 1) | 0 : words.a;
  found.a = a;
  found.b = b;
  found.c = c;
  found.d = d;
  return a !== 0 || b !== 0 || c !== 0 || d !== 0;
}

export function copyWords(words: Words, found: Found): void {
  found.a = words.a;
  found.b = words.b;
  found.c = words.c;
  found.d = words.d;
}

/** The first number from `found` on that begins a block of 2^order; false behind the last of 128 bits. */
export function alignUp(found: Found, order: number): boolean {
  if (order === 0) return true;
  let carry = false;
  const word = (old: number, bits: number): number => {
    if (bits <= 0) {
      const sum = carry ? (old + 1) | 0 : old;
      carry = carry && sum === 0;
      return sum;
    }
    const mask = bits >= 32 ? -1 : (1 << bits) - 1;
    carry = carry || (old & mask) !== 0;
    if (bits >= 32) return 0;
    const rest = old & ~mask;
    const sum = carry ? (rest + (1 << bits)) | 0 : rest;
    carry = carry && sum === 0;
    return sum;
  };
  found.d = word(found.d, order);
  found.c = word(found.c, order - 32);
  found.b = word(found.b, order - 64);
  found.a = word(found.a, order - 96);
  return !carry;
}

/** True when the numbers from `words` on, 2^order of them and aligned, hold the other one. */
export function covers(words: Words, order: number, other: Words): boolean {
  return (
    isSame(words.d, other.d, order) &&
    isSame(words.c, other.c, order - 32) &&
    isSame(words.b, other.b, order - 64) &&
    isSame(words.a, other.a, order - 96)
  );
}

function isSame(one: number, other: number, order: number): boolean {
  if (order <= 0) return one === other;
  return order >= 32 || one >>> order === other >>> order;
}

/** As the agent and every CNI plugin print it; `/LENGTH` follows for a block of 2^order. */
export function printWords(kind: NumberKind, words: Words, order = 0): string {
  const text = printNumber(kind, words);
  return order === 0 ? text : `${text}/${KIND_BITS[kind] - order}`;
}

function printNumber(kind: NumberKind, { a, b, c, d }: Words): string {
  if (kind === 'ipv4') return printV4(d);
  return kind === 'ipv6' ? printV6Words(a, b, c, d) : printMac(c, d);
}

/** An address, MAC or block in prefix form that {@link printWords} printed. */
export function readWords(text: string): { kind: NumberKind; words: Words; order: number } {
  const slash = text.indexOf('/');
  const number = slash < 0 ? text : text.slice(0, slash);
  const { kind, words } = readNumber(number);
  return { kind, words, order: slash < 0 ? 0 : KIND_BITS[kind] - Number(text.slice(slash + 1)) };
}

function readNumber(text: string): { kind: NumberKind; words: Words } {
  const v4 = parseV4(text);
  if (v4 !== undefined) return { kind: 'ipv4', words: { a: 0, b: 0, c: 0, d: v4 | 0 } };
  const mac = parseMac(text);
  if (mac !== undefined) return { kind: 'mac', words: wordsOf(mac) };
  return { kind: 'ipv6', words: wordsOf(IpAddress.parse(text).value) };
}

/** The fewest aligned blocks that hold exactly the numbers of an extent, in order. */
export function alignedBlocks({ first, last }: Extent): { words: Words; order: number }[] {
  const found: { words: Words; order: number }[] = [];
  let start = first;
  while (start <= last) {
    let order = 0;
    let size = 1n;
    while (start % (size * 2n) === 0n && start + size * 2n - 1n <= last) {
      size *= 2n;
      order++;
    }
    found.push({ words: wordsOf(start), order });
    start += size;
  }
  return found;
}
