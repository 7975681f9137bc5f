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
