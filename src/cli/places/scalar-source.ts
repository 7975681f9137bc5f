import type { Range } from '../input/piece';

/** A text as it is written in YAML or JSON. */
export interface ScalarSource {
  /** The scalar with its quotes, or a block scalar with its `|` or `>`. */
  readonly range: Range;
  readonly style: 'plain' | 'single' | 'double' | 'block';
  /** What it stands for. */
  readonly value: string;
}

const ESCAPED_DIGITS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

/** Escapes that stand for white space: blank, tab, line breaks. */
const ESCAPED_SPACE = new Set([' ', 't', '\t', 'n', 'r', '\n', '\r']);

/**
 * The way from a scalar's value back to its source.
 *
 * Folding, indentation and escapes change nothing but white space and the length of characters: the
 * n-th character that is no white space is the same one on both sides.
 */
export class ScalarOffsets {
  /** Where the n-th character that is no white space begins and ends in the source. */
  private readonly starts: number[] = [];
  private readonly ends: number[] = [];

  private constructor(
    private readonly text: string,
    private readonly scalar: ScalarSource,
  ) {}

  /** Undefined where value and source don't agree. */
  static of(text: string, scalar: ScalarSource): ScalarOffsets | undefined {
    const offsets = new ScalarOffsets(text, scalar);
    offsets.read();
    const { value } = scalar;
    return countBefore(value, value.length) === offsets.starts.length ? offsets : undefined;
  }

  /** Where a part of the value stands; blanks at its ends are left out. */
  toSource([start, end]: Range): Range {
    const { starts, ends } = this;
    const { value, range } = this.scalar;
    const first = countBefore(value, start);
    const last = countBefore(value, end) - 1;
    if (first <= last) return [starts[first] as number, ends[last] as number];
    const at = ends[first - 1] ?? starts[0] ?? range[0];
    return [at, at + 1];
  }

  private read(): void {
    const { text } = this;
    const { style, range } = this.scalar;
    if (style === 'plain') this.readPlainly(range);
    else if (style === 'block') this.readPlainly([text.indexOf('\n', range[0]), range[1]]);
    else if (style === 'single') this.readSingle([range[0] + 1, range[1] - 1]);
    else this.readDouble([range[0] + 1, range[1] - 1]);
  }

  private readPlainly([start, end]: Range): void {
    for (let at = start; at < end; at += 1) if (!isSpace(this.text, at)) this.add(at, at + 1);
  }

  private readSingle([start, end]: Range): void {
    for (let at = start; at < end; at += 1) {
      if (isSpace(this.text, at)) continue;
      if (this.text[at] === "'") this.add(at, ++at + 1);
      else this.add(at, at + 1);
    }
  }

  private readDouble([start, end]: Range): void {
    for (let at = start; at < end; ) {
      const next = this.text[at] === '\\' ? this.readEscape(at) : at + 1;
      if (next === at + 1 && !isSpace(this.text, at)) this.add(at, next);
      at = next;
    }
  }

  /** @returns the offset behind the escape */
  private readEscape(at: number): number {
    const letter = this.text[at + 1] ?? '';
    const end = at + 2 + (ESCAPED_DIGITS[letter] ?? 0);
    if (ESCAPED_SPACE.has(letter)) return end;
    const code = letter in ESCAPED_DIGITS ? Number.parseInt(this.text.slice(at + 2, end), 16) : 0;
    // Beyond 16 bits nothing is white space, and fromCharCode would cut it: U+10009 is no tab.
    if (code <= 0xffff && isSpace(String.fromCharCode(code), 0)) return end;
    this.add(at, end);
    // Two UTF-16 units of the value stand for it.
    if (code > 0xffff) this.add(at, end);
    return end;
  }

  private add(start: number, end: number): void {
    this.starts.push(start);
    this.ends.push(end);
  }
}

function isSpace(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code === 0x20 || (code >= 0x09 && code <= 0x0a) || code === 0x0d;
}

function countBefore(text: string, end: number): number {
  let count = 0;
  for (let at = 0; at < end; at += 1) if (!isSpace(text, at)) count += 1;
  return count;
}
