/** Moves that can be taken back, while a batch runs that is all or none. */
export class Journal {
  private moves: (() => void)[] | undefined;

  /** @param back undoes a move that was just made */
  note(back: () => void): void {
    this.moves?.push(back);
  }

  get isOn(): boolean {
    return this.moves !== undefined;
  }

  /** Runs steps; the answer takes all of them back. */
  during(run: () => void): () => void {
    const moves: (() => void)[] = [];
    const takeBack = (): void => {
      for (const back of moves.reverse()) back();
    };
    this.moves = moves;
    try {
      run();
    } catch (error) {
      this.moves = undefined;
      takeBack();
      throw error;
    }
    this.moves = undefined;
    return takeBack;
  }
}
