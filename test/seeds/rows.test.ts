import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.join(__dirname, '../..');

/** How many rows each document has. */
const COUNTS: Readonly<Record<string, number>> = { S1: 18, S2: 10, S3: 10, S4: 8, S5: 11 };

interface Row {
  readonly row: string;
  readonly netloom: string;
  readonly waits: string;
}

const rows = readFileSync(path.join(ROOT, 'docs/seeds.md'), 'utf8')
  .split('\n')
  .filter((line) => /^\| S\d/.test(line))
  .map((line): Row => {
    const [, row = '', , netloom = '', waits = ''] = line
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim());
    return { row, netloom, waits };
  });

/** Rows that a test is named after. */
const tested = new Set(
  readdirSync(path.join(ROOT, 'test'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts') && !file.endsWith('rows.test.ts'))
    .map((file) => readFileSync(path.join(ROOT, 'test', file), 'utf8'))
    .flatMap((text) => text.match(/(?<=['"`][^'"`\n]*)\bS\d\.\d+\b/g) ?? []),
);

test('docs/seeds.md has every row of the documents, in order', () => {
  const wanted = Object.entries(COUNTS).flatMap(([seed, count]) =>
    Array.from({ length: count }, (_, index) => `${seed}.${index + 1}`),
  );
  expect(rows.map(({ row }) => row)).toEqual(wanted);
});

test.each(rows)('the row $row says what it waits for, or has a test', ({ row, netloom, waits }) => {
  expect({ row, isTested: tested.has(row) }).toEqual({ row, isTested: netloom !== '' });
  expect(netloom === '' ? waits : netloom).not.toBe('');
});
