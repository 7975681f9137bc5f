import { readDocuments, type SourceObject } from '../../src/cli/input/documents';
import { JsonPlaces } from '../../src/cli/places/json-places';
import { Lines } from '../../src/cli/places/lines';
import { Locator } from '../../src/cli/places/locator';
import type { ObjectPath } from '../../src/kubernetes';
import { fileOf, marked, objectIn, objectsOf, placeIn } from './support/sources';

const CONFIG = ['spec', 'config'];

interface Case {
  readonly name: string;
  readonly text: string;
  readonly file?: string;
  readonly where: ObjectPath;
  /** Line, column and what is marked. */
  readonly want: [line: number, column: number, text: string];
}

const NETWORK = `# a network
kind: NetworkAttachmentDefinition
metadata:
  name: lan
  annotations:
spec:
  config: '{ "type": "macvlan",
    "ipam": { "ranges": [[{ "subnet": "10.0.0.0/24" }], []] },
    "it''s": 1 }'
`;

const cases: Case[] = [
  {
    name: 'a value',
    text: NETWORK,
    where: { path: ['metadata', 'name'] },
    want: [4, 3, 'name: lan'],
  },
  {
    name: 'a key',
    text: NETWORK,
    where: { path: ['metadata', 'name'], isKey: true },
    want: [4, 3, 'name'],
  },
  {
    name: 'a mapping is shown by its key',
    text: NETWORK,
    where: { path: ['metadata'] },
    want: [3, 1, 'metadata'],
  },
  {
    name: 'a value that is left empty is shown by its key',
    text: NETWORK,
    where: { path: ['metadata', 'annotations'] },
    want: [5, 3, 'annotations'],
  },
  {
    name: 'a key that is missing: what it is missing in',
    text: NETWORK,
    where: { path: ['metadata', 'namespace'] },
    want: [3, 1, 'metadata'],
  },
  {
    name: 'a key that is missing, meant as a key',
    text: NETWORK,
    where: { path: ['metadata', 'namespace', 'x'], isKey: true },
    want: [3, 1, 'metadata'],
  },
  {
    name: 'a key of the root that is missing: the first one',
    text: NETWORK,
    where: { path: ['apiVersion'] },
    want: [2, 1, 'kind'],
  },
  {
    name: 'a text that goes over several lines, as a whole: up to the end of its first line',
    text: NETWORK,
    where: { path: CONFIG },
    want: [7, 3, `config: '{ "type": "macvlan",`],
  },
  {
    name: 'a value in a JSON text',
    text: NETWORK,
    where: { path: CONFIG, inside: ['ipam', 'ranges', 0, 0, 'subnet'] },
    want: [8, 29, '"subnet": "10.0.0.0/24"'],
  },
  {
    name: 'a key in a JSON text, with an escaped quote',
    text: NETWORK,
    where: { path: CONFIG, inside: ["it's"], isKey: true },
    want: [9, 5, `"it''s"`],
  },
  {
    name: 'an array element that is an array',
    text: NETWORK,
    where: { path: CONFIG, inside: ['ipam', 'ranges', 1] },
    want: [8, 57, '['],
  },
  {
    name: 'a missing key of the JSON root: its brace',
    text: NETWORK,
    where: { path: CONFIG, inside: ['name'] },
    want: [7, 12, '{'],
  },
  {
    name: 'a missing key deep in the JSON: the key of what it is missing in',
    text: NETWORK,
    where: { path: CONFIG, inside: ['ipam', 'routes', 0, 'dst'] },
    want: [8, 5, '"ipam"'],
  },
  {
    name: 'a missing element',
    text: NETWORK,
    where: { path: CONFIG, inside: ['ipam', 'ranges', 0, 3] },
    want: [8, 26, '['],
  },
  {
    name: 'JSON in a value that is not there',
    text: NETWORK,
    where: { path: ['spec', 'conf'], inside: ['type'] },
    want: [6, 1, 'spec'],
  },
  {
    name: 'the end of a text that stops too early',
    text: 'spec:\n  config: \'{ "a":\'\n',
    where: { path: CONFIG, span: [6, 6] },
    want: [2, 18, "'"],
  },
  {
    name: 'a part of a plain text',
    text: 'metadata:\n  annotations:\n    networks: lan, apps/wan@net1\n',
    where: { path: ['metadata', 'annotations', 'networks'], span: [5, 13] },
    want: [3, 20, 'apps/wan'],
  },
  {
    name: 'an item of a block sequence',
    text: 'items:\n  - name: a\n  - name: b\n',
    where: { path: ['items', 1] },
    want: [3, 5, 'name'],
  },
  {
    name: 'an item that is a sequence',
    text: 'items:\n  - - a\n    - b\n',
    where: { path: ['items', 0] },
    want: [2, 5, '-'],
  },
  {
    name: 'a block scalar as a whole is shown by its key',
    text: 'spec:\n  config: |\n    {}\n',
    where: { path: CONFIG },
    want: [2, 3, 'config'],
  },
  {
    name: 'an alias is shown where the value is written',
    text: 'a: &net\n  name: lan\nb: *net\n',
    where: { path: ['b', 'name'] },
    want: [2, 3, 'name: lan'],
  },
  {
    name: 'what a merge key brings is shown where it is written',
    text: 'a: &net { name: lan, mtu: 1 }\nb:\n  <<: *net\n  mtu: 2\n',
    where: { path: ['b', 'name'] },
    want: [1, 11, 'name: lan'],
  },
  {
    name: 'a value on another line than its key is shown by its key',
    text: "spec:\n  config: # JSON\n    '{}'\n",
    where: { path: CONFIG },
    want: [2, 3, 'config'],
  },
  {
    name: 'a value of a JSON text on another line than its key',
    text: `spec:\n  config: '{ "a":\n    1 }'\n`,
    where: { path: CONFIG, inside: ['a'] },
    want: [2, 14, '"a"'],
  },
  {
    name: 'line breaks that are escaped are none here',
    text: 'spec:\n  config: "{\\n\\"a\\":\\n1}"\n',
    where: { path: CONFIG, inside: ['a'] },
    want: [2, 15, '\\"a\\":\\n1'],
  },
  {
    name: 'a value of a JSON file on another line than its key',
    text: '{\n "a":\n  1\n}',
    file: 'x.json',
    where: { path: ['a'] },
    want: [2, 2, '"a"'],
  },
  {
    name: 'an alias of a text, which stands before its key',
    text: 'c: { a: &x lan, b: *x }\n',
    where: { path: ['c', 'b'] },
    want: [1, 17, 'b'],
  },
  {
    name: 'a key with an explicit mark, and the value on a line of its own',
    text: '? a\n: b\n',
    where: { path: ['a'] },
    want: [1, 3, 'a'],
  },
  {
    name: 'an own key wins over a merged one',
    text: 'a: &net { name: lan, mtu: 1 }\nb:\n  <<: [*net, { x: 1 }]\n  mtu: 2\n',
    where: { path: ['b', 'mtu'] },
    want: [4, 3, 'mtu: 2'],
  },
  {
    name: 'a key that is a number, one that is null',
    text: 'a:\n  80: http\n  ~: none\n',
    where: { path: ['a', '80'] },
    want: [2, 3, '80: http'],
  },
  {
    name: 'columns are characters, not UTF-16 units',
    text: 'a: ["😀é", b]\n',
    where: { path: ['a', 1] },
    want: [1, 11, 'b'],
  },
  {
    name: 'a flow mapping without a key',
    text: 'a: [{ b: 1 }]\n',
    where: { path: ['a', 0] },
    want: [1, 5, '{'],
  },
  {
    name: 'a later document of a stream',
    text: '---\n---\n# one\n--- # two\na: 1\n',
    where: { path: ['a'] },
    want: [5, 1, 'a: 1'],
  },
  {
    name: 'a text with a tag and an anchor',
    text: 'spec:\n  config: !!str &x \'{"a": 1}\'\n',
    where: { path: CONFIG, inside: ['a'] },
    want: [2, 22, '"a": 1'],
  },
  {
    name: 'a JSON file',
    text: '{\n  "spec": {\n    "config": "{\\"a\\": {\\"b\\": 1}}"\n  }\n}',
    file: 'x.json',
    where: { path: CONFIG, inside: ['a', 'b'] },
    want: [3, 25, '\\"b\\": 1'],
  },
  {
    name: 'a missing key of a JSON file',
    text: '{"spec": {"config": "{}"}}',
    file: 'x.json',
    where: { path: ['spec', 'x', 0] },
    want: [1, 2, '"spec"'],
  },
  {
    name: 'the root of a JSON file',
    text: '\n {"spec": 1}',
    file: 'x.json',
    where: { path: ['kind'] },
    want: [2, 2, '{'],
  },
];

