import { AddressBook, isNetloomError, NetloomError } from 'netloom';
import type { StreamedContents } from './store';

/**
 * The book of what a store holds.
 *
 * @param place the store's file, for what is wrong with it
 * @throws NetloomError NL_CLAIMS_COLLIDE, naming the file; it stays as it is
 */
export function loadBook(
  { pools, claims, counters }: Pick<StreamedContents, 'pools' | 'claims' | 'counters'>,
  place = 'the store',
): AddressBook {
  try {
    return new AddressBook(pools, claims, counters.book);
  } catch (error) {
    if (!isNetloomError(error)) throw error;
    throw new NetloomError(
      error.problems.map((problem) =>
        problem.code === 'NL_CLAIMS_COLLIDE'
          ? { ...problem, found: `${problem.found}; ${place} has not been touched` }
          : problem,
      ),
      { cause: error },
    );
  }
}
