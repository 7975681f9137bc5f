import { readDocuments } from '../../src/cli/input/documents';
import { decodeText } from '../../src/cli/input/source-text';
import { Locator } from '../../src/cli/places/locator';
import { fileOf } from './support/sources';

describe('what cannot be read', () => {
  interface Case {
    readonly name: string;
    readonly text: string;
    readonly file?: string;
    /** Line and column, what is marked and what is said. */
    readonly want: [place: string, text: string, found: RegExp][];
    /** How many objects are read all the same. */
    readonly objects: number;
  }

  const cases: Case[] = [
    {
      name: 'one bad document among good ones',
      text: 'a: 1\n---\nb: "x\n---\nc: 1\n',
      want: [['3:6', '\n', /closing "quote/]],
      objects: 2,
    },
    {
      name: 'a bracket that is never closed',
      text: 'a: [1,\n\n---\nb: 1\n',
      want: [['1:7', '\n', /no YAML/]],
      objects: 1,
    },
    {
      name: 'only the first of errors that follow from each other',
      text: 'a: b: c: d\n  x: [\n',
      want: [['1:4', 'b', /no YAML: Nested mappings/]],
      objects: 0,
    },
    { name: 'a tab', text: 'a:\n\tb: 1\n', want: [['2:1', '\t', /no YAML: Tabs/]], objects: 0 },
    {
      name: 'keys that stand twice; the object is checked all the same',
      text: 'name: 1\nx: { yy: 1, yy: 2 }\nname: 3\n',
      want: [
        ['2:13', 'yy', /key "yy" stands twice/],
        ['3:1', 'name', /key "name" stands twice/],
      ],
      objects: 1,
    },
    {
      name: 'keys that stand twice in JSON',
      text: '{"a": {"b": 1,\n "b": 2}, "b": 3}',
      want: [['2:2', '"b"', /key "b" stands twice/]],
      objects: 1,
    },
    {
      name: 'an alias without an anchor',
      text: 'a: 1\nb: [*net]\n---\nc: 1\n',
      want: [['2:5', '*net', /no YAML: .*net/]],
      objects: 1,
    },
    {
      name: 'aliases that grow without end',
      text: `a0: &a0 [x]\n${Array.from({ length: 12 }, (_, n) => `a${n + 1}: &a${n + 1} [${Array(9).fill(`*a${n}`).join(', ')}]\n`).join('')}`,
      want: [['1:1', 'a', /Excessive alias count/]],
      objects: 0,
    },
    {
      name: 'S5.7 copied from a page with its indentation, the marker as well',
      text: "\n      ---\n      kind: A\n      spec:\n        config: '{\n        }'\n",
      want: [['2:7', '---', /this marker is indented/]],
      objects: 0,
    },
    {
      name: 'a Helm chart',
      text: 'kind: A\n---\nmetadata:\n  name: {{ .Values.name }}\n{{- if .x }}\n',
      want: [['4:9', '{{', /template/]],
      objects: 1,
    },
    {
      name: 'a template that happens to be YAML',
      text: 'kind: A\nname: {{ .Values.name }}\n',
      want: [['2:7', '{{', /template/]],
      objects: 0,
    },
    {
      name: 'a template that begins with its braces',
      text: '{{- if .x }}\na: 1\n{{ end }}\n',
      want: [['1:1', '{{', /template/]],
      objects: 0,
    },
    {
      name: 'one bad item of a list',
      text: 'kind: List\nitems:\n- a: 1\n- b: [\n- c: 3\n',
      want: [['4:7', '\n', /no YAML/]],
      objects: 2,
    },
    {
      name: 'JSON that is cut off',
      text: '{"kind": "Pod",\n "spec": {"a": 1',
      want: [['2:17', '', /no JSON: a closing brace is missing/]],
      objects: 0,
    },
    {
      name: 'JSON with a comma too many',
      text: '{"kind": "Pod",\n}',
      want: [['2:1', '}', /no JSON: here should be a key/]],
      objects: 0,
    },
    {
      name: 'an object in JSON with comments',
      text: '{ // x\n "kind": "Pod" }',
      file: 'pod.json',
      want: [['1:3', '// x', /JSON has no comments/]],
      objects: 0,
    },
    {
      name: 'one bad value of several in JSON',
      text: '{"a": 1}\n{"b": }\n{"c": 3}',
      want: [['2:7', '}', /no JSON: here should be a value/]],
      objects: 2,
    },
    {
      name: 'brackets without end',
      text: `a: ${'['.repeat(500)}`,
      want: [['1:504', '', /no YAML/]],
      objects: 0,
    },
    {
      name: 'brackets without end in JSON',
      text: `${'['.repeat(50_000)}${']'.repeat(50_000)}`,
      want: [['1:1', '[', /nested too deeply/]],
      objects: 0,
    },
  ];

  test.each(cases)('$name', ({ text, file, want, objects }) => {
    const source = fileOf(text, file);
    const documents = readDocuments(source);
    const locator = new Locator();
    const seen = documents.unreadable.map(({ range, problem }) => {
      const place = locator.placeAt(source, range);
      expect(problem).toMatchObject({ code: 'NL_YAML_INVALID', key: '' });
      return [`${place.line}:${place.column}`, text.slice(...range), problem.found];
    });
    expect(seen).toEqual(
      want.map(([place, part, found]) => [place, part, expect.stringMatching(found)]),
    );
    expect(documents.objects).toHaveLength(objects);
  });

  test('a template is told how to be rendered', () => {
    const [part] = readDocuments(fileOf('a: {{ x }}\n')).unreadable;
    expect(part?.problem.fix).toMatch(/helm template/);
  });

  test('braces in a quoted text are no reason to speak of templates', () => {
    const [part] = readDocuments(fileOf('a: "say {{ x }}"\nb: "x\n')).unreadable;
    expect(part?.problem.found).toMatch(/quote/);
  });
});

describe('bytes', () => {
  const text = 'a: "é😀"\n';

  test.each([
    ['UTF-8', Buffer.from(text)],
    ['UTF-8 with a byte order mark', Buffer.from(`\uFEFF${text}`)],
    ['UTF-16 of Windows', Buffer.from(`\uFEFF${text}`, 'utf16le')],
    ['UTF-16, big end first', Buffer.from(`\uFEFF${text}`, 'utf16le').swap16()],
  ])('%s', (_name, bytes) => {
    expect(decodeText(bytes)).toEqual({ text, isDamaged: false });
  });

  test('no text: told once, with the place, and the rest is read', () => {
    const bytes = Buffer.concat([
      Buffer.from('a: 1\nb: x'),
      Buffer.from([0xff, 0xc3]),
      Buffer.from('\n'),
    ]);
    const source = { ...fileOf(''), ...decodeText(bytes) };
    const { objects, unreadable } = readDocuments(source);
    expect(objects).toHaveLength(1);
    expect(unreadable.map(({ problem, range }) => [problem.found, range])).toEqual([
      ['bytes that are no UTF-8', [9, 10]],
    ]);
  });
});
