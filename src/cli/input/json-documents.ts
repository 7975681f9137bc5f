import { type ParseError, parse } from 'jsonc-parser';
import { splitJson } from './json-pieces';
import { isMapping, takeApart } from './lists';
import type { Piece } from './piece';
import { type Reading, readSafely } from './reading';
import type { SourceText } from './source-text';
import { jsonProblems, notJson } from './syntax-problems';

/** What begins like JSON and not like a flow mapping of YAML, or a template. */
const BEGINS_LIKE_JSON = /^\s*(?:\{\s*["}]|\[\s*[[\]"{\d-])(?!\{)/;

/** A document marker of YAML, between documents that are JSON each. */
const HAS_MARKER = /(?:^|\n)---[ \t\r\n]/;

/** Reads JSON: one value or several one after another. Undefined for what is to be read as YAML. */
export function readJson({ name, text }: SourceText): Reading[] | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  const whole: Piece = { format: 'json', start: 0, end: text.length };
  const value = tryParse(text);
  if ('value' in value) return [readValue(text, whole, value.value)];
  const pieces = HAS_MARKER.test(text) ? [] : splitJson(text);
  if (pieces.length > 1 && 'value' in tryParse(slice(text, pieces[0] as Piece))) {
    return pieces.map((piece) => readPiece(text, piece));
  }
  if (!/\.json$/i.test(name) && !BEGINS_LIKE_JSON.test(text)) return undefined;
  if (HAS_MARKER.test(text)) return undefined;
  return isForOthers(text) ? [] : [readPiece(text, whole)];
}

type Parsed = { readonly value: unknown } | { readonly error: unknown };

function tryParse(text: string): Parsed {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    return { error };
  }
}

function slice(text: string, { start, end }: Piece): string {
  return text.slice(start, end);
}

function readPiece(text: string, piece: Piece): Reading {
  const own = slice(text, piece);
  const parsed = tryParse(own);
  if ('value' in parsed) return readValue(text, piece, parsed.value);
  return { piece, hasContent: true, found: [], problems: [notJson(own, parsed.error)] };
}

function readValue(text: string, piece: Piece, value: unknown): Reading {
  return readSafely(piece, () => {
    const problems = jsonProblems(slice(text, piece));
    return { piece, hasContent: true, found: takeApart(value), problems };
  });
}

/** True for the configuration of other tools, which may have comments and trailing commas. */
function isForOthers(text: string): boolean {
  const errors: ParseError[] = [];
  const value: unknown = parse(text, errors, { allowTrailingComma: true });
  return errors.length === 0 && isMapping(value) && value['kind'] === undefined;
}