test.each(cases)('$name', ({ text, file, where, want }) => {
  const place = placeIn(text, where, file);
  expect([place.line, place.column, marked(place)]).toEqual(want);
  expect(place.endColumn - place.column).toBe([...want[2]].length);
});

test.each(cases)('$name, in a file of Windows', ({ text, file, where, want }) => {
  const place = placeIn(text.replaceAll('\n', '\r\n'), where, file);
  expect([place.line, place.column, marked(place)]).toEqual(want);
});

test('items of lists, in YAML and JSON, each with places of its own', () => {
  const yaml = 'items:\n- kind: A\n  x: 1\n# two\n- kind: B\n  long: name\n  x: 2\nkind: List\n';
  const json = JSON.stringify({
    kind: 'List',
    items: [
      { kind: 'A', x: 1 },
      { kind: 'B', x: 2 },
    ],
  });
  for (const [text, file] of [[yaml], [json, 'list.json']]) {
    const locator = new Locator();
    const objects = objectsOf(text as string, file);
    const places = objects.map((object) => locator.placeOf(object, { path: ['x'] }));
    expect(places.map(marked)).toEqual(file ? ['"x":1', '"x":2'] : ['x: 1', 'x: 2']);
    // Apart in YAML, where a syntax tree takes a hundred times the text's memory.
    expect(objects[0]?.piece === objects[1]?.piece).toBe(file !== undefined);
  }
});

