import type { NodeNetworkSpec } from 'netloom/agent-api';
import type { NetworkRecord, NetworkWish } from '../store';
import type { Uplinks } from './moved-uplinks';
import type { Footprint } from './network-plan';
import { placeOf, type SettingKey } from './setting';
import { askedUplinks } from './takeover';
import type { WantedNetwork } from './wanted-network';

/** The wish of a record, without what is known of the host. */
export function wishOf(record: NetworkRecord): NetworkWish {
  const { owner, identity, incarnation, spec, resolved, claims } = record;
  return { owner, identity, incarnation, spec, resolved, claims };
}

/** A record with a new wish, not yet known to be done. Asking for the same again leaves nothing to take back. */
export function wishedRecord(
  wish: NetworkWish,
  existing: NetworkRecord | undefined,
  bootId: string,
): NetworkRecord {
  if (!existing) return { ...wish, made: [], before: {}, bootId, pending: { kind: 'put' } };
  const { made, before, pending, uplinks, touches } = existing;
  const formerOwners = [existing.owner, ...(existing.formerOwners ?? [])].filter(
    (owner) => owner !== wish.owner,
  );
  const record: NetworkRecord = {
    ...wish,
    made,
    before,
    ...taken(uplinks, touches),
    bootId: existing.bootId,
    ...(formerOwners.length > 0 && { formerOwners: [...new Set(formerOwners)] }),
  };
  const text = (one: NodeNetworkSpec): string => JSON.stringify(one);
  const isSame = existing.owner === wish.owner && text(existing.spec) === text(wish.spec);
  if (isSame && pending === undefined) return record;
  if (pending?.kind === 'remove') return { ...record, pending: { kind: 'put' } };
  const former = pending === undefined ? wishOf(existing) : pending.before;
  return { ...record, pending: { kind: 'put', ...(former && { before: former }) } };
}

/** The record of what a change is to be taken back to. What the change may have left is still known. */
export function takenBack(record: NetworkRecord, former: NetworkWish): NetworkRecord {
  const { made, before, bootId, uplinks, touches } = record;
  const owners = [record.owner, ...(record.formerOwners ?? [])].filter(
    (owner) => owner !== former.owner,
  );
  return {
    ...former,
    made,
    before,
    ...taken(uplinks, touches),
    bootId,
    ...(owners.length > 0 && { formerOwners: owners }),
  };
}

/** What was taken over, as far as there is anything of it. */
function taken(
  uplinks: NetworkRecord['uplinks'] = {},
  touches: NetworkRecord['touches'] = [],
): Pick<NetworkRecord, 'uplinks' | 'touches'> {
  return {
    ...(Object.keys(uplinks).length > 0 && { uplinks }),
    ...(touches.length > 0 && { touches }),
  };
}

/** The record once the host has what it says. */
export function settledNetwork(record: NetworkRecord, wanted: WantedNetwork): NetworkRecord {
  const { made, before, uplinks, touches } = neededFootprint(record, wanted);
  const { bootId } = record;
  return { ...wishOf(record), made, before, ...taken(uplinks, touches), bootId };
}

/** True when nothing of an earlier wish can be left on the host. */
export function isSettledNetwork(record: NetworkRecord, wanted: WantedNetwork): boolean {
  if (record.pending !== undefined || record.formerOwners !== undefined) return false;
  const { made, before, uplinks, touches } = neededFootprint(record, wanted);
  return (
    made.length === record.made.length &&
    Object.keys(uplinks).length === Object.keys(record.uplinks ?? {}).length &&
    touches.length === (record.touches?.length ?? 0) &&
    Object.keys(before).length === Object.keys(record.before).length
  );
}

/** What is still to be taken back some day. */
function neededFootprint(
  record: NetworkRecord,
  wanted: WantedNetwork,
): Footprint & { readonly uplinks: Uplinks; readonly touches: readonly string[] } {
  const names = madeBy(wanted);
  const before = Object.entries(record.before).filter(([key]) => wanted.settings.has(key));
  const moved = Object.entries(record.uplinks ?? {}).filter(([port]) => wanted.moved.has(port));
  const needed = new Set([
    ...askedUplinks(record.spec, record.resolved),
    // They go back some day, even if nobody asks for it any more.
    ...moved.flatMap(([port, { bridge }]) => [port, bridge]),
  ]);
  return {
    made: names,
    before: Object.fromEntries(before),
    uplinks: Object.fromEntries(moved),
    touches: (record.touches ?? []).filter((name) => needed.has(name)),
  };
}

/** Names of the links that a wanted network makes; one that was adopted is none of them. */
export function madeBy(wanted: WantedNetwork): string[] {
  const links = wanted.links.filter((link) => !link.isAdopted);
  return links.flatMap(({ name, peer }) => (peer === undefined ? [name] : [name, peer]));
}

/** The record with what is about to be made and changed; itself when it has all of that. */
export function footprinted(
  record: NetworkRecord,
  wanted: WantedNetwork,
  changed: Readonly<Record<SettingKey, string | null>>,
): NetworkRecord {
  const known = new Set(record.made);
  const made = madeBy(wanted).filter((name) => !known.has(name));
  if (made.length === 0 && Object.keys(changed).length === 0) return record;
  return {
    ...record,
    made: [...record.made, ...made],
    before: { ...record.before, ...changed },
  };
}

/** After a reboot the links are others: what was before says nothing, and references are looked up anew. */
export function ofThisBoot(record: NetworkRecord, bootId: string): NetworkRecord {
  if (record.bootId === bootId) return record;
  const { uplinks: _uplinks, ...rest } = record;
  return { ...rest, bootId, before: {}, resolved: {} };
}

/** Files below /proc/sys that a plan looks at. */
export function sysctlFiles(keys: Iterable<SettingKey>): string[] {
  const files: string[] = [];
  for (const key of keys) {
    if (!key.startsWith('sysctl ')) continue;
    const [file] = placeOf(key).rest;
    if (file !== undefined) files.push(file);
  }
  return files;
}
