import { readFileSync } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import { UsageError, unreadable } from '../usage-error';
import { findFiles } from './find-files';
import { decodeText, type SourceText, STDIN_NAME } from './source-text';

/** What standard input is called among the arguments. */
const STDIN_ARGUMENT = '-';

/**
 * The texts that arguments name: files, folders, and `-` for standard input. All are read before
 * anything is done with them.
 *
 * @throws UsageError for what is not there, can't be read, or holds no file
 */
export async function readSources(names: readonly string[]): Promise<SourceText[]> {
  const files = findFiles(names.filter((name) => name !== STDIN_ARGUMENT));
  const sources = files.map(readSource);
  if (names.includes(STDIN_ARGUMENT)) {
    const text = decodeText(await buffer(process.stdin));
    sources.push({ kind: 'stdin', name: STDIN_NAME, ...text });
  }
  if (sources.length === 0) {
    throw new UsageError(`${names.join(', ')}: no *.yaml, *.yml or *.json file below`);
  }
  return sources;
}

function readSource(name: string): SourceText {
  try {
    return { kind: 'file', name, ...decodeText(readFileSync(name)) };
  } catch (error) {
    throw unreadable(name, error);
  }
}
