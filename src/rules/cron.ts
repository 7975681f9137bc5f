import type { Problem } from '../errors';

interface Field {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  /** Words for the numbers from `least` on. */
  readonly words?: readonly string[];
}

const FIELDS: readonly Field[] = [
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

/** Checks a schedule of five fields, as whereabouts' reconciler reads it (robfig/cron). */
export function checkCron(key: string, text: unknown): Problem[] {
  const fields = typeof text === 'string' ? text.trim().split(/\s+/) : [];
  const count = fields[0] === '' ? 0 : fields.length;
  const allowed = `five fields: ${FIELDS.map(({ name }) => name).join(', ')}`;
  const found =
    count !== FIELDS.length
      ? `${JSON.stringify(text)} has ${count} ${count === 1 ? 'field' : 'fields'}`
      : wrongField(fields);
  if (found === undefined) return [];
  const fix = 'write it as "30 4 * * *", which is each day at 4:30 (UTC)';
  return [{ code: 'NL_CRON_INVALID', key, found, allowed, fix }];
}

function wrongField(fields: readonly string[]): string | undefined {
  const wrong = FIELDS.findIndex((field, index) => !isField(fields[index] as string, field));
  const field = FIELDS[wrong];
  if (!field) return undefined;
  return `"${fields[wrong]}" is no ${field.name} (${field.least} to ${field.most})`;
}

/** A list of numbers, spans and `*`, each with a step or without. */
function isField(text: string, field: Field): boolean {
  return text.split(',').every((part) => isPart(part, field));
}

function isPart(part: string, field: Field): boolean {
  const [span = '', step, ...more] = part.split('/');
  if (more.length > 0 || (step !== undefined && !/^0*[1-9]\d*$/.test(step))) return false;
  if (span === '*' || span === '?') return true;
  const [from = '', to = from, ...rest] = span.split('-');
  const [first, last] = [numberOf(from, field), numberOf(to, field)];
  return rest.length === 0 && first !== undefined && last !== undefined && first <= last;
}

function numberOf(text: string, { least, most, words = [] }: Field): number | undefined {
  const word = words.indexOf(text.toLowerCase());
  if (word >= 0) return word + least;
  const number = /^\d+$/.test(text) ? Number(text) : -1;
  return number >= least && number <= most ? number : undefined;
}
