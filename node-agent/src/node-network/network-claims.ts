import type { ClaimView, NodeNetworkSpec } from 'netloom/agent-api';
import type { NetworkClaim } from '../store';

/** Where addresses of pools come from: the agent's own book. */
export interface AddressSource {
  ask(
    verb: 'claim',
    request: SourceRequest,
    options: { readonly dryRun: boolean },
  ): Promise<ClaimView>;
  release(request: SourceRequest & { readonly id: string }): Promise<unknown>;
}

interface SourceRequest {
  readonly pool: string;
  readonly owner: string;
  readonly identity: string;
}

/** The agent itself holds what its links have. */
const IDENTITY = 'netloom-agent';

/** Whether a claim is that of a link of a node. */
export function isLinkClaim(owner: string): boolean {
  return owner.startsWith(`${IDENTITY}/`);
}

type Claims = Readonly<Record<string, readonly NetworkClaim[]>>;

/** Pools that a spec takes addresses from, by link as the spec names it. */
export function poolsIn(spec: NodeNetworkSpec): { link: string; pool: string }[] {
  const lists = [spec.bonds, spec.veths, spec.dummies, spec.vlans, spec.bridges, spec.macvlans];
  const made = lists.flatMap((list) => (list ?? []).map((one) => ({ ...one, link: one.name })));
  return [...made, ...(spec.interfaces ?? [])].flatMap(({ link, addressesFrom = [] }) =>
    addressesFrom.map((pool) => ({ link, pool })),
  );
}

/** Claims the addresses of one node's links: one owner for each link and pool, so that asking again changes nothing. */
export class LinkClaims {
  constructor(
    private readonly node: string,
    private readonly source: AddressSource | undefined,
  ) {}

  /** @param dryRun only tells which addresses these would be */
  async take(spec: NodeNetworkSpec, dryRun: boolean): Promise<Claims> {
    const found: Record<string, NetworkClaim[]> = {};
    for (const { link, pool } of poolsIn(spec)) {
      const request = this.request(link, pool);
      if (!this.source) throw new Error('this agent hands out no addresses');
      const view = await this.source.ask('claim', request, { dryRun });
      found[link] ??= [];
      found[link].push({ pool, id: view.id, addresses: view.cidrs });
    }
    return found;
  }

  /** Gives back what `held` has and `kept` has not. */
  async giveBack(held: Claims, kept: Claims): Promise<void> {
    for (const [link, claims] of Object.entries(held)) {
      for (const { pool, id } of claims) {
        const isKept = kept[link]?.some((one) => one.pool === pool) === true;
        if (!isKept) await this.source?.release({ ...this.request(link, pool), id });
      }
    }
  }

  private request(link: string, pool: string): SourceRequest {
    return { pool, owner: `${IDENTITY}/${this.node}/${link}`, identity: IDENTITY };
  }
}

/** Addresses with prefix length by link. */
export function claimedAddresses(claims: Claims): Record<string, string[]> {
  return Object.fromEntries(
    Object.entries(claims).map(([link, list]) => [link, list.flatMap((one) => one.addresses)]),
  );
}
