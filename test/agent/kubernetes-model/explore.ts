/** A step that the world may take next, in words. */
export interface Move<W> {
  readonly says: string;
  readonly world: W;
}

export interface Explored {
  readonly states: number;
  /** The shortest history that breaks a promise; undefined when none does. */
  readonly history: readonly string[] | undefined;
}

/** Goes through every state that can be reached, the nearest first. */
export function explore<W>(
  start: W,
  movesOf: (world: W) => Iterable<Move<W>>,
  brokenBy: (world: W) => string | undefined,
  limit: number,
): Explored {
  const first = JSON.stringify(start);
  const numberOf = new Map<string, number>([[first, 0]]);
  const from: number[] = [-1];
  const says: string[] = [''];
  let line: string[] = [first];
  let at = 0;
  while (line.length > 0) {
    const following: string[] = [];
    for (const text of line) {
      const number = at++;
      for (const move of movesOf(JSON.parse(text) as W)) {
        const key = JSON.stringify(move.world);
        if (numberOf.has(key)) continue;
        numberOf.set(key, from.length);
        from.push(number);
        says.push(move.says);
        const broken = brokenBy(move.world);
        if (broken !== undefined) {
          return { states: from.length, history: [...historyTo(from.length - 1), broken] };
        }
        following.push(key);
      }
      if (from.length > limit) throw new Error(`more than ${limit} states`);
    }
    line = following;
  }
  return { states: from.length, history: undefined };

  function historyTo(end: number): string[] {
    const history: string[] = [];
    for (let one = end; one > 0; one = from[one] as number) history.push(says[one] as string);
    return history.reverse();
  }
}
