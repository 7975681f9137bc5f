import type { Problem } from 'netloom';

/** The problem of a file that the configuration names and that can't be read. */
export function unreadable(key: string, file: string, error: unknown): Problem {
  const why = (error as NodeJS.ErrnoException).code ?? 'unknown error';
  return {
    code: 'NL_CONFIG_INVALID',
    key,
    found: `${file} can't be read (${why})`,
    allowed: 'a file that the agent may read',
    fix: 'correct the path or the rights; netloom-agent init makes a complete set of files',
  };
}

/** A problem of a key of `agent.yaml`. */
export function configProblem(file: string, key: string, found: string, allowed: string): Problem {
  return {
    code: 'NL_CONFIG_INVALID',
    key: fileKey(file, key),
    found,
    allowed,
    fix: 'correct the file; netloom-agent init writes a complete one',
  };
}

/** A key with the file that it is in; the file alone where nothing has a key. */
export function fileKey(file: string, key: string): string {
  return key === '' ? file : `${file}: ${key}`;
}
