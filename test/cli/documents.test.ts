import fc from 'fast-check';
import { parse, parseAllDocuments, stringify } from 'yaml';
import { Locator } from '../../src/cli/places/locator';
import { marked, objectsOf } from './support/sources';

describe('the objects of a text', () => {
  interface Case {
    readonly name: string;
    readonly text: string;
    readonly file?: string;
    readonly want: unknown[];
  }

  const cases: Case[] = [
    { name: 'one document', text: 'a: 1\n', want: [{ a: 1 }] },
    {
      name: 'a stream, with a comment behind a marker',
      text: 'a: 1\n--- # x\nb: 2\n',
      want: [{ a: 1 }, { b: 2 }],
    },
    {
      name: 'documents without content',
      text: '# a\n---\n---\n# b\n---\na: 1\n---\n',
      want: [{ a: 1 }],
    },
    {
      name: 'content behind the marker',
      text: '--- {a: 1}\n--- {b: 2}\n',
      want: [{ a: 1 }, { b: 2 }],
    },
    {
      name: 'directives and ends of documents',
      text: '%YAML 1.2\n---\na: 1\n...\n# x\n%YAML 1.2\n---\nb: 2\n',
      want: [{ a: 1 }, { b: 2 }],
    },
    {
      name: 'a line in a block scalar that looks like a marker',
      text: 'a: |\n  ---\n  x\n',
      want: [{ a: '---\nx\n' }],
    },
    {
      name: 'a line that only begins like a marker',
      text: 'a: 1\n---b: 2\n',
      want: [{ a: 1, '---b': 2 }],
    },
    { name: 'texts and numbers are no objects', text: 'hello\n---\n7\n', want: [] },
    {
      name: 'a file of Windows',
      text: 'a: |\r\n  x\r\n---\r\nb: 2\r\n',
      want: [{ a: 'x\n' }, { b: 2 }],
    },
    { name: 'a sequence of objects', text: '- a: 1\n- b: 2\n', want: [{ a: 1 }, { b: 2 }] },
    {
      name: 'words and numbers of YAML 1.1, as kubectl reads them',
      text: "a: [yes, Y, On, NO, n, off, oN, 'yes', 014, -014, 0o14, 0b11, 08, 1:30, 2001-01-01]\n",
      want: [
        {
          a: [
            ...[true, true, true, false, false, false, 'oN', 'yes'],
            ...[12, -12, 12, 3, 8, '1:30', '2001-01-01'],
          ],
        },
      ],
    },
    {
      name: 'aliases and merge keys',
      text: 'a: &x { w: 1 }\nb: *x\nc: { <<: *x, z: 2 }\n',
      want: [{ a: { w: 1 }, b: { w: 1 }, c: { w: 1, z: 2 } }],
    },
    {
      name: 'tags of other tools',
      text: 'a: !Ref x\nb: !vault |\n  y\n',
      want: [{ a: 'x', b: 'y\n' }],
    },
    { name: 'a list', text: 'kind: List\nitems:\n- a: 1\n- b: 2\n', want: [{ a: 1 }, { b: 2 }] },
    {
      name: 'a list whose items are indented',
      text: 'items:\n  # first\n  - a: 1\n\n  - b: |\n      - c\nkind: List\n',
      want: [{ a: 1 }, { b: '- c\n' }],
    },
    {
      name: 'a typed list gives its items their kind',
      text: 'apiVersion: v1\nkind: PodList\nitems:\n- a: 1\n- kind: Job\n',
      want: [{ apiVersion: 'v1', kind: 'Pod', a: 1 }, { kind: 'Job' }],
    },
    {
      name: 'a list in a list',
      text: 'kind: List\nitems:\n- kind: List\n  items: [{ a: 1 }]\n- b: 2\n',
      want: [{ a: 1 }, { b: 2 }],
    },
    { name: 'an empty list', text: 'kind: List\nitems: []\n', want: [] },
    {
      name: 'aliases between the items of a list',
      text: 'kind: List\nitems:\n- &x\n  a: 1\n- <<: *x\n  b: 2\n',
      want: [{ a: 1 }, { a: 1, b: 2 }],
    },
    {
      name: 'items of what is no list',
      text: 'kind: Box\nitems:\n- a: 1\n',
      want: [{ kind: 'Box', items: [{ a: 1 }] }],
    },
    {
      name: 'items of a list in one line',
      text: 'kind: List\nitems: [{ a: 1 }]\n',
      want: [{ a: 1 }],
    },
    {
      name: 'quoted text without indentation, as kubectl takes it',
      text: 'a:\n  b: \'{\n"x": 1\n}\'\n  c: 2\n',
      want: [{ a: { b: '{ "x": 1 }', c: 2 } }],
    },
    {
      name: 'the same twice, in double quotes, with a blank line and escapes',
      text: "a: \"x\ny \\\"\\\nz\n\nq\"\nb: 'x''\n- y'\n",
      want: [{ a: 'x y "z\nq', b: "x' - y" }],
    },
    {
      name: 'the same in an item of a list',
      text: "kind: List\nitems:\n- a:\n    b: '{\n    }'\n- c: '\n  x'\n",
      want: [{ a: { b: '{ }' } }, { c: ' x' }],
    },
    {
      name: 'the same behind a block scalar that begins with a quote',
      text: "a: |\n  'x\nb: '{\n}'\n",
      want: [{ a: "'x\n", b: '{ }' }],
    },
    {
      name: 'a document behind the end of another, without a marker',
      text: 'a: 1\n...\nb: 2\n',
      want: [{ a: 1 }, { b: 2 }],
    },
    { name: 'JSON', text: '{"a": 1}', want: [{ a: 1 }] },
    {
      name: 'JSON values one after another',
      text: '{"a": 1}\n{"b": "}{"}\n[{"c": 3}]',
      want: [{ a: 1 }, { b: '}{' }, { c: 3 }],
    },
    {
      name: 'JSON documents of a YAML stream',
      text: '{"a": 1}\n---\n{"b": 2}\n',
      want: [{ a: 1 }, { b: 2 }],
    },
    {
      name: 'a list in JSON',
      text: '{"kind": "List", "items": [{"a": 1}, null, {"b": 2}]}',
      want: [{ a: 1 }, { b: 2 }],
    },
    { name: 'a flow mapping of YAML', text: '{a: 1, "b": x y}\n', want: [{ a: 1, b: 'x y' }] },
    {
      name: "other tools' JSON with comments",
      text: '{ // x\n "a": [1,], }',
      file: 'tsconfig.json',
      want: [],
    },
    {
      name: 'keys of JavaScript objects',
      text: '__proto__: { x: 1 }\nconstructor: 2\n',
      want: [JSON.parse('{"__proto__": {"x": 1}, "constructor": 2}')],
    },
  ];

  test.each(cases)('$name', ({ text, file, want }) => {
    expect(objectsOf(text, file).map(({ object }) => object)).toEqual(want);
  });

  test('they are counted over lists and documents', () => {
    const objects = objectsOf('kind: List\nitems:\n- a: 1\n- a: 2\n---\na: 3\n');
    expect(objects.map(({ index, object }) => [index, object['a']])).toEqual([
      [0, 1],
      [1, 2],
      [2, 3],
    ]);
  });
});

