import {
  attachmentText,
  type ClaimedAttachment,
  claimedPolicyBindingSpec,
  claimedPolicyName,
  claimedPolicySpec,
  networksAnnotation,
  podNamePattern,
} from 'netloom';

const CAMERA = {
  name: 'lan-claimed',
  namespace: 'apps',
  interface: 'cam0',
  ips: ['10.10.0.100/24'],
};

const policy = (attachments: ClaimedAttachment[], more: object = {}): any =>
  claimedPolicySpec({
    namespace: 'apps',
    name: 'lan-claimed',
    network: 'lan',
    multusNamespace: 'kube-system',
    attachments,
    ...more,
  });

const variablesOf = (spec: any): Map<string, string> =>
  new Map(spec.variables.map(({ name, expression }: any) => [name, expression]));

test('a name for each twin, whatever the namespaces are called', () => {
  expect(claimedPolicyName('apps', 'lan-claimed')).toBe('netloom-apps.lan-claimed');
  expect(claimedPolicyName('a-b', 'c')).not.toBe(claimedPolicyName('a', 'b-c'));
});

describe('podNamePattern', () => {
  const long = 'a'.repeat(60);
  const cases: { kind: string; name: string; yes: string[]; no: string[] }[] = [
    { kind: 'Pod', name: 'web', yes: ['web'], no: ['web-0', 'my-web', 'weba'] },
    { kind: 'Pod', name: 'web.a', yes: ['web.a'], no: ['web-a'] },
    { kind: 'StatefulSet', name: 'db', yes: ['db-0', 'db-12'], no: ['db', 'db-x', 'db-0-0'] },
    {
      kind: 'Deployment',
      name: 'cam',
      yes: ['cam-6d4cf56db6-x8vzq'],
      no: ['cam', 'cam-6d4cf56db6', 'cam-x-6d4cf56db6-x8vzq', 'cam-6d4cf56db6-x8vz'],
    },
    // The API server cuts a long name before the characters that it generates.
    { kind: 'Deployment', name: long, yes: [`${'a'.repeat(58)}x8vzq`], no: ['a-b-c'] },
  ];

  test.each(cases)('$kind $name', ({ kind, name, yes, no }) => {
    const pattern = new RegExp(podNamePattern(kind, name));
    expect(yes.filter((one) => !pattern.test(one))).toEqual([]);
    expect(no.filter((one) => pattern.test(one))).toEqual([]);
  });
});

test('the text of an attachment is what stands in the annotation', () => {
  const text = attachmentText(CAMERA, 'apps');
  expect(text).toMatch(/^\{.*"cam0".*\}$/s);
  expect(text).not.toContain('namespace');
  expect(attachmentText(CAMERA, 'guests')).toContain('"namespace": "apps"');
  for (const others of [[], [{ name: 'lan', namespace: 'apps' }]]) {
    expect(networksAnnotation([...others, CAMERA], 'apps').split(text)).toHaveLength(2);
  }
});

