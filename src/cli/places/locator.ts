import type { ObjectPath } from '../../kubernetes';
import type { SourceObject } from '../input/documents';
import type { Steps } from '../input/lists';
import type { Piece, Range } from '../input/piece';
import type { SourceText } from '../input/source-text';
import { type ParsedYaml, parseYaml } from '../input/yaml-piece';
import { JsonPlaces } from './json-places';
import { Lines, type Position } from './lines';
import { inSource, type Located, shownRange } from './located';
import { ScalarOffsets, type ScalarSource } from './scalar-source';
import { findInYaml } from './yaml-places';

/** A place in a text: where it begins, and what is to be marked of that line. */
export interface Place extends Position {
  readonly source: SourceText;
  /** Behind the last marked character. A place never goes over the end of its line. */
  readonly endColumn: number;
  /** Offsets of what is marked. */
  readonly range: Range;
  /** Offsets of the line without its line break. */
  readonly lineRange: Range;
}

/** A value of an object in the text that was parsed, and the way to the text that was read. */
interface Target {
  readonly located: Located;
  /** Set for a text, which may hold JSON. */
  readonly scalar: ScalarSource | undefined;
  readonly text: string;
  readonly toSource: (offset: number) => number;
}

/** What is inside a text, kept for the next question: one text often has several problems. */
interface Inside {
  readonly source: SourceText;
  readonly start: number;
  readonly offsets: ScalarOffsets | undefined;
  readonly json: JsonPlaces;
}

/**
 * Finds the places of values. Texts were parsed once without positions; what has a place asked for
 * is parsed again, one piece at a time, so that thousands of good objects cost nothing.
 */
export class Locator {
  private readonly lines = new Map<SourceText, Lines>();
  private readonly json = new Map<SourceText, JsonPlaces>();
  private yaml: { source: SourceText; piece: Piece; parsed: ParsedYaml } | undefined;
  private inside: Inside | undefined;

  /** Where a value of an object stands; the nearest value around it for what is not there. */
  placeOf(object: SourceObject, where: ObjectPath): Place {
    const target = this.find(object, [...object.base, ...where.path]);
    const [start, end] = this.rangeIn(object.source, target, where);
    return this.placeAt(object.source, [target.toSource(start), target.toSource(end)]);
  }

  /** The place of a part of a text. */
  placeAt(source: SourceText, [start, end]: Range): Place {
    const lines = remember(this.lines, source, () => new Lines(source.text));
    const from = Math.min(start, source.text.length);
    const { line, column } = lines.positionOf(from);
    const lineRange = lines.rangeOf(line);
    const to = Math.max(from, Math.min(end, lineRange[1]));
    const endColumn = Math.max(column + 1, lines.positionOf(to).column);
    return { source, line, column, endColumn, range: [from, to], lineRange };
  }

  private find({ source, piece }: SourceObject, steps: Steps): Target {
    if (piece.format === 'json') {
      const { text } = source;
      const json = remember(this.json, source, () => new JsonPlaces(text));
      const located = json.find(piece.start, steps);
      return { located, scalar: jsonScalar(text, located), text, toSource: (offset) => offset };
    }
    const parsed = this.parse(source, piece);
    const located = findInYaml(parsed, steps);
    const toSource = (offset: number): number => piece.start + parsed.toPiece(offset);
    return { located, scalar: located.scalar, text: parsed.text, toSource };
  }

  private parse(source: SourceText, piece: Piece): ParsedYaml {
    if (this.yaml?.source !== source || this.yaml.piece !== piece) {
      const parsed = parseYaml(source.text.slice(piece.start, piece.end));
      this.yaml = { source, piece, parsed };
    }
    return this.yaml.parsed;
  }

  private rangeIn(source: SourceText, target: Target, where: ObjectPath): Range {
    const { located, text } = target;
    return (
      this.rangeInside(source, target, where) ?? shownRange(text, located, where.isKey === true)
    );
  }

  /** Undefined where the path does not lead into a text, or the way back from there is not known. */
  private rangeInside(source: SourceText, target: Target, where: ObjectPath): Range | undefined {
    const { located, scalar, text } = target;
    const { inside, span, isKey = false } = where;
    if (!(inside || span) || !located.isExact || !scalar) return undefined;
    const { json, offsets } = this.open(source, target, scalar);
    if (!offsets || span) return span && offsets?.toSource(span);
    // Lines are those of the source: a folded one is none in the value, an escaped one none here.
    const found = inSource(json.find(0, inside ?? []), (range) => offsets.toSource(range));
    return shownRange(text, found, isKey);
  }

  private open(source: SourceText, { text, toSource }: Target, scalar: ScalarSource): Inside {
    const start = toSource(scalar.range[0]);
    if (this.inside?.source !== source || this.inside.start !== start) {
      const offsets = ScalarOffsets.of(text, scalar);
      this.inside = { source, start, offsets, json: new JsonPlaces(scalar.value) };
    }
    return this.inside;
  }
}

function jsonScalar(text: string, { value }: Located): ScalarSource | undefined {
  const token = text.slice(...value);
  if (!token.startsWith('"')) return undefined;
  return { range: value, style: 'double', value: JSON.parse(token) };
}

function remember<K, V>(known: Map<K, V>, key: K, make: () => V): V {
  const before = known.get(key);
  if (before !== undefined) return before;
  const made = make();
  known.set(key, made);
  return made;
}
