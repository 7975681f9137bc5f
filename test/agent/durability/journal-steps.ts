import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { type Decision, JournalFolder } from '../../../node-agent/src/checkpoint';
import { nodePath } from '../../../scripts/tools';
import { afterPowerCut, type Fault, type FaultyDisk, stepsOf } from './faulty-disk';

const PROGRAM = path.join(__dirname, 'journal-program.js');
const ID = '0123456789abcdef';

interface Run {
  /** What the program said before it ended. */
  readonly told: readonly string[];
  /** What it did to its disk, in order. */
  readonly steps: readonly string[];
  /** What was said about the journal and is not so, with the power cut at the worst moment. */
  readonly problems: readonly string[];
}

/**
 * Lets the journal of a change be written, decided and cleared away, with an end at each step that this
 * takes on the disk, and looks at what is left: as the files are, and after a power cut.
 *
 * @param root whose build is tried
 * @returns what was promised and not kept
 */
export function journalAtEachStep(disk: FaultyDisk, root: string, folder: string): string[] {
  const whole = runJournal(disk, root, folder, 'kept');
  const problems = whole.steps.flatMap((step, index) => {
    const run = runJournal(disk, root, folder, 'kept', { kind: 'kill', at: index + 1 });
    return run.problems.map((problem) => `kill at step ${index + 1}, ${step}: ${problem}`);
  });
  const isWhole = whole.told.join() === 'written,decided,cleared';
  return [...(isWhole ? [] : ['it did not end']), ...whole.problems, ...problems];
}

/** One run of the program. */
export function runJournal(
  disk: FaultyDisk,
  root: string,
  folder: string,
  outcome: Decision['outcome'],
  fault?: Fault,
): Run {
  const [state, cut] = [path.join(folder, 'state'), path.join(folder, 'cut')];
  // The journal has a folder of its own below that of the store.
  const place = path.join(state, 'checkpoint');
  for (const old of [state, cut]) rmSync(old, { recursive: true, force: true });
  const env = { ...process.env, ...disk.environment(place, fault) };
  const { stdout, stderr } = spawnSync(nodePath(), [PROGRAM, root, state, outcome], {
    env,
    encoding: 'utf8',
  });
  if (stderr.includes('Error')) throw new Error(stderr);
  const told = stdout.split('\n').filter((line) => line !== '');
  afterPowerCut(place, path.join(cut, 'checkpoint'));
  const problems = [
    ...problemsOf(state, told),
    ...problemsOf(cut, told).map((problem) => `after a power cut: ${problem}`),
  ];
  return { told, steps: stepsOf(place), problems };
}

function problemsOf(state: string, told: readonly string[]): string[] {
  const journals = new JournalFolder(state);
  try {
    const [journal, decision] = [journals.read(), journals.decision(ID)];
    const last = told.at(-1);
    if (last === 'cleared') return journal ? ['the journal is still there'] : [];
    if (last === 'written' && journal === undefined) return ['the journal is lost'];
    // It may be about to be cleared away: a journal without its decision would be taken back.
    const isLost = last === 'decided' && journal !== undefined && decision?.outcome !== 'kept';
    return isLost ? ['the decision is lost'] : [];
  } catch (error) {
    return [`the journal can't be read: ${(error as Error).message}`];
  }
}
