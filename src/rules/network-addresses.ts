import {
  claimableSet,
  excludedSet,
  type HostLocalRange,
  type HostLocalSettings,
  oldForm,
  runtimeRanges,
  type WhereaboutsRange,
  type WhereaboutsSettings,
  whereaboutsNetwork,
  whereaboutsRanges,
} from '../cni';
import { Cidr, InterfaceAddress, IpAddress, IpRange, IpRangeSet } from '../ipam';
import type { KubeOvnSubnetDefinition, NetworkDefinition } from '../kubernetes';
import { excludedByKubeOvn, kubeOvnCidrs } from './kube-ovn-subnet';
import { safely } from './safely';
import { labelOf } from './segments';

/** Addresses that a network gives to pods. */
export interface GivenRange {
  /** What messages call it, e.g. `ipam.ranges[0]`. */
  readonly key: string;
  readonly range: IpRange;
  /** Who keeps book of them: what two networks have in one book is never given twice. */
  readonly store: string;
}

/** A subnet of a network, which pods have a route to. */
export interface NetworkCidr {
  readonly key: string;
  readonly cidr: Cidr;
}

const DATA_DIR = '/var/lib/cni/networks';

/**
 * All that pods of a network can get. What is too broken for arithmetic is left out.
 *
 * @param subnet of Kube-OVN, where it gives the addresses
 */
export function givenRanges(
  network: NetworkDefinition,
  subnet?: KubeOvnSubnetDefinition,
): GivenRange[] {
  return [...runtimeGiven(network, subnet), ...claimableGiven(network)];
}

function runtimeGiven(network: NetworkDefinition, subnet?: KubeOvnSubnetDefinition): GivenRange[] {
  const { ipam } = network;
  switch (ipam.kind) {
    case 'host-local':
      return hostLocalGiven(ipam.settings, hostLocalStore(network, ipam.settings));
    case 'whereabouts':
      return whereaboutsGiven(ipam.settings);
    case 'static':
      return (ipam.settings.addresses ?? []).flatMap(({ address }, index) => {
        const one = InterfaceAddress.tryParse(address)?.address;
        const key = `ipam.addresses[${index}].address`;
        return one
          ? [{ key, range: IpRange.of(one, one), store: `static ${labelOf(network)}` }]
          : [];
      });
    default:
      return subnet ? kubeOvnGiven(subnet) : [];
  }
}

/** The folder on each node: networks that share it don't give an address twice there. */
export function hostLocalStore(network: NetworkDefinition, settings: HostLocalSettings): string {
  return `${settings.dataDir || DATA_DIR}/${network.configName ?? network.name}`;
}

/** The ranges as they are written, with their keys below `ipam`. */
export function locatedHostLocal(
  settings: HostLocalSettings,
): { readonly key: string; readonly range: HostLocalRange }[] {
  const old = oldForm(settings);
  return [
    ...(old ? [{ key: 'ipam', range: old }] : []),
    ...(settings.rangeSets ?? []).flatMap((set, index) =>
      set.map((range, inner) => ({ key: `ipam.rangeSets[${index}][${inner}]`, range })),
    ),
    ...(settings.ranges ?? []).map((range, index) => ({ key: `ipam.ranges[${index}]`, range })),
  ];
}

function hostLocalGiven(settings: HostLocalSettings, store: string): GivenRange[] {
  const claimable = safely(() => claimableSet(settings.claimable)) ?? IpRangeSet.EMPTY;
  return locatedHostLocal(settings).flatMap(({ key, range }) =>
    (safely(() => runtimeRanges(range, claimable)) ?? []).map((part) => ({
      key,
      range: part,
      store,
    })),
  );
}

function whereaboutsGiven(settings: WhereaboutsSettings): GivenRange[] {
  const { networkName = '', enableOverlappingRanges = true } = settings;
  const claimable = safely(() => claimableSet(settings.claimable)) ?? IpRangeSet.EMPTY;
  return whereaboutsRanges(settings).flatMap(({ key, range }) => {
    const network = safely(() => whereaboutsNetwork(range));
    const span = network && whereaboutsSpan(range, network);
    if (!span) return [];
    const pool = enableOverlappingRanges ? '' : ` ${network}`;
    const gateway = IpRange.tryParse(range.gateway ?? '');
    return IpRangeSet.of([span])
      .subtract(excludedSet(range.exclude))
      .subtract(claimable)
      .subtract(IpRangeSet.of(gateway ? [gateway] : []))
      .ranges.map((part) => ({
        key: key === '' ? 'ipam.range' : `ipam.${key}`,
        range: part,
        store: `whereabouts ${networkName}${pool}`,
      }));
  });
}

