import type { Piece } from './piece';

/** `---` and `...` at the beginning of a line are never content, not even in a block scalar. */
const MARKER = /(?<![^\n])(---|\.\.\.)(?![^ \t\r\n])/g;

/** Nothing but comments, blank lines and directives, which belong to the document that follows. */
const PREAMBLE = /^(?:[ \t]*(?:#[^\n]*)?\r?(?:\n|$)|%[^\n]*(?:\n|$))*$/;

/** The documents of a YAML stream, without parsing them. Ones without content are among them. */
export function splitYaml(text: string): Piece[] {
  const pieces: Piece[] = [];
  let start = 0;
  let isOpen = false;
  const cut = (end: number): void => {
    if (end > start) pieces.push({ format: 'yaml', start, end });
    start = end;
  };
  for (const { 1: marker, index } of text.matchAll(MARKER)) {
    if (marker === '---') {
      if (isOpen || !PREAMBLE.test(text.slice(start, index))) cut(index);
      isOpen = true;
    } else {
      cut(endOfLine(text, index));
      isOpen = false;
    }
  }
  cut(text.length);
  return pieces;
}

/** A list of objects as `kubectl get -o yaml` prints it, taken apart. */
export interface YamlList {
  /** The document without its items. */
  readonly head: string;
  /** Each is a sequence of one item. */
  readonly items: readonly Piece[];
}

/** A key `items` of the document itself, with a block sequence below it. */
const ITEMS = /(?<![^\n])items:[ \t]*(?:#[^\n]*)?\r?\n(?:[ \t]*(?:#[^\n]*)?\r?\n)*( *)-[ \r\n]/;

/**
 * Takes a list apart by its indentation, so that no more than one of its items is held as a syntax
 * tree at a time. Undefined for other documents.
 */
export function splitYamlList(text: string, piece: Piece): YamlList | undefined {
  const own = text.slice(piece.start, piece.end);
  const found = ITEMS.exec(own);
  if (!found) return undefined;
  const indent = found[1] as string;
  const first = found.index + found[0].length - indent.length - 2;
  const end = endOfSequence(own, first, indent.length);
  const starts = [...own.slice(first, end).matchAll(itemsAt(indent))].map(
    (item) => first + item.index,
  );
  const items = starts.map((start, at) => ({
    format: piece.format,
    start: piece.start + start,
    end: piece.start + (starts[at + 1] ?? end),
  }));
  return { head: own.slice(0, first) + own.slice(end), items };
}

function itemsAt(indent: string): RegExp {
  return new RegExp(`(?<![^\\n])${indent}-(?=[ \\r\\n])`, 'g');
}

/** The next line that is indented less than the items, or as much without being one. */
function endOfSequence(text: string, start: number, indent: number): number {
  const less = indent === 0 ? '(?![ \\t\\r\\n#-])' : ` {0,${indent}}(?![ \\t\\r\\n#-])`;
  const pattern = new RegExp(`(?<![^\\n])${less}`, 'g');
  pattern.lastIndex = endOfLine(text, start);
  return pattern.exec(text)?.index ?? text.length;
}

function endOfLine(text: string, from: number): number {
  const at = text.indexOf('\n', from);
  return at < 0 ? text.length : at + 1;
}
