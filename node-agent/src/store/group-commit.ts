import { NetloomError } from 'netloom';
import type { StoreChange, StoreFailureListener } from './store';

interface Waiting {
  readonly changes: readonly StoreChange[];
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/**
 * Gathers the writes of one turn of the event loop into one commit. Requests gather by themselves
 * while a commit blocks; a timed window would only add its length to each of them (measured).
 */
export class GroupCommit {
  private waiting: Waiting[] = [];
  private failure: NetloomError | undefined;

  /** @param commit makes all given changes durable at once, or throws and makes none so. */
  constructor(
    private readonly commit: (changes: readonly StoreChange[]) => void,
    private readonly onFailure: StoreFailureListener,
  ) {}

  write(changes: readonly StoreChange[]): Promise<void> {
    if (this.failure) return Promise.reject(this.failure);
    if (changes.length === 0 && this.waiting.length === 0) return Promise.resolve();
    return new Promise((resolve, reject) => {
      if (this.waiting.length === 0) setImmediate(() => this.flush());
      this.waiting.push({ changes, resolve, reject });
    });
  }

  flush(): void {
    const group = this.waiting;
    this.waiting = [];
    if (group.length === 0) return;
    if (!this.failure) {
      try {
        this.commit(group.flatMap((one) => one.changes));
      } catch (error) {
        this.failure = storeFailed(error);
        this.onFailure(this.failure);
      }
    }
    for (const one of group) {
      if (this.failure) one.reject(this.failure);
      else one.resolve();
    }
  }
}

function storeFailed(error: unknown): NetloomError {
  const problem = {
    code: 'NL_STORE_FAILED',
    key: 'store',
    found: `the agent could not write its store (${(error as Error).message}) and stops`,
    allowed: 'a disk with space that takes writes',
    fix: 'see the agent log and the disk, start the agent again, and repeat the request',
  } as const;
  return new NetloomError(problem, { cause: error });
}
