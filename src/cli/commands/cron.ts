import { describeProblem } from '../../errors';
import { checkCron, nextRuns } from '../../rules';
import { printable } from '../terminal';
import { UsageError } from '../usage-error';

/** Options of `netloom cron`, as they are written. */
export interface CronArguments {
  readonly count: string;
  readonly after?: string;
  readonly format: 'human' | 'json';
}

const MOST_TIMES = 1000;

/**
 * `netloom cron SCHEDULE`: prints when the reconciler runs next, in UTC and in the time of this
 * machine where that is another; or what is wrong with the schedule, with exit status 1.
 *
 * @throws UsageError for a count or a time that is none
 */
export function cron(schedule: string, options: CronArguments): void {
  const count = countOf(options.count);
  const after = timeOf(options.after);
  const problems = checkCron('schedule', schedule);
  const next = problems.length > 0 ? [] : nextRuns(schedule, after, count);
  if (problems.length > 0) process.exitCode = 1;
  if (options.format === 'json') {
    console.log(JSON.stringify({ schedule, problems, next: next.map(utc) }, null, 2));
  } else if (problems.length > 0) {
    for (const problem of problems) console.error(`error: ${printable(describeProblem(problem))}`);
  } else console.log(next.map(lineOf).join('\n'));
}

/** As `2026-11-21T15:45Z`: a schedule has no seconds. */
function utc(time: Date): string {
  return `${time.toISOString().slice(0, 16)}Z`;
}

function lineOf(time: Date): string {
  const minutes = -time.getTimezoneOffset();
  const text = utc(time).replace('T', ' ').replace('Z', ' UTC');
  if (minutes === 0) return text;
  const local = new Date(time.getTime() + minutes * 60_000).toISOString().slice(0, 16);
  return `${text}  (here ${local.replace('T', ' ')})`;
}

function countOf(text: string): number {
  const count = /^\d+$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= MOST_TIMES) return count;
  throw new UsageError(`--count: "${text}" is no number from 1 to ${MOST_TIMES}`);
}

function timeOf(text: string | undefined): Date {
  const time = text === undefined ? new Date() : new Date(text);
  if (!Number.isNaN(time.getTime())) return time;
  throw new UsageError(`--after: "${text}" is no time; write it like 2026-11-21T15:30Z`);
}
