import fc from 'fast-check';
import {
  type Attachment,
  interfaceNames,
  networksAnnotation,
  parseNetworksAnnotation,
} from 'netloom';

describe('the networks annotation', () => {
  const cases: { name: string; given: Attachment[]; want: string }[] = [
    { name: 'one network', given: [{ name: 'lan' }], want: 'lan' },
    {
      name: 'S1.7 several networks, the list has no blanks, and one may stand in it twice',
      given: [{ name: 'lan' }, { name: 'lan' }, { name: 'storage' }],
      want: 'lan,lan,storage',
    },
    { name: 'an interface', given: [{ name: 'lan', interface: 'cam0' }], want: 'lan@cam0' },
    {
      name: "the pod's own namespace is left out",
      given: [{ name: 'lan', namespace: 'apps' }],
      want: 'lan',
    },
    {
      name: 'another namespace is written',
      given: [{ name: 'lan', namespace: 'infra', interface: 'net7' }],
      want: 'infra/lan@net7',
    },
    { name: 'nothing', given: [], want: '' },
    {
      name: 'addresses need JSON, and JSON is for all of them',
      given: [{ name: 'lan' }, { name: 'lan', ips: ['10.10.0.5/24'] }],
      want: '[{"name":"lan"},{"name":"lan","ips":["10.10.0.5/24"]}]',
    },
    {
      name: 'a MAC address needs JSON',
      given: [{ name: 'lan', mac: '02:00:00:00:00:01' }],
      want: '[{"name":"lan","mac":"02:00:00:00:00:01"}]',
    },
    {
      name: 'S1.8 JSON with namespace and default-route, keys in a fixed order',
      given: [
        {
          defaultRoute: ['10.10.0.254', 'fd00:10::1'],
          mac: '02:00:00:00:00:01',
          ips: ['10.10.0.5/24', 'fd00:10::5/64'],
          interface: 'cam0',
          namespace: 'infra',
          name: 'lan',
        },
      ],
      want: '[{"name":"lan","namespace":"infra","interface":"cam0","ips":["10.10.0.5/24","fd00:10::5/64"],"mac":"02:00:00:00:00:01","default-route":["10.10.0.254","fd00:10::1"]}]',
    },
    {
      name: 'a name with a dot needs JSON: Multus refuses it in the list',
      given: [{ name: 'lan.v2' }],
      want: '[{"name":"lan.v2"}]',
    },
    {
      name: 'an interface that is no DNS label needs JSON: Multus before 4.1 refuses it in the list',
      given: [{ name: 'lan', interface: 'uplink_p0' }],
      want: '[{"name":"lan","interface":"uplink_p0"}]',
    },
  ];

  test.each(cases)('$name', ({ given, want }) => {
    const text = networksAnnotation(given, 'apps');
    expect(want.startsWith('[') ? JSON.stringify(JSON.parse(text)) : text).toBe(want);
  });

  test('JSON is written for people, over several lines', () => {
    expect(networksAnnotation([{ name: 'lan', ips: ['10.10.0.5/24'] }], 'apps')).toBe(
      '[\n  {\n    "name": "lan",\n    "ips": [\n      "10.10.0.5/24"\n    ]\n  }\n]',
    );
  });
});

describe('reading it as Multus does', () => {
  const cases: { name: string; given: string; want: Attachment[] }[] = [
    { name: 'the empty text of a pod without networks', given: '', want: [] },
    {
      name: 'a list with blanks',
      given: ' lan , infra/lan@net7',
      want: [
        { name: 'lan', namespace: 'apps' },
        { name: 'lan', namespace: 'infra', interface: 'net7' },
      ],
    },
    {
      name: 'JSON',
      given: '[{"name":"lan","default-route":["10.0.0.1"]}]',
      want: [{ name: 'lan', namespace: 'apps', defaultRoute: ['10.0.0.1'] }],
    },
    {
      name: 'empty members as if they were left out',
      given: '[{"name":"lan","namespace":"","mac":null,"ips":null}]',
      want: [{ name: 'lan', namespace: 'apps' }],
    },
    {
      name: 'the interface under its name of old',
      given: '[{"name":"lan","interfaceRequest":"cam0"}]',
      want: [{ name: 'lan', namespace: 'apps', interface: 'cam0' }],
    },
    {
      name: 'the interface under its new name first',
      given: '[{"name":"lan","interface":"a","interfaceRequest":"b"}]',
      want: [{ name: 'lan', namespace: 'apps', interface: 'a' }],
    },
  ];

  test.each(cases)('$name', ({ given, want }) => {
    expect(parseNetworksAnnotation(given, 'apps')).toEqual(want);
  });

  test.each([
    'a/b/c',
    'lan@a@b',
    'lan,',
    ',',
    ' ',
    '@net1',
    '{"name":"lan"}',
    '"lan"',
    '[{"name":"lan"}',
    '[{}]',
    '[null]',
    '["lan"]',
    '[{"name":7}]',
    '[{"name":"lan","ips":"10.0.0.1"}]',
    '[{"name":"lan","ips":[7]}]',
    '[{"name":"lan","interface":1}]',
  ])('%j is refused', (given) => {
    expect(() => parseNetworksAnnotation(given, 'apps')).toThrow(SyntaxError);
  });
});

