import { createHash, hash } from 'node:crypto';
import type { LinkState } from './links';

/** Room in a link's alias: IFALIASZ of linux/if_link.h less the closing zero byte. */
const ALIAS_BYTES = 255;

const PREFIX = 'netloom:';

/** What a link of ours looks like. */
export interface BridgeMarks {
  readonly alias: string;
  /** Aliases it may still have from owners that handed it over. */
  readonly formerAliases: readonly string[];
  readonly mac: string;
}

/** The marks of a node's bridge: alias from its owner, MAC address from node and name. */
export function bridgeMarks(
  node: string,
  name: string,
  owner: string,
  formerOwners: readonly string[] = [],
): BridgeMarks {
  return {
    alias: ownerAlias(owner),
    formerAliases: formerOwners.map(ownerAlias),
    mac: stableMac(node, name),
  };
}

/**
 * `netloom:` and the owner. What `ip -batch` would read as a quote, an escape or a comment is
 * replaced and what is too long cut; a hash then keeps two owners apart.
 */
export function ownerAlias(owner: string): string {
  const safe = owner.replace(/[^A-Za-z0-9._:/@+=,$-]/g, '_');
  if (safe === owner && PREFIX.length + owner.length <= ALIAS_BYTES) return PREFIX + owner;
  const tail = `~${createHash('sha256').update(owner).digest('hex').slice(0, 16)}`;
  return PREFIX + safe.slice(0, ALIAS_BYTES - PREFIX.length - tail.length) + tail;
}

/**
 * A MAC address that a bridge keeps: without one of its own it takes the lowest of its ports', which
 * changes as pods come and go and leaves their neighbour entries wrong. Locally administered.
 */
export function stableMac(node: string, name: string): string {
  const digest = hash('sha256', `${node}\n${name}`);
  const first = (Number.parseInt(digest.slice(0, 2), 16) & 0xfc) | 0x02;
  const rest = [2, 4, 6, 8, 10].map((at) => digest.slice(at, at + 2));
  return [first.toString(16).padStart(2, '0'), ...rest].join(':');
}

/** A MAC address as the kernel prints it, from any of the forms that people write. */
export function kernelMac(text: string): string {
  return (text.toLowerCase().match(/[0-9a-f]{2}/g) ?? []).join(':');
}

/**
 * Whether a link carries a bridge's marks. The kernel sets an alias in a second step only: a bridge
 * without alias whose MAC address is the very one we would have given it is one that a crash
 * between the two steps left.
 */
export function isMarked(link: LinkState, marks: BridgeMarks): boolean {
  if (link.kind !== 'bridge') return false;
  if (link.alias === undefined) return link.mac === marks.mac;
  return [marks.alias, ...marks.formerAliases].includes(link.alias);
}
