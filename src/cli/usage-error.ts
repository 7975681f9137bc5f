/**
 * A wrong use of the command line: a file that is not there, a kubeconfig that can't be read. The
 * program prints the message alone and ends with status 2.
 */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Why something failed, in one line: the system's own words, e.g. `no such file or directory`. */
export function reasonOf(error: unknown): string {
  const { message = String(error), code } = error as NodeJS.ErrnoException;
  const [line = ''] = message.split('\n');
  return /^E[A-Z0-9]+: ([^,]+)/.exec(line)?.[1] ?? (line || String(code));
}

/** The error for a file that can't be read; the system names the one it means. */
export function unreadable(name: string, error: unknown): UsageError {
  const { path } = error as NodeJS.ErrnoException;
  return new UsageError(`${path ?? name}: ${reasonOf(error)}`, { cause: error });
}
