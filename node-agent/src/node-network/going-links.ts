import type { HostNetwork } from './host-network';
import { type NetworkPlan, remembered } from './network-plan';
import { isOurs, type LinkMarks } from './ownership';
import { wrongShape } from './wanted-link';
import type { WantedNetwork } from './wanted-network';

/** Links of ours that are not wanted any more, or wanted otherwise; those on others first. With why. */
export const goingLinks = remembered(findGoing);

function findGoing(
  { wanted, footprint, ...marks }: NetworkPlan,
  host: HostNetwork,
): ReadonlyMap<string, string | undefined> {
  const found = new Map<string, string | undefined>();
  const ends = new Set(wanted.links.flatMap(({ name, peer }) => [name, peer]));
  for (const name of footprint.made) {
    const link = host.links.get(name);
    if (!link || !isOurs(link, marks) || ends.has(name)) continue;
    // One end takes the other along.
    const isEnd = link.kind === 'veth' && link.lower !== undefined && found.has(link.lower);
    if (!isEnd) found.set(name, undefined);
  }
  for (const link of wanted.links) {
    const present = host.links.get(link.name);
    const why = present && isOurs(present, marks) ? wrongShape(link, present) : undefined;
    if (why === undefined) continue;
    if (present?.kind === 'veth' && present.lower !== undefined) found.delete(present.lower);
    found.set(link.name, why);
  }
  if (found.size === 0) return found;
  addThoseOn(found, wanted, marks, host);
  const depth = (name: string, seen: readonly string[] = []): number => {
    const link = host.links.get(name);
    const lower = link?.kind === 'veth' ? undefined : link?.lower;
    return lower === undefined || seen.includes(name) ? 0 : 1 + depth(lower, [...seen, name]);
  };
  return new Map([...found].sort(([a], [b]) => depth(b) - depth(a)));
}

/** The kernel deletes what stands on a link along with it. */
function addThoseOn(
  found: Map<string, string | undefined>,
  { links }: WantedNetwork,
  marks: LinkMarks,
  host: HostNetwork,
): void {
  for (let size = -1; size !== found.size; ) {
    size = found.size;
    for (const link of host.links.values()) {
      const { name, lower, kind } = link;
      if (lower === undefined || kind === 'veth' || !found.has(lower) || found.has(name)) continue;
      if (!isOurs(link, marks)) continue;
      const isWanted = links.some((one) => one.name === name);
      found.set(name, isWanted ? `${lower} below it goes` : undefined);
    }
  }
}
