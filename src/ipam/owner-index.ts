import type { Holding } from './holding';

/** The holdings of a pool by owner. Nearly every owner has one, which then needs no list. */
export class OwnerIndex {
  private readonly byOwner = new Map<string, Holding | Holding[]>();

  /** What an owner holds or is remembered with, the oldest first. */
  of(owner: string): readonly Holding[] {
    const found = this.byOwner.get(owner);
    if (found === undefined) return NONE;
    return Array.isArray(found) ? found : [found];
  }

  add(holding: Holding): void {
    const { owner, serial } = holding;
    const found = this.byOwner.get(owner);
    if (found === undefined) {
      this.byOwner.set(owner, holding);
    } else if (!Array.isArray(found)) {
      this.byOwner.set(owner, found.serial < serial ? [found, holding] : [holding, found]);
    } else {
      const index = found.findLastIndex((one) => one.serial < serial);
      found.splice(index + 1, 0, holding);
    }
  }

  remove(holding: Holding): void {
    const found = this.byOwner.get(holding.owner);
    if (!Array.isArray(found)) {
      this.byOwner.delete(holding.owner);
      return;
    }
    const rest = found.filter((one) => one !== holding);
    this.byOwner.set(holding.owner, rest.length === 1 ? (rest[0] as Holding) : rest);
  }
}

const NONE: readonly Holding[] = [];
