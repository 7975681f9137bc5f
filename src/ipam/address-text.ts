const ZERO = 0x30;
const DOT = 0x2e;
const COLON = 0x3a;

/** Four decimal numbers without leading zeros, from `start` to the end. */
export function parseV4(text: string, start = 0): number | undefined {
  let value = 0;
  let part = 0;
  let digits = 0;
  let parts = 1;
  for (let index = start; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === DOT) {
      if (digits === 0) return undefined;
      value = value * 256 + part;
      part = 0;
      digits = 0;
      parts++;
      continue;
    }
    const digit = code - ZERO;
    if (digit < 0 || digit > 9 || (digits > 0 && part === 0)) return undefined;
    part = part * 10 + digit;
    digits++;
    if (part > 255) return undefined;
  }
  return parts === 4 && digits > 0 ? value * 256 + part : undefined;
}

/** The 16 bytes of the address that is being parsed or printed. */
const BYTES = new Uint8Array(16);
const VIEW = new DataView(BYTES.buffer);

/**
 * RFC 4291 2.2: eight groups, one run of zeros maybe left out, the last two groups maybe dotted.
 * By hand, because checks parse so many that a regular expression was most of a synthesis.
 */
export function parseV6(text: string): bigint | undefined {
  let count = 0;
  let gap = -1;
  let index = 0;
  if (text.startsWith('::')) {
    gap = 0;
    index = 2;
  }
  while (index < text.length) {
    const start = index;
    let group = 0;
    for (let digit = hexDigit(text, index); digit >= 0; digit = hexDigit(text, index)) {
      group = group * 16 + digit;
      index++;
    }
    if (count === 8 || index === start || index - start > 4) return undefined;
    if (text.charCodeAt(index) === DOT) {
      const dotted = count <= 6 ? parseV4(text, start) : undefined;
      if (dotted === undefined) return undefined;
      VIEW.setUint32(2 * count, dotted);
      count += 2;
      break;
    }
    VIEW.setUint16(2 * count, group);
    count++;
    if (index === text.length) break;
    if (text.charCodeAt(index) !== COLON || index + 1 === text.length) return undefined;
    index++;
    if (text.charCodeAt(index) !== COLON) continue;
    if (gap >= 0) return undefined;
    gap = count;
    index++;
  }
  if (gap < 0 ? count !== 8 : count === 8) return undefined;
  if (gap >= 0) moveTail(2 * gap, 2 * count);
  return (VIEW.getBigUint64(0) << 64n) | VIEW.getBigUint64(8);
}

/** Moves what stands behind the gap to the end, and fills the gap with zeros. */
function moveTail(gap: number, end: number): void {
  const tail = 16 - (end - gap);
  BYTES.copyWithin(tail, gap, end);
  BYTES.fill(0, gap, tail);
}

/** -1 for what is none, and behind the end. */
function hexDigit(text: string, index: number): number {
  const code = text.charCodeAt(index);
  if (code >= ZERO && code <= 0x39) return code - ZERO;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

export function printV4(value: number): string {
  return `${(value >>> 24) & 255}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}`;
}

/** RFC 5952: lower case, the longest run of zeros shortened. */
export function printV6(value: bigint): string {
  VIEW.setBigUint64(0, value >> 64n);
  VIEW.setBigUint64(8, value & 0xffff_ffff_ffff_ffffn);
  return printBytes();
}

/** The same from four words of 32 bits, highest first. */
export function printV6Words(a: number, b: number, c: number, d: number): string {
  VIEW.setInt32(0, a);
  VIEW.setInt32(4, b);
  VIEW.setInt32(8, c);
  VIEW.setInt32(12, d);
  return printBytes();
}

function printBytes(): string {
  const gap = longestZeroRun();
  let text = '';
  for (let group = 0; group < 8; ) {
    if (group === gap.start) {
      text += '::';
      group += gap.length;
      continue;
    }
    if (group > 0 && group !== gap.start + gap.length) text += ':';
    text += VIEW.getUint16(2 * group).toString(16);
    group++;
  }
  return text;
}

function longestZeroRun(): { start: number; length: number } {
  let best = 0;
  let length = 0;
  let start = 0;
  for (let group = 0; group <= 8; group++) {
    if (group < 8 && VIEW.getUint16(2 * group) === 0) continue;
    if (group - start > length) {
      best = start;
      length = group - start;
    }
    start = group + 1;
  }
  // A single zero is written out.
  return length > 1 ? { start: best, length } : { start: -1, length: 0 };
}
