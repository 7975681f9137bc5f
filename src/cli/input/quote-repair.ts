import { Lexer } from 'yaml';

/** A text with blanks added, and the way back from its offsets. */
export interface Repaired {
  readonly text: string;
  readonly toOriginal: (offset: number) => number;
}

/** Lexemes that stand for no text: document, error in a flow collection, scalar. */
const MARKS = new Set(['\x02', '\x18', '\x1f']);

/**
 * Indents the continuation lines of the first quoted scalar that lack indentation. kubectl's parser
 * does not ask for any inside quotes, and many published attachments rely on it:
 *
 * ```yaml
 *   config: '{
 *   "type": "sriov"
 * }'
 * ```
 *
 * Undefined where nothing of the kind is found.
 */
export function indentFirstQuote(text: string): Repaired | undefined {
  const open = unclosedQuote(text);
  const close = open === undefined ? -1 : closingQuote(text, open);
  if (open === undefined || close < 0) return undefined;
  const width = open - (text.lastIndexOf('\n', open) + 1);
  const blanks = ' '.repeat(width);
  const added: number[] = [];
  const quoted = text.slice(open, close + 1).replaceAll(/\n( *)(?=[^ \r\n])/g, (line, own, at) => {
    if (own.length >= width) return line;
    added.push(open + at + 1);
    return `\n${blanks}${own}`;
  });
  if (added.length === 0) return undefined;
  return {
    text: `${text.slice(0, open)}${quoted}${text.slice(close + 1)}`,
    toOriginal: (offset) => before(added, width, offset),
  };
}

function before(added: readonly number[], width: number, offset: number): number {
  let original = offset;
  for (const at of added) {
    if (original <= at) break;
    original = Math.max(at, original - width);
  }
  return original;
}

/** Offset of the first quote whose text the lexer ended before its closing quote. */
function unclosedQuote(text: string): number | undefined {
  let offset = 0;
  for (const lexeme of new Lexer().lex(text)) {
    const isQuoted = lexeme.startsWith("'") || lexeme.startsWith('"');
    if (isQuoted && closingQuote(lexeme, 0) !== lexeme.length - 1) return offset;
    if (!MARKS.has(lexeme)) offset += lexeme.length;
  }
  return undefined;
}

/** Offset of the quote that ends what the quote at `open` begins, or -1. */
function closingQuote(text: string, open: number): number {
  const quote = text[open] as string;
  for (let at = open + 1; at < text.length; at += 1) {
    if (quote === '"' && text[at] === '\\') at += 1;
    else if (text[at] === quote) {
      if (quote === '"' || text[at + 1] !== quote) return at;
      at += 1;
    }
  }
  return -1;
}
