import { endsOf, type HostLocalRange } from '../cni';
import type { Problem } from '../errors';
import {
  ADDRESS_BITS,
  addressProblem,
  Cidr,
  checkCidr,
  checkGateway,
  checkInside,
  IpAddress,
  IpRange,
} from '../ipam';
import { missingKey } from './keys';

/** Everything wrong with one range of host-local by itself. */
export function checkHostLocalRange(range: HostLocalRange): Problem[] {
  if (range.subnet === undefined) return [missingKey('subnet', 'subnet', 'a range of host-local')];
  const bad = checkCidr('subnet', range.subnet);
  if (bad) return [bad];
  const subnet = Cidr.parse(range.subnet);
  if (subnet.prefixLength > ADDRESS_BITS[subnet.family] - 2) return [tooSmall(subnet)];
  const problems: Problem[] = [];
  for (const end of ['rangeStart', 'rangeEnd'] as const) {
    const text = range[end];
    if (text === undefined) continue;
    const address = IpAddress.tryParse(text);
    if (!address) problems.push(addressProblem(end, text));
    else problems.push(...checkInside(end, IpRange.of(address, address), subnet));
  }
  if (range.gateway !== undefined) problems.push(...checkGateway('gateway', range.gateway, subnet));
  if (problems.length === 0) problems.push(...checkOrder(range, subnet));
  return problems;
}

function tooSmall(subnet: Cidr): Problem {
  const most = ADDRESS_BITS[subnet.family] - 2;
  return {
    code: 'NL_SUBNET_TOO_SMALL',
    key: 'subnet',
    found: `${subnet} has no room for pods (host-local refuses it)`,
    allowed: `a prefix length of at most /${most}`,
    fix: `${Cidr.around(subnet.network, most)}?`,
  };
}

function checkOrder(range: HostLocalRange, subnet: Cidr): Problem[] {
  const { rangeStart, rangeEnd } = range;
  const [first, last] = endsOf(range);
  if (first.compare(last) <= 0) return [];
  if (rangeStart !== undefined && rangeEnd !== undefined) {
    return [
      {
        code: 'NL_RANGE_INVALID',
        key: 'rangeEnd',
        found: `"${rangeEnd}" comes before rangeStart "${rangeStart}"`,
        allowed: 'a last address that is not before the first',
        fix: 'swap rangeStart and rangeEnd?',
      },
    ];
  }
  const isStart = rangeStart !== undefined;
  return [
    {
      code: 'NL_RANGE_INVALID',
      key: isStart ? 'rangeStart' : 'rangeEnd',
      found: `"${rangeStart ?? rangeEnd}" is the ${isStart ? 'broadcast' : 'network'} address of ${subnet}, which no pod can have`,
      allowed: `an address from ${subnet.network.plus(1)} to ${subnet.last.plus(subnet.family === 4 ? -1 : 0)}`,
      fix: 'move it, or leave it out',
    },
  ];
}

/** The problem of a range that reaches an address which no host may have. */
export function endGiven(prop: string, address: IpAddress, subnet: Cidr): Problem {
  const isNetwork = address.equals(subnet.network);
  const inside = address.plus(isNetwork ? 1 : -1);
  return {
    code: 'NL_BROADCAST_GIVEN',
    key: prop,
    found: `"${address}" is the ${isNetwork ? 'network' : 'broadcast'} address of ${subnet}, and host-local gives it to a pod`,
    allowed: 'a range without network and broadcast address',
    fix: `${inside}?`,
  };
}
