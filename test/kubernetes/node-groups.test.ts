import { onNodes, selectionConflicts } from 'netloom';

const RACK = { nodeSelector: { rack: 'a' } };
const CORES = { matchExpressions: [{ key: 'cores', operator: 'Gt', values: ['16'] }] } as const;
const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';

describe('onNodes', () => {
  const cases: { name: string; given: unknown; selections: object[]; want: object }[] = [
    { name: 'nothing stays nothing', given: undefined, selections: [], want: {} },
    {
      name: 'labels beside those that are there',
      given: { nodeSelector: { zone: 'z' }, x: 1 },
      selections: [RACK, { nodeSelector: { gpu: 'yes' } }],
      want: { nodeSelector: { zone: 'z', rack: 'a', gpu: 'yes' }, x: 1 },
    },
    {
      name: 'conditions make a term where there is none',
      given: {},
      selections: [CORES],
      want: { affinity: { nodeAffinity: { [REQUIRED]: { nodeSelectorTerms: [CORES] } } } },
    },
    {
      name: 'conditions go into each term: one of them is enough',
      given: {
        affinity: {
          nodeAffinity: {
            preferred: 1,
            [REQUIRED]: { nodeSelectorTerms: [{ matchFields: 1 }, { matchExpressions: ['x'] }] },
          },
        },
      },
      selections: [CORES],
      want: {
        affinity: {
          nodeAffinity: {
            preferred: 1,
            [REQUIRED]: {
              nodeSelectorTerms: [
                { matchFields: 1, ...CORES },
                { matchExpressions: ['x', ...CORES.matchExpressions] },
              ],
            },
          },
        },
      },
    },
  ];

  test.each(cases)('$name', ({ given, selections, want }) => {
    const before = JSON.stringify(given);
    expect(onNodes(given, selections)).toEqual(want);
    expect(JSON.stringify(given)).toBe(before);
  });
});

describe('selectionConflicts', () => {
  const cases: { name: string; given: unknown; selections: object[]; want: object[] }[] = [
    { name: 'none', given: { nodeSelector: { rack: 'a' } }, selections: [RACK, CORES], want: [] },
    {
      name: 'with the pod',
      given: { nodeSelector: { rack: 'b' } },
      selections: [RACK],
      want: [{ label: 'rack', values: ['b', 'a'] }],
    },
    {
      name: 'between selections',
      given: undefined,
      selections: [RACK, { nodeSelector: { rack: 'b' } }],
      want: [{ label: 'rack', values: ['a', 'b'] }],
    },
  ];

  test.each(cases)('$name', ({ given, selections, want }) => {
    expect(selectionConflicts(given, selections)).toEqual(want);
  });
});
