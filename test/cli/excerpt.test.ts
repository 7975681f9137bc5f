import fc from 'fast-check';
import { excerptOf } from '../../src/cli/output/excerpt';
import { Locator } from '../../src/cli/places/locator';
import { displayWidth, printable, printableLine } from '../../src/cli/terminal';
import { fileOf } from './support/sources';

/** How wide each part between tabs is. */
const widths = (text: string): number[] => text.split('\t').map(displayWidth);

test('the carets stand below what is marked, however the line is cut', () => {
  const line = fc.string({
    unit: fc.constantFrom(...'abc {}":\t日😀é'),
    minLength: 1,
    maxLength: 400,
  });
  const width = fc.integer({ min: 52, max: 200 });
  const property = fc.property(line, fc.nat(), fc.nat(19), width, (text, from, more, columns) => {
    const characters = [...text];
    const first = from % characters.length;
    const left = characters.slice(0, first).join('');
    const mark = characters.slice(first, first + 1 + more).join('');
    const range = [2 + left.length, 2 + left.length + mark.length] as const;
    const place = new Locator().placeAt(fileOf(`x\n${text}\ny`), range);
    const excerpt = excerptOf(place, columns);
    expect(excerpt.line.length).toBeLessThanOrEqual(columns + 2);
    // The line is what was cut from the text: the marked part begins where the blanks end.
    const blanks = excerpt.carets.slice(0, excerpt.carets.indexOf('^'));
    const cut = excerpt.line.startsWith('…') && !text.startsWith('…');
    const shown = excerpt.line.replace(/^…|…$/g, '');
    const start = cut ? text.lastIndexOf(shown, left.length) : 0;
    expect(text.startsWith(shown, start)).toBe(true);
    expect(widths(`${cut ? '…' : ''}${left.slice(start)}`)).toEqual(widths(blanks));
    expect(excerpt.carets.length - blanks.length).toBeGreaterThan(0);
  });
  fc.assert(property, { numRuns: 500 });
});

test.each([
  ['a\nb\tc\rd', 'a\\nb\\tc\\x0dd'],
  ['\u001b[31m\u007f\u0085', '\\x1b[31m\\x7f\\x85'],
  ['a\u202eb\u2066', 'a\\u202eb\\u2066'],
  ['é😀日', 'é😀日'],
])('%j is printed as %s', (text, want) => {
  expect(printable(text)).toBe(want);
});

test('a line of source text keeps its length and its tabs', () => {
  expect(printableLine('a\tb\u001bc\u202e')).toBe('a\tb\uFFFDc\uFFFD');
});

test.each([
  ['abc', 3],
  ['日本', 4],
  ['😀', 2],
  ['e\u0301', 1],
  ['', 0],
])('%j takes %i columns', (text, want) => {
  expect(displayWidth(text)).toBe(want);
});
