import { type Document, parseDocument } from 'yaml';
import { indentFirstQuote } from './quote-repair';
import { KUBECTL_TAGS } from './yaml-words';

/** A piece of YAML as a syntax tree. */
export interface ParsedYaml {
  readonly document: Document.Parsed;
  /** What was parsed: offsets in the tree are offsets in here. */
  readonly text: string;
  /** The offset in the piece for one in `text`. */
  readonly toPiece: (offset: number) => number;
}

const OPTIONS = {
  merge: true,
  prettyErrors: false,
  logLevel: 'error',
  customTags: KUBECTL_TAGS,
} as const;

/** How much text is looked through again for quotes to repair, in characters. */
const REPAIR_LIMIT = 50_000_000;

/**
 * Parses as kubectl does where the two ways differ on what is written down: merge keys work, words
 * and numbers are those of YAML 1.1 too, and quoted text may be indented less than YAML asks for.
 */
export function parseYaml(piece: string): ParsedYaml {
  const parsed = parseExactly({ text: piece, toPiece: (offset) => offset });
  const isRefused = parsed.document.errors.some(({ code }) => code !== 'DUPLICATE_KEY');
  const repaired = isRefused ? repair(piece) : undefined;
  return repaired ? parseExactly(repaired) : parsed;
}

function parseExactly(parts: Omit<ParsedYaml, 'document'>): ParsedYaml {
  return { ...parts, document: parseDocument(parts.text, OPTIONS) };
}

function repair(piece: string): Omit<ParsedYaml, 'document'> | undefined {
  let repaired: Omit<ParsedYaml, 'document'> | undefined;
  for (let left = REPAIR_LIMIT; left > 0; left -= piece.length) {
    const { text, toPiece } = repaired ?? { text: piece, toPiece: (offset: number) => offset };
    const next = indentFirstQuote(text);
    if (!next) break;
    repaired = { text: next.text, toPiece: (offset) => toPiece(next.toOriginal(offset)) };
  }
  return repaired;
}
