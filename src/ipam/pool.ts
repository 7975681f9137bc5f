import type { Problem } from '../errors';
import { addressProblem, IpAddress, type IpFamily } from './address';
import { Cidr, checkCidr } from './cidr';
import { checkMacRange } from './mac';
import { checkRange, IpRange } from './range';
import { IpRangeSet } from './range-set';

/** One subnet of a pool and the part of it that claims are served from. */
export interface PoolSubnet {
  /** Network in prefix form, e.g. `10.30.0.0/24`; its length goes into the claims' `cidr`. */
  readonly subnet: string;
  /** Addresses that may be claimed: `FIRST-LAST`, prefix form or single. @default - the whole subnet */
  readonly ranges?: readonly string[] | undefined;
  /** Never given. @default - none */
  readonly gateway?: string | undefined;
  /** Never given, same notation as `ranges`. @default - none */
  readonly exclude?: readonly string[] | undefined;
  /** Given only to those who ask for it by value, same notation as `ranges`. @default - none */
  readonly reserved?: readonly string[] | undefined;
}

/** What a pool holds. At most one subnet of a family gives the addresses of one claim. */
export interface PoolSpec {
  /** May be empty in a pool of MAC addresses alone. */
  readonly subnets: readonly PoolSubnet[];
  /** MAC addresses: `02:00:5e:00:00:00/24`, `FIRST-LAST`, or one. @default - none */
  readonly macs?: readonly string[] | undefined;
  /**
   * Interface of the agent's host, e.g. `br-test`, on which is asked whether somebody has an address
   * before it is given (ARP, NDP). One that answers is set aside. @default - nobody is asked
   */
  readonly probe?: string | undefined;
}

/** A pool's subnet with its arithmetic done. */
export interface ParsedPoolSubnet {
  readonly subnet: Cidr;
  readonly gateway: IpAddress | undefined;
  /** What may be given: the ranges without network, broadcast, gateway and excludes. */
  readonly assignable: IpRangeSet;
  /** The part of it that only those get who ask for it by value. */
  readonly reserved: IpRangeSet;
}

/** Of those that the kernel takes, the ones that mean nothing else on a command line. */
const IFNAME = /^[A-Za-z0-9][-A-Za-z0-9._]{0,14}$/;

/** Pool names are path-like: `vips`, `apps/lan`. 1 to 253 bytes. */
export const POOL_NAME = /^[a-z0-9]([-a-z0-9._/]{0,251}[a-z0-9])?$/;

/**
 * Everything wrong with a pool's definition; empty when nothing is.
 *
 * @param prefix the user's path to the subnets, e.g. `subnets`
 */
export function checkPoolSpec(spec: PoolSpec, prefix = 'subnets'): Problem[] {
  const problems: Problem[] = [];
  if (spec.probe !== undefined && !IFNAME.test(spec.probe)) {
    problems.push({
      code: 'NL_IFNAME_INVALID',
      key: 'probe',
      found: `${JSON.stringify(spec.probe)} is no name of an interface`,
      allowed: '1 to 15 of letters, digits, ".", "_" and "-", beginning with a letter or digit',
      fix: 'write the name that `ip link` shows',
    });
  }
  spec.macs?.forEach((text, index) => {
    problems.push(...checkMacRange(`macs[${index}]`, text));
  });
  if (spec.subnets.length === 0 && !spec.macs?.length) {
    problems.push({
      code: 'NL_SUBNET_INVALID',
      key: prefix,
      found: 'the pool has no subnet',
      allowed: 'at least one subnet',
      fix: 'give it a subnet such as 10.30.0.0/24',
    });
  }
  const seen: { cidr: Cidr; key: string }[] = [];
  spec.subnets.forEach((entry, index) => {
    const key = `${prefix}[${index}]`;
    const bad = checkCidr(`${key}.subnet`, entry.subnet);
    if (bad) {
      problems.push(bad);
      return;
    }
    const cidr = Cidr.parse(entry.subnet);
    const other = seen.find((before) => before.cidr.overlaps(cidr));
    if (other) {
      problems.push({
        code: 'NL_RANGES_OVERLAP',
        key: `${key}.subnet`,
        found: `${cidr} overlaps ${other.cidr} (${other.key}.subnet)`,
        allowed: 'subnets that do not overlap',
        fix: 'join them, or move one',
      });
    }
    seen.push({ cidr, key });
    problems.push(...checkPoolSubnet(entry, cidr, key));
  });
  return problems;
}

