import { createHash } from 'node:crypto';
import type { AgentClient } from '../agent-api';
import type { PoolSpec, PoolSubnet } from '../ipam';
import { Agents, askForPreview, failuresOf, formerOwner, sameJson } from './agents';
import { isUnknown } from './contract';
import { forDisplay, waitsForAgent } from './for-display';
import { type Held, isOvertaken, madeNow, removeHeld } from './incarnations';
import { removePool } from './left-claims';

/** What the resource's constructor sends. */
export interface AddressPoolInputs {
  readonly owner: string;
  /** The pool's name on the agent. `check` fills it in. */
  readonly pool: string;
  /** What it is called where nobody says so, and it has no name yet; in what `check` is given only. */
  readonly defaultName?: string;
  /** @default - the only agent there is */
  readonly agent?: string;
  readonly subnets: PoolSubnet[];
  readonly macs?: string[];
  /** Interface on which is asked who has an address. @default - nobody is asked */
  readonly probe?: string;
}

/** What the state holds. The definition is in the inputs; its digest here tells whether it changed. */
export interface AddressPoolOutputs {
  readonly owner: string;
  readonly pool: string;
  readonly agent?: string;
  readonly digest: string;
}

const agents = new Agents();

/** Offers the pool in `check`, so that the first preview of a new stack can take addresses from it. */
export const addressPool = forDisplay<AddressPoolInputs, AddressPoolOutputs>(waitsForAgent, {
  async configure({ config }) {
    agents.configure(config);
  },

  async check(olds, { defaultName, ...news }) {
    // A resource that was renamed keeps its pool, and with it all claims.
    const pool = news.pool ?? olds.pool ?? (defaultName as string);
    const inputs = { ...news, pool };
    if (isUnknown(inputs)) return { inputs, failures: [] };
    const failures = await failuresOf(async () => {
      const request = { ...body(inputs), ...formerOwner(olds, inputs) };
      await askForPreview(agents, inputs.agent, (client) => client.offerPool(pool, request));
    });
    return { inputs, failures };
  },

  async diff(id, olds, news) {
    const replaces = (['pool', 'agent'] as const).filter((key) => !sameJson(olds[key], news[key]));
    if (replaces.length === 0 && (await isOvertaken(heldBy(id, olds)))) {
      return { changes: true, replaces: ['owner'] };
    }
    const changes =
      replaces.length > 0 || olds.digest !== digestOf(news) || olds.owner !== news.owner;
    return { changes, replaces };
  },

  async create(inputs) {
    const client = agents.get(inputs.agent);
    const pool = madeNow(await client.putPool(inputs.pool, body(inputs)));
    return { id: pool.id, outs: outputsOf(inputs) };
  },

  async read(_id, props) {
    const pool = await agents.get(props.agent).pool(props.pool);
    if (!pool || pool.offered || pool.owner !== props.owner) return { id: '', props: {} };
    return { id: pool.id, props: { ...props, digest: digestOf(pool.spec as PoolSpec) } };
  },

  async update(id, olds, news) {
    const request = { ...body(news), ...formerOwner(olds, news), id };
    await agents.get(news.agent).putPool(news.pool, request);
    return { outs: outputsOf(news) };
  },

  async delete(id, props) {
    await removeHeld(heldBy(id, props), (client, which) =>
      removePool(agents, client, which, props),
    );
  },
});

function heldBy(id: string, { agent, pool: name, owner }: AddressPoolOutputs): Held {
  const current = async (client: AgentClient): Promise<string | undefined> => {
    const pool = await client.pool(name);
    return pool && !pool.offered && pool.owner === owner ? pool.id : undefined;
  };
  return { agents, agent, id, words: `pool "${name}"`, current };
}

function outputsOf(inputs: AddressPoolInputs): AddressPoolOutputs {
  const { owner, pool, agent } = inputs;
  return { owner, pool, ...(agent !== undefined && { agent }), digest: digestOf(inputs) };
}

/** The same for the same definition, whatever the order of its keys. */
function digestOf({ subnets, macs, probe }: PoolSpec): string {
  const plain: unknown[] = subnets.map(({ subnet, ranges, gateway, exclude, reserved }) => [
    ...[subnet, ranges ?? [], gateway ?? '', exclude ?? []],
    ...(reserved ? [reserved] : []),
  ]);
  if (macs) plain.push({ macs });
  if (probe !== undefined) plain.push({ probe });
  return createHash('sha256').update(JSON.stringify(plain)).digest('hex').slice(0, 16);
}

function body({ owner, subnets, macs, probe }: AddressPoolInputs) {
  const spec = {
    subnets: subnets.map(plainSubnet),
    ...(macs && { macs: [...macs] }),
    ...(probe !== undefined && { probe }),
  };
  return { owner, spec };
}

function plainSubnet({ subnet, ranges, gateway, exclude, reserved }: PoolSubnet) {
  return {
    subnet,
    ...(ranges && { ranges: [...ranges] }),
    ...(gateway !== undefined && { gateway }),
    ...(exclude && { exclude: [...exclude] }),
    ...(reserved && { reserved: [...reserved] }),
  };
}
