import { chartObjects, mergeValues, setValues, valuesText } from 'netloom';
import { parse } from 'yaml';

const MANIFEST = { apiVersion: 'v1', kind: 'Chart', metadata: { name: 'a' } };

describe('values of a chart from several installs', () => {
  const one = { b: { x: 1 }, a: true };
  const two = { b: { w: [1, { z: 2 }] }, c: 'text' };

  test('are the same in whatever order they come', () => {
    const text = (...all: object[]): string => valuesText(mergeValues(all as never[]).values);
    expect(text(one, two)).toBe(text(two, one));
    expect(text(one, two)).toBe('a: true\nb:\n  w:\n    - 1\n    - z: 2\n  x: 1\nc: text\n');
    expect(text(one, one)).toBe(text(one));
  });

  test('name what two of them want differently', () => {
    const other = { b: { x: 2, v: 1 }, a: { deep: 1 } };
    expect(mergeValues([one, other]).conflicts).toEqual(['a', 'b.x']);
    expect(mergeValues([one, other]).values).toEqual({ a: true, b: { v: 1, x: 1 } });
  });

  test('leave the given values alone', () => {
    const before = JSON.stringify([one, two]);
    mergeValues([one, two]);
    expect(JSON.stringify([one, two])).toBe(before);
  });

  test('have nothing in them that is not set', () => {
    const values = { a: undefined, b: { c: undefined, d: {} }, e: false, f: { g: 0 } };
    expect(setValues(values)).toEqual({ e: false, f: { g: 0 } });
    expect(chartObjects('Chart', MANIFEST, { a: { b: undefined } })).toEqual([]);
  });

  test('are text that YAML reads back, with texts that look like something else', () => {
    const values = {
      version: '1.10',
      off: 'no',
      number: '1_000',
      octal: '010',
      on: 'yes',
      long: 'word '.repeat(60).trim(),
      colon: 'a: b',
    };
    const [object] = chartObjects('Chart', MANIFEST, values);
    const text = (object as any).manifest.spec.valuesContent;
    expect(parse(text)).toEqual(values);
    // Helm reads YAML 1.1, in which a plain yes, on or 1_000 is no text.
    expect(parse(text, { version: '1.1' })).toEqual(values);
  });
});
