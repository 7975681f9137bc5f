import { isMembers, type KeyStep, keyOfSteps, stepsOf } from '../cni';
import type { Problem, ProblemCode } from '../errors';
import type { ObjectPath } from '../kubernetes';

/** A problem with its place, before it is known in which object. */
export interface Placed {
  readonly where: ObjectPath;
  /** Its key is the path as it is written. */
  readonly problem: Problem;
}

/** A problem at a path, the key in the words of the object. */
export function placedAt(where: ObjectPath, problem: Problem): Placed {
  const path = keyOfSteps(where.path);
  const inside = where.inside && where.inside.length > 0 ? `: ${keyOfSteps(where.inside)}` : '';
  const fix = hasPlaceholder(problem.found) ? FILL_IN : problem.fix;
  return { where, problem: { ...problem, key: `${path}${inside}`, fix } };
}

/** What to do where something is to be put in yet. */
export const FILL_IN =
  'put in what the placeholder stands for (helm template, flux build, envsubst)';

/** True for a text with an expression of Helm, or a variable of Flux or a shell, in it. */
export function hasPlaceholder(text: string): boolean {
  return /\{\{-?\s*[.$\w]|\$\{\w/.test(text);
}

const ABOUT_KEYS: ReadonlySet<ProblemCode> = new Set<ProblemCode>([
  'NL_KEY_FOREIGN',
  'NL_KEY_IGNORED',
  'NL_KEY_MISSPELT',
  'NL_KEY_RESERVED',
  'NL_KEY_TWICE',
  'NL_KEY_UNKNOWN',
]);

/** True where the key itself is wrong, and not its value. */
export function isAboutKey({ code }: Problem): boolean {
  return ABOUT_KEYS.has(code);
}

/** Places problems below steps of the object, their keys being what stands there. */
export function placeBelow(
  base: readonly KeyStep[],
  toWire: (steps: readonly KeyStep[]) => readonly KeyStep[] = (steps) => steps,
): (problem: Problem) => Placed {
  return (problem) => {
    const path = [...base, ...toWire(stepsOf(problem.key))];
    return placedAt(isAboutKey(problem) ? { path, isKey: true } : { path }, problem);
  };
}

/** Steps as they are written: Go takes keys without regard to case, and the last one counts. */
export function writtenSteps(value: unknown, steps: readonly KeyStep[]): KeyStep[] {
  let at = value;
  return steps.map((step) => {
    const written = isMembers(at) && typeof step === 'string' ? writtenName(at, step) : step;
    at =
      typeof at === 'object' && at !== null ? (at as Record<KeyStep, unknown>)[written] : undefined;
    return written;
  });
}

function writtenName(members: Record<string, unknown>, name: string): string {
  if (Object.hasOwn(members, name)) return name;
  const plain = name.toLowerCase();
  return Object.keys(members).findLast((key) => key.toLowerCase() === plain) ?? name;
}
