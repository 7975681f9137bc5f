import { check } from './kubernetes-model/protocol';
import { MUTANTS, SCENARIOS } from './kubernetes-model/scenarios';
import { type Mutant, worldOf } from './kubernetes-model/world';

/** Far above what the scenarios have, so that a new step that makes them endless is told. */
const MOST_STATES = 250_000;

jest.setTimeout(600_000);

describe('the two-record protocol of docs/adr, in every order of its steps', () => {
  const names = Object.keys(SCENARIOS) as (keyof typeof SCENARIOS)[];

  test.each(names)('%s keeps every promise', (name) => {
    const scenario = SCENARIOS[name];
    const { history, states } = check(worldOf(scenario), scenario, undefined, MOST_STATES);
    expect(history).toBeUndefined();
    expect(states).toBeGreaterThan(10_000);
  });

  const mutants = Object.keys(MUTANTS) as Mutant[];

  test.each(mutants)('the fault "%s" is found, with the shortest history', (mutant) => {
    const scenario = SCENARIOS[MUTANTS[mutant]];
    const { history } = check(worldOf(scenario), scenario, mutant, MOST_STATES);
    expect(history?.at(-1)).toMatch(/^I[1-5]: |outside the pool$/);
    // Nothing in it is idle: each line is a step of somebody.
    expect(history?.length).toBeLessThan(30);
  });
});