test('several texts of one object, asked for in turns', () => {
  const text = 'a: \'{"x": 1}\'\nb: "{\\"long\\": 1, \\"x\\": 2}"\n';
  const [locator, object] = [new Locator(), objectIn(text)];
  const find = (key: string) => marked(locator.placeOf(object, { path: [key], inside: ['x'] }));
  expect(['a', 'b', 'a'].map(find)).toEqual(['"x": 1', '\\"x\\": 2', '"x": 1']);
});

test('of a key that stands twice the last one counts', () => {
  for (const [text, file] of [['a: 1\na: 2\n'], ['{"a": 1, "a": 2}', 'x.json']]) {
    const [object] = readDocuments(fileOf(text as string, file)).objects;
    const place = new Locator().placeOf(object as SourceObject, { path: ['a'] });
    expect([object?.object['a'], marked(place)]).toEqual([2, file ? '"a": 2' : 'a: 2']);
  }
});

describe('JSON that is cut off or wrong', () => {
  const text = '{"a": , "b": [1,, {"c": 2}] "d" "e": "f"';

  test.each([
    [['b'], '['],
    [['b', 0], '1'],
    [['e'], '"f"'],
    [['a'], ''],
  ])('%j', (steps, want) => {
    const { value } = new JsonPlaces(text).find(0, steps);
    expect(text.slice(...value)).toBe(want);
  });

  test.each(['', '{', '[', '{"a"', '{"a":', '[1', '{"a": [', ']', '{"a": }', '{]'])(
    'no search in %j fails or goes on forever',
    (broken) => {
      const places = new JsonPlaces(broken);
      for (const steps of [[], ['a'], [0], ['a', 0, 'b']]) {
        const { value } = places.find(0, steps);
        expect(value[1]).toBeLessThanOrEqual(broken.length);
      }
    },
  );
});

describe('lines', () => {
  const text = 'one\r\n\nthree 😀 x\nlast';
  const lines = new Lines(text);

  test.each([
    [0, 1, 1],
    [3, 1, 4],
    [5, 2, 1],
    [6, 3, 1],
    [text.indexOf('x'), 3, 9],
    [text.length, 4, 5],
    [text.indexOf('t'), 3, 1],
  ])('offset %i is line %i, column %i, in any order of questions', (offset, line, column) => {
    expect(lines.positionOf(offset)).toEqual({ line, column });
  });

  test('a line has no line break', () => {
    const texts = [1, 2, 3, 4].map((line) => text.slice(...lines.rangeOf(line)));
    expect(texts).toEqual(['one', '', 'three 😀 x', 'last']);
  });
});

test('a place at the end of a text', () => {
  const source = fileOf('a: [\n');
  const place = new Locator().placeAt(source, [5, 6]);
  expect(place).toMatchObject({ line: 2, column: 1, endColumn: 2 });
});