describe('taking texts apart changes nothing', () => {
  const scalar = fc.oneof(
    fc.string({ unit: fc.constantFrom(...'-.#: \n"\'{}[]&*a%é'), maxLength: 12 }),
    fc.integer(),
    fc.constant(null),
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      scalar,
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom('a', 'b', 'items', '- c'), tie('value'), {
        maxKeys: 3,
        noNullPrototype: true,
      }),
    ),
  }));
  const object = fc.dictionary(fc.constantFrom('a', 'b', 'items', '---'), value, {
    minKeys: 1,
    noNullPrototype: true,
  });
  const print = fc.record({
    indentSeq: fc.boolean(),
    lineWidth: fc.constantFrom(0, 20, 80),
    indent: fc.constantFrom(2, 4),
  });

  test('a stream is read as the library reads it', () => {
    const property = fc.property(fc.array(object, { maxLength: 5 }), print, (objects, options) => {
      const text = objects.map((each) => stringify(each, options)).join('---\n');
      const want = parseAllDocuments(text).map((document) => document.toJS());
      expect(objectsOf(text).map((each) => each.object)).toEqual(want);
    });
    fc.assert(property, { numRuns: 300 });
  });

  test('a list is read as the library reads it, and each item is found in the text', () => {
    const property = fc.property(
      fc.array(object, { minLength: 1, maxLength: 5 }),
      print,
      (items, options) => {
        const marks = items.map((item, at) => ({ mark: `m${at}`, ...item }));
        const text = stringify(
          { apiVersion: 'v1', items: marks, kind: 'List', metadata: {} },
          options,
        );
        const objects = objectsOf(text);
        expect(objects.map((each) => each.object)).toEqual(
          (parse(text) as { items: unknown[] }).items,
        );
        const locator = new Locator();
        const places = objects.map((each) => locator.placeOf(each, { path: ['mark'] }));
        expect(places.map(marked)).toEqual(marks.map(({ mark }) => `mark: ${mark}`));
      },
    );
    fc.assert(property, { numRuns: 300 });
  });
});
