import { randomInt } from 'node:crypto';
import fc from 'fast-check';
import { BookUnderTest, bookCommands, ModelState } from './book-commands';

/** Printed first: a history that never ends could not print it later. */
const SEED = Number(process.env.NETLOOM_SEED ?? randomInt(2 ** 31));

describe('any history of offers, claims, transfers, batches, definitions, time and restarts', () => {
  test('answers what a simple model answers, and keeps the promises', () => {
    process.stdout.write(`book commands: NETLOOM_SEED=${SEED}\n`);
    fc.assert(
      fc.property(fc.commands(bookCommands, { maxCommands: 60, size: 'max' }), (commands) => {
        const setup = () => ({ model: new ModelState(), real: new BookUnderTest() });
        fc.modelRun(setup, commands);
      }),
      { numRuns: 1_000, seed: SEED },
    );
  }, 120_000);
});
