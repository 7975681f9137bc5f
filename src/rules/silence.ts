import { isMembers, type KeyStep } from '../cni';
import { PROBLEM_CODES, type Problem, type ProblemCode, severityOf } from '../errors';
import { podsOf, readJson, valueAt } from '../kubernetes';
import { type Placed, placedAt } from './placed';
import type { Manifest } from './read-object';

/** Annotation with the warnings that are no problem for an object: a JSON object of codes and reasons. */
export const SILENCE_ANNOTATION = 'netloom.io/silence';

/** What an object says of its warnings. */
export interface ReadSilences {
  readonly codes: ReadonlySet<string>;
  readonly problems: readonly Placed[];
}

const NONE: ReadSilences = { codes: new Set(), problems: [] };
const OWN: readonly KeyStep[] = ['metadata', 'annotations', SILENCE_ANNOTATION];

/** The silences of an object: its own, and those of its pod template. */
export function readSilences(object: Manifest): ReadSilences {
  const template = podsOf(object)?.annotationsPath;
  const paths = template && template.length > 2 ? [OWN, [...template, SILENCE_ANNOTATION]] : [OWN];
  const reads = paths.flatMap((path) => {
    const text = valueAt(object, path);
    return typeof text === 'string' ? [readSilence(text, path)] : [];
  });
  if (reads.length === 0) return NONE;
  return {
    codes: new Set(reads.flatMap(({ codes }) => [...codes])),
    problems: reads.flatMap(({ problems }) => problems),
  };
}

function readSilence(text: string, path: readonly KeyStep[]): ReadSilences {
  const read = readJson(text);
  if ('error' in read) {
    const { found, span } = read.error;
    return {
      codes: new Set(),
      problems: [placedAt({ path, span }, noObject(`not JSON: ${found}`))],
    };
  }
  const { value } = read;
  if (!isMembers(value)) {
    return { codes: new Set(), problems: [placedAt({ path }, noObject('no object'))] };
  }
  const checked = Object.entries(value).map(([code, reason]) => ({
    code,
    problem: checkSilence(code, reason),
  }));
  return {
    codes: new Set(checked.flatMap(({ code, problem }) => (problem ? [] : [code]))),
    problems: checked.flatMap(({ code, problem }) =>
      problem ? [placedAt({ path, inside: [code] }, problem)] : [],
    ),
  };
}

function noObject(why: string): Problem {
  return {
    code: 'NL_SILENCE_INVALID',
    key: '',
    found: `the annotation is ${why}`,
    allowed: 'a JSON object of codes and reasons',
    fix: '{"NL_HOST_LOCAL_NODES": "one node per site"}',
  };
}

/** What is wrong with a silence: only warnings can be silenced, and not without a reason. */
export function checkSilence(code: string, reason: unknown): Problem | undefined {
  const refused = (found: string, fix: string): Problem => ({
    code: 'NL_SILENCE_INVALID',
    key: 'silence',
    found,
    allowed: 'the code of a warning, and why it is no problem',
    fix,
  });
  if (!(PROBLEM_CODES as readonly string[]).includes(code)) {
    return refused(`${JSON.stringify(code)} is no code`, 'copy it from the warning');
  }
  if (severityOf(code as ProblemCode) === 'error') {
    return refused(`${code} is an error, and errors can't be silenced`, 'repair what it tells of');
  }
  if (typeof reason === 'string' && reason.trim() !== '') return undefined;
  return refused(`${code} is silenced without a reason`, 'say why it is no problem here');
}
