import type { Mutant, Scenario } from './world';

/** What two agents may do at once, each small enough to be explored to its end. */
export const SCENARIOS = {
  claims: {
    name: 'two agents claim and release one address for two owners, and one crashes',
    size: 1,
    orders: [0],
    left: { claim: 2, release: 1, crash: 1, tick: 1, sweep: 1 },
  },
  choice: {
    name: 'two agents choose between two addresses for two owners, and one crashes',
    size: 2,
    orders: [0],
    left: { claim: 3, crash: 1 },
  },
  late: {
    name: 'a creation arrives after its sender has given up, and a sweep gets no answer',
    size: 1,
    orders: [0],
    left: { claim: 2, sweep: 1, late: 1, error: 1, crash: 1 },
  },
  blocks: {
    name: 'blocks and single addresses are claimed in one pool, and one agent crashes',
    size: 2,
    orders: [0, 1],
    left: { claim: 3, crash: 1 },
  },
  shrink: {
    name: 'a pool is shrunk while two agents claim in it, and one crashes',
    size: 2,
    orders: [0],
    shrinkTo: 1,
    left: { claim: 2, release: 1, shrink: 1, crash: 1 },
  },
  regrow: {
    name: 'a pool is shrunk and grown again while an agent claims in it',
    size: 2,
    orders: [0],
    shrinkTo: 1,
    left: { claim: 1, release: 1, shrink: 1, grow: 1, crash: 1 },
  },
  transfer: {
    name: 'a claim is handed over while both agents sweep, and one crashes',
    size: 1,
    orders: [0],
    left: { claim: 1, transfer: 1, sweep: 1, release: 1, crash: 1, tick: 1 },
  },
} as const satisfies Record<string, Scenario>;

/** In which of them each planted fault shows. */
export const MUTANTS: Readonly<Record<Mutant, keyof typeof SCENARIOS>> = {
  'free on API error': 'late',
  'release without incarnation': 'claims',
  'delete by name without uid': 'claims',
  'delete by uid alone': 'transfer',
  'shrink without looking for intents': 'shrink',
  'confirm without reading the pool again': 'shrink',
  'address before intent': 'claims',
  'answer without confirming': 'claims',
  'several claim sizes in one pool': 'blocks',
  'quarantine ends at release': 'claims',
  'orphans are never swept': 'claims',
  'drop the intent of a transfer without touching the old owner': 'transfer',
};
