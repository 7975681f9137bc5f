import type { Finding } from './audit';

/** How long something must be found again and again before anything is done about it: 10 minutes. */
export const AUDIT_GRACE_MS = 10 * 60_000;

/** When each thing was first found, by its key, in ms since 1970. */
export type AuditMarks = ReadonlyMap<string, number>;

/** What one audit after another has found. */
export interface Marked {
  readonly marks: AuditMarks;
  /** What was marked at least the grace period ago, and has been found by every audit since. */
  readonly confirmed: readonly Finding[];
}

/**
 * The first look only marks; what a later one still finds is confirmed. What is not found once begins
 * anew: a pod that was just being made, or an IPAM in the middle of a change, never stays that long.
 *
 * @param isWhole false for an audit that did not see every source: it neither confirms nor forgets
 */
export function mark(
  before: AuditMarks,
  findings: readonly Finding[],
  isWhole: boolean,
  now: number,
  graceMs = AUDIT_GRACE_MS,
): Marked {
  if (!isWhole) return { marks: before, confirmed: [] };
  const marks = new Map(findings.map(({ key }) => [key, before.get(key) ?? now]));
  const confirmed = findings.filter(
    ({ key }) => before.has(key) && now - (marks.get(key) as number) >= graceMs,
  );
  return { marks, confirmed };
}
