import { AddressBook, type ClaimRecord, isNetloomError, NetloomError, type Problem } from 'netloom';
import { loadConfig } from '../config';
import { SqliteStore, type StoreContents } from '../store';

/**
 * Takes a claim out of the store of a stopped agent that does not start because of it.
 *
 * @param serial number of the claim, as the agent's refusal names it
 * @returns the claim as it stood in the store
 * @throws NetloomError NL_REQUEST_INVALID for a claim that stands in nobody's way; NL_STORE_FAILED
 */
export async function forgetClaim(configFile: string, serial: number): Promise<ClaimRecord> {
  const config = loadConfig(configFile);
  const store = SqliteStore.open(config.stateDir);
  try {
    const contents = store.load();
    const claim = contents.claims.find((one) => one.serial === serial);
    const rest = { ...contents, claims: contents.claims.filter((one) => one !== claim) };
    if (claim === undefined || collisions(rest) >= collisions(contents)) {
      throw new NetloomError(inNobodysWay(serial, claim));
    }
    await store.write([{ kind: 'claim', serial, claim: undefined }]);
    return claim;
  } finally {
    await store.close();
  }
}

function collisions({ pools, claims, counters }: StoreContents): number {
  try {
    new AddressBook(pools, claims, counters.book);
    return 0;
  } catch (error) {
    if (isNetloomError(error)) return error.problems.length;
    throw error;
  }
}

function inNobodysWay(serial: number, claim: ClaimRecord | undefined): Problem {
  return {
    code: 'NL_REQUEST_INVALID',
    key: '--claim',
    found:
      claim === undefined
        ? `there is no claim ${serial} in the store`
        : `claim ${serial} of ${claim.owner} fits with all others`,
    allowed: 'a claim that the agent names when it refuses to start (NL_CLAIMS_COLLIDE)',
    fix: 'correct the number; any other claim is released by its owner',
  };
}
