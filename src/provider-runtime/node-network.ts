import { createHash } from 'node:crypto';
import { type AgentClient, type NodeNetworkSpec, normalNodeNetwork } from '../agent-api';
import { Agents, askForPreview, failuresOf, formerOwner } from './agents';
import { isUnknown } from './contract';
import { forDisplay, waitsForAgent } from './for-display';
import { type Held, isOvertaken, madeNow, removeHeld } from './incarnations';

/** What the resource's constructor sends: the wanted network of one node. */
export interface NodeNetworkInputs {
  readonly owner: string;
  /** The node's agent. */
  readonly agent: string;
  readonly spec: NodeNetworkSpec;
}

/** What the state holds. The links are in the inputs; their digest here tells whether they changed. */
export interface NodeNetworkOutputs {
  readonly owner: string;
  readonly agent: string;
  readonly digest: string;
  /** Addresses that came from pools, with prefix length, by link. */
  readonly claimed: Readonly<Record<string, string[]>>;
}

const agents = new Agents();

/** Has the agent plan in `check` (so that a preview refuses what the node would), and apply in `create`. */
export const nodeNetwork = forDisplay<NodeNetworkInputs, NodeNetworkOutputs>(waitsForAgent, {
  async configure({ config }) {
    agents.configure(config);
  },

  async check(olds, news) {
    const { claimed: _, ...inputs } = news as NodeNetworkInputs & { claimed?: unknown };
    if (isUnknown(inputs)) return { inputs, failures: [] };
    const { owner, spec } = inputs;
    const request = { owner, spec, ...formerOwner(olds, inputs) };
    const failures = await failuresOf(async () => {
      await askForPreview(agents, inputs.agent, (client) =>
        client.putNodeNetwork(request, { dryRun: true }),
      );
    });
    return { inputs, failures };
  },

  async diff(id, olds, news) {
    const replaces = olds.agent === news.agent ? [] : ['agent'];
    if (replaces.length === 0 && (await isOvertaken(heldBy(id, olds)))) {
      return { changes: true, replaces: ['owner'] };
    }
    const changes =
      replaces.length > 0 || olds.owner !== news.owner || olds.digest !== digestOf(news.spec);
    return { changes, replaces };
  },

  async create(inputs) {
    const { owner, spec } = inputs;
    const network = madeNow(await agents.get(inputs.agent).putNodeNetwork({ owner, spec }));
    return { id: network.id, outs: outputsOf(inputs, network.claimed) };
  },

  async read(_id, props) {
    const network = await agents.get(props.agent).nodeNetwork(props.owner);
    if (!network) return { id: '', props: {} };
    const { claimed, spec } = network;
    return { id: network.id, props: { ...props, claimed, digest: digestOf(spec) } };
  },

  async update(id, olds, news) {
    const { owner, spec } = news;
    const request = { owner, spec, ...formerOwner(olds, news), id };
    const network = await agents.get(news.agent).putNodeNetwork(request);
    return { outs: outputsOf(news, network.claimed) };
  },

  async delete(id, props) {
    await removeHeld(heldBy(id, props), (client, which) =>
      client.removeNodeNetwork(which, props.owner),
    );
  },
});

function heldBy(id: string, { agent, owner }: NodeNetworkOutputs): Held {
  const current = async (client: AgentClient): Promise<string | undefined> =>
    (await client.nodeNetwork(owner))?.id;
  return { agents, agent, id, words: `the network of ${agent} (${owner})`, current };
}

function outputsOf(
  { owner, agent, spec }: NodeNetworkInputs,
  claimed: Record<string, string[]>,
): NodeNetworkOutputs {
  return { owner, agent, digest: digestOf(spec), claimed };
}

/** The same for networks that mean the same. */
function digestOf(spec: NodeNetworkSpec): string {
  const text = JSON.stringify(inOrder(normalNodeNetwork(spec)));
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** Members by name: Pulumi and the agent hand them over in orders of their own. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, member]) => [key, inOrder(member)]));
}
