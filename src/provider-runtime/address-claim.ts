import type { ClaimRequestBody, ClaimView } from '../agent-api';
import { type ClaimFamily, familiesOf, IpAddress, incarnationOf } from '../ipam';
import { Agents, askForPreview, failuresOf, sameJson, withoutStacks } from './agents';
import { isUnknown } from './contract';

/** What the resource's constructor sends. */
export interface AddressClaimInputs {
  readonly owner: string;
  readonly pool: string;
  /** @default - the only agent there is */
  readonly agent?: string;
  readonly family?: ClaimFamily;
  /** The addresses that the program wants. @default - the agent chooses */
  readonly addresses?: string[];
  /** The addresses that `check` found, with prefix length; absent while unknown. */
  readonly cidrs?: string[];
}

/** What the state holds beside the inputs: as little as can be. */
export interface AddressClaimOutputs {
  readonly owner: string;
  readonly pool: string;
  readonly agent?: string;
  readonly cidrs: string[];
}

const agents = new Agents();

/** Offers in `check`, so that previews show the address; claims that very offer in `create`. */
export const addressClaim = withoutStacks<AddressClaimInputs, AddressClaimOutputs>({
  async configure({ config }) {
    agents.configure(config);
  },

  async check(olds, news) {
    const { cidrs: _, ...inputs } = news;
    if (isUnknown(inputs)) return { inputs, failures: [] };
    const kept = keptCidrs(olds, inputs);
    if (kept) return { inputs: { ...inputs, cidrs: kept }, failures: [] };
    let offered: ClaimView | undefined;
    const failures = await failuresOf(async () => {
      offered = await askForPreview(agents, inputs.agent, (client) => client.offer(body(inputs)));
    });
    return { inputs: offered ? { ...inputs, cidrs: offered.cidrs } : inputs, failures };
  },

  async diff(_id, olds, news) {
    const replaces = (['pool', 'agent', 'cidrs'] as const).filter((key) => {
      // A claim keeps what it has while nobody asks for something else.
      if (key === 'cidrs' && news.cidrs === undefined) return false;
      return !sameJson(olds[key], news[key]);
    });
    return { changes: replaces.length > 0 || olds.owner !== news.owner, replaces };
  },

  async create(inputs) {
    const client = agents.get(inputs.agent);
    const claim = await client.claim(body(inputs));
    return { id: claim.id, outs: outputsOf(inputs, claim.cidrs) };
  },

  async read(id, props) {
    const claims = await agents.get(props.agent).claims(props.pool, props.owner);
    const held = currentClaim(claims, id);
    if (!held) return { id: '', props: {} };
    // The part before the number is the owner's, and stays as it was when the resource was renamed.
    const isSame = incarnationOf(held.id) === incarnationOf(id);
    return { id: isSame ? id : held.id, props: { ...props, cidrs: held.cidrs } };
  },

  async update(_id, olds, news) {
    if (olds.owner !== news.owner) {
      const request = body({ ...news, cidrs: olds.cidrs });
      await agents.get(news.agent).claim({ ...request, from: olds.owner });
    }
    return { outs: outputsOf(news, olds.cidrs) };
  },

  async delete(id, props) {
    await agents.get(props.agent).release(props.pool, id, props.owner);
  },
});

/** The addresses that a resource has already and nobody asks it to change. */
function keptCidrs(
  olds: Partial<AddressClaimInputs>,
  news: AddressClaimInputs,
): string[] | undefined {
  if (!olds.cidrs || olds.pool !== news.pool || olds.agent !== news.agent) return undefined;
  const held = olds.cidrs.map(withoutPrefix);
  if (news.addresses) {
    return sameSet(news.addresses.map(canonical), held) ? olds.cidrs : undefined;
  }
  if (news.family === undefined) return olds.cidrs;
  const families = held.map((address) => (address.includes(':') ? 6 : 4));
  return sameSet(familiesOf(news.family).map(String), families.map(String))
    ? olds.cidrs
    : undefined;
}

/** As the agent prints it; what is no address stays, for the agent to refuse. */
function canonical(address: string): string {
  return String(IpAddress.tryParse(address) ?? address);
}

function sameSet(a: readonly string[], b: readonly string[]): boolean {
  return [...a].sort().join() === [...b].sort().join();
}

function outputsOf(inputs: AddressClaimInputs, cidrs: string[]): AddressClaimOutputs {
  const { owner, pool, agent } = inputs;
  return { owner, pool, ...(agent !== undefined && { agent }), cidrs };
}

function body(inputs: AddressClaimInputs): ClaimRequestBody {
  const addresses = inputs.addresses ?? inputs.cidrs?.map(withoutPrefix);
  return {
    pool: inputs.pool,
    owner: inputs.owner,
    ...(addresses && { addresses }),
    ...(inputs.family && { family: inputs.family }),
  };
}

function withoutPrefix(cidr: string): string {
  return cidr.split('/')[0] as string;
}

/** The claim of that incarnation, or the one that took its place (a create whose answer was lost). */
function currentClaim(claims: readonly ClaimView[], id: string): ClaimView | undefined {
  const claimed = claims.filter((claim) => claim.state === 'claimed');
  return claimed.find((claim) => incarnationOf(claim.id) === incarnationOf(id)) ?? claimed.at(-1);
}
