import {
  AgentClient,
  agentConnections,
  chooseAgent,
  environmentSettings,
  type NodeFactsView,
} from '../../agent-api';
import { isNetloomError, type Problem, severityOf } from '../../errors';
import { checkNode, networksOfObjects, nodeNeeds } from '../../rules';
import { readDocuments } from '../input/documents';
import { readSources } from '../input/read-sources';
import { doctorText } from '../output/doctor-text';
import { UsageError } from '../usage-error';

/** Arguments of `netloom doctor`. */
export interface DoctorArguments {
  readonly output: 'table' | 'json' | 'yaml';
  /** Agents by name. @default - all that are configured */
  readonly agent: readonly string[];
}

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
export async function doctor(files: readonly string[], given: DoctorArguments): Promise<void> {
  const needs = nodeNeeds(await readNetworks(files));
  const reports: NodeReport[] = [];
  for (const connection of connectionsOf(given.agent)) {
    const client = new AgentClient(connection);
    try {
      const facts = await client.node();
      reports.push({ agent: connection.name, facts, problems: checkNode(facts, needs) });
    } catch (error) {
      if (!isNetloomError(error)) throw error;
      reports.push({ agent: connection.name, problems: error.problems });
    } finally {
      await client.close();
    }
  }
  const isWrong = reports.some(({ problems }) =>
    problems.some(({ code }) => severityOf(code) === 'error'),
  );
  process.exitCode = isWrong ? 1 : 0;
  process.stdout.write(await render(reports, given.output));
}

async function render(
  reports: readonly NodeReport[],
  output: DoctorArguments['output'],
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

function connectionsOf(names: readonly string[]) {
  try {
    const all = agentConnections(environmentSettings(process.env));
    if (names.length > 0) return names.map((name) => chooseAgent(all, name));
    if (all.size > 0) return [...all.values()];
  } catch (error) {
    if (!isNetloomError(error)) throw error;
    throw new UsageError(error.problems.map(({ found }) => found).join('; '), { cause: error });
  }
  throw new UsageError(
    'no agent is configured: set NETLOOM_AGENTS=\'{"edge-1":"https://10.0.0.5:8443"}\', NETLOOM_CA_FILE and NETLOOM_TOKEN_FILE',
  );
}
