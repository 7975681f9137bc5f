import * as pulumi from '@pulumi/pulumi';
import { describeProblem, errorsOf, type Problem, severityOf } from '../errors';
import { unsilenced } from './silence';

let count = 0;
let isEnding = false;
const messages: Promise<void>[] = [];
let turn: Promise<void> | undefined;
const judges: (() => void)[] = [];

/**
 * Who has a problem: a component, or the name of a resource that is not registered while there is
 * one. (Pulumi's log waits for a resource's URN, and everything behind it waits too.)
 */
export type Culprit = pulumi.ComponentResource | string;

/** Has something looked at before anything is admitted: what is wrong between resources. */
export function beforeAdmission(judge: () => void): void {
  judges.push(judge);
}

/**
 * Tells a resource's problems. The program fails once all that is known by now has been told, unless
 * all of it is warnings.
 */
export function reportProblems(culprit: Culprit, problems: readonly Problem[]): void {
  const told = unsilenced(culprit, problems);
  const errors = errorsOf(told);
  count += errors.length;
  for (const problem of told) messages.push(tell(culprit, problem));
  if (errors.length > 0) void admission();
}

/** Tells errors that are in words already. */
export function reportTexts(component: pulumi.ComponentResource, texts: readonly string[]): void {
  count += texts.length;
  for (const text of texts) messages.push(pulumi.log.error(text, component));
  if (texts.length > 0) void admission();
}

function tell(culprit: Culprit, problem: Problem): Promise<void> {
  const say = severityOf(problem.code) === 'error' ? pulumi.log.error : pulumi.log.warn;
  const text = describeProblem(problem);
  return typeof culprit === 'string' ? say(`[${culprit}] ${text}`) : say(text, culprit);
}

/**
 * Resolves when the arguments that are known without asking the engine have all been looked at and
 * nothing was wrong with any. Every resource waits for it before it is registered: a mistake in one
 * must not hide the one in the next, and nothing is made while there is any.
 *
 * Arguments without outputs are through when the promises of this turn of the event loop are.
 */
export function admission(): Promise<void> {
  turn ??= new Promise((resolve) => {
    setImmediate(() => {
      for (const judge of judges) judge();
      turn = undefined;
      if (count === 0) resolve();
      else endProgram();
    });
  });
  return turn;
}

/** How long the engine is given to take the messages, in ms. */
const MESSAGES_MS = 5_000;

function endProgram(): void {
  if (isEnding) return;
  isEnding = true;
  void failProgram();
}

/** Ends the program, but not before the engine has been told everything: what is on its way then is lost. */
async function failProgram(): Promise<never> {
  const limit = new Promise((resolve) => setTimeout(resolve, MESSAGES_MS));
  await Promise.race([Promise.allSettled(messages), limit]);
  const noun = count === 1 ? 'problem' : 'problems';
  const error = new pulumi.RunError(`netloom found ${count} ${noun}, told above or beside`);
  // The program has ended by now, and Pulumi then prints a stack where there is one.
  error.stack = error.message;
  throw error;
}

/** The value, once no resource of the program is known to have a problem; else never. */
export function whenAdmitted<T>(value: pulumi.Output<T>): pulumi.Output<T> {
  // The turn begins when a resource is constructed, not when its value comes to be known.
  const admitted = admission();
  return value.apply(async (plain) => {
    await admitted;
    // What comes to be known later is looked at beside the others, too.
    await admission();
    return plain;
  }) as pulumi.Output<T>;
}

/** Tells the problems of a value as soon as it is known. */
export function reportWhenKnown<T>(
  culprit: Culprit,
  value: pulumi.Output<T>,
  check: (plain: T) => readonly Problem[],
): void {
  value.apply((plain) => reportProblems(culprit, check(plain as T)));
}

/**
 * The value when a check finds nothing wrong with it, nor with any other resource. Otherwise the
 * problems are told, and the output never resolves: nothing that needs it is registered.
 */
export function checked<T>(
  culprit: Culprit,
  value: pulumi.Output<T>,
  check: (plain: T) => readonly Problem[],
): pulumi.Output<T> {
  const judged = value.apply((plain) => {
    const problems = check(plain as T);
    reportProblems(culprit, problems);
    return errorsOf(problems).length === 0 ? plain : new Promise<never>(() => {});
  }) as pulumi.Output<T>;
  return whenAdmitted(judged);
}
