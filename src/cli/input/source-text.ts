import { isUtf8 } from 'node:buffer';

/** A text that objects are read from. */
export interface SourceText {
  /** As the user would name it: the file's path, `<stdin>`, or a cluster's object. */
  readonly name: string;
  readonly kind: 'file' | 'stdin' | 'cluster';
  readonly text: string;
  /** True where the bytes are no UTF-8: what could not be read is U+FFFD in the text. */
  readonly isDamaged?: boolean;
}

/** What standard input is called in messages. */
export const STDIN_NAME = '<stdin>';

/** The text of a file, without its byte order mark. UTF-16 is what PowerShell's `>` writes. */
export function decodeText(bytes: Buffer): { text: string; isDamaged: boolean } {
  const utf16 = utf16Order(bytes);
  if (utf16) return { text: new TextDecoder(utf16).decode(bytes), isDamaged: false };
  const text = bytes.toString('utf8');
  return { text: text.startsWith('\uFEFF') ? text.slice(1) : text, isDamaged: !isUtf8(bytes) };
}

function utf16Order(bytes: Buffer): 'utf-16le' | 'utf-16be' | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  return bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : undefined;
}
