/** Lets one task at a time run, in the order of asking. */
export class Turns {
  private last: Promise<unknown> = Promise.resolve();

  take<T>(task: () => Promise<T>): Promise<T> {
    const mine = this.last.then(task);
    this.last = mine.catch(() => {});
    return mine;
  }

  /** Resolves when everything that was asked for before is done. */
  async idle(): Promise<void> {
    await this.last;
  }
}
