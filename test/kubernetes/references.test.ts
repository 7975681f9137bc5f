import {
  networkReference,
  parseNetworkReference,
  parsePolicyFor,
  podsOf,
  policyForAnnotation,
  valueAt,
  virtualMachineOf,
} from 'netloom';

describe('references', () => {
  test.each([
    { given: 'lan', want: { name: 'lan' } },
    { given: 'infra/lan.b', want: { namespace: 'infra', name: 'lan.b' } },
    { given: 'a/b/c', want: undefined },
    { given: '/lan', want: undefined },
    { given: 'lan/', want: undefined },
    { given: 'a b', want: undefined },
    { given: '', want: undefined },
  ])('$given', ({ given, want }) => {
    expect(parseNetworkReference(given)).toEqual(want);
    if (want) expect(networkReference(want)).toBe(given);
  });
});

describe('policies', () => {
  test('the networks that a policy is for', () => {
    expect(policyForAnnotation([{ name: 'lan' }, { name: 'a', namespace: 'b' }])).toBe('lan,b/a');
  });

  test('are read without blanks, with their places', () => {
    const given = ' infra/lan , b/ c,a/b/c,';
    expect(
      parsePolicyFor(given).map(({ network, text, span }) => [network, text, given.slice(...span)]),
    ).toEqual([
      [{ namespace: 'infra', name: 'lan' }, 'infra/lan', 'infra/lan'],
      [{ namespace: 'b', name: 'c' }, 'b/c', 'b/ c'],
      [undefined, 'a/b/c', 'a/b/c'],
      [undefined, '', ''],
    ]);
  });
});

describe('pods of an object', () => {
  const annotations = { a: '1' };
  const template = { metadata: { annotations } };
  test.each([
    { name: 'a pod', given: { kind: 'Pod', ...template }, want: ['metadata'] },
    {
      name: 'a workload',
      given: { kind: 'Deployment', spec: { template } },
      want: ['spec', 'template', 'metadata'],
    },
    {
      name: 'a workload of somebody else',
      given: { kind: 'Rollout', spec: { template } },
      want: ['spec', 'template', 'metadata'],
    },
    {
      name: 'a CronJob',
      given: { kind: 'CronJob', spec: { jobTemplate: { spec: { template } } } },
      want: ['spec', 'jobTemplate', 'spec', 'template', 'metadata'],
    },
    {
      name: 'a PodTemplate',
      given: { kind: 'PodTemplate', template },
      want: ['template', 'metadata'],
    },
  ])('$name', ({ given, want }) => {
    expect(podsOf(given)).toMatchObject({ annotationsPath: [...want, 'annotations'], annotations });
    expect(valueAt(given, [...want, 'annotations'])).toBe(annotations);
  });

  test.each([null, undefined, 'x', [], {}, { kind: 7 }, { kind: 'Service', spec: {} }])(
    '%j makes none',
    (given) => expect(podsOf(given)).toBeUndefined(),
  );

  test('a pod without metadata has no annotations', () => {
    expect(podsOf({ kind: 'Pod' })?.annotations).toEqual({});
  });

  test('annotations that are no texts are none', () => {
    expect(
      podsOf({ kind: 'Pod', metadata: { annotations: { a: 1, b: 'x' } } })?.annotations,
    ).toEqual({
      b: 'x',
    });
  });
});

describe('virtual machines', () => {
  const spec = {
    networks: [{ name: 'a', pod: {} }, null],
    domain: { devices: { interfaces: 'x' } },
  };
  test.each([
    { kind: 'VirtualMachineInstance', object: { spec }, path: ['spec'] },
    {
      kind: 'VirtualMachine',
      object: { spec: { template: { spec } } },
      path: ['spec', 'template', 'spec'],
    },
    {
      kind: 'VirtualMachinePool',
      object: { spec: { virtualMachineTemplate: { spec: { template: { spec } } } } },
      path: ['spec', 'virtualMachineTemplate', 'spec', 'template', 'spec'],
    },
  ])('$kind', ({ kind, object, path }) => {
    expect(virtualMachineOf({ apiVersion: 'kubevirt.io/v1', kind, ...object })).toEqual({
      kind,
      name: '',
      namespace: undefined,
      networks: [
        { name: 'a', source: 'pod', networkName: undefined, network: undefined, isDefault: false },
        { name: '', source: 'none', networkName: undefined, network: undefined, isDefault: false },
      ],
      interfaces: [],
      specPath: path,
    });
  });

  test.each([
    { apiVersion: 'compute.example.com/v1', kind: 'VirtualMachine' },
    { apiVersion: 'kubevirt.io/v1', kind: 'KubeVirt' },
    { apiVersion: 'kubevirt.io/v1', kind: 'constructor' },
    null,
  ])('%j is none', (given) => expect(virtualMachineOf(given)).toBeUndefined());
});
