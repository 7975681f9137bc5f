import type { NodeNetworkSpec } from 'netloom/agent-api';
import { ownerAlias } from '../bridges';
import type { HostImage } from '../checkpoint/host-image';
import type { NetworkRecord } from '../store';
import type { HostNetwork } from './host-network';
import { movedUplink, type Uplinks } from './moved-uplinks';
import { isOurs, marksOf } from './ownership';
import { nameOf, type Resolved } from './references';
import { type SettingKey, type SettingValue, settingKey } from './setting';

/** What is taken over from others for one owner: see {@link takingOver}. */
export interface TakenOver {
  /** The mark of the owner's links. */
  readonly alias: string;
  /** With the alias that a bridge had, for each that was adopted. */
  readonly before: Readonly<Record<SettingKey, SettingValue>>;
  readonly uplinks: Uplinks;
}

/** The same of a record. */
export function takenOver({ owner, before, uplinks = {} }: NetworkRecord): TakenOver {
  return { alias: ownerAlias(owner), before, uplinks };
}

/** Whether a bridge was made by somebody else, and is given back one day. */
export function isAdopted(name: string, { before }: Pick<TakenOver, 'before'>): boolean {
  return settingKey('alias', name) in before;
}

/** Links of the node's own traffic that a spec asks to change: bridges with their ports, and interfaces. */
export function askedUplinks(spec: NodeNetworkSpec, resolved: Resolved): string[] {
  const bridges = (spec.bridges ?? []).filter((one) => one.uplink);
  return [
    ...bridges.flatMap(({ name, ports = [] }) => [
      name,
      ...ports.map(({ link }) => nameOf(link, resolved)),
    ]),
    ...(spec.interfaces ?? [])
      .filter((one) => one.uplink)
      .map(({ link }) => nameOf(link, resolved)),
  ];
}

/**
 * The record with what it is about to take over: bridges of others as they are, and which links of the
 * node's own traffic it may change. What is known already stays, since by now it may look as we made it.
 *
 * @returns the very same record when there is nothing new
 */
export function takingOver(record: NetworkRecord, host: HostNetwork): NetworkRecord {
  return withTouches(withAdopted(record, host));
}

function withAdopted(record: NetworkRecord, host: HostNetwork): NetworkRecord {
  const marks = marksOf(record);
  const coming = (record.spec.bridges ?? []).flatMap(({ name, adopt }) => {
    const link = host.links.get(name);
    const isForeign = link?.kind === 'bridge' && !isOurs(link, marks);
    return adopt && link && isForeign && !isAdopted(name, record) ? [link] : [];
  });
  if (coming.length === 0) return record;
  const images = coming.flatMap(({ name, alias, mac }): [SettingKey, SettingValue][] => [
    [settingKey('alias', name), alias ?? ''],
    [settingKey('mac', name), mac],
  ]);
  const names = new Set(coming.map((link) => link.name));
  return {
    ...record,
    made: record.made.filter((name) => !names.has(name)),
    before: { ...record.before, ...Object.fromEntries(images) },
  };
}

function withTouches(record: NetworkRecord): NetworkRecord {
  const { spec, resolved, touches = [] } = record;
  const asked = askedUplinks(spec, resolved).filter((name) => !touches.includes(name));
  return asked.length === 0 ? record : { ...record, touches: [...touches, ...new Set(asked)] };
}

/** A port that a bridge is about to take, and that may carry the node's own traffic. */
export interface ComingPort {
  readonly port: string;
  readonly bridge: string;
}

/** Ports that bridges with `uplink` are about to take, less those whose image is there already. */
export function comingPorts(record: NetworkRecord, host: HostNetwork): ComingPort[] {
  const { spec, resolved, uplinks = {} } = record;
  return (spec.bridges ?? [])
    .filter((bridge) => bridge.uplink)
    .flatMap(({ name: bridge, ports = [] }) =>
      ports.map(({ link }) => ({ port: nameOf(link, resolved), bridge })),
    )
    .filter(({ port, bridge }) => {
      const link = host.links.get(port);
      return link !== undefined && link.master !== bridge && uplinks[port] === undefined;
    });
}

/** The record with what moves with these ports. */
export function withUplinks(
  record: NetworkRecord,
  ports: readonly ComingPort[],
  host: HostNetwork,
  details: HostImage,
): NetworkRecord {
  const coming = ports.flatMap(({ port, bridge }) => {
    const uplink = movedUplink(port, bridge, host, details);
    return uplink ? [[port, uplink] as const] : [];
  });
  return { ...record, uplinks: { ...record.uplinks, ...Object.fromEntries(coming) } };
}
