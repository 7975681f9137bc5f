import type { Found, Words } from './words';

/** Levels in one word of 32 bits: six of 5 bits and one of 2, so that no level crosses words. */
const WORD_LEVELS = 7;
export const TOP_LEVEL = 4 * WORD_LEVELS - 1;

export function isWordTop(level: number): boolean {
  return level % WORD_LEVELS === WORD_LEVELS - 1;
}

/** All slots of a branch as bits. */
export function allSlots(level: number): number {
  return isWordTop(level) ? 0b1111 : -1;
}

/** The level whose slots a block of 2^order is made of. */
export function levelOf(order: number): number {
  if (order === 0) return 0;
  const bits = order & 31;
  return (order >>> 5) * WORD_LEVELS + (bits >= 30 ? 6 : Math.floor(bits / 5));
}

/** 2^this many numbers are in a slot of a level. */
export function orderOf(level: number): number {
  return Math.floor(level / WORD_LEVELS) * 32 + (level % WORD_LEVELS) * 5;
}

/** The slot of a number in its branch of a level. */
export function digit(words: Words, level: number): number {
  if (level < 7) return (words.d >>> (5 * level)) & 31;
  if (level < 14) return (words.c >>> (5 * (level - 7))) & 31;
  if (level < 21) return (words.b >>> (5 * (level - 14))) & 31;
  return (words.a >>> (5 * (level - 21))) & 31;
}

export function lowestBit(bits: number): number {
  return 31 - Math.clz32(bits & -bits);
}

/** The slots of a block at its own level, as bits. */
export function slotMask(index: number, order: number, level: number): number {
  const width = 1 << (order - orderOf(level));
  return ((1 << width) - 1) << index;
}

/** Bits for the first slots of aligned runs of free slots, as many as a block of that order needs. */
export function freeRuns(used: number, order: number, level: number): number {
  let free = ~used;
  const doublings = order - orderOf(level);
  if (doublings > 0) free &= (free >>> 1) & 0x55555555;
  if (doublings > 1) free &= (free >>> 2) & 0x11111111;
  if (doublings > 2) free &= (free >>> 4) & 0x01010101;
  if (doublings > 3) free &= (free >>> 8) & 0x00010001;
  return free;
}

/** Makes `found` the first number of a slot: the digit of the level, and zeros below. */
export function putSlot(found: Found, index: number, level: number): void {
  const shift = 5 * (level % WORD_LEVELS);
  const bits = shift === 30 ? 0b11 : 0b11111;
  const kept = ~((bits << shift) | ((1 << shift) - 1));
  const put = index << shift;
  if (level < 7) {
    found.d = (found.d & kept) | put;
    return;
  }
  found.d = 0;
  if (level < 14) {
    found.c = (found.c & kept) | put;
    return;
  }
  found.c = 0;
  if (level < 21) {
    found.b = (found.b & kept) | put;
    return;
  }
  found.b = 0;
  found.a = (found.a & kept) | put;
}
