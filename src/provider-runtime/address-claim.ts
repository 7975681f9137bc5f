import type { AgentClient, ClaimRequestBody, ClaimView } from '../agent-api';
import { type ClaimFamily, familiesOf, IpAddress, incarnationOf } from '../ipam';
import { Agents, askForPreview, failuresOf, sameJson } from './agents';
import { isUnknown } from './contract';
import { forDisplay, waitsForAgent } from './for-display';
import { type Held, isOvertaken, madeNow, removeHeld } from './incarnations';

/** What the resource's constructor sends. */
export interface AddressClaimInputs {
  readonly owner: string;
  readonly pool: string;
  /** @default - the only agent there is */
  readonly agent?: string;
  readonly family?: ClaimFamily | 'none';
  /** The addresses that the program wants. @default - the agent chooses */
  readonly addresses?: string[];
  /** Of a block. @default - a single address */
  readonly prefixLength?: number;
  /** @default - none */
  readonly wantedMac?: string | boolean;
  readonly labels?: Record<string, string>;
  readonly reason?: string;
  /** The addresses that `check` found, with prefix length; absent while unknown. */
  readonly cidrs?: string[];
  /** The MAC address that `check` found. */
  readonly mac?: string;
}

/** What the state holds beside the inputs: as little as can be. */
export interface AddressClaimOutputs {
  readonly owner: string;
  readonly pool: string;
  readonly agent?: string;
  readonly labels?: Record<string, string>;
  readonly reason?: string;
  readonly cidrs: string[];
  readonly mac?: string;
}

const agents = new Agents();

/** Offers in `check`, so that previews show the address; claims that very offer in `create`. */
export const addressClaim = forDisplay<AddressClaimInputs, AddressClaimOutputs>(waitsForAgent, {
  async configure({ config }) {
    agents.configure(config);
  },

  async check(olds, news) {
    const { cidrs: _, mac: __, ...inputs } = news;
    if (isUnknown(inputs)) return { inputs, failures: [] };
    const kept = keptAddresses(olds, inputs);
    if (kept) return { inputs: { ...inputs, ...kept }, failures: [] };
    let offered: ClaimView | undefined;
    const failures = await failuresOf(async () => {
      offered = await askForPreview(agents, inputs.agent, (client) =>
        agents.claimsOf(client).offer(body(inputs)),
      );
    });
    return { inputs: { ...inputs, ...(offered && addressesOf(offered)) }, failures };
  },

  async diff(id, olds, news) {
    const replaces = COMPARED.filter((key) => {
      // A claim keeps what it has while nobody asks for something else.
      if (key === 'cidrs' && news.cidrs === undefined) return false;
      if (key === 'mac' && news.mac === undefined) return dropsMac(olds, news);
      return !sameJson(olds[key], news[key]);
    });
    if (replaces.length === 0 && (await isOvertaken(heldBy(id, olds)))) {
      return { changes: true, replaces: ['owner'] };
    }
    return { changes: replaces.length > 0 || olds.owner !== news.owner, replaces };
  },

  async create(inputs) {
    const claims = agents.claimsOf(agents.get(inputs.agent));
    const claim = madeNow(await claims.claim(body(inputs)));
    return { id: claim.id, outs: outputsOf(inputs, claim) };
  },

  async read(id, props) {
    const claims = await agents.get(props.agent).claims(props.pool, props.owner);
    const held = currentClaim(claims, id);
    if (!held) return { id: '', props: {} };
    // The part before the number is the owner's, and stays as it was when the resource was renamed.
    const isSame = incarnationOf(held.id) === incarnationOf(id);
    const { mac: _, ...rest } = props;
    return { id: isSame ? id : held.id, props: { ...rest, ...addressesOf(held) } };
  },

  async update(_id, olds, news) {
    if (olds.owner !== news.owner) {
      const { cidrs, mac } = olds;
      const request = body({ ...news, cidrs, ...(mac !== undefined && { mac }) });
      await agents.get(news.agent).claim({ ...request, from: olds.owner });
    }
    return { outs: outputsOf(news, olds) };
  },

  async delete(id, props) {
    await removeHeld(heldBy(id, props), (client, which) =>
      client.release(props.pool, which, props.owner),
    );
  },
});

function heldBy(id: string, { agent, pool, owner, cidrs }: AddressClaimOutputs): Held {
  const words = `claim of ${cidrs.join(', ')} in pool "${pool}"`;
  const current = async (client: AgentClient): Promise<string | undefined> =>
    currentClaim(await client.claims(pool, owner), id)?.id;
  return { agents, agent, id, words, current };
}

