import type { Holding } from './holding';

/** The holdings of a pool in the order of giving; serials only grow, so that adding is cheap. */
export class SerialList {
  private listed: Holding[] = [];
  /** Entries that were removed and not yet swept out. */
  private gone = 0;

  get size(): number {
    return this.listed.length - this.gone;
  }

  add(holding: Holding): void {
    holding.isListed = true;
    const last = this.listed.at(-1);
    if (last === undefined || last.serial < holding.serial) {
      this.listed.push(holding);
      return;
    }
    // It has been here before: its owner changed, or a step is taken back.
    const index = this.firstBehind(holding.serial - 1);
    if (this.listed[index]?.serial === holding.serial) {
      this.listed[index] = holding;
      this.gone--;
    } else {
      this.listed.splice(index, 0, holding);
    }
  }

  remove(holding: Holding): void {
    holding.isListed = false;
    this.gone++;
    if (this.gone < 64 || this.gone * 4 < this.listed.length) return;
    this.listed = this.listed.filter((one) => one.isListed);
    this.gone = 0;
  }

  /** Those with a higher serial than `after`, in order. */
  *behind(after: number): Generator<Holding> {
    const { listed } = this;
    for (let index = this.firstBehind(after); index < listed.length; index++) {
      const holding = listed[index] as Holding;
      if (holding.isListed) yield holding;
    }
  }

  private firstBehind(serial: number): number {
    let low = 0;
    let high = this.listed.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.listed[middle] as Holding).serial <= serial) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
