import {
  type AddressBook,
  type ClaimRecord,
  claimId,
  type PoolRecord,
  type PoolUsage,
  withPrefix,
} from 'netloom';
import type { ClaimView, PoolView } from 'netloom/agent-api';

/** A pool as the API shows it. */
export function poolView(record: PoolRecord, usage: PoolUsage): PoolView {
  const { name, owner, spec, incarnation, offeredUntil } = record;
  return {
    id: `${name}#${incarnation}`,
    name,
    owner,
    spec: spec as PoolView['spec'],
    offered: offeredUntil !== undefined,
    size: String(usage.size),
    claimed: usage.claimed,
    offers: usage.offered,
    quarantined: usage.quarantined,
  };
}

/** A claim as the API shows it. */
export function claimView(book: AddressBook, claim: ClaimRecord): ClaimView {
  const cidrs: string[] = [];
  const gateways: string[] = [];
  for (const address of claim.addresses) {
    const subnet = book.subnetOf(claim.pool, address);
    cidrs.push(subnet ? withPrefix(address, subnet) : address);
    if (subnet?.gateway) gateways.push(String(subnet.gateway));
  }
  return {
    id: claimId(claim),
    pool: claim.pool,
    owner: claim.owner,
    state: claim.state === 'claimed' ? 'claimed' : 'offered',
    addresses: [...claim.addresses],
    cidrs,
    ...(claim.mac === undefined ? {} : { mac: claim.mac }),
    ...(claim.labels === undefined ? {} : { labels: { ...claim.labels } }),
    ...(claim.reason === undefined ? {} : { reason: claim.reason }),
    gateways,
    ...(claim.until === undefined ? {} : { until: new Date(claim.until).toISOString() }),
  };
}

/** A claim in an audit line: `<id> 10.10.0.100`. */
export function claimSummary({ id, addresses, mac }: ClaimView): string {
  return [id, ...addresses, ...(mac === undefined ? [] : [mac])].join(' ');
}
