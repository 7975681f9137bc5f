import type { Place } from '../places/locator';
import { displayWidth, printableLine } from '../terminal';

/** A line of source text, and a line of carets to stand below it. */
export interface Excerpt {
  readonly line: string;
  readonly carets: string;
}

/** What is left out at an end of a line. */
const LEFT_OUT = '…';

/** How much is shown before the caret of a line that has to be cut. */
const BEFORE = 40;

/** The marked line. One longer than `width` characters is cut around the mark. */
export function excerptOf({ source, range, lineRange }: Place, width: number): Excerpt {
  const [lineStart, lineEnd] = lineRange;
  let [start, end] = lineRange;
  if (lineEnd - lineStart > width) {
    start = Math.max(lineStart, Math.min(range[0] - BEFORE, lineEnd - width));
    end = Math.min(lineEnd, start + width);
  }
  start += isMiddle(source.text, start) ? 1 : 0;
  end -= isMiddle(source.text, end) ? 1 : 0;
  const shown = (from: number, to: number): string => printableLine(source.text.slice(from, to));
  const [left, right] = [start > lineStart ? LEFT_OUT : '', end < lineEnd ? LEFT_OUT : ''];
  const blanks = [...`${left}${shown(start, range[0])}`].map(blank).join('');
  const marked = displayWidth(shown(range[0], Math.min(range[1], end)));
  const line = `${left}${shown(start, end)}${right}`;
  return { line, carets: `${blanks}${'^'.repeat(Math.max(1, marked))}` };
}

/** True between the two halves of a character beyond U+FFFF. */
function isMiddle(text: string, at: number): boolean {
  return (text.charCodeAt(at) & 0xfc00) === 0xdc00;
}

/** As wide as the character; a tab is as wide as the one above it. */
function blank(character: string): string {
  return character === '\t' ? character : ' '.repeat(displayWidth(character));
}
