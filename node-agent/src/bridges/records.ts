import type { BridgeSpec } from 'netloom/agent-api';
import type { BridgeRecord, BridgeWish, ManagedParts } from '../store';

/** A record with a new wish, not yet known to be done. Asking for the same again leaves nothing to take back. */
export function changedRecord(
  name: string,
  wish: BridgeWish,
  existing: BridgeRecord | undefined,
  makes: boolean,
): BridgeRecord {
  const managed = union(existing?.managed, partsOf(wish.spec), formerOwners(wish, existing));
  const record = { name, ...wish, managed };
  const isSame = existing?.owner === wish.owner && sameSpec(existing.spec, wish.spec);
  if (isSame && existing.pending === undefined) return record;
  if (existing === undefined || existing.pending?.kind === 'remove') {
    // Going back from a bridge whose removal had begun is to end that removal.
    return { ...record, pending: { kind: 'put', makes: makes || existing !== undefined } };
  }
  const { owner, identity, incarnation, spec } = existing;
  return {
    ...record,
    pending: { kind: 'put', before: { owner, identity, incarnation, spec }, makes },
  };
}

/** The record of what a change is to be taken back to. What the change may have left is still known. */
export function formerRecord(record: BridgeRecord, before: BridgeWish): BridgeRecord {
  const former: BridgeRecord = { name: record.name, ...before, managed: record.managed };
  if (record.owner === before.owner) return former;
  const owners = (record.managed.formerOwners ?? []).filter((owner) => owner !== before.owner);
  return { ...former, managed: { ...record.managed, formerOwners: [...owners, record.owner] } };
}

/** The record once the kernel has what it says. */
export function settled(record: BridgeRecord): BridgeRecord {
  const { name, owner, identity, incarnation, spec } = record;
  return { name, owner, identity, incarnation, spec, managed: partsOf(spec) };
}

/** True when nothing of an earlier spec can be left on the link. */
export function isSettled(record: BridgeRecord): boolean {
  const { managed, spec } = record;
  return record.pending === undefined && JSON.stringify(managed) === JSON.stringify(partsOf(spec));
}

function partsOf(spec: BridgeSpec): ManagedParts {
  const { addresses = [], ports = [], mtu } = spec;
  return { addresses, ports, ...(mtu === undefined ? {} : { mtu }) };
}

function formerOwners(wish: BridgeWish, existing: BridgeRecord | undefined): string[] {
  if (!existing) return [];
  const owners = [existing.owner, ...(existing.managed.formerOwners ?? [])];
  return [...new Set(owners)].filter((owner) => owner !== wish.owner);
}

function union(
  one: ManagedParts | undefined,
  other: ManagedParts,
  owners: readonly string[],
): ManagedParts {
  if (!one) return other;
  const mtu = other.mtu ?? one.mtu;
  return {
    addresses: [...new Set([...other.addresses, ...one.addresses])],
    ports: [...new Set([...other.ports, ...one.ports])],
    ...(mtu === undefined ? {} : { mtu }),
    ...(owners.length === 0 ? {} : { formerOwners: owners }),
  };
}

function sameSpec(one: BridgeSpec, other: BridgeSpec): boolean {
  return JSON.stringify(partsOf(one)) === JSON.stringify(partsOf(other));
}
