/** A position as editors show it: both counted from 1, columns in characters. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** The lines of a text. */
export class Lines {
  /** Offset of the first character of each line. */
  private readonly starts: number[] = [0];
  /** Where the last question led: in a file of one long line the next one goes on from there. */
  private last = { offset: 0, line: 1, column: 1 };

  constructor(private readonly text: string) {
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
      this.starts.push(at + 1);
    }
  }

  positionOf(offset: number): Position {
    const line = this.lineAt(offset);
    const { last } = this;
    const isBehind = last.line === line && last.offset <= offset;
    const from = isBehind ? last : { offset: this.startOf(line), column: 1 };
    const column = from.column + countCharacters(this.text, from.offset, offset);
    this.last = { offset, line, column };
    return { line, column };
  }

  /** Offsets of a line's text, without the line break. */
  rangeOf(line: number): [start: number, end: number] {
    const start = this.startOf(line);
    const next = this.starts[line];
    const end = next === undefined ? this.text.length : next - 1;
    return [start, this.text[end - 1] === '\r' && end > start ? end - 1 : end];
  }

  private startOf(line: number): number {
    return this.starts[line - 1] as number;
  }

  private lineAt(offset: number): number {
    let [low, high] = [0, this.starts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.starts[middle] as number) <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  }
}

/** Characters beyond U+FFFF are two units of a JavaScript text, and one for people. */
function countCharacters(text: string, start: number, end: number): number {
  let count = end - start;
  for (let at = start; at < end - 1; at += 1) {
    if ((text.charCodeAt(at) & 0xfc00) === 0xd800) count -= 1;
  }
  return count;
}
