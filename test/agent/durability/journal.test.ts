import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { buildAgent } from '../support/agent-process';
import { FaultyDisk, whyNoFaultyDisk } from './faulty-disk';
import { journalAtEachStep, runJournal } from './journal-steps';
import { CHECKOUT } from './writer-process';

describe('the journal of a change of the host', () => {
  const why = whyNoFaultyDisk();
  const diskTest = why === undefined ? test : test.skip;
  const reason = why === undefined ? '' : ` (skipped: ${why})`;
  let folder: string;
  let disk: FaultyDisk;

  beforeAll(() => {
    if (why !== undefined) return;
    buildAgent();
    folder = mkdtempSync(path.join(os.tmpdir(), 'netloom-journal-'));
    disk = FaultyDisk.build(folder);
  }, 300_000);

  afterAll(() => {
    if (why === undefined) rmSync(folder, { recursive: true, force: true });
  });

  diskTest(
    `what was said of it lasts, wherever its process or the power ends${reason}`,
    () => expect(journalAtEachStep(disk, CHECKOUT, path.join(folder, 'run'))).toEqual([]),
    240_000,
  );

  diskTest(
    `that a change is taken back waits for no disk: the host is brought back first${reason}`,
    () => {
      const synced = (outcome: 'kept' | 'undone'): number =>
        runJournal(disk, CHECKOUT, path.join(folder, outcome), outcome).steps.filter((step) =>
          step.startsWith('sync '),
        ).length;
      // The decision itself and its name; one that is lost with the power means the same as none.
      expect(synced('kept') - synced('undone')).toBe(2);
    },
    120_000,
  );
});
