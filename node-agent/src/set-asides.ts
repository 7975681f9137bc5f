import type { BookChange, SetAside } from 'netloom';
import type { BookSteps } from './book-steps';

/** Addresses that are in use without a claim, and that nobody gets. */
export class SetAsides {
  constructor(private readonly steps: BookSteps) {}

  /** False for a store that many agents share: it has no record for what is nobody's claim. */
  get areKept(): boolean {
    return !this.steps.isShared;
  }

  /** Keeps addresses from everybody; what is claimed, or of no pool, stays as it is. */
  async add(wishes: readonly SetAside[]): Promise<void> {
    if (!this.areKept) return;
    return this.steps.step((now) => {
      const pools = new Set(wishes.map(({ pool }) => pool));
      const changes = [...pools].flatMap((pool) => {
        const ofPool = wishes.filter((wish) => wish.pool === pool);
        return this.steps.book.pool(pool, now) ? this.changesOf(pool, ofPool, now) : [];
      });
      return { value: undefined, changes };
    });
  }

  /** Lets addresses be given again. */
  async putBack(places: readonly Pick<SetAside, 'pool' | 'address'>[]): Promise<void> {
    if (!this.areKept) return;
    const { book } = this.steps;
    return this.steps.step((now) => ({
      value: undefined,
      changes: places.flatMap(({ pool, address }) => book.putBack(pool, address, now).changes),
    }));
  }

  /** Sets addresses of a pool aside, within a step. */
  changesOf(pool: string, wishes: readonly SetAside[], now: number): BookChange[] {
    const { book } = this.steps;
    return wishes.flatMap((wish) => {
      const isThere = book.serves(pool, wish.address);
      return isThere ? book.setAside({ ...wish, pool }, now).changes : [];
    });
  }
}
