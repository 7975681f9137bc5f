import path from 'node:path';
import { generator } from '../support/random';
import { Transcript } from './transcript';
import { WriterProcess } from './writer-process';

/** How often, and how, writers are killed. */
export interface KillPlan {
  /** A checkout, or a copy of what is built of it. */
  readonly root: string;
  /** Gets the state folders. */
  readonly folder: string;
  readonly cycles: number;
  readonly seed: number;
  /** How many state folders there are, each with 16 writers of its own, at the same time. @default 2 */
  readonly lanes?: number;
  /** No more cycles once something is wrong. @default false */
  readonly stopAtFirst?: boolean;
  readonly onCycle?: (cycle: number) => void;
  /** No more cycles once it says so. @default - all of them */
  readonly isOver?: () => boolean;
}

/** What came of it. */
export interface KillReport {
  readonly cycles: number;
  readonly acknowledged: number;
  /** Calls that were under way when their process was killed. */
  readonly cutOff: number;
  readonly problems: readonly string[];
}

/** Of all kills, those that meet a process which is still loading. */
const KILLED_AT_START = 0.2;

/**
 * Kills 16 writers with SIGKILL again and again at random moments, and compares what they were told
 * with what the next process finds.
 */
export async function killWriters(plan: KillPlan): Promise<KillReport> {
  const { lanes = 2 } = plan;
  const reports = await Promise.all(
    Array.from({ length: lanes }, (_, lane) =>
      killInLane({
        ...plan,
        folder: path.join(plan.folder, `lane-${lane}`),
        cycles: Math.ceil(plan.cycles / lanes),
        seed: plan.seed + lane,
      }),
    ),
  );
  return {
    cycles: reports.reduce((sum, { cycles }) => sum + cycles, 0),
    acknowledged: reports.reduce((sum, { acknowledged }) => sum + acknowledged, 0),
    cutOff: reports.reduce((sum, { cutOff }) => sum + cutOff, 0),
    problems: reports.flatMap(({ problems }) => problems),
  };
}

async function killInLane({
  root,
  folder,
  cycles,
  seed,
  stopAtFirst = false,
  onCycle,
  isOver = () => false,
}: KillPlan): Promise<KillReport> {
  const random = generator(seed);
  const transcript = new Transcript();
  let cycle = 0;
  let cutOff = 0;
  /** How long it took the last one to load. */
  let loadMs = 100;
  while (cycle < cycles && !isOver() && !(stopAtFirst && transcript.problems.length > 0)) {
    const writer = new WriterProcess(root, [folder, 'loop', String(seed + cycle)]);
    if (cycle > 0 && random() < KILLED_AT_START) {
      await wait(random() * loadMs);
    } else {
      const begin = performance.now();
      await writer.hasTold('state');
      loadMs = performance.now() - begin;
      await wait(5 + random() * 40);
    }
    writer.kill();
    const lines = await writer.lines();
    const failed = lines.find((line) => line.failed !== undefined);
    if (failed) transcript.problems.push(`cycle ${cycle}: ${JSON.stringify(failed.failed)}`);
    transcript.read(lines);
    const asks = lines.filter((line) => line.ask !== undefined).length;
    cutOff += asks - lines.filter((line) => line.ack !== undefined).length;
    cycle += 1;
    onCycle?.(cycle);
  }
  // The last one ends by itself; it also gives addresses to owners that nobody knows.
  transcript.read(await new WriterProcess(root, [folder, 'look']).lines());
  const { acknowledged, problems } = transcript;
  return { cycles: cycle, acknowledged, cutOff, problems };
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
