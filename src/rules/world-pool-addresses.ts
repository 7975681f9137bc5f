import type { Problem } from '../errors';
import { InterfaceAddress, type IpAddress } from '../ipam';
import type { NetworkDefinition } from '../kubernetes';
import { groupBy } from './group-by';
import { type GivenRange, givenRanges } from './network-addresses';
import { labelOf, segmentOf } from './segments';
import { findingsOf, type WorldRule } from './world';

interface PoolRange extends GivenRange {
  readonly network: NetworkDefinition;
}

/** Addresses that pods write down, and that a network on the same link layer gives to others. */
export const checkPoolAddresses: WorldRule = ({ networks, pods }) => {
  const asking = pods.filter(({ attachments }) =>
    attachments.some(
      ({ attachment, network }) => attachment.ips && network?.ipam.kind === 'static',
    ),
  );
  if (asking.length === 0) return [];
  const segments = groupBy(networks.filter(isPool), segmentOf);
  const pools = new Map([...segments].map(([segment, list]) => [segment, new Pools(list)]));
  return asking.flatMap((definition) =>
    definition.attachments.flatMap(({ attachment, network, claim }, index) => {
      if (claim || network?.ipam.kind !== 'static') return [];
      const segment = segmentOf(network);
      const pool = segment === undefined ? undefined : pools.get(segment);
      return (attachment.ips ?? []).flatMap((text, inner) => {
        const address = InterfaceAddress.tryParse(text)?.address;
        const given = address && pool?.find(address);
        if (!given) return [];
        const key = `attachments[${index}].ips[${inner}]`;
        return findingsOf(definition, [inPool(key, text, given, segment as string)]);
      });
    }),
  );
};

function isPool({ ipam }: NetworkDefinition): boolean {
  return ipam.kind === 'host-local' || ipam.kind === 'whereabouts';
}

/** What the networks of one segment give, to be searched. */
class Pools {
  private readonly ranges: readonly PoolRange[];
  /** The range that reaches furthest, among those up to each. */
  private readonly furthest: readonly PoolRange[];

  constructor(networks: readonly NetworkDefinition[]) {
    this.ranges = networks
      .flatMap((network) => givenRanges(network).map((given) => ({ ...given, network })))
      .sort((a, b) => a.range.first.compare(b.range.first));
    let furthest: PoolRange | undefined;
    this.furthest = this.ranges.map((one) => {
      if (!furthest || one.range.last.compare(furthest.range.last) > 0) furthest = one;
      return furthest;
    });
  }

  /** A range with the address; undefined where there is none. */
  find(address: IpAddress): PoolRange | undefined {
    let [from, to] = [0, this.ranges.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      const { first } = (this.ranges[middle] as PoolRange).range;
      if (first.compare(address) <= 0) from = middle + 1;
      else to = middle;
    }
    const found = this.furthest[from - 1];
    return found?.range.contains(address) ? found : undefined;
  }
}

function inPool(key: string, text: string, given: PoolRange, segment: string): Problem {
  return {
    code: 'NL_NETWORKS_OVERLAP',
    key,
    found: `"${text}" lies in ${given.range}, which network "${labelOf(given.network)}" on the same ${segment} gives to other pods`,
    allowed: 'an address that no network on the same bridge, VLAN or master gives',
    fix: 'choose another address, or leave this one out of that range',
  };
}
