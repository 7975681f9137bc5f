import { FOREVER } from './claim-records';
import type { Holding } from './holding';

/** Whose addresses are that somebody uses without a claim. No credential has this name. */
export const SET_ASIDE = { owner: 'netloom:set-aside', identity: 'netloom:audit' } as const;

/** Label of those that a lost claim may have: they go to whoever asks for them by value. */
export const BY_VALUE = { 'netloom/by-value': 'true' } as const;

/** True for what stands for an address that somebody uses without a claim. */
export function isSetAside(holding: Holding): boolean {
  return holding.until === FOREVER;
}

/** True for one that somebody may have who asks for it by value. */
export function isByValue(holding: Holding): boolean {
  return isSetAside(holding) && holding.notes?.labels?.['netloom/by-value'] !== undefined;
}
