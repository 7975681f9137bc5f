import type { Range } from '../input/piece';

/** Where the steps of a path led in a text. */
export interface Located {
  /** False where a step led nowhere: this is the last value that is there. */
  readonly isExact: boolean;
  /** The key that names the value; items of a sequence and the root have none. */
  readonly key: Range | undefined;
  /** The value; for one that goes over several lines, its first token. */
  readonly value: Range;
  /** True for what is better shown by its key: mappings, sequences, block scalars. */
  readonly isWide: boolean;
}

/**
 * What of it to point at: key and value, so that the eye finds both; the key alone where that is
 * meant or says more, and the value alone where it has no key.
 *
 * @param text what the ranges are offsets in
 */
export function shownRange(
  text: string,
  { isExact, key, value, isWide }: Located,
  isKey: boolean,
): Range {
  if (!key) return value;
  if (isWide || isEmpty(value) || (isKey && isExact)) return key;
  return isOnLineOf(text, key, value) ? [key[0], value[1]] : key;
}

/** The same where its text is written, for one that was found in what the text stands for. */
export function inSource(located: Located, toSource: (range: Range) => Range): Located {
  const { key, value, isWide } = located;
  return {
    ...located,
    key: key && toSource(key),
    value: toSource(value),
    // Nothing has no place in the source: what is there instead is not to be marked.
    isWide: isWide || isEmpty(value),
  };
}

function isEmpty([start, end]: Range): boolean {
  return start === end;
}

/**
 * True where one mark can hold both: it never goes over the end of a line. The value of an alias
 * stands where it is written, which is before the key.
 */
function isOnLineOf(text: string, key: Range, value: Range): boolean {
  return key[1] <= value[0] && !text.slice(key[0], value[0]).includes('\n');
}
