import type { AgentClient, BridgeView, NodeNetworkView } from '../../agent-api';
import { type AgentArguments, printAnswers } from '../output/answers';
import { table } from '../output/columns';
import { type Asked, askAgents } from './ask-agents';

/** The host's links that one agent keeps. */
interface AgentBridges {
  readonly bridges: readonly BridgeView[];
  readonly networks: readonly NodeNetworkView[];
}

/**
 * `netloom bridges`: the bridges that agents keep on their nodes, those of node networks among them.
 *
 * @throws UsageError where no agent is configured
 */
export async function bridges(given: AgentArguments): Promise<void> {
  const asked = await askAgents(given.agent, bridgesOf);
  await printAnswers(asked, given, (all) => {
    const rows = all.flatMap(rowsOf);
    return rows.length === 0 ? ['no bridges'] : table(rows);
  });
}

async function bridgesOf(client: AgentClient): Promise<AgentBridges> {
  const [all, networks] = await Promise.all([client.bridges(), client.nodeNetworks()]);
  return { bridges: all, networks };
}

function rowsOf({ agent, answer }: Asked<AgentBridges>): Record<string, string>[] {
  if (!answer) return [];
  return [
    ...answer.bridges.map((bridge) => bridgeRow(agent, bridge)),
    ...answer.networks.flatMap((network) => networkRows(agent, network)),
  ];
}

function bridgeRow(agent: string, bridge: BridgeView): Record<string, string> {
  const { name, owner, actual, adopted, health } = bridge;
  const state = actual === undefined ? 'missing' : (health?.state ?? 'right');
  return {
    agent,
    bridge: name,
    addresses: (actual?.addresses ?? []).join(' '),
    ports: (actual?.ports ?? []).join(' '),
    mtu: String(actual?.mtu ?? ''),
    state: adopted ? `${state}, adopted` : state,
    owner,
    detail: health !== undefined && health.state !== 'right' ? health.detail : '',
  };
}

function networkRows(agent: string, network: NodeNetworkView): Record<string, string>[] {
  const { owner, spec, claimed, resolved, health = [] } = network;
  return (spec.bridges ?? []).map(({ name, addresses = [], ports = [], mtu }) => {
    const own = health.find(({ link }) => link === name);
    return {
      agent,
      bridge: name,
      addresses: [...addresses, ...(claimed[name] ?? [])].join(' '),
      ports: ports.map(({ link }) => resolved[link] ?? link).join(' '),
      mtu: String(mtu ?? ''),
      state: own?.state ?? 'right',
      owner,
      detail: own !== undefined && own.state !== 'right' ? own.detail : '',
    };
  });
}
