import { type Found, isList, takeApart, withKind } from './lists';
import type { Piece } from './piece';
import { type Reading, readSafely } from './reading';
import { aliasProblem, isWhole, yamlProblems } from './syntax-problems';
import { parseYaml } from './yaml-piece';
import { splitYaml, splitYamlList, type YamlList } from './yaml-pieces';

/** How often aliases may be followed in one document, all levels multiplied. */
const MAX_ALIASES = 10_000;

interface YamlReading extends Reading {
  /** True where an alias names no anchor of this piece. */
  readonly hasForeignAlias?: boolean;
}

/** Reads the documents of a YAML stream, one syntax tree at a time. */
export function readYaml(text: string): Reading[] {
  return splitYaml(text).flatMap((piece) => {
    const list = splitYamlList(text, piece);
    return (list && readItems(text, list)) ?? [readPiece(text, piece)];
  });
}

/** Undefined where the document is no list, or its items are not independent of each other. */
function readItems(text: string, { head, items }: YamlList): Reading[] | undefined {
  const { document } = parseYaml(head);
  const list: unknown = document.errors.length === 0 ? document.toJS() : undefined;
  if (!isList(list)) return undefined;
  const readings = items.map((piece) => readPiece(text, piece, list));
  return readings.some(({ hasForeignAlias }) => hasForeignAlias) ? undefined : readings;
}

function readPiece(text: string, piece: Piece, list?: Found['object']): YamlReading {
  return readSafely(piece, () => {
    const parsed = parseYaml(text.slice(piece.start, piece.end));
    const problems = yamlProblems(parsed);
    const reading = { piece, hasContent: true, found: [], problems };
    if (!isWhole(parsed)) return reading;
    try {
      const value: unknown = parsed.document.toJS({ maxAliasCount: MAX_ALIASES });
      const found = list ? itemOf(value, list) : takeApart(value);
      return { ...reading, hasContent: value !== null, found };
    } catch (error) {
      const all = [...problems, aliasProblem(parsed, error)];
      return { ...reading, problems: all, hasForeignAlias: true };
    }
  });
}

/** An item of a list is parsed as a sequence of one. */
function itemOf(value: unknown, list: Found['object']): Found[] {
  const [item] = value as unknown[];
  return takeApart(withKind(item, list), [0]);
}
