import fc from 'fast-check';
import { readJson, twiceKeys } from 'netloom';

describe('where JSON breaks', () => {
  const rows: { given: string; found: string; marked: string }[] = [
    { given: '', found: 'the text ends too early', marked: '' },
    { given: '{', found: 'a key in double quotes is missing', marked: '{' },
    { given: '{"a":1,}', found: 'a comma stands before the closing "}"', marked: '}' },
    { given: '[1,]', found: 'a comma stands before the closing "]"', marked: ']' },
    { given: '[1,2', found: '"]" is missing at the end', marked: '2' },
    { given: '{"a":1 "b":2}', found: 'a comma or "}" is missing before "b"', marked: '"' },
    { given: '[true 2]', found: 'a comma or "]" is missing before 2]', marked: '2' },
    { given: '[1 2]', found: 'a comma or "]" is missing before 2]', marked: '2' },
    { given: '{"a" 1}', found: 'the colon behind "a" is missing', marked: '1' },
    { given: "{'a':1}", found: 'a key in double quotes is missing', marked: "'" },
    { given: '{"a":tru}', found: 'tru is no value: texts stand in double quotes', marked: 'tru' },
    { given: '{"a":01}', found: '01 is no value: texts stand in double quotes', marked: '01' },
    { given: '{"a":}', found: 'a value is missing before "}"', marked: '}' },
    { given: '{"a":1}x', found: 'something stands behind the end of the JSON', marked: 'x' },
    { given: '{"a":"b', found: 'the closing quote of a text is missing', marked: '"b' },
    {
      given: '{"a":"b\n"}',
      found: 'a line or tab ends inside a text: its closing quote is missing',
      marked: '"b',
    },
    { given: '"\\x"', found: 'a text has a backslash that means nothing', marked: '"\\x"' },
    { given: '{"a":1 // one\n}', found: 'a comma or "}" is missing before //', marked: '/' },
  ];

  test.each(rows)('$given', ({ given, found, marked }) => {
    const read = readJson(given);
    if (!('error' in read)) throw new Error('it was read');
    expect([read.error.found, given.slice(...read.error.span)]).toEqual([found, marked]);
  });

  test('deeper than any stack', () => {
    const deep = `${'['.repeat(100_000)}x`;
    expect(readJson(deep)).toMatchObject({
      error: { found: 'it is nested deeper than 500 levels' },
    });
    expect(twiceKeys(deep)).toEqual([]);
  });

  test('of what JavaScript refuses, always somewhere', () => {
    const broken = fc
      .tuple(
        fc.json(),
        fc.nat(),
        fc.constantFrom('', '{', '}', '[', ']', ',', ':', '"', '\\', 'x', '\n'),
      )
      .map(([text, at, put]) => {
        const place = text.length === 0 ? 0 : at % text.length;
        return text.slice(0, place) + put + text.slice(place + 1);
      });
    fc.assert(
      fc.property(fc.oneof(broken, fc.string()), (text) => {
        const read = readJson(text);
        let isJson = true;
        try {
          JSON.parse(text);
        } catch {
          isJson = false;
        }
        expect('value' in read).toBe(isJson);
        if (!('error' in read)) return;
        const [start, end] = read.error.span;
        expect(start <= end && start >= 0 && end <= text.length).toBe(true);
        // The words are our own, whatever the engine.
        expect(read.error.found).not.toMatch(/position|Unexpected|JSON\.parse/);
      }),
      { numRuns: 3000 },
    );
  });
});

describe('keys that stand twice', () => {
  test.each([
    { given: '{"a":1,"b":{"a":2}}', want: [] },
    { given: '{"a":1,"A":2}', want: [] },
    { given: '{"a":1,"b":2,"a":3}', want: [{ steps: [], name: 'a', marked: '"a"' }] },
    { given: '[{"x":{"a":1,"a":2}}]', want: [{ steps: [0, 'x'], name: 'a', marked: '"a"' }] },
    { given: '{"a":1,"\\u0061":2}', want: [{ steps: [], name: 'a', marked: '"\\u0061"' }] },
  ])('$given', ({ given, want }) => {
    expect(
      twiceKeys(given).map(({ steps, name, span }) => ({
        steps,
        name,
        marked: given.slice(...span),
      })),
    ).toEqual(want);
  });
});
