import type { HostImage, LinkImage } from './host-image';
import { remakeLine } from './remake';
import { restoreAddresses, restoreRoutes } from './restore-addresses';
import { restoreAttributes, restoreVlans } from './restore-attributes';

/** Commands that bring interfaces nearer to how they were. */
export interface Restoration {
  readonly program: 'ip' | 'bridge';
  readonly lines: readonly string[];
}

/**
 * What brings interfaces back to an image, or the first part of it: what comes later depends on what
 * the kernel makes of what comes earlier, so one looks again after each. Undefined when all is as it was.
 *
 * @param before an image of all that a change may alter
 * @param touched what the change names: of these, one that was not there is deleted
 * @param round of looking and restoring, from 0: later ones try harder
 */
export function planRestore(
  before: HostImage,
  now: HostImage,
  touched: readonly string[],
  round = 0,
): Restoration | undefined {
  const links = new Map(now.links.map((link) => [link.ifname, link]));
  const stages = [
    (): Restoration => ip(deleteLines(before, links, touched)),
    (): Restoration => ip(remakeLines(before, links, touched)),
    (): Restoration => ip(masterLines(before, links)),
    (): Restoration => ip(restoreAttributes(before, links, round)),
    (): Restoration => ({ program: 'bridge', lines: restoreVlans(before, now) }),
    (): Restoration => ip(upLines(before, links)),
    (): Restoration => ip(restoreAddresses(before, links)),
    (): Restoration => ip(restoreRoutes(before, now)),
  ];
  for (const stage of stages) {
    const restoration = stage();
    if (restoration.lines.length > 0) return restoration;
  }
  return undefined;
}

function ip(lines: readonly string[]): Restoration {
  return { program: 'ip', lines };
}

type Links = ReadonlyMap<string, LinkImage>;

function deleteLines(before: HostImage, now: Links, touched: readonly string[]): string[] {
  const known = new Set(before.links.map((link) => link.ifname));
  const made = touched.filter((name) => now.has(name) && !known.has(name));
  // The other end of a veth pair goes with the first.
  const isGoing = new Set<string>();
  return made.flatMap((name) => {
    const { link, linkinfo } = now.get(name) as LinkImage;
    if (isGoing.has(name)) return [];
    isGoing.add(name);
    if (linkinfo?.info_kind === 'veth' && link != null) isGoing.add(link);
    return [`link del dev ${name}`];
  });
}

function remakeLines(before: HostImage, now: Links, touched: readonly string[]): string[] {
  const missing = before.links.filter(
    (link) => touched.includes(link.ifname) && !now.has(link.ifname),
  );
  const made = new Set<string>();
  return missing.flatMap((link) => {
    if (made.has(link.ifname)) return [];
    const line = remakeLine(link);
    made.add(link.ifname);
    if (link.linkinfo?.info_kind === 'veth' && link.link != null) made.add(link.link);
    return line === undefined ? [] : [line];
  });
}

function masterLines(before: HostImage, now: Links): string[] {
  return before.links.flatMap(({ ifname, master }) => {
    const link = now.get(ifname);
    if (!link || link.master === master) return [];
    if (master === undefined) return [`link set dev ${ifname} nomaster`];
    return now.has(master) ? [`link set dev ${ifname} master ${master}`] : [];
  });
}

function upLines(before: HostImage, now: Links): string[] {
  return before.links.flatMap(({ ifname, flags }) => {
    const link = now.get(ifname);
    const wasUp = flags.includes('UP');
    if (!link || link.flags.includes('UP') === wasUp) return [];
    return [`link set dev ${ifname} ${wasUp ? 'up' : 'down'}`];
  });
}
