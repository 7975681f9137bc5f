import fc from 'fast-check';
import { BookUnderTest, bookCommands, ModelState } from './book-commands';

describe('any history of offers, claims, transfers, batches, definitions, time and restarts', () => {
  test('answers what a simple model answers, and keeps the promises', () => {
    fc.assert(
      fc.property(fc.commands(bookCommands, { maxCommands: 60, size: 'max' }), (commands) => {
        const setup = () => ({ model: new ModelState(), real: new BookUnderTest() });
        fc.modelRun(setup, commands);
      }),
      { numRuns: 1_000 },
    );
  }, 120_000);
});
