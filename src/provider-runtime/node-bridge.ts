import type { AgentClient, BridgeView } from '../agent-api';
import { Agents, askForPreview, failuresOf, formerOwner, sameJson } from './agents';
import { isUnknown } from './contract';
import { forDisplay, waitsForAgent } from './for-display';
import { type Held, isOvertaken, madeNow, removeHeld } from './incarnations';

/** What the resource's constructor sends: one bridge on one node. */
export interface NodeBridgeInputs {
  readonly owner: string;
  /** The node's agent. */
  readonly agent: string;
  readonly bridge: string;
  readonly addresses?: string[];
  readonly ports?: string[];
  readonly mtu?: number;
  readonly mac?: string;
  readonly stp?: boolean;
  readonly multicastSnooping?: boolean;
  readonly adopt?: boolean;
  readonly uplink?: boolean;
}

const agents = new Agents();

/** Has the agent plan in `check` (so that a preview refuses what the node would), and apply in `create`. */
export const nodeBridge = forDisplay<NodeBridgeInputs, NodeBridgeInputs>(waitsForAgent, {
  async configure({ config }) {
    agents.configure(config);
  },

  async check(olds, news) {
    if (isUnknown(news)) return { inputs: news, failures: [] };
    const failures = await failuresOf(async () => {
      await askForPreview(agents, news.agent, (client) =>
        client.putBridge(
          news.bridge,
          { ...body(news), ...formerOwner(olds, news) },
          { dryRun: true },
        ),
      );
    });
    return { inputs: news, failures };
  },

  async diff(id, olds, news) {
    const replaces = (['bridge', 'agent'] as const).filter((key) => olds[key] !== news[key]);
    if (replaces.length === 0 && (await isOvertaken(heldBy(id, olds)))) {
      return { changes: true, replaces: ['owner'] };
    }
    const changes =
      replaces.length > 0 ||
      olds.owner !== news.owner ||
      !sameJson(body(olds).spec, body(news).spec);
    return { changes, replaces };
  },

  async create(inputs) {
    const client = agents.get(inputs.agent);
    const bridge = madeNow(await client.putBridge(inputs.bridge, body(inputs)));
    return { id: bridge.id, outs: inputs };
  },

  async read(_id, props) {
    const bridge = await agents.get(props.agent).bridge(props.bridge);
    if (!bridge || bridge.owner !== props.owner) return { id: '', props: {} };
    const { addresses, ports, mtu, mac, stp, multicastSnooping, ...rest } = props;
    // What the kernel has, as far as it was asked for: a refresh then shows the drift.
    const spec = bridge.actual ? actualSpec(props, bridge.actual) : {};
    return { id: bridge.id, props: { ...rest, ...spec } };
  },

  async update(id, olds, news) {
    const request = { ...body(news), ...formerOwner(olds, news), id };
    await agents.get(news.agent).putBridge(news.bridge, request);
    return { outs: news };
  },

  async delete(id, props) {
    await removeHeld(heldBy(id, props), (client, which) =>
      client.removeBridge(props.bridge, which, props.owner),
    );
  },
});

function heldBy(id: string, { agent, bridge: name, owner }: NodeBridgeInputs): Held {
  const current = async (client: AgentClient): Promise<string | undefined> => {
    const bridge = await client.bridge(name);
    return bridge?.owner === owner ? bridge.id : undefined;
  };
  return { agents, agent, id, words: `bridge "${name}" of ${agent}`, current };
}

function body(inputs: NodeBridgeInputs) {
  const { addresses, ports, mtu, mac, stp, multicastSnooping, adopt, uplink } = inputs;
  const spec = {
    ...(ports && { ports }),
    ...(addresses && { addresses }),
    ...(mtu && { mtu }),
    ...(mac && { mac }),
    ...(stp !== undefined && { stp }),
    ...(multicastSnooping !== undefined && { multicastSnooping }),
    ...(adopt && { adopt }),
    ...(uplink && { uplink }),
  };
  return { owner: inputs.owner, spec };
}

function actualSpec(
  wanted: NodeBridgeInputs,
  actual: NonNullable<BridgeView['actual']>,
): Partial<NodeBridgeInputs> {
  const present = (wanted.addresses ?? []).filter((address) => actual.addresses.includes(address));
  const ports = (wanted.ports ?? []).filter((port) => actual.ports.includes(port));
  return {
    ...(wanted.addresses && { addresses: present }),
    ...(wanted.ports && { ports }),
    ...(wanted.mtu && { mtu: actual.mtu }),
    ...(wanted.mac && { mac: sameMac(wanted.mac, actual.mac) }),
    ...(wanted.stp !== undefined && { stp: actual.stp === true }),
    ...(wanted.multicastSnooping !== undefined && {
      multicastSnooping: actual.multicastSnooping === true,
    }),
  };
}

/** As it was written, where only the form differs. */
function sameMac(wanted: string, actual: string): string {
  const digits = (text: string): string => text.replace(/[:.-]/g, '').toLowerCase();
  return digits(wanted) === digits(actual) ? wanted : actual;
}
