import { createHash } from 'node:crypto';
import type { PutPool } from '../agent-api';
import type { PoolSpec, PoolSubnet } from '../ipam';
import { Agents, askForPreview, failuresOf, sameJson, withoutStacks } from './agents';
import { isUnknown } from './contract';

/** What the resource's constructor sends. */
export interface AddressPoolInputs {
  readonly owner: string;
  /** The pool's name on the agent. */
  readonly pool: string;
  /** @default - the only agent there is */
  readonly agent?: string;
  readonly subnets: PoolSubnet[];
  /** @default - the pool gives no MAC addresses */
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
export const addressPool = withoutStacks<AddressPoolInputs, AddressPoolOutputs>({
  async configure({ config }) {
    agents.configure(config);
  },

  async check(_olds, news) {
    if (isUnknown(news)) return { inputs: news, failures: [] };
    const failures = await failuresOf(async () => {
      await askForPreview(agents, news.agent, (client) => client.offerPool(news.pool, body(news)));
    });
    return { inputs: news, failures };
  },

  async diff(_id, olds, news) {
    const replaces = (['pool', 'agent'] as const).filter((key) => !sameJson(olds[key], news[key]));
    const changes =
      replaces.length > 0 || olds.digest !== digestOf(news) || olds.owner !== news.owner;
    return { changes, replaces };
  },

  async create(inputs) {
    const pool = await agents.get(inputs.agent).putPool(inputs.pool, body(inputs));
    return { id: pool.id, outs: outputsOf(inputs) };
  },

  async read(id, props) {
    const pool = await agents.get(props.agent).pool(props.pool);
    if (!pool || pool.offered || pool.owner !== props.owner) return { id: '', props: {} };
    return { id, props: { ...props, digest: digestOf(pool.spec as PoolSpec) } };
  },

  async update(id, olds, news) {
    const from = olds.owner === news.owner ? {} : { from: olds.owner };
    await agents.get(news.agent).putPool(news.pool, { ...body(news), ...from, id });
    return { outs: outputsOf(news) };
  },

  async delete(id, props) {
    await agents.get(props.agent).removePool(props.pool, id, props.owner);
  },
});

function outputsOf(inputs: AddressPoolInputs): AddressPoolOutputs {
  const { owner, pool, agent } = inputs;
  return { owner, pool, ...(agent !== undefined && { agent }), digest: digestOf(inputs) };
}

/** The same for the same definition, whatever the order of its keys. */
function digestOf({ subnets, macs, probe }: PoolSpec): string {
  const plain: unknown[] = subnets.map(({ subnet, ranges, gateway, exclude, reserved }) => [
    subnet,
    ranges ?? [],
    gateway ?? '',
    exclude ?? [],
    // Left out where there are none: states of older releases have digests without.
    ...(reserved ? [reserved] : []),
  ]);
  if (macs) plain.push({ macs });
  if (probe !== undefined) plain.push({ probe });
  return createHash('sha256').update(JSON.stringify(plain)).digest('hex').slice(0, 16);
}

function body({ owner, subnets, macs, probe }: AddressPoolInputs): PutPool {
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
