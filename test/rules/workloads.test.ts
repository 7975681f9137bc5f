import { hasSeveralPods, nodesOf, platformFacts, podsAtOnce, type WorkloadManifest } from 'netloom';

describe('how many pods there are at once', () => {
  const rolling = (maxSurge: number | string): object => ({
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge } },
  });
  const rows: { given: WorkloadManifest; nodes?: number; want: [number | undefined, number] }[] = [
    { given: { kind: 'Pod' }, want: [1, 0] },
    { given: { kind: 'Deployment' }, want: [1, 1] },
    { given: { kind: 'Deployment', spec: { replicas: 4 } }, want: [4, 1] },
    { given: { kind: 'Deployment', spec: { replicas: 5 } }, want: [5, 2] },
    { given: { kind: 'Deployment', spec: { replicas: 0 } }, want: [0, 0] },
    { given: { kind: 'Deployment', spec: { replicas: 4, ...rolling(0) } }, want: [4, 0] },
    { given: { kind: 'Deployment', spec: { replicas: 4, ...rolling(3) } }, want: [4, 3] },
    { given: { kind: 'Deployment', spec: { replicas: 4, ...rolling('100%') } }, want: [4, 4] },
    { given: { kind: 'Deployment', spec: { replicas: 4, ...rolling('many') } }, want: [4, 0] },
    {
      given: { kind: 'Deployment', spec: { replicas: 4, strategy: { type: 'Recreate' } } },
      want: [4, 0],
    },
    { given: { kind: 'StatefulSet', spec: { replicas: 3 } }, want: [3, 0] },
    { given: { kind: 'ReplicaSet', spec: { replicas: 3 } }, want: [3, 0] },
    { given: { kind: 'DaemonSet' }, want: [undefined, 0] },
    { given: { kind: 'DaemonSet' }, nodes: 3, want: [3, 0] },
    {
      given: {
        kind: 'DaemonSet',
        spec: { updateStrategy: { rollingUpdate: { maxSurge: '50%' } } },
      },
      want: [undefined, 0],
    },
    {
      given: {
        kind: 'DaemonSet',
        spec: { updateStrategy: { rollingUpdate: { maxSurge: '50%' } } },
      },
      nodes: 3,
      want: [3, 2],
    },
    { given: { kind: 'Job', spec: { parallelism: 2 } }, want: [2, 0] },
    {
      given: { kind: 'CronJob', spec: { jobTemplate: { spec: { parallelism: 2 } } } },
      want: [2, 0],
    },
    { given: { kind: 'Rollout' }, want: [undefined, 0] },
    { given: { kind: 'Rollout', spec: { replicas: 2 } }, want: [2, 0] },
    { given: { kind: 'StatefulSet', spec: { replicas: '3' } } as never, want: [1, 0] },
  ];

  test.each(rows)('%j', ({ given, nodes, want }) => {
    const { count, surge } = podsAtOnce(given, nodes);
    expect([count, surge]).toEqual(want);
  });
});

describe('more than one', () => {
  test.each([
    { given: { kind: 'Deployment', spec: { replicas: 2 } }, want: true },
    { given: { kind: 'Deployment' }, want: false },
    { given: { kind: 'DaemonSet' }, want: true },
    { given: { kind: 'DaemonSet' }, nodes: 1, want: false },
    { given: { kind: 'Rollout' }, want: false },
  ])('%j', ({ given, nodes, want }) => expect(hasSeveralPods(given, nodes)).toBe(want));

  test('MicroShift is one node', () => {
    expect(nodesOf({ platform: platformFacts('microshift') })).toBe(1);
    expect(nodesOf({ platform: platformFacts('kubernetes') })).toBeUndefined();
    expect(nodesOf({ nodes: 4, platform: platformFacts('microshift') })).toBe(4);
  });
});
