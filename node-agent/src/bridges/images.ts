import type { BeforeImages, BridgeRecord, LinkImage } from '../store';
import type { HostLinks, LinkState } from './links';
import { uplinkImage, uplinkUse } from './uplink';

/** A link as it is before anything is done to it. */
export function imageOf(link: LinkState, host: HostLinks): LinkImage {
  const { alias, mac, mtu, up, master, addresses, stp, multicastSnooping } = link;
  const ports = [...host.links.values()].filter((one) => one.master === link.name);
  return {
    ...(alias === undefined ? {} : { alias }),
    ...(master === undefined ? {} : { master }),
    mac,
    mtu,
    up,
    ...(stp === undefined ? {} : { stp }),
    ...(multicastSnooping === undefined ? {} : { multicastSnooping }),
    addresses,
    ports: ports.map((one) => one.name),
  };
}

/** The images that hold now: those of an earlier boot are of links that are no more. */
export function currentImages(
  record: Pick<BridgeRecord, 'images'>,
  bootId: string,
): BeforeImages | undefined {
  return record.images?.bootId === bootId ? record.images : undefined;
}

/**
 * The record with the images of all that is about to be changed: of the bridge when it is adopted, of
 * the ports that come. What has an image keeps it, since by now it may look as we made it.
 *
 * @returns the very same record when it has all of them
 */
export function withImages(
  record: BridgeRecord,
  host: HostLinks,
  bootId: string,
  adopts: boolean,
  requestAddress?: string,
): BridgeRecord {
  const current = currentImages(record, bootId);
  const link = host.links.get(record.name);
  const adopted = adopts && link && !current?.bridge ? imageOf(link, host) : undefined;
  const coming = (record.spec.ports ?? []).flatMap((name): [string, LinkImage][] => {
    const port = host.links.get(name);
    const isThere = port?.master === record.name && adopted === undefined;
    if (!port || isThere || current?.ports[name]) return [];
    const isUplink = uplinkUse(name, host, requestAddress) !== undefined;
    const uplink = record.spec.uplink && isUplink ? uplinkImage(name, host.details) : undefined;
    return [[name, { ...imageOf(port, host), ...(uplink && { uplink }) }]];
  });
  const isStale = record.images !== undefined && current === undefined;
  if (!isStale && adopted === undefined && coming.length === 0) return record;
  const bridge = current?.bridge ?? adopted;
  const ports = { ...current?.ports, ...Object.fromEntries(coming) };
  const images = { bootId, ...(bridge && { bridge }), ports };
  if (bridge || Object.keys(ports).length > 0) return { ...record, images };
  const { images: _stale, ...rest } = record;
  return rest;
}

/** Without the images of ports that have been given back. */
export function neededImages(record: BridgeRecord): Pick<BridgeRecord, 'images'> {
  if (!record.images) return {};
  const wanted = new Set(record.spec.ports ?? []);
  const ports = Object.entries(record.images.ports).filter(([name]) => wanted.has(name));
  const { bridge } = record.images;
  if (!bridge && ports.length === 0) return {};
  return { images: { ...record.images, ports: Object.fromEntries(ports) } };
}
