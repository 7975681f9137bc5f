/** A part of a text that is parsed by itself: one document, or one item of a list. */
export interface Piece {
  readonly format: 'yaml' | 'json';
  /** Offset of its first character in the text. */
  readonly start: number;
  /** Offset behind its last character. */
  readonly end: number;
}

/** Offsets in a text: from the first character to behind the last one. */
export type Range = readonly [start: number, end: number];
