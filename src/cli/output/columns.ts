import { printable } from '../terminal';

/** Rows of cells as lines, in columns. A column that is empty everywhere takes no room. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const safe = rows.map((row) => row.map(printable));
  const widths: number[] = [];
  for (const row of safe) {
    row.forEach((cell, index) => {
      widths[index] = Math.max(widths[index] ?? 0, cell.length);
    });
  }
  return safe.map((row) =>
    row
      .flatMap((cell, index) => (widths[index] ? [cell.padEnd(widths[index])] : []))
      .join('  ')
      .trimEnd(),
  );
}

/** The same below a heading for each column; a column without any content is left out. */
export function table(rows: readonly Readonly<Record<string, string>>[]): string[] {
  const names = Object.keys(rows[0] ?? {}).filter((name) => rows.some((row) => row[name] !== ''));
  const cells = rows.map((row) => names.map((name) => row[name] ?? ''));
  return columns([names.map((name) => name.toUpperCase()), ...cells]);
}
