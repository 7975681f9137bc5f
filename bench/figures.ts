/** The middle value; of an even number the higher of the two in the middle. */
export function median(values: readonly number[]): number {
  return percentile(values, 50);
}

/** The value that `percent` of all values do not exceed. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = Float64Array.from(values).sort();
  const index = Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100));
  return sorted[index] ?? Number.NaN;
}

/** One line of the table. A figure of ours, the peer's, and how they compare. */
export interface Row {
  readonly what: string;
  readonly netloom: number;
  /** @default - there is none to compare with */
  readonly peer?: number;
  readonly unit: 'ms' | 'µs' | '/s' | 'MiB' | 'B' | '%';
  /** What the ratio is wanted to be; printed, never enforced. */
  readonly wanted?: string;
}

/** The rows as a table for people, with the ratio of netloom to the peer. */
export function table(peer: string, rows: readonly Row[]): string {
  const cells = rows.map((row) => [
    row.what,
    withUnit(row.netloom, row.unit),
    row.peer === undefined ? '' : withUnit(row.peer, row.unit),
    row.peer === undefined ? '' : (row.netloom / row.peer).toFixed(2),
    row.wanted ?? '',
  ]);
  const all = [['', 'netloom', peer, 'ratio', 'wanted'], ...cells];
  const widths = all[0]?.map((_, column) => Math.max(...all.map((line) => width(line[column]))));
  return all
    .map((line) =>
      line
        .map((cell, column) => {
          const room = widths?.[column] ?? 0;
          return column === 0 || column === 4 ? cell.padEnd(room) : cell.padStart(room);
        })
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function width(cell: string | undefined): number {
  return cell?.length ?? 0;
}

function withUnit(value: number, unit: Row['unit']): string {
  if (unit === '/s') return `${Math.round(value)}/s`;
  if (unit === 'B') return `${value} B`;
  return `${value < 100 ? value.toFixed(1) : Math.round(value)} ${unit}`;
}
