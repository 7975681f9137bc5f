import type { BridgeSpec } from 'netloom/agent-api';
import type { BridgeRecord, BridgeWish, ManagedParts } from '../store';
import { neededImages } from './images';
import type { PlanStep } from './step';

/** A record with a new wish, not yet known to be done. Asking for the same again leaves nothing to take back. */
export function changedRecord(
  name: string,
  wish: BridgeWish,
  existing: BridgeRecord | undefined,
  makes: boolean,
): BridgeRecord {
  const managed = union(existing?.managed, partsOf(wish.spec), formerOwners(wish, existing));
  const images = existing?.images;
  const record = { name, ...wish, managed, ...(images && { images }) };
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
  const { name, managed, images } = record;
  const former: BridgeRecord = { name, ...before, managed, ...(images && { images }) };
  if (record.owner === before.owner) return former;
  const owners = (record.managed.formerOwners ?? []).filter((owner) => owner !== before.owner);
  return { ...former, managed: { ...managed, formerOwners: [...owners, record.owner] } };
}

/** The record once the kernel has what it says. */
export function settled(record: BridgeRecord): BridgeRecord {
  const { name, owner, identity, incarnation, spec } = record;
  const managed = partsOf(spec);
  return { name, owner, identity, incarnation, spec, managed, ...neededImages(record) };
}

/** The record that remembers which addresses of others the steps take off; itself when none. */
export function keeping(record: BridgeRecord, steps: readonly PlanStep[]): BridgeRecord {
  const known = record.managed.keeps ?? [];
  const more = steps.flatMap((step) => step.keeps ?? []).filter((one) => !known.includes(one));
  if (more.length === 0) return record;
  return { ...record, managed: { ...record.managed, keeps: [...known, ...more] } };
}

/** True when nothing of an earlier spec can be left on the link. */
export function isSettled(record: BridgeRecord): boolean {
  const { managed, spec } = record;
  return record.pending === undefined && JSON.stringify(managed) === JSON.stringify(partsOf(spec));
}

function partsOf(spec: BridgeSpec): ManagedParts {
  const { addresses = [], ports = [], mtu, stp, multicastSnooping } = spec;
  return { addresses, ports, ...given({ mtu, stp, multicastSnooping }) };
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
  const stp = other.stp ?? one.stp;
  const multicastSnooping = other.multicastSnooping ?? one.multicastSnooping;
  return {
    addresses: [...new Set([...other.addresses, ...one.addresses])],
    ports: [...new Set([...other.ports, ...one.ports])],
    ...given({ mtu, stp, multicastSnooping, keeps: one.keeps }),
    ...(owners.length === 0 ? {} : { formerOwners: owners }),
  };
}

function sameSpec(one: BridgeSpec, other: BridgeSpec): boolean {
  const all = (spec: BridgeSpec): string => JSON.stringify([partsOf(spec), spec.mac]);
  return all(one) === all(other);
}

function given<T extends object>(values: T): Partial<T> {
  const known = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(known) as Partial<T>;
}