describe('parse(print(x)) is x', () => {
  const label = fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,8}[a-z0-9])?$/);
  const subdomain = fc.array(label, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('.'));
  const ifname = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,14}$/);
  const some = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
    fc.option(value, { nil: undefined });
  const attachment: fc.Arbitrary<Attachment> = fc.record({
    name: subdomain,
    namespace: some(label),
    interface: some(ifname),
    ips: some(fc.array(fc.oneof(fc.ipV4(), fc.ipV6()), { maxLength: 3 })),
    mac: some(fc.constantFrom('02:00:00:00:00:01', '02-00-00-00-00-02')),
    defaultRoute: some(fc.array(fc.ipV4(), { maxLength: 2 })),
  });
  const known = (one: Attachment, podNamespace: string): object =>
    JSON.parse(JSON.stringify({ ...one, namespace: one.namespace ?? podNamespace }));

  test('for whatever a pod can ask for', () => {
    fc.assert(
      fc.property(fc.array(attachment, { maxLength: 4 }), label, (attachments, podNamespace) => {
        const text = networksAnnotation(attachments, podNamespace);
        expect(parseNetworksAnnotation(text, podNamespace)).toEqual(
          attachments.map((one) => known(one, podNamespace)),
        );
      }),
      { numRuns: 1000 },
    );
  });

  test('the short form is used just where nothing but names is asked for', () => {
    fc.assert(
      fc.property(fc.array(attachment, { minLength: 1, maxLength: 4 }), (attachments) => {
        const isPlain = attachments.every(
          ({ name, interface: link, ips, mac, defaultRoute }) =>
            !/[._A-Z]/.test(`${name}${link ?? ''}`) &&
            !link?.endsWith('-') &&
            [ips, mac, defaultRoute].every((one) => one === undefined),
        );
        expect(networksAnnotation(attachments, 'apps').startsWith('[')).toBe(!isPlain);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('interfaces by position', () => {
  const cases: { name: string; given: (string | undefined)[]; want: string[] }[] = [
    {
      name: 'S1.9 the same network twice gives net1 and net2',
      given: [undefined, undefined],
      want: ['net1', 'net2'],
    },
    {
      name: 'a named one keeps its place in the count',
      given: ['cam0', undefined, 'st0', undefined],
      want: ['cam0', 'net2', 'st0', 'net4'],
    },
    { name: 'none', given: [], want: [] },
  ];

  test.each(cases)('$name', ({ given, want }) => {
    const attachments = given.map((link) => ({ name: 'lan', interface: link }));
    expect(interfaceNames(attachments)).toEqual(want);
  });
});

describe('ports of the node', () => {
  const ports = (portMappings: object[]): unknown =>
    JSON.parse(networksAnnotation([{ name: 'lan', portMappings } as Attachment], 'apps'))[0]
      .portMappings;

  test('have a protocol, which portmap fails without', () => {
    expect(ports([{ hostPort: 80, containerPort: 8080 }])).toEqual([
      { hostPort: 80, containerPort: 8080, protocol: 'tcp' },
    ]);
  });

  test('keep the one that they have', () => {
    const udp = { hostPort: 53, containerPort: 53, protocol: 'udp', hostIP: '10.0.0.1' };
    expect(ports([udp])).toEqual([udp]);
  });
});
