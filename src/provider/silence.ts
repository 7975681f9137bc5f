import { type Problem, type ProblemCode, severityOf } from '../errors';
import { checkSilence, SILENCE_ANNOTATION } from '../rules';

/** Why a warning is no problem here, by its code: `{ NL_HOST_LOCAL_NODES: 'one node per site' }`. */
export type Silence = Readonly<Partial<Record<ProblemCode, string>>>;

const silences = new WeakMap<object, Silence>();

/** Silences warnings of a component, and gives what is wrong with that. */
export function silenceAt(component: object, silence: Silence | undefined): Problem[] {
  if (silence === undefined) return [];
  silences.set(component, silence);
  return Object.entries(silence).flatMap(([code, reason]) => checkSilence(code, reason) ?? []);
}

/** What of a component's problems is to be told. */
export function unsilenced(component: object | string, problems: readonly Problem[]): Problem[] {
  const silence = typeof component === 'object' ? silences.get(component) : undefined;
  if (!silence) return [...problems];
  return problems.filter(({ code }) => severityOf(code) === 'error' || silence[code] === undefined);
}

/** The annotation that makes `netloom check` of the object silent, too. */
export function silenceAnnotations(silence: Silence | undefined): Record<string, string> {
  const reasons = Object.entries(silence ?? {}).sort();
  if (reasons.length === 0) return {};
  return { [SILENCE_ANNOTATION]: JSON.stringify(Object.fromEntries(reasons)) };
}
