import { linearize } from '../../support/linearizability';
import { type ClaimInput, ClaimModel, type ClaimOperation, type ClaimOutput } from './claim-model';

/** `[begin, end, what, answer]` */
type Row = readonly [number, number, ClaimInput, ClaimOutput?];

function verdictOf(rows: readonly Row[], size = 2): string {
  const operations = rows.map(([invoked, returned, input, output], client): ClaimOperation => {
    return { client, input, invoked, returned, output };
  });
  // A quarantine of 1,000 ms, offers of 250 ms.
  const model = new ClaimModel({ size, rate: 60, offerMs: 15_000 }, operations);
  return linearize(model, operations).verdict;
}

const claim = (owner: string): ClaimInput => ({ verb: 'claim', owner });
const offer = (owner: string): ClaimInput => ({ verb: 'offer', owner });
const release = (owner: string, number: number): ClaimInput => ({
  verb: 'release',
  owner,
  number,
});
const given = (owner: string, address: string, number = 0): ClaimOutput => ({
  given: { owner, address, number },
});
const listed = (...rows: [string, string, number][]): ClaimOutput => ({
  list: rows.map(([owner, address, number]) => ({ owner, address, number })),
});

describe('the model that histories are judged by', () => {
  const wrong: [string, Row[]][] = [
    [
      'one address for two owners',
      [
        [0, 9, claim('a'), given('a', 'x', 1)],
        [0, 9, claim('b'), given('b', 'x', 2)],
      ],
    ],
    [
      'an acknowledged claim that a list after it lacks',
      [
        [0, 1, claim('a'), given('a', 'x', 1)],
        [2, 3, { verb: 'list' }, listed()],
      ],
    ],
    [
      'a claim that is back after its release',
      [
        [0, 1, claim('a'), given('a', 'x', 1)],
        [2, 3, release('a', 1), { released: true }],
        [4, 5, { verb: 'list' }, listed(['a', 'x', 1])],
      ],
    ],
    [
      'another address for the same owner',
      [
        [0, 1, claim('a'), given('a', 'x', 1)],
        [2, 3, claim('a'), given('a', 'y', 2)],
      ],
    ],
    [
      'a release of an older incarnation that frees the newer one',
      [
        [0, 1, claim('a'), given('a', 'x', 1)],
        [2, 3, claim('a'), given('a', 'x', 2)],
        [4, 5, release('a', 1), { released: true }],
      ],
    ],
    [
      'a number that comes twice',
      [
        [0, 1, claim('a'), given('a', 'x', 1)],
        [2, 3, claim('b'), given('b', 'y', 1)],
      ],
    ],
    [
      'a freed address for somebody else before its quarantine is over',
      [
        [0, 1, claim('a'), given('a', 'x', 1)],
        [2, 3, release('a', 1), { released: true }],
        [500, 510, claim('b'), given('b', 'x', 2)],
      ],
    ],
    [
      'a pool that is full with an address to give: it was lost',
      [
        [0, 1, claim('a'), given('a', 'x', 1)],
        [2, 3, release('a', 1), { released: true }],
        [4, 5, claim('b'), given('b', 'y', 2)],
        [1_500, 1_510, claim('c'), { refused: 'full' }],
      ],
    ],
    [
      'an offer that somebody else is offered while it lasts',
      [
        [0, 1, offer('a'), given('a', 'x')],
        [2, 3, offer('b'), given('b', 'x')],
      ],
    ],
    [
      'another address than the one that was offered',
      [
        [0, 1, offer('a'), given('a', 'x')],
        [2, 3, claim('a'), given('a', 'y', 1)],
      ],
    ],
    [
      'a claim handed over that both have',
      [
        [0, 1, claim('a'), given('a', 'x', 1)],
        [2, 3, { verb: 'transfer', owner: 'b', from: 'a' }, given('b', 'x', 1)],
        [4, 5, { verb: 'list' }, listed(['a', 'x', 1], ['b', 'x', 1])],
      ],
    ],
    [
      'a claim without an answer that takes effect after the end of the agent',
      [
        [0, 3, claim('a')],
        [4, 5, { verb: 'list' }, listed()],
        [6, 7, { verb: 'list' }, listed(['a', 'x', 1])],
      ],
    ],
  ];

  test.each(wrong)('refuses %s', (_name, rows) => {
    expect(verdictOf(rows)).toBe('impossible');
  });

  const right: [string, Row[]][] = [
    [
      'a freed address for its own owner at once, and for others after the quarantine',
      [
        [0, 1, claim('a'), given('a', 'x', 1)],
        [2, 3, release('a', 1), { released: true }],
        [4, 5, claim('a'), given('a', 'x', 2)],
        [6, 7, release('a', 2), { released: true }],
        [1_100, 1_101, claim('b'), given('b', 'x', 3)],
      ],
    ],
    [
      'an offer that yields to a claim, and one that has ended',
      [
        [0, 1, offer('a'), given('a', 'x')],
        [2, 3, claim('b'), given('b', 'x', 1)],
        [4, 5, offer('c'), given('c', 'y')],
        [300, 301, offer('d'), given('d', 'y')],
      ],
    ],
    [
      'a full pool while a freed address is in quarantine',
      [
        [0, 1, claim('a'), given('a', 'x', 1)],
        [0, 1, claim('b'), given('b', 'y', 2)],
        [2, 3, release('a', 1), { released: true }],
        [4, 5, claim('c'), { refused: 'full' }],
      ],
    ],
    [
      'a claim without an answer that is there, and one that is not',
      [
        [0, 3, claim('a')],
        [0, 3, claim('b')],
        [4, 5, { verb: 'list' }, listed(['a', 'x', 1])],
        [6, 7, release('b', 9), { released: false }],
      ],
    ],
  ];

  test.each(right)('takes %s', (_name, rows) => {
    expect(verdictOf(rows)).toBe('linearizable');
  });
});
