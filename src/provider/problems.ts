import * as pulumi from '@pulumi/pulumi';
import { describeProblem, type Problem } from '../errors';

let count = 0;
let scheduled = false;

/**
 * Tells a resource's problems, and ends the program once all that is known at its start has been
 * told: a mistake in one resource must not hide the one in the next.
 */
export function reportProblems(resource: pulumi.Resource, problems: readonly Problem[]): void {
  if (problems.length === 0) return;
  count += problems.length;
  for (const problem of problems) void pulumi.log.error(describeProblem(problem), resource);
  if (scheduled) return;
  scheduled = true;
  // Arguments without outputs have been looked at when the promises of this turn are through, and
  // before anything was registered with the engine.
  setImmediate(() => {
    scheduled = false;
    throw new pulumi.RunError(
      `netloom found ${count} ${count === 1 ? 'problem' : 'problems'}: see above`,
    );
  });
}

/**
 * The value when a check finds nothing wrong with it. Otherwise the problems are told, and the
 * output never resolves: nothing that needs it is registered.
 */
export function checked<T>(
  resource: pulumi.Resource,
  value: pulumi.Output<T>,
  check: (plain: T) => readonly Problem[],
): pulumi.Output<T> {
  return value.apply((plain) => {
    const problems = check(plain);
    if (problems.length === 0) return plain;
    reportProblems(resource, problems);
    return new Promise<never>(() => {});
  }) as pulumi.Output<T>;
}

/** Tells the problems of a value as soon as it is known; for resources whose own `check` stops them. */
export function reportWhenKnown<T>(
  resource: pulumi.Resource,
  value: pulumi.Output<T>,
  check: (plain: T) => readonly Problem[],
): void {
  value.apply((plain) => reportProblems(resource, check(plain)));
}
