import {
  type AgentClient,
  type BridgeView,
  MANIFEST_OWNERS,
  type NodeNetworkView,
} from '../../agent-api';
import { isNetloomError } from '../../errors';
import { type AgentArguments, printAnswers } from '../output/answers';
import { type HostSteps, stepLines, withRefusals } from '../output/host-steps';
import { askAgents } from './ask-agents';

/**
 * `netloom drift`: where nodes are not as they shall be now, and what the agents would do about it. Exit
 * status 1 where that is anything, or an agent does not answer. Nothing is changed.
 *
 * @throws UsageError where no agent is configured
 */
export async function drift(given: AgentArguments): Promise<void> {
  const asked = (await askAgents(given.agent, driftOf)).map(withRefusals);
  await printAnswers(asked, given, (all) => all.flatMap((one) => stepLines(one, 'as it shall be')));
  const isOff = ({ steps }: HostSteps): boolean => steps.length > 0;
  if (asked.some(({ answer = [] }) => answer.some(isOff))) process.exitCode = 1;
}

/** A dry run of what is wanted already. */
async function driftOf(client: AgentClient): Promise<HostSteps[]> {
  const [bridges, networks] = await Promise.all([client.bridges(), client.nodeNetworks()]);
  const found: HostSteps[] = [];
  for (const bridge of bridges) found.push(await bridgeDrift(client, bridge));
  for (const network of networks) found.push(await networkDrift(client, network));
  return found;
}

async function bridgeDrift(
  client: AgentClient,
  { name, owner, id, spec }: BridgeView,
): Promise<HostSteps> {
  return orRefused({ kind: 'HostBridge', name }, async () => {
    const { steps } = await client.putBridge(name, { owner, id, spec }, { dryRun: true });
    return steps;
  });
}

async function networkDrift(
  client: AgentClient,
  { owner, id, spec }: NodeNetworkView,
): Promise<HostSteps> {
  const prefix = MANIFEST_OWNERS.NodeNetwork;
  const name = owner.startsWith(prefix) ? owner.slice(prefix.length) : owner;
  return orRefused({ kind: 'NodeNetwork', name }, async () => {
    const { steps } = await client.putNodeNetwork({ owner, id, spec }, { dryRun: true });
    return steps.map(({ words }) => words);
  });
}

/** What one object is refused for keeps nobody from seeing the others. */
export async function orRefused(
  one: Pick<HostSteps, 'kind' | 'name'>,
  steps: () => Promise<readonly string[]>,
): Promise<HostSteps> {
  try {
    return { ...one, steps: await steps() };
  } catch (error) {
    if (!isNetloomError(error)) throw error;
    return { ...one, steps: [], problems: error.problems };
  }
}
