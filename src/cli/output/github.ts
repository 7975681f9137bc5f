import { describeProblem } from '../../errors';
import { describeObject, type Finding, type Report } from '../findings';
import { printable } from '../terminal';
import { relativePath } from './portable-path';

/**
 * Workflow commands, which GitHub shows beside the lines of a pull request.
 *
 * @see https://docs.github.com/actions/reference/workflow-commands-for-github-actions
 */
export function* renderGithub({ findings }: Report, env: NodeJS.ProcessEnv): Generator<string> {
  const root = env['GITHUB_WORKSPACE'] || process.cwd();
  for (const finding of findings) yield `${command(finding, root)}\n`;
}

function command({ place, object, severity, problem }: Finding, root: string): string {
  const { source, line, column, endColumn } = place;
  // Paths are those of the repository, wherever the step runs.
  const file = source.kind === 'file' ? { file: relativePath(root, source.name) } : {};
  const position = source.kind === 'cluster' ? {} : { line, col: column, endColumn };
  const title = [problem.code, ...(object ? [describeObject(object)] : [])].join(' ');
  const properties = Object.entries({ ...file, ...position, title })
    .map(([name, value]) => `${name}=${escapeProperty(String(value))}`)
    .join(',');
  return `::${severity} ${properties}::${escapeMessage(describeProblem(problem))}`;
}

/** GitHub's runner turns these back; other control characters stay visible. */
function escapeMessage(text: string): string {
  return text.replace(/[^%\r\n]+|./gs, (part) => ESCAPES[part] ?? printable(part));
}

const ESCAPES: Readonly<Record<string, string>> = { '%': '%25', '\r': '%0D', '\n': '%0A' };

function escapeProperty(text: string): string {
  return escapeMessage(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