describe('the policy', () => {
  const camera = {
    podNamespace: 'apps',
    podName: '^camera$',
    text: attachmentText(CAMERA, 'apps'),
  };

  test('is about pods that are made or changed, and fails closed', () => {
    const spec = policy([camera]);
    expect(spec.failurePolicy).toBe('Fail');
    expect(spec.matchConstraints.resourceRules).toEqual([
      {
        apiGroups: [''],
        apiVersions: ['v1'],
        operations: ['CREATE', 'UPDATE'],
        resources: ['pods'],
      },
    ]);
    expect(spec.matchConditions.map(({ name }: any) => name)).toEqual([
      'names-networks',
      'changes-networks',
    ]);
    expect(claimedPolicyBindingSpec('apps', 'lan-claimed')).toEqual({
      policyName: 'netloom-apps.lan-claimed',
      validationActions: ['Deny'],
    });
  });

  test('knows the attachments that were written, by namespace and name of the pod', () => {
    const variables = variablesOf(policy([camera]));
    expect(variables.get('texts0')).toBe(
      `[\n["apps", "^camera$", ${JSON.stringify(camera.text)}]\n].filter(c, (c[0] == "" || c[0] == request.namespace) && object.metadata.name.matches(c[1])).map(c, c[2])`,
    );
    expect(variables.get('texts')).toBe('variables.texts0');
  });

  test('is the same, in whatever order they come', () => {
    const others = [camera, { ...camera, podName: '^a$' }, { ...camera, podNamespace: undefined }];
    expect(policy(others)).toEqual(policy([...others].reverse()));
  });

  test('has no expression that CEL is too short for', () => {
    const many = Array.from({ length: 2000 }, (_, index) => ({
      ...camera,
      podName: `^p${index}$`,
    }));
    const variables = variablesOf(policy(many));
    const lengths = [...variables.values()].map(({ length }) => length);
    expect(Math.max(...lengths)).toBeLessThan(100_000);
    const all = [...variables].filter(([name]) => /^texts\d+$/.test(name));
    expect(all.length).toBeGreaterThan(3);
    expect(variables.get('texts')).toBe(all.map(([name]) => `variables.${name}`).join(' + '));
    const lines = all.flatMap(([, expression]) => expression.split('\n').slice(1, -1));
    expect(lines).toHaveLength(2000);
  });

  test('lets nobody through while nothing is attached', () => {
    expect(variablesOf(policy([])).get('texts')).toBe('[""].filter(t, t != "")');
  });

  test('says to whom it speaks, and what to do', () => {
    const [escapes, networks, replaced] = policy([camera]).validations;
    expect(escapes.message).toContain('apps/lan-claimed');
    expect(networks.message).toBe(
      '"apps/lan-claimed" takes any address, so only pods with a claim may attach to it, by exactly the attachment that netloom wrote for them. Attach to "lan", or claim an address in the program that makes it.',
    );
    expect(replaced.message).toBe(networks.message);
  });

  /** The regular expressions of an expression, which CEL and JavaScript read in the same way here. */
  const patternsOf = (expression: string): RegExp[] =>
    [...expression.matchAll(/(?:findAll|matches)\(("(?:[^"\\]|\\.)*")\)/g)].map(
      (match) => new RegExp(JSON.parse(match[1] as string), 'g'),
    );

  const words: { name: string; text: string; near: number; far: number }[] = [
    { name: 'alone', text: 'lan-claimed', near: 1, far: 1 },
    { name: 'with an interface', text: 'lan,lan-claimed@net1', near: 1, far: 1 },
    { name: 'with its namespace', text: 'apps/lan-claimed', near: 1, far: 1 },
    { name: 'with blanks', text: ' apps / lan-claimed @ net1', near: 1, far: 1 },
    { name: 'in JSON', text: '[{"name":"lan-claimed"}]', near: 1, far: 1 },
    { name: 'of another namespace', text: 'other/lan-claimed', near: 0, far: 1 },
    {
      name: 'as a part of other names',
      text: 'my-lan-claimed,lan-claimed-2,lan-claimed.x',
      near: 0,
      far: 0,
    },
    { name: 'with a dot that stands for nothing else', text: 'lanxclaimed', near: 0, far: 0 },
  ];

  test.each(words)('finds the name $name', ({ text, near, far }) => {
    const [, { expression }] = policy([camera]).validations;
    const [nearWord, , farWord] = patternsOf(expression) as [RegExp, RegExp, RegExp];
    expect([text.match(nearWord)?.length ?? 0, text.match(farWord)?.length ?? 0]).toEqual([
      near,
      far,
    ]);
  });

  test('refuses JSON escapes of what names are made of, and no others', () => {
    const [{ expression }] = policy([camera]).validations;
    const [pattern] = patternsOf(expression) as [RegExp];
    const spelt = (code: number): string => `\\u${code.toString(16).padStart(4, '0')}`;
    const refused = Array.from({ length: 256 }, (_, code) => code).filter((code) =>
      spelt(code).match(pattern),
    );
    expect(String.fromCharCode(...refused)).toBe('-.0123456789abcdefghijklmnopqrstuvwxyz');
  });
});