function checkPoolSubnet(entry: PoolSubnet, cidr: Cidr, key: string): Problem[] {
  const problems: Problem[] = [];
  for (const part of ['ranges', 'exclude', 'reserved'] as const) {
    entry[part]?.forEach((text, index) => {
      const at = `${key}.${part}[${index}]`;
      const bad = checkRange(at, text);
      if (bad) problems.push(bad);
      else if (part !== 'exclude') problems.push(...checkInside(at, IpRange.parse(text), cidr));
    });
  }
  if (entry.gateway !== undefined)
    problems.push(...checkGateway(`${key}.gateway`, entry.gateway, cidr));
  if (problems.length === 0 && parsePoolSubnet(entry).assignable.isEmpty) {
    problems.push({
      code: 'NL_RANGE_EMPTY',
      key: `${key}.ranges`,
      found: `nothing of ${cidr} is left to give once network, broadcast, gateway and excludes are taken out`,
      allowed: 'ranges with at least one address to give',
      fix: 'widen the ranges',
    });
  }
  return problems;
}

/** The problem of a range that is not inside its subnet. */
export function checkInside(key: string, range: IpRange, cidr: Cidr): Problem[] {
  if (cidr.contains(range.first) && cidr.contains(range.last)) return [];
  return [
    {
      code: 'NL_RANGE_OUTSIDE_SUBNET',
      key,
      found: `"${range}" is not inside ${cidr}`,
      allowed: `addresses from ${cidr.network} to ${cidr.last}`,
      fix: 'correct the range or the subnet',
    },
  ];
}

/** The problems of a gateway: no address, or one outside its subnet. */
export function checkGateway(key: string, text: string, cidr: Cidr): Problem[] {
  const gateway = IpAddress.tryParse(text);
  if (!gateway) return [addressProblem(key, text)];
  if (cidr.contains(gateway)) return [];
  return [
    {
      code: 'NL_GATEWAY_OUTSIDE_SUBNET',
      key,
      found: `"${text}" is not in ${cidr}`,
      allowed: 'an address of the subnet',
      fix: likelyGateway(gateway, cidr),
    },
  ];
}

/** The given gateway's host part in the right subnet: people mistype the network more often than the host. */
function likelyGateway(gateway: IpAddress, cidr: Cidr): string {
  const first = cidr.network.plus(cidr.size > 2n ? 1 : 0) as IpAddress;
  if (gateway.family !== cidr.family) return `${first}?`;
  const moved = IpAddress.of(cidr.family, cidr.network.value + (gateway.value % cidr.size));
  const isHost = !unusable(cidr).some((range) => range.contains(moved));
  return `${isHost ? moved : first}?`;
}

/**
 * A subnet's arithmetic.
 *
 * @throws NetloomError for what {@link checkPoolSpec} reports
 */
export function parsePoolSubnet(entry: PoolSubnet): ParsedPoolSubnet {
  const subnet = Cidr.parse(entry.subnet);
  const gateway = entry.gateway === undefined ? undefined : IpAddress.parse(entry.gateway);
  const ranges = entry.ranges?.map(IpRange.parse) ?? [IpRange.ofCidr(subnet)];
  const never = [...unusable(subnet), ...(entry.exclude?.map(IpRange.parse) ?? [])];
  if (gateway) never.push(IpRange.of(gateway, gateway));
  const assignable = IpRangeSet.of(ranges)
    .intersect(IpRangeSet.of([IpRange.ofCidr(subnet)]))
    .subtract(IpRangeSet.of(never));
  const reserved = IpRangeSet.of(entry.reserved?.map(IpRange.parse) ?? []).intersect(assignable);
  return { subnet, gateway, assignable, reserved };
}

/**
 * Addresses of a subnet that no host may have: network and broadcast in IPv4 (RFC 919), the
 * subnet-router anycast address in IPv6 (RFC 4291 2.6.1); none in /31, /32, /127 and /128.
 */
export function unusable(subnet: Cidr): IpRange[] {
  if (subnet.size <= 2n) return [];
  const network = IpRange.of(subnet.network, subnet.network);
  return subnet.family === 4 ? [network, IpRange.of(subnet.last, subnet.last)] : [network];
}

/** Which families a claim takes: one address of one, or one of each. */
export type ClaimFamily = 'ipv4' | 'ipv6' | 'dual';

/** The families that a claim's word stands for, IPv4 first. */
export function familiesOf(family: ClaimFamily): IpFamily[] {
  if (family === 'dual') return [4, 6];
  return family === 'ipv4' ? [4] : [6];
}
