import type { Holding } from './holding';
import { OwnerTable } from './owner-table';

/** The holdings of a pool by owner, the newest first; each one knows the next older one. */
export class OwnerIndex {
  private readonly newestOf = new OwnerTable();

  newest(owner: string): Holding | undefined {
    return this.newestOf.get(owner);
  }

  /** What an owner holds or is remembered with, the newest first; a copy. */
  of(owner: string): Holding[] {
    const found: Holding[] = [];
    for (let one = this.newest(owner); one; one = one.older) found.push(one);
    return found;
  }

  add(holding: Holding): void {
    const newest = this.newestOf.get(holding.owner);
    if (newest === undefined || newest.serial < holding.serial) {
      holding.older = newest;
      this.newestOf.set(holding);
      return;
    }
    let newer = newest;
    while (newer.older && newer.older.serial > holding.serial) newer = newer.older;
    holding.older = newer.older;
    newer.older = holding;
  }

  remove(holding: Holding): void {
    const { older, owner } = holding;
    holding.older = undefined;
    let newer = this.newestOf.get(owner);
    if (newer !== holding) {
      while (newer && newer.older !== holding) newer = newer.older;
      if (newer) newer.older = older;
    } else if (older === undefined) {
      this.newestOf.delete(owner);
    } else {
      this.newestOf.set(older);
    }
  }
}
