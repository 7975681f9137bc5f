import { isNetloomError, NetloomError, type Problem } from 'netloom';
import type { Changed, CheckedChange, Checkpoints } from '../checkpoint';
import type { BridgeRecord } from '../store';
import type { HostLinks } from './links';
import type { PlanStep } from './step';

const PREFIX = 'bridge ';

/** What a journal calls a bridge's record. */
export function bridgeSubject(name: string): string {
  return `${PREFIX}${name}`;
}

/** The bridge that a journal speaks of; undefined for another kind of record. */
export function bridgeOfSubject(subject: string): string | undefined {
  return subject.startsWith(PREFIX) ? subject.slice(PREFIX.length) : undefined;
}

/** Links that the change of a bridge may alter: its own, its ports of before and after, and whatever a step names. */
export function touchedLinks(
  record: BridgeRecord,
  steps: readonly PlanStep[],
  host: HostLinks,
): string[] {
  const { name, spec, managed, images } = record;
  const words = steps.flatMap((step) => step.lines).flatMap((line) => line.split(' '));
  const named = words.filter((word) => host.links.has(word));
  const ports = [...(spec.ports ?? []), ...managed.ports, ...Object.keys(images?.ports ?? {})];
  return [...new Set([name, ...ports, ...named])];
}

/** A change whose taking back may meet problems of its own. */
export type CarefulChange<T> = Omit<CheckedChange<T>, 'back'> & {
  /** @returns what stood in the way */
  back(): Promise<readonly Problem[]>;
};

/** Runs a change that can be taken back. @throws what was wrong, and what stood in the way of that */
export async function runChecked<T>(
  checkpoints: Checkpoints,
  change: CarefulChange<T>,
): Promise<Changed<T>> {
  const left: Problem[] = [];
  try {
    return await checkpoints.run({
      ...change,
      back: async () => void left.push(...(await change.back())),
    });
  } catch (error) {
    throw withProblems(error, left);
  }
}

/** An error with what was found to be wrong after it; any other than ours as it is. */
export function withProblems(error: unknown, more: readonly Problem[]): unknown {
  if (!isNetloomError(error) || more.length === 0) return error;
  return new NetloomError([...error.problems, ...more], { cause: error });
}
