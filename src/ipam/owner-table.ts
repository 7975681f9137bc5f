import type { Holding } from './holding';

/** Slots of an empty table; always a power of two. */
const SMALLEST = 16;

/** Marks a free slot; no hash is 0. */
const FREE = 0;

/**
 * Drawn anew by each process, so that nobody can choose owners that all stand in one place. What the
 * table answers does not depend on it.
 */
const MULTIPLIER = ((Math.random() * 2 ** 31) << 1) | 1;

/**
 * One holding for each owner. A `Map` does the same, and a name that it does not know costs it four
 * looks into memory that is in no cache: a sixth of a claim, of which most are by new owners. Here the
 * hashes stand side by side, and a holding is looked at only when its hash is the one wanted.
 */
export class OwnerTable {
  private hashes = new Int32Array(SMALLEST);
  private holdings: (Holding | undefined)[] = new Array(SMALLEST).fill(undefined);
  private count = 0;
  /** One step asks for the same owner several times. */
  private lastOwner = '';
  private lastHash = hashOf('');

  get(owner: string): Holding | undefined {
    return this.holdings[this.slotOf(owner)];
  }

  /** In place of the one that its owner had. */
  set(holding: Holding): void {
    const slot = this.slotOf(holding.owner);
    if (this.hashes[slot] === FREE) {
      this.count++;
      this.hashes[slot] = this.lastHash;
    }
    this.holdings[slot] = holding;
    // At two thirds a search for an unknown owner looks at five hashes, of one line of the cache.
    if (this.count * 3 > this.hashes.length * 2) this.grow();
  }

  delete(owner: string): void {
    const { hashes, holdings } = this;
    const mask = hashes.length - 1;
    let free = this.slotOf(owner);
    if (hashes[free] === FREE) return;
    this.count--;
    // Those behind it move up, so that no search ends too early.
    for (let slot = (free + 1) & mask; hashes[slot] !== FREE; slot = (slot + 1) & mask) {
      const home = (hashes[slot] as number) & mask;
      if (((slot - home) & mask) < ((slot - free) & mask)) continue;
      hashes[free] = hashes[slot] as number;
      holdings[free] = holdings[slot];
      free = slot;
    }
    hashes[free] = FREE;
    holdings[free] = undefined;
  }

  /** Where an owner stands, or would. Its hash is {@link lastHash} then. */
  private slotOf(owner: string): number {
    if (owner !== this.lastOwner) {
      this.lastHash = hashOf(owner);
      this.lastOwner = owner;
    }
    const { hashes, holdings, lastHash } = this;
    const mask = hashes.length - 1;
    let slot = lastHash & mask;
    while (hashes[slot] !== FREE) {
      if (hashes[slot] === lastHash && holdings[slot]?.owner === owner) break;
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private grow(): void {
    const { hashes: oldHashes, holdings: oldHoldings } = this;
    const mask = oldHashes.length * 2 - 1;
    const hashes = new Int32Array(mask + 1);
    const holdings = new Array<Holding | undefined>(mask + 1).fill(undefined);
    for (let old = 0; old < oldHashes.length; old++) {
      const hash = oldHashes[old] as number;
      if (hash === FREE) continue;
      let slot = hash & mask;
      while (hashes[slot] !== FREE) slot = (slot + 1) & mask;
      hashes[slot] = hash;
      holdings[slot] = oldHoldings[old];
    }
    this.hashes = hashes;
    this.holdings = holdings;
  }
}

/** 32 bits, never {@link FREE}. */
function hashOf(text: string): number {
  let hash = 0;
  for (let index = 0; index < text.length; index++) {
    hash = (Math.imul(hash, MULTIPLIER) + text.charCodeAt(index)) | 0;
  }
  // The last bits of a product depend on the last bits alone; the slot is made of them.
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16) || 1;
}
