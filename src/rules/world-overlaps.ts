import {
  KUBE_OVN_DEFAULT_PROVIDER,
  type KubeOvnSubnetDefinition,
  kubeOvnProvider,
  type NetworkDefinition,
} from '../kubernetes';
import { groupBy } from './group-by';
import { type GivenRange, givenRanges, hostLocalStore } from './network-addresses';
import { overlapsOf } from './range-sweep';
import { labelOf, segmentOf } from './segments';
import { findingsOf, type World, type WorldFinding, type WorldRule } from './world';

/** A range with the network that gives it. */
interface Placed extends GivenRange {
  readonly network: NetworkDefinition;
  /** Position in the world: the later one is told. */
  readonly rank: number;
  readonly segment: string;
}

/**
 * Networks that give the same addresses. On one segment two books are wrong: both give an address to
 * somebody. In one book two segments are: what one network gives is missing in the other.
 */
export const checkOverlaps: WorldRule = (world) => {
  const placed = place(world);
  return [
    ...pairs(placed, 'segment', 'store').map(([before, after]) => overlap(before, after)),
    ...pairs(placed, 'store', 'segment')
      .filter(([{ store }]) => store.startsWith('/'))
      .map(([before, after]) => sharedBook(before, after)),
  ];
};

function place(world: World): Placed[] {
  const subnets = subnetsByProvider(world.subnets ?? []);
  const segments = world.networks.map(
    (network) => segmentOf(network) ?? `network ${labelOf(network)}`,
  );
  const books = world.networks.map(bookName);
  const bySegment = counts(segments);
  const byBook = counts(books);
  if (bySegment.size === segments.length && byBook.size === books.length) return NONE;
  return world.networks.flatMap((network, rank) => {
    const segment = segments[rank] as string;
    // Nearly always a network has its segment and its book for itself: then nothing is computed.
    const isAlone = bySegment.get(segment) === 1 && byBook.get(books[rank] as string) === 1;
    if (isAlone) return NONE;
    const subnet = subnets.get(kubeOvnProvider(network) ?? KUBE_OVN_DEFAULT_PROVIDER);
    return givenRanges(network, subnet).map((given) => ({ ...given, network, rank, segment }));
  });
}

const NONE: Placed[] = [];

function counts(names: readonly string[]): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const name of names) found.set(name, (found.get(name) ?? 0) + 1);
  return found;
}

/** What networks of host-local that keep one book have in common; each other one is alone. */
function bookName(network: NetworkDefinition): string {
  const { ipam } = network;
  if (ipam.kind === 'host-local') return hostLocalStore(network, ipam.settings);
  return `network ${labelOf(network)}`;
}

/** Subnets of the attached networks by their provider, the first of each. */
export function subnetsByProvider(
  subnets: readonly KubeOvnSubnetDefinition[],
): Map<string, KubeOvnSubnetDefinition> {
  const found = new Map<string, KubeOvnSubnetDefinition>();
  for (const subnet of subnets) {
    const { provider = KUBE_OVN_DEFAULT_PROVIDER } = subnet;
    if (provider !== KUBE_OVN_DEFAULT_PROVIDER && !found.has(provider)) found.set(provider, subnet);
  }
  return found;
}

/** Overlaps inside of what is the same, between what differs; the later network second. */
function pairs(
  placed: readonly Placed[],
  same: 'segment' | 'store',
  differs: 'segment' | 'store',
): [Placed, Placed][] {
  const owned = placed.map((one) => ({ ...one, owner: one[differs] }));
  const groups = groupBy(owned, (one) => one[same]);
  return [...groups.values()].flatMap((group) =>
    group.length < 2
      ? []
      : overlapsOf(group).map(([a, b]): [Placed, Placed] => (a.rank <= b.rank ? [a, b] : [b, a])),
  );
}

function overlap(before: Placed, after: Placed): WorldFinding {
  const [finding] = findingsOf(after.network, [
    {
      code: 'NL_NETWORKS_OVERLAP',
      key: after.key,
      found: `${after.range} overlaps ${before.range} of network "${labelOf(before.network)}" on the same ${after.segment}, and neither knows what the other has given`,
      allowed: 'ranges that share no address, on one bridge, VLAN or master',
      fix: `move the range, or let both networks keep one book (${bookOf(after)})`,
    },
  ]);
  return finding as WorldFinding;
}

function bookOf({ store }: Placed): string {
  if (store.startsWith('/')) return 'the same name and dataDir';
  return store.startsWith('whereabouts') ? 'the same network_name' : 'one IPAM for both';
}

function sharedBook(before: Placed, after: Placed): WorldFinding {
  const [finding] = findingsOf(after.network, [
    {
      code: 'NL_CONFIG_NAME_TWICE',
      key: 'configName',
      found: `network "${labelOf(before.network)}" has the same name in its configuration, so that both keep their addresses in ${after.store} on each node, and what one has given of ${after.range} the other does not give`,
      allowed: 'a name of its own for each network whose addresses are its own',
      fix: 'give one of the configurations another name, or another dataDir',
    },
  ]);
  return finding as WorldFinding;
}
