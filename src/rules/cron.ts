import type { Problem } from '../errors';
import { CRON_FIELDS, type CronField, canCome, cronNumber, parseSchedule } from './schedule';

/** Checks a schedule of five fields, as whereabouts' reconciler reads it (robfig/cron). */
export function checkCron(key: string, text: unknown): Problem[] {
  const fields = typeof text === 'string' ? text.trim().split(/\s+/) : [];
  const count = fields[0] === '' ? 0 : fields.length;
  const allowed = `five fields: ${CRON_FIELDS.map(({ name }) => name).join(', ')}`;
  const found =
    count !== CRON_FIELDS.length
      ? `${JSON.stringify(text)} has ${count} ${count === 1 ? 'field' : 'fields'}`
      : (wrongField(fields) ?? neverComes(fields));
  if (found === undefined) return [];
  const fix = 'write it as "30 4 * * *", which is each day at 4:30 (UTC)';
  return [{ code: 'NL_CRON_INVALID', key, found, allowed, fix }];
}

/** `30 4 31 2 *`: each field is right, and no month has such a day. */
function neverComes(fields: readonly string[]): string | undefined {
  return canCome(parseSchedule(fields)) ? undefined : `"${fields.join(' ')}" never comes`;
}

function wrongField(fields: readonly string[]): string | undefined {
  const wrong = CRON_FIELDS.findIndex((field, index) => !isField(fields[index] as string, field));
  const field = CRON_FIELDS[wrong];
  if (!field) return undefined;
  return `"${fields[wrong]}" is no ${field.name} (${field.least} to ${field.most})`;
}

/** A list of numbers, spans and `*`, each with a step or without. */
function isField(text: string, field: CronField): boolean {
  return text.split(',').every((part) => isPart(part, field));
}

function isPart(part: string, field: CronField): boolean {
  const [span = '', step, ...more] = part.split('/');
  if (more.length > 0 || (step !== undefined && !/^0*[1-9]\d*$/.test(step))) return false;
  if (span === '*' || span === '?') return true;
  const [from = '', to = from, ...rest] = span.split('-');
  const [first, last] = [cronNumber(from, field), cronNumber(to, field)];
  return rest.length === 0 && first !== undefined && last !== undefined && first <= last;
}
