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
  const { state, mac, labels, reason, until } = claim;
  // Key by key: a batch shows hundreds, and spreading what may be absent cost as much as the rest.
  const view: ClaimView = {
    id: claimId(claim),
    pool: claim.pool,
    owner: claim.owner,
    state: state === 'claimed' ? 'claimed' : 'offered',
    addresses: [...claim.addresses],
    cidrs,
    gateways,
  };
  if (mac !== undefined) view.mac = mac;
  if (labels !== undefined) view.labels = { ...labels };
  if (reason !== undefined) view.reason = reason;
  if (until !== undefined) view.until = new Date(until).toISOString();
  return view;
}

/** A claim in an audit line: `<id> 10.10.0.100`. */
export function claimSummary({ id, addresses, mac }: ClaimView): string {
  return [id, ...addresses, ...(mac === undefined ? [] : [mac])].join(' ');
}
