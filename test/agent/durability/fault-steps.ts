import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { claimId } from 'netloom';
import { loadBook } from '../../../node-agent/src/load-book';
import { SqliteStore } from '../../../node-agent/src/store';
import { afterPowerCut, type Fault, type FaultKind, type FaultyDisk, stepsOf } from './faulty-disk';
import { type ToldClaim, Transcript } from './transcript';
import { WriterProcess } from './writer-process';

/** What came of stopping the same steps at each of them. */
export interface StepsReport {
  /** The steps without a fault. */
  readonly steps: readonly string[];
  readonly runs: number;
  readonly acknowledged: number;
  /** What was promised and not kept, with the fault that showed it. */
  readonly problems: readonly string[];
}

/**
 * Lets the writer go through its script once for each step that it takes on its disk, with a fault at
 * that step, and compares what it was told with what the store says afterwards: as the files are,
 * and as they are when nothing that was not synced has got to the disk.
 *
 * @param root whose build is tried
 */
export async function faultAtEachStep(
  disk: FaultyDisk,
  folder: string,
  kinds: readonly FaultKind[],
  root: string,
  stopAtFirst = false,
): Promise<StepsReport> {
  const whole = await runWith(disk, path.join(folder, 'whole'), root);
  const steps = stepsOf(path.join(folder, 'whole'));
  const faults = kinds.flatMap((kind) =>
    steps.flatMap((step, index): Fault[] => (applies(kind, step) ? [{ kind, at: index + 1 }] : [])),
  );
  // The latest first: they have the most to lose.
  faults.reverse();
  const problems = whole.problems.map((problem) => `without a fault: ${problem}`);
  let acknowledged = whole.acknowledged;
  let runs = 0;
  const next = faults.values();
  const lane = async (number: number): Promise<void> => {
    for (const fault of next) {
      if (stopAtFirst && problems.length > 0) return;
      const at = path.join(folder, `lane-${number}`);
      const run = await runWith(disk, at, root, fault);
      const where = `${fault.kind} at step ${fault.at}, ${steps[fault.at - 1]}`;
      problems.push(...run.problems.map((problem) => `${where}: ${problem}`));
      acknowledged += run.acknowledged;
      runs += 1;
      for (const end of ['', '.shadow', '.steps', '-cut']) {
        rmSync(`${at}${end}`, { recursive: true, force: true });
      }
    }
  };
  await Promise.all([1, 2, 3].map(lane));
  return { steps, runs, acknowledged, problems };
}

/** A disk writes a sector as a whole, bytes. */
const SECTOR = 512;

/** A full disk refuses writes only. */
function applies(kind: FaultKind, step: string): boolean {
  const [verb, , bytes] = step.split(' ');
  if (kind === 'kill' || kind === 'EIO') return true;
  return verb === 'write' && (kind === 'ENOSPC' || Number(bytes) > SECTOR);
}

async function runWith(
  disk: FaultyDisk,
  folder: string,
  root: string,
  fault?: Fault,
): Promise<Pick<StepsReport, 'acknowledged' | 'problems'>> {
  const process = new WriterProcess(root, [folder, 'script'], disk.environment(folder, fault));
  const lines = await process.lines();
  const cut = `${folder}-cut`;
  afterPowerCut(folder, cut);
  const problems: string[] = [];
  let acknowledged = 0;
  for (const [how, state] of [
    ['', folder],
    ['after a power cut: ', cut],
  ] as const) {
    const transcript = new Transcript();
    transcript.read(lines);
    const found = stateOf(state);
    if (typeof found === 'string') problems.push(`${how}${found}`);
    else transcript.compare(found);
    problems.push(...transcript.problems.map((problem) => `${how}${problem}`));
    acknowledged = transcript.acknowledged;
  }
  if (fault === undefined && !lines.some((line) => line.ended)) problems.push('it did not end');
  return { acknowledged, problems };
}

/** The claims of a store that an agent opens anew, or why it does not open. */
function stateOf(folder: string): ToldClaim[] | string {
  if (!existsSync(path.join(folder, 'state.db')) && !existsSync(path.join(folder, 'lock.db'))) {
    return [];
  }
  let store: SqliteStore | undefined;
  try {
    store = SqliteStore.open(folder);
    const rows = loadBook(store.stream()).rows();
    return rows
      .filter(({ state }) => state === 'claimed')
      .map((record) => ({
        owner: record.owner,
        id: claimId(record),
        addresses: record.addresses,
      }));
  } catch (error) {
    return `the store does not open: ${(error as Error).message}`;
  } finally {
    void store?.close();
  }
}
