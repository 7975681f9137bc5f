/** A field of a schedule. */
export interface CronField {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  /** Words for the numbers from `least` on. */
  readonly words?: readonly string[];
}

/** In the order in which they are written. */
export const CRON_FIELDS: readonly CronField[] = [
  { name: 'minute', least: 0, most: 59 },
  { name: 'hour', least: 0, most: 23 },
  { name: 'day of the month', least: 1, most: 31 },
  {
    name: 'month',
    least: 1,
    most: 12,
    words: ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'],
  },
  {
    name: 'day of the week',
    least: 0,
    most: 6,
    words: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'],
  },
];

/** What a schedule of five fields says, as robfig/cron reads it, which whereabouts' reconciler uses. */
export interface Schedule {
  readonly minutes: ReadonlySet<number>;
  readonly hours: ReadonlySet<number>;
  readonly days: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
  readonly weekdays: ReadonlySet<number>;
  /** True where only one of the two fields for days says something; else either of them is enough. */
  readonly needsBothDays: boolean;
}

const DAYS_OF_MONTHS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Like robfig/cron: what does not come within these never does. */
const MOST_YEARS = 5;

/** Reads a schedule of which {@link checkCron} says nothing. */
export function parseSchedule(fields: readonly string[]): Schedule {
  const [minutes, hours, days, months, weekdays] = CRON_FIELDS.map((field, index) =>
    numbersOf(fields[index] ?? '*', field),
  ) as [Set<number>, Set<number>, Set<number>, Set<number>, Set<number>];
  const needsBothDays = isAll(fields[2]) || isAll(fields[4]);
  return { minutes, hours, days, months, weekdays, needsBothDays };
}

/** False for days that no month has. */
export function canCome({ days, months, needsBothDays }: Schedule): boolean {
  if (!needsBothDays) return true;
  const first = Math.min(...days);
  return [...months].some((month) => first <= (DAYS_OF_MONTHS[month - 1] as number));
}

/**
 * The next times of a schedule, in UTC, as whereabouts' reconciler runs.
 *
 * @param text five fields, e.g. `30 4 * * *`; of those that {@link checkCron} says nothing about
 * @param after times after this one
 * @param count at most so many; fewer where the next is five years away
 */
export function nextRuns(text: string, after: Date, count: number): Date[] {
  const schedule = parseSchedule(text.trim().split(/\s+/));
  const [hours, minutes] = [sorted(schedule.hours), sorted(schedule.minutes)];
  const runs: Date[] = [];
  let lastYear = after.getUTCFullYear() + MOST_YEARS;
  const day = new Date(Date.UTC(after.getUTCFullYear(), after.getUTCMonth(), after.getUTCDate()));
  for (; day.getUTCFullYear() <= lastYear; day.setUTCDate(day.getUTCDate() + 1)) {
    if (!isDay(day, schedule)) continue;
    for (const hour of hours) {
      for (const minute of minutes) {
        const run = new Date(day.getTime() + (hour * 60 + minute) * 60_000);
        if (runs.length >= count) return runs;
        if (run <= after) continue;
        runs.push(run);
        lastYear = run.getUTCFullYear() + MOST_YEARS;
      }
    }
  }
  return runs;
}

function isDay(day: Date, schedule: Schedule): boolean {
  if (!schedule.months.has(day.getUTCMonth() + 1)) return false;
  const byDate = schedule.days.has(day.getUTCDate());
  const byWeekday = schedule.weekdays.has(day.getUTCDay());
  return schedule.needsBothDays ? byDate && byWeekday : byDate || byWeekday;
}

function sorted(numbers: ReadonlySet<number>): number[] {
  return [...numbers].sort((a, b) => a - b);
}

/** A list of which one part is all: a step takes that back, as robfig/cron has it. */
function isAll(text = '*'): boolean {
  return text.split(',').some((part) => /^[*?](\/0*1)?$/.test(part));
}

function numbersOf(text: string, field: CronField): Set<number> {
  return new Set(text.split(',').flatMap((part) => numbersOfPart(part, field)));
}

/** `N/STEP` goes on to the end of the field. */
function numbersOfPart(part: string, field: CronField): number[] {
  const [span = '', step] = part.split('/');
  const [from = '', to = step === undefined ? from : ''] = span.split('-');
  const isOpen = span === '*' || span === '?';
  const first = isOpen ? field.least : (cronNumber(from, field) ?? field.least);
  const last = isOpen ? field.most : (cronNumber(to, field) ?? field.most);
  const length = Math.floor((last - first) / Number(step ?? 1)) + 1;
  return Array.from({ length }, (_, index) => first + index * Number(step ?? 1));
}

/** A number of a field, written as one or as a word. */
export function cronNumber(
  text: string,
  { least, most, words = [] }: CronField,
): number | undefined {
  const word = words.indexOf(text.toLowerCase());
  if (word >= 0) return word + least;
  const number = /^\d+$/.test(text) ? Number(text) : -1;
  return number >= least && number <= most ? number : undefined;
}
