import { describeProblem } from '../../errors';
import type { Finding, Report } from '../findings';
import { portablePath } from './portable-path';

/** Raised when a field changes its meaning or goes; new fields may come without. */
const FORMAT_VERSION = 1;

/** For programs: one object with everything. */
export function* renderJson({ files, objects, findings }: Report): Generator<string> {
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const counts = { files, objects, errors, warnings: findings.length - errors };
  const report = { version: FORMAT_VERSION, ...counts, findings: findings.map(entry) };
  yield `${JSON.stringify(report, undefined, 2)}\n`;
}

/** What is not known is null, so that every entry has every field. */
function entry({ place, object, severity, problem }: Finding): Record<string, unknown> {
  const { source, line, column, endColumn } = place;
  const isCluster = source.kind === 'cluster';
  const { code, key, found, allowed, fix } = problem;
  return {
    file: isCluster ? null : portablePath(source.name),
    line: isCluster ? null : line,
    column: isCluster ? null : column,
    endColumn: isCluster ? null : endColumn,
    object: object
      ? { kind: object.kind, namespace: object.namespace ?? null, name: object.name ?? null }
      : null,
    code,
    severity,
    key,
    found,
    allowed,
    fix,
    message: describeProblem(problem),
  };
}
