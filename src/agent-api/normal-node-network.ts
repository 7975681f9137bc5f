import { Cidr, InterfaceAddress, IpAddress } from '../ipam';
import type { HostRouteSpec, NodeNetworkSpec } from './node-network';

type Membership = Pick<NonNullable<NodeNetworkSpec['bridges']>[number], 'pvid' | 'vlanTrunk'>;
type Trunk = NonNullable<Membership['vlanTrunk']>[number];
interface Settings {
  readonly mac?: string | undefined;
  readonly addresses?: readonly string[] | undefined;
  readonly addressesFrom?: readonly string[] | undefined;
  readonly routes?: readonly HostRouteSpec[] | undefined;
  readonly sysctls?: Readonly<Record<string, string>> | undefined;
}

/**
 * The one form of a wanted network: two that mean the same become the same bytes. Addresses and MAC
 * addresses as the kernel prints them, lists that are empty left out, links in the order of their names,
 * VLAN spans joined. The order of addresses is kept, since it counts. What does not parse stays as it
 * is: the rules tell of it.
 */
export function normalNodeNetwork(spec: NodeNetworkSpec): NodeNetworkSpec {
  const settings = <T extends Settings>(link: T): T => normalSettings(link);
  const bridges = spec.bridges?.map((bridge) =>
    settings({
      ...normalMembership(bridge),
      ...given('adopt', bridge.adopt || undefined),
      ...given('uplink', bridge.uplink || undefined),
      ...given('ports', nonEmpty(bridge.ports?.map(normalMembership))),
    }),
  );
  return known({
    bonds: byName(
      spec.bonds?.map((bond) => settings({ ...bond, ports: nonEmpty(bond.ports?.slice()) })),
    ),
    veths: byName(spec.veths?.map(settings)),
    dummies: byName(spec.dummies?.map(settings)),
    vlans: byName(spec.vlans?.map(settings)),
    bridges: byName(bridges),
    macvlans: byName(spec.macvlans?.map(settings)),
    interfaces: byName(
      spec.interfaces?.map((one) =>
        settings({ ...one, ...given('uplink', one.uplink || undefined) }),
      ),
    ),
  }) as NodeNetworkSpec;
}

function normalSettings<T extends Settings>(link: T): T {
  const { mac, addresses, addressesFrom, routes, sysctls } = link;
  const sorted = Object.entries(sysctls ?? {}).sort(([a], [b]) => compare(a, b));
  return known({
    ...link,
    mac: mac === undefined ? undefined : normalMac(mac),
    addresses: nonEmpty(addresses?.map((one) => String(InterfaceAddress.tryParse(one) ?? one))),
    addressesFrom: nonEmpty(addressesFrom?.slice()),
    routes: nonEmpty(routes?.map((route) => known({ ...route, ...normalRoute(route) }))),
    sysctls: sorted.length === 0 ? undefined : Object.fromEntries(sorted),
  }) as T;
}

function normalRoute({ dst, gw, src }: HostRouteSpec): object {
  const address = (one: string | undefined): string | undefined =>
    one === undefined ? undefined : String(IpAddress.tryParse(one) ?? one);
  return { dst: String(Cidr.tryParse(dst) ?? dst), gw: address(gw), src: address(src) };
}

function normalMembership<T extends Membership>(member: T): T {
  return known({ ...member, vlanTrunk: nonEmpty(normalTrunk(member.vlanTrunk ?? [])) }) as T;
}

/** Spans in order, those that touch joined. */
function normalTrunk(trunk: readonly Trunk[]): Trunk[] {
  const spans = trunk
    .map(({ id, minID, maxID }): [number, number] => [id ?? minID ?? 0, id ?? maxID ?? 0])
    .sort(([a], [b]) => a - b);
  const joined: [number, number][] = [];
  for (const [first, last] of spans) {
    const before = joined.at(-1);
    if (before && first <= before[1] + 1) before[1] = Math.max(before[1], last);
    else joined.push([first, last]);
  }
  return joined.map(([minID, maxID]) => (minID === maxID ? { id: minID } : { minID, maxID }));
}

function normalMac(mac: string): string {
  const octets = mac.toLowerCase().match(/[0-9a-f]{2}/g) ?? [];
  return octets.length === 6 ? octets.join(':') : mac;
}

function byName<T extends { name?: string; link?: string }>(links: T[] | undefined) {
  const nameOf = ({ name, link }: T): string => name ?? link ?? '';
  return nonEmpty(links?.sort((a, b) => compare(nameOf(a), nameOf(b))));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function nonEmpty<T>(list: T[] | undefined): T[] | undefined {
  return list?.length === 0 ? undefined : list;
}

function given<K extends string, V>(key: K, value: V): Record<K, V> {
  return { [key]: value } as Record<K, V>;
}

/** Keys in alphabetical order, without those that are undefined. */
function known<T extends object>(members: T): T {
  const entries = Object.entries(members).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries.sort(([a], [b]) => compare(a, b))) as T;
}
