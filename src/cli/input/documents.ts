import { readJson } from './json-documents';
import type { Found } from './lists';
import type { Piece, Range } from './piece';
import type { SourceText } from './source-text';
import { notText, type SyntaxProblem } from './syntax-problems';
import { readYaml } from './yaml-documents';

/** One object, and where it was read. */
export interface SourceObject extends Found {
  readonly source: SourceText;
  /** How many objects stand in the same text before it. */
  readonly index: number;
  /** The part of the text that holds it; `base` leads there from what the part holds. */
  readonly piece: Piece;
}

/** A part of a text that can't be read, or not in one way only. Its range is one of the text. */
export interface UnreadablePart extends SyntaxProblem {
  readonly source: SourceText;
}

/** What a text holds. */
export interface Documents {
  /** How many documents have any content. */
  readonly count: number;
  readonly objects: SourceObject[];
  readonly unreadable: UnreadablePart[];
}

/** The objects of YAML or JSON, of which there may be many. Lists are taken apart. */
export function readDocuments(source: SourceText): Documents {
  const objects: SourceObject[] = [];
  const unreadable: UnreadablePart[] = [];
  if (source.isDamaged) unreadable.push({ source, ...notText(source.text) });
  const readings = readJson(source) ?? readYaml(source.text);
  for (const { piece, found, problems } of readings) {
    for (const { range, problem } of problems) {
      unreadable.push({ source, range: inText(source.text, piece, range), problem });
    }
    for (const { object, base } of found) {
      objects.push({ source, index: objects.length, object, piece, base });
    }
  }
  const count = readings.filter(({ hasContent }) => hasContent).length;
  return { count, objects, unreadable };
}

/** Where a piece ends too early, the place is behind its last character, not on the next document. */
function inText(text: string, { start, end }: Piece, range: Range): Range {
  const last = start + text.slice(start, end).trimEnd().length;
  const from = Math.min(start + range[0], last);
  return [from, Math.max(from + 1, Math.min(start + range[1], last))];
}
