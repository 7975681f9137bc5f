import type { NodeFactsView } from '../../agent-api';
import { type Problem, severityOf } from '../../errors';
import { checkNode, networksOfObjects, nodeNeeds } from '../../rules';
import { readDocuments } from '../input/documents';
import { readSources } from '../input/read-sources';
import type { AgentArguments } from '../output/answers';
import { doctorText } from '../output/doctor-text';
import { askAgents } from './ask-agents';

/** What was found at one agent. */
export interface NodeReport {
  readonly agent: string;
  /** Undefined where the agent did not answer. */
  readonly facts?: NodeFactsView | undefined;
  readonly problems: readonly Problem[];
}

/**
 * `netloom doctor`: asks agents what their nodes have, and prints what is wrong with it, for the
 * networks of files if any are named. Exit status 1 where something is.
 *
 * @throws UsageError where no agent is configured, or a file can't be read
 */
export async function doctor(files: readonly string[], given: AgentArguments): Promise<void> {
  const needs = nodeNeeds(await readNetworks(files));
  const asked = await askAgents(given.agent, (client) => client.node());
  const reports = asked.map(({ agent, answer: facts, problems }): NodeReport => {
    return facts ? { agent, facts, problems: checkNode(facts, needs) } : { agent, problems };
  });
  const isWrong = reports.some(({ problems }) =>
    problems.some(({ code }) => severityOf(code) === 'error'),
  );
  process.exitCode = isWrong ? 1 : 0;
  process.stdout.write(await render(reports, given.output));
}

async function render(
  reports: readonly NodeReport[],
  output: AgentArguments['output'],
): Promise<string> {
  if (output === 'table') return doctorText(reports);
  if (output === 'json') return `${JSON.stringify({ nodes: reports }, undefined, 2)}\n`;
  const { stringify } = await import('yaml');
  return stringify({ nodes: reports }, { aliasDuplicateObjects: false });
}

async function readNetworks(files: readonly string[]) {
  if (files.length === 0) return [];
  const documents = (await readSources(files)).map(readDocuments);
  return networksOfObjects(documents.flatMap((one) => one.objects.map(({ object }) => object)));
}