/** From the second to the last but one address, less where an end is set inside of them. */
export function whereaboutsSpan(range: WhereaboutsRange, network: Cidr): IpRange | undefined {
  const usable = [network.network.plus(1), network.last.plus(-1)];
  const [least, most] = usable;
  if (!least || !most || least.compare(most) > 0) return undefined;
  const [from, to] = writtenEnds(range);
  const isUsable = (one: IpAddress | undefined): one is IpAddress =>
    one !== undefined && one.compare(least) >= 0 && one.compare(most) <= 0;
  const first = isUsable(from) ? from : least;
  const last = isUsable(to) && to.compare(first) >= 0 ? to : most;
  return IpRange.of(first, last);
}

function writtenEnds(range: WhereaboutsRange): (IpAddress | undefined)[] {
  const [ends = ''] = range.range.split('/');
  const [from, to] = ends.includes('-') ? ends.split('-') : [range.rangeStart, range.rangeEnd];
  return [from, to].map((text) => IpAddress.tryParse(text?.trim() ?? ''));
}

function kubeOvnGiven(subnet: KubeOvnSubnetDefinition): GivenRange[] {
  const excluded = excludedByKubeOvn(subnet);
  return kubeOvnCidrs(subnet).flatMap((cidr) =>
    IpRangeSet.of([IpRange.ofCidr(cidr)])
      .subtract(excluded)
      .ranges.map((range) => ({ key: 'ipam', range, store: `Subnet ${subnet.name}` })),
  );
}

/** Claims of one network are one pool, and nobody else's. */
function claimableGiven(network: NetworkDefinition): GivenRange[] {
  const { ipam } = network;
  if (ipam.kind !== 'host-local' && ipam.kind !== 'whereabouts') return [];
  return (ipam.settings.claimable ?? []).flatMap((text, index) => {
    const range = IpRange.tryParse(text);
    return range
      ? [{ key: `ipam.claimable[${index}]`, range, store: `claims ${labelOf(network)}` }]
      : [];
  });
}

/** The subnets that a network's pods find themselves in. */
export function networkCidrs(
  network: NetworkDefinition,
  subnet?: KubeOvnSubnetDefinition,
): NetworkCidr[] {
  const { ipam, link } = network;
  if (link.kind === 'ovn-k8s-cni-overlay') return listedCidrs('subnets', link.settings.subnets);
  switch (ipam.kind) {
    case 'host-local':
      return locatedHostLocal(ipam.settings).flatMap(({ key, range }) =>
        parsed(`${key}.subnet`, Cidr.tryParse(range.subnet)),
      );
    case 'whereabouts':
      return whereaboutsRanges(ipam.settings).flatMap(({ key, range }) =>
        parsed(
          key === '' ? 'ipam.range' : `ipam.${key}.range`,
          safely(() => whereaboutsNetwork(range)),
        ),
      );
    case 'static':
      return (ipam.settings.addresses ?? []).flatMap(({ address }, index) =>
        parsed(`ipam.addresses[${index}].address`, InterfaceAddress.tryParse(address)?.network),
      );
    default:
      return subnet ? kubeOvnCidrs(subnet).map((cidr) => ({ key: 'ipam', cidr })) : [];
  }
}

function parsed(key: string, cidr: Cidr | undefined): NetworkCidr[] {
  return cidr ? [{ key, cidr }] : [];
}

/** `10.20.0.0/16,fd00:20::/64`; a second prefix length, of the nodes' shares, is left out. */
function listedCidrs(key: string, text: string | undefined): NetworkCidr[] {
  return (text ?? '').split(',').flatMap((part) => {
    const [address, length] = part.trim().split('/');
    return parsed(key, Cidr.tryParse(`${address}/${length}`));
  });
}
