import { createScanner, type JSONScanner, SyntaxKind, visit } from 'jsonc-parser';
import type { Piece, Range } from './piece';

const OPENING = new Set([SyntaxKind.OpenBraceToken, SyntaxKind.OpenBracketToken]);
const CLOSING = new Set([SyntaxKind.CloseBraceToken, SyntaxKind.CloseBracketToken]);

/** The values of a JSON text: one of them, or several one after another as `jq` prints them. */
export function splitJson(text: string): Piece[] {
  const scanner = createScanner(text, true);
  const pieces: Piece[] = [];
  while (scanner.scan() !== SyntaxKind.EOF) {
    const start = scanner.getTokenOffset();
    pieces.push({ format: 'json', start, end: skipValue(scanner) });
  }
  return pieces;
}

/**
 * Takes the scanner, which stands on the first token of a value, to its last one.
 *
 * @returns the offset behind the value
 */
export function skipValue(scanner: JSONScanner): number {
  for (let depth = 0; ; scanner.scan()) {
    const token = scanner.getToken();
    if (OPENING.has(token)) depth += 1;
    if (CLOSING.has(token)) depth -= 1;
    if (depth <= 0 || token === SyntaxKind.EOF) break;
  }
  return scanner.getTokenOffset() + scanner.getTokenLength();
}

/** Keys that stand in one object before already, which `JSON.parse` does not tell. */
export function duplicateKeys(text: string): { key: string; range: Range }[] {
  const found: { key: string; range: Range }[] = [];
  const open: Set<string>[] = [];
  visit(text, {
    onObjectBegin: () => void open.push(new Set()),
    onObjectEnd: () => void open.pop(),
    onObjectProperty(key, offset, length) {
      const keys = open.at(-1);
      if (keys?.has(key)) found.push({ key, range: [offset, offset + length] });
      keys?.add(key);
    },
  });
  return found;
}
