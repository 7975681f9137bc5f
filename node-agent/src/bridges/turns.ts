/** Lets one task at a time run, in the order of asking. */
export class Turns {
  private last: Promise<unknown> = Promise.resolve();
  /** Tasks that wait, and the one that runs. */
  waiting = 0;

  take<T>(task: () => Promise<T>): Promise<T> {
    this.waiting += 1;
    const mine = this.last.then(task).finally(() => {
      this.waiting -= 1;
    });
    this.last = mine.catch(() => {});
    return mine;
  }

  /** Resolves when everything that was asked for before is done. */
  async idle(): Promise<void> {
    await this.last;
  }
}