/**
 * Whether the MAC address alone goes. With a new owner the claim is handed over as it is, and the
 * next update gives it back: a replacement would claim the address beside the old owner.
 */
function dropsMac(olds: AddressClaimOutputs, news: AddressClaimInputs): boolean {
  return olds.mac !== undefined && news.cidrs !== undefined && olds.owner === news.owner;
}

/** What is a replacement. The address stays: the new incarnation takes the very same one. */
const COMPARED = ['pool', 'agent', 'cidrs', 'mac', 'labels', 'reason'] as const;

interface Addresses {
  readonly cidrs: string[];
  readonly mac?: string;
}

/** What a resource has already and nobody asks it to change. */
function keptAddresses(
  olds: Partial<AddressClaimInputs>,
  news: AddressClaimInputs,
): Addresses | undefined {
  const { cidrs, mac } = olds;
  if (!cidrs || olds.pool !== news.pool || olds.agent !== news.agent) return undefined;
  const wantedMac = news.wantedMac ?? isAlone(cidrs);
  if (!isWantedMac(wantedMac, mac) || !isWanted(news, cidrs)) return undefined;
  if (wantedMac !== false) return addressesOf({ cidrs, mac });
  // A MAC address alone that nobody wants any more: the agent says what is wrong with that.
  return isAlone(cidrs) ? undefined : { cidrs };
}

function isWanted(news: AddressClaimInputs, cidrs: readonly string[]): boolean {
  const { addresses, prefixLength, family } = news;
  const held = asAsked(news, cidrs);
  if (addresses) return sameSet(addresses.map(canonical), held);
  if (prefixLength !== undefined && !held.every((block) => block.endsWith(`/${prefixLength}`)))
    return false;
  if (family === undefined) return true;
  const families = held.map((address) => (address.includes(':') ? 6 : 4));
  const wanted = family === 'none' ? [] : familiesOf(family);
  return sameSet(wanted.map(String), families.map(String));
}

function isWantedMac(wanted: string | boolean, mac: string | undefined): boolean {
  if (typeof wanted === 'boolean') return !wanted || mac !== undefined;
  return wanted.toLowerCase() === mac;
}

/** A MAC address alone, which is wanted without a word. */
function isAlone(cidrs: readonly string[]): boolean {
  return cidrs.length === 0;
}

function addressesOf({ cidrs, mac }: { cidrs: string[]; mac?: string | undefined }): Addresses {
  return { cidrs, ...(mac !== undefined && { mac }) };
}

/** In the form in which they are asked for: blocks in prefix form. */
function asAsked(
  { prefixLength, addresses }: AddressClaimInputs,
  cidrs: readonly string[],
): string[] {
  const isBlock = prefixLength !== undefined || addresses?.some((one) => one.includes('/'));
  return isBlock ? [...cidrs] : cidrs.map(withoutPrefix);
}

/** As the agent prints it; what is no address stays, for the agent to refuse. */
function canonical(address: string): string {
  return String(IpAddress.tryParse(address) ?? address);
}

function sameSet(a: readonly string[], b: readonly string[]): boolean {
  return [...a].sort().join() === [...b].sort().join();
}

function outputsOf(
  inputs: AddressClaimInputs,
  held: { cidrs: string[]; mac?: string | undefined },
): AddressClaimOutputs {
  const { owner, pool, agent, labels, reason } = inputs;
  return {
    ...{ owner, pool },
    ...(agent !== undefined && { agent }),
    ...(labels && { labels }),
    ...(reason !== undefined && { reason }),
    ...addressesOf(held),
  };
}

function body(inputs: AddressClaimInputs): ClaimRequestBody {
  const { pool, owner, family, prefixLength, labels, reason, cidrs } = inputs;
  // A MAC address alone has none.
  const found = cidrs && cidrs.length > 0 ? asAsked(inputs, cidrs) : undefined;
  const addresses = inputs.addresses ?? found;
  // Beside addresses that are known, no MAC address means none: what the claim had is given back.
  const mac = inputs.mac ?? inputs.wantedMac ?? (addresses ? false : undefined);
  return {
    ...{ pool, owner },
    ...(addresses && { addresses }),
    ...(family && { family }),
    ...(prefixLength !== undefined && { prefixLength }),
    ...(mac !== undefined && { mac }),
    ...(labels && { labels }),
    ...(reason !== undefined && { reason }),
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
