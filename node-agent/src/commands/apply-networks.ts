import { checkNodeNetwork, NetloomError, type Problem, within } from 'netloom';
import {
  type AgentClient,
  MANIFEST_OWNERS,
  type NetworkObject,
  networkRequest,
  nodeNetworkSpecSchema,
} from 'netloom/agent-api';
import { problemsOfSchema } from '../problems';

const OWNER_PREFIX = MANIFEST_OWNERS.NodeNetwork;

/** A NodeNetwork object of a manifest. */
export interface WantedNetwork extends NetworkObject {
  /** False when it is meant for nodes with certain labels: nobody can tell them here. */
  readonly isForHere: boolean;
}

/** Reads the `spec` of a NodeNetwork object. @param key where it stands */
export function readNetwork(
  name: string,
  object: unknown,
  key: string,
): { network?: WantedNetwork; problems: Problem[] } {
  const { nodeSelector = {}, ...spec } = (object ?? {}) as { nodeSelector?: object };
  const parsed = nodeNetworkSpecSchema.safeParse(spec);
  if (!parsed.success) {
    const problems = problemsOfSchema(
      parsed.error,
      nodeNetworkSpecSchema,
      spec,
      'NL_CONFIG_INVALID',
    );
    return { problems: within(key, problems) };
  }
  const isForHere = Object.keys(nodeSelector).length === 0;
  return {
    network: { name, spec: parsed.data, isForHere },
    problems: within(key, checkNodeNetwork(parsed.data)),
  };
}

/** What the node would refuse. */
export async function networkRefusals(
  client: AgentClient,
  wanted: readonly WantedNetwork[],
): Promise<Problem[]> {
  const problems: Problem[] = [];
  for (const one of wanted) {
    try {
      await client.putNodeNetwork(await networkRequest(client, one), { dryRun: true });
    } catch (error) {
      if (!(error instanceof NetloomError)) throw error;
      problems.push(...error.problems);
    }
  }
  return problems;
}

/** @returns one line for each network */
export async function applyNetworks(
  client: AgentClient,
  wanted: readonly WantedNetwork[],
): Promise<string[]> {
  const lines: string[] = [];
  for (const one of wanted) {
    const { steps } = await client.putNodeNetwork(await networkRequest(client, one));
    const words = steps.map((step) => step.words).join('; ');
    lines.push(`${one.name}: ${words === '' ? 'unchanged' : words}`);
  }
  return lines;
}

/** Removes networks that came from manifests and are in none of these any more. */
export async function pruneNetworks(
  client: AgentClient,
  wanted: readonly WantedNetwork[],
): Promise<string[]> {
  const kept = new Set(wanted.map((one) => `${OWNER_PREFIX}${one.name}`));
  const lines: string[] = [];
  for (const { id, owner } of await client.nodeNetworks()) {
    if (!owner.startsWith(OWNER_PREFIX) || kept.has(owner)) continue;
    await client.removeNodeNetwork(id, owner);
    lines.push(`${owner.slice(OWNER_PREFIX.length)}: removed`);
  }
  return lines;
}
