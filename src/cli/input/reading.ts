import type { Found } from './lists';
import type { Piece } from './piece';
import { type SyntaxProblem, tooDeep } from './syntax-problems';

/** What one piece of a text gave. */
export interface Reading {
  readonly piece: Piece;
  /** False where there is nothing but comments and blank lines. */
  readonly hasContent: boolean;
  /** Nothing for a piece that holds no object, or can't be read. */
  readonly found: readonly Found[];
  /** Their ranges are ones of the piece. */
  readonly problems: readonly SyntaxProblem[];
}

/** Reads a piece; what is nested so deeply that the stack ends is a problem like others. */
export function readSafely<T extends Reading>(piece: Piece, read: () => T): T | Reading {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { piece, hasContent: true, found: [], problems: [tooDeep()] };
  }
}
