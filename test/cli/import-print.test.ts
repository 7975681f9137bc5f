import fc from 'fast-check';
import { array, type Code, call, chain, literal, object } from '../../src/cli/import/code';
import { printStatement } from '../../src/cli/import/print-code';
import { formatted } from './support/formatted';

const word = fc.string({ unit: fc.constantFrom(...'abcXYZ019-._/'), minLength: 1, maxLength: 30 });
const text = fc.oneof(
  word,
  fc.string({ maxLength: 120 }),
  fc.constantFrom('', "it's", 'say "x"', "'\"'", 'a\nb\\', '10.10.0.0/24', '\u2028\u0000é'),
);
const identifier = fc.stringMatching(/^[a-z][A-Za-z0-9]{0,40}$/).map((name) => `x${name}`);
const key = fc.oneof(
  { weight: 4, arbitrary: identifier },
  { weight: 1, arbitrary: word.filter((one) => !/^\d/.test(one)) },
);
const value = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    text,
    fc.integer(),
    fc.boolean(),
    fc.array(fc.integer({ min: 0 }), { maxLength: 40 }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(key, tie('value'), { maxKeys: 5 }),
  ),
})).value;
const members = fc.dictionary(identifier, value, { maxKeys: 5 }).map(literal);
const ipam: fc.Arbitrary<Code> = members.map((one) => call('Ipam.hostLocal', one));
const network = fc
  .tuple(identifier, word, fc.dictionary(identifier, value, { maxKeys: 4 }), fc.option(ipam))
  .map(([scope, id, settings, addresses]) =>
    call(
      'new BridgeNetwork',
      { kind: 'text', of: 'name', text: scope },
      literal(id),
      object({
        ...Object.fromEntries(Object.entries(settings).map(([name, one]) => [name, literal(one)])),
        ...(addresses && { ipam: addresses, chain: array([addresses, call('Chain.sbr')]) }),
      }),
    ),
  );
const attach = fc.tuple(identifier, fc.option(members)).map(([name, options]) => {
  const subject: Code = { kind: 'text', of: 'name', text: name };
  return call('attach', subject, ...(options ? [options] : []));
});
const pod = fc
  .tuple(identifier, fc.array(attach, { minLength: 1, maxLength: 5 }))
  .map(([name, calls]) => chain(`PodNetworks.of(${name})`, calls));

const name = (text: string): Code => ({ kind: 'text', of: 'name', text });
const long = 'x'.repeat(90);

describe('an imported program', () => {
  const cases: { name: string; given: string; want: string }[] = [
    {
      name: 'a long string stands below its key, unless that gains no room',
      given: printStatement('', call('f', literal({ long, abcd: long }))),
      want: `f({\n  long: '${long}',\n  abcd: '${long}',\n});`,
    },
    {
      name: 'where that gains room',
      given: printStatement('', call('f', literal({ label: long }))),
      want: `f({\n  label:\n    '${long}',\n});`,
    },
    {
      name: 'numbers fill lines, objects stand below each other',
      given: printStatement(
        '',
        call(
          'f',
          literal({
            a: Array.from({ length: 30 }, (_, at) => 1000 + at),
            b: [
              { c: 1, d: 2 },
              { c: 3, d: 4 },
            ],
          }),
        ),
      ),
      want: `f({
  a: [
    1000, 1001, 1002, 1003, 1004, 1005, 1006, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 1015,
    1016, 1017, 1018, 1019, 1020, 1021, 1022, 1023, 1024, 1025, 1026, 1027, 1028, 1029,
  ],
  b: [
    { c: 1, d: 2 },
    { c: 3, d: 4 },
  ],
});`,
    },
    {
      name: 'the last of several calls is broken, the others stay beside it',
      given: printStatement(
        '',
        chain('PodNetworks.of(web)', [
          call('attach', name('lan')),
          call('attach', name('wan'), literal({ interface: 'wan0', mac: long })),
        ]),
      ),
      want: `PodNetworks.of(web).attach(lan).attach(wan, {
  interface: 'wan0',
  mac: '${long}',
});`,
    },
    {
      name: 'several calls that fit in no line stand below each other',
      given: printStatement(
        '',
        chain('PodNetworks.of(web)', [
          call('attach', name('lan'), literal({ ips: ['10.0.0.5/24'] })),
          call('attach', name('wan')),
        ]),
      ),
      want: `PodNetworks.of(web)
  .attach(lan, { ips: ['10.0.0.5/24'] })
  .attach(wan);`,
    },
    {
      name: 'keys have quotes where they need them, and a prototype is none',
      given: printStatement('', literal(JSON.parse('{"a-b":1,"é":2,"1":3,"__proto__":4}'))),
      want: `{ '1': 3, 'a-b': 1, é: 2, ['__proto__']: 4 };`,
    },
    {
      name: 'what hides text, or ends a line, is written out',
      given: printStatement('', literal(`\u202e\u2028\0${String.fromCharCode(0xd800)}\u{e0001}\\`)),
      want: `'\\u202e\\u2028\\u0000\\ud800\\udb40\\udc01\\\\';`,
    },
  ];

  test.each(cases)('$name', ({ given, want }) => expect(given).toBe(want));

  test('is formatted as Biome would format it', () => {
    const statement = fc.oneof(
      fc.tuple(identifier, network).map(([name, code]) => printStatement(`const ${name} = `, code)),
      network.map((code) => printStatement('', code)),
      pod.map((code) => printStatement('', code)),
    );
    const program = fc.array(statement, { minLength: 300, maxLength: 400, size: 'max' });
    fc.assert(
      fc.property(program, (statements) => {
        const printed = `${statements.join('\n')}\n`;
        expect(formatted([printed])).toEqual([printed]);
      }),
      { numRuns: 3, endOnFailure: true },
    );
  });
});
