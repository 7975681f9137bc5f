import { linearize, type Operation, type SequentialModel } from './linearizability';

type Input = { put: number } | 'get';

/** One number that is put and got. */
const register: SequentialModel<number, Input, number> = {
  initial: 0,
  next(state, { input, output }) {
    if (input === 'get') return output === undefined || output === state ? [state] : [];
    return output === undefined ? [state, input.put] : [input.put];
  },
  keyOf: String,
  changesNothing: ({ input }) => input === 'get',
};

/** `[begin, end, what, answer]` */
type Row = readonly [number, number, Input, (number | undefined)?];

function history(rows: readonly Row[]): Operation<Input, number>[] {
  return rows.map(([invoked, returned, input, output], client) => ({
    client,
    input,
    invoked,
    returned,
    output,
  }));
}

describe('the linearizability checker', () => {
  const never = Number.POSITIVE_INFINITY;
  test.each<{ name: string; rows: Row[]; want: string }>([
    { name: 'nothing at all', rows: [], want: 'linearizable' },
    {
      name: 'one after the other',
      rows: [
        [0, 1, { put: 1 }, 0],
        [2, 3, 'get', 1],
      ],
      want: 'linearizable',
    },
    {
      name: 'an old value after the answer of the new one',
      rows: [
        [0, 1, { put: 1 }, 0],
        [2, 3, 'get', 0],
      ],
      want: 'impossible',
    },
    {
      name: 'an old value while the new one is being put',
      rows: [
        [0, 9, { put: 1 }, 0],
        [2, 3, 'get', 0],
      ],
      want: 'linearizable',
    },
    {
      name: 'the new value and then the old one, while the new one is being put',
      rows: [
        [0, 9, { put: 1 }, 0],
        [1, 2, 'get', 1],
        [3, 4, 'get', 0],
      ],
      want: 'impossible',
    },
    {
      name: 'two that see two puts in different orders',
      rows: [
        [0, 9, { put: 1 }, 0],
        [0, 9, { put: 2 }, 0],
        [1, 2, 'get', 1],
        [3, 4, 'get', 2],
        [5, 6, 'get', 1],
      ],
      want: 'impossible',
    },
    {
      name: 'a put without an answer that is seen much later',
      rows: [
        [0, never, { put: 1 }],
        [2, 3, 'get', 0],
        [4, 5, 'get', 1],
      ],
      want: 'linearizable',
    },
    {
      name: 'a put without an answer that is never seen',
      rows: [
        [0, never, { put: 1 }],
        [2, 3, 'get', 0],
      ],
      want: 'linearizable',
    },
    {
      name: 'a put without an answer that is seen and gone again',
      rows: [
        [0, never, { put: 1 }],
        [2, 3, 'get', 1],
        [4, 5, 'get', 0],
      ],
      want: 'impossible',
    },
    {
      name: 'a put without an answer that takes effect after the end of its process',
      rows: [
        [0, 3, { put: 1 }],
        [4, 5, 'get', 0],
        [6, 7, 'get', 1],
      ],
      want: 'impossible',
    },
  ])('$name: $want', ({ rows, want }) => {
    expect(linearize(register, history(rows)).verdict).toBe(want);
  });

  test('what can not be explained is named', () => {
    const rows: Row[] = [
      [0, 1, { put: 1 }, 0],
      [2, 3, { put: 2 }, 0],
      [4, 5, 'get', 1],
    ];
    const operations = history(rows);
    expect(linearize(register, operations)).toMatchObject({
      verdict: 'impossible',
      longest: operations.slice(0, 2),
      stuckAt: operations[2],
    });
  });

  test('it agrees with a search of all orders', () => {
    let state = 1;
    const random = (count: number): number => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      return Math.floor((state / 2 ** 32) * count);
    };
    const verdicts = new Map<string, number>();
    for (let round = 0; round < 3_000; round++) {
      const rows = Array.from({ length: 5 }, (): Row => {
        const begin = random(8);
        const end = begin + 1 + random(6);
        if (random(2) === 0) return [begin, end, 'get', random(3)];
        return [begin, end, { put: 1 + random(2) }, random(4) === 0 ? undefined : 0];
      });
      const operations = history(rows);
      const want = hasOrder(operations) ? 'linearizable' : 'impossible';
      expect([rows, linearize(register, operations).verdict]).toEqual([rows, want]);
      verdicts.set(want, (verdicts.get(want) ?? 0) + 1);
    }
    expect([...verdicts.values()].every((count) => count > 100)).toBe(true);
  });
});

/** Tries every order that time allows. */
function hasOrder(operations: readonly Operation<Input, number>[], state = 0): boolean {
  if (operations.length === 0) return true;
  return operations.some((one) => {
    const rest = operations.filter((other) => other !== one);
    if (rest.some((other) => other.returned < one.invoked)) return false;
    return register.next(state, one).some((next) => hasOrder(rest, next));
  });
}
