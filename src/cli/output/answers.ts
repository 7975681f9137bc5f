import { describeProblem, severityOf } from '../../errors';
import type { Asked } from '../commands/ask-agents';
import { paintFor, printable } from '../terminal';

/** How an answer can be printed. */
export const OUTPUTS = ['table', 'json', 'yaml'] as const;

export type Output = (typeof OUTPUTS)[number];

/** Arguments of every command that asks agents. */
export interface AgentArguments {
  readonly output: Output;
  /** Agents by name. @default - all that are configured */
  readonly agent: readonly string[];
}

/**
 * Prints what agents said, and sets the exit status: 1 where one of them did not answer or refused.
 *
 * @param text of the answers, for people
 */
export async function printAnswers<T>(
  asked: readonly Asked<T>[],
  { output }: AgentArguments,
  text: (asked: readonly Asked<T>[]) => readonly string[],
): Promise<void> {
  process.exitCode = asked.some(({ problems }) => problems.length > 0) ? 1 : 0;
  process.stdout.write(await rendered(asked, output, text));
}

async function rendered<T>(
  asked: readonly Asked<T>[],
  output: Output,
  text: (asked: readonly Asked<T>[]) => readonly string[],
): Promise<string> {
  if (output === 'table') return `${[...text(asked), ...problemLines(asked)].join('\n')}\n`;
  if (output === 'json') return `${JSON.stringify({ agents: asked }, undefined, 2)}\n`;
  const { stringify } = await import('yaml');
  return stringify({ agents: asked }, { aliasDuplicateObjects: false });
}

/** Whoever reads the table must not take a silent agent for one that has nothing. */
function problemLines(asked: readonly Asked<unknown>[]): string[] {
  const paint = paintFor(process.stdout, process.env);
  return asked.flatMap(({ problems }) =>
    problems.map((problem) => {
      const isError = severityOf(problem.code) === 'error';
      const word = isError ? paint('red', 'error') : paint('yellow', 'warning');
      return `${word}: ${printable(describeProblem(problem))}`;
    }),
  );
}
