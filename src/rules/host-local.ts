import {
  type CniRoute,
  endsOf,
  gatewayOf,
  gatewaySet,
  type HostLocalRange,
  type HostLocalSettings,
  hostLocalPool,
  runtimeRanges,
  spanOf,
} from '../cni';
import { type Problem, within } from '../errors';
import {
  ADDRESS_BITS,
  addressProblem,
  Cidr,
  checkCidr,
  checkGateway,
  checkInside,
  checkPoolSpec,
  checkRange,
  IpAddress,
  IpRange,
  IpRangeSet,
} from '../ipam';
import { isPlainlyRight } from './plain-host-local';

interface Located {
  readonly key: string;
  readonly set: number;
  readonly range: HostLocalRange;
}

/** A range with nothing wrong in itself, its arithmetic done. */
interface Placed extends Located {
  readonly subnet: Cidr;
  readonly span: IpRange;
  readonly gateway: IpAddress;
}

/** Everything wrong with host-local settings, by the plugin's own rules and ours for the claimable part. */
export function checkHostLocal(settings: HostLocalSettings): Problem[] {
  return isPlainlyRight(settings) ? [] : checkHostLocalFully(settings);
}

/** The same without the short way for what is plainly right. */
export function checkHostLocalFully(settings: HostLocalSettings): Problem[] {
  const located = locate(settings);
  const problems: Problem[] = [];
  if (located.length === 0) {
    problems.push({
      code: 'NL_SUBNET_INVALID',
      key: 'ranges',
      found: 'host-local has no range',
      allowed: 'at least one range',
      fix: `give it ranges: [{ subnet: '10.10.0.0/24' }]`,
    });
  }
  const good: Placed[] = [];
  for (const one of located) {
    const found = checkHostLocalRange(one.range);
    if (found.length === 0) good.push(place(one));
    else problems.push(...within(one.key, found));
  }
  if (located.length > 0) problems.push(...checkEmptySets(settings.rangeSets ?? []));
  problems.push(...checkOverlaps(good), ...checkFamiliesOfSets(good));
  problems.push(...checkClaimable(settings, good, good.length === located.length));
  problems.push(...checkRoutes('routes', settings.routes));
  return problems;
}

function locate(settings: HostLocalSettings): Located[] {
  const sets = (settings.rangeSets ?? []).flatMap((set, index) =>
    set.map((range, inner) => ({ key: `rangeSets[${index}][${inner}]`, set: index, range })),
  );
  const offset = settings.rangeSets?.length ?? 0;
  const ranges = (settings.ranges ?? []).map((range, index) => ({
    key: `ranges[${index}]`,
    set: offset + index,
    range,
  }));
  return [...sets, ...ranges];
}

function place({ key, set, range }: Located): Placed {
  const subnet = Cidr.parse(range.subnet);
  return { key, set, range, subnet, span: spanOf(range), gateway: gatewayOf(range) };
}

function checkHostLocalRange(range: HostLocalRange): Problem[] {
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

/** host-local refuses ranges that overlap, within a set and between sets. */
function checkOverlaps(placed: readonly Placed[]): Problem[] {
  return placed.flatMap((one, index) => {
    const other = placed.find((before, at) => at < index && before.span.overlaps(one.span));
    if (!other) return [];
    return [
      {
        code: 'NL_RANGES_OVERLAP' as const,
        key: one.key,
        found: `${one.span} overlaps ${other.span} (${other.key})`,
        allowed: 'ranges that share no address',
        fix: 'move rangeStart or rangeEnd of one of them',
      },
    ];
  });
}

/** host-local refuses the whole list for one set that is empty. */
function checkEmptySets(sets: readonly (readonly HostLocalRange[])[]): Problem[] {
  return sets.flatMap((set, index) =>
    set.length > 0
      ? []
      : [
          {
            code: 'NL_RANGE_EMPTY' as const,
            key: `rangeSets[${index}]`,
            found: 'the set has no range',
            allowed: 'at least one range in each set',
            fix: 'leave the set out',
          },
        ],
  );
}

function checkFamiliesOfSets(placed: readonly Placed[]): Problem[] {
  return placed.flatMap((one) => {
    const first = placed.find((other) => other.set === one.set) as Placed;
    if (first.subnet.family === one.subnet.family) return [];
    return [
      {
        code: 'NL_VALUES_CONFLICT' as const,
        key: `${one.key}.subnet`,
        found: `${one.range.subnet} stands in one set with ${first.range.subnet}, and a pod gets one address from a set`,
        allowed: 'one family in a set',
        fix: 'put IPv6 into a set of its own (`ranges` does so by itself)',
      },
    ];
  });
}

function checkClaimable(
  settings: HostLocalSettings,
  placed: readonly Placed[],
  allGood: boolean,
): Problem[] {
  const problems: Problem[] = [];
  const parts: IpRange[] = [];
  settings.claimable?.forEach((text, index) => {
    const key = `claimable[${index}]`;
    const bad = checkRange(key, text);
    if (bad) {
      problems.push(bad);
      return;
    }
    const part = IpRange.parse(text);
    parts.push(part);
    // With a bad subnet in the list there is no telling what lies outside.
    if (allGood) problems.push(...checkClaimablePart(key, part, placed));
  });
  if (!allGood) return problems;
  const claimable = IpRangeSet.of(parts);
  for (const { key, range, span, gateway } of placed) {
    const isCut = claimable.ranges.some((part) => part.overlaps(span));
    // A gateway is one address: more than that, and uncut, always has something left.
    if (!isCut && !span.first.equals(span.last)) continue;
    const left = IpRangeSet.of(runtimeRanges(range, claimable)).subtract(gatewaySet([range]));
    if (!left.isEmpty) continue;
    problems.push({
      code: 'NL_RANGE_EMPTY',
      key,
      found: isCut
        ? `all of ${span} is claimable${span.contains(gateway) ? ' or the gateway' : ''}, so that host-local has nothing to give to other pods`
        : `${span} is the gateway and nothing else, so that host-local has nothing to give`,
      allowed: `at least one address that is not the gateway${isCut ? ', outside the claimable part' : ''}`,
      fix: isCut ? 'make the claimable part smaller, or widen the range' : 'widen the range',
    });
  }
  if (problems.length > 0 || parts.length === 0 || hasPlainPool(parts, placed)) return problems;
  return checkPool(settings);
}

/** True for what can't be refused as a pool: no shared subnets, and more than what no host may have. */
function hasPlainPool(parts: readonly IpRange[], placed: readonly Placed[]): boolean {
  return (
    parts.every((part) => part.size > 2n) &&
    placed.every((one, index) =>
      placed.every((other, at) => at <= index || !other.subnet.overlaps(one.subnet)),
    )
  );
}

/** What the agent would refuse when the claimable part becomes a pool. */
function checkPool(settings: HostLocalSettings): Problem[] {
  return checkPoolSpec(hostLocalPool(settings)).map((problem) => ({
    ...problem,
    key: 'claimable',
    found: problem.found.replace(/ \(subnets.*\)$/, ''),
    fix: problem.code === 'NL_RANGE_EMPTY' ? 'widen the claimable part' : problem.fix,
  }));
}

function checkClaimablePart(key: string, part: IpRange, placed: readonly Placed[]): Problem[] {
  const home = placed.find(
    ({ subnet }) => subnet.contains(part.first) && subnet.contains(part.last),
  );
  if (!home) {
    return [
      {
        code: 'NL_CLAIMABLE_OUTSIDE_SUBNET',
        key,
        found: `"${part}" is not inside a subnet of this network`,
        allowed: `addresses of ${placed.map(({ range }) => range.subnet).join(' or ')}`,
        fix: 'correct the range or the subnet',
      },
    ];
  }
  const { gateway } = home;
  if (!part.contains(gateway)) return [];
  return [
    {
      code: 'NL_GATEWAY_IN_CLAIMABLE',
      key,
      found: `"${part}" holds ${gateway}, the gateway of ${home.key}${home.range.gateway === undefined ? ' (by default the first address of the subnet)' : ''}`,
      allowed: 'a part without the gateway',
      fix: `leave ${gateway} out, or set another gateway`,
    },
  ];
}

/** Checks the routes of an IPAM. */
export function checkRoutes(key: string, routes: readonly CniRoute[] | undefined): Problem[] {
  return (routes ?? []).flatMap((route, index) => {
    const at = `${key}[${index}]`;
    const problems: Problem[] = [];
    const bad = checkCidr(`${at}.dst`, route.dst);
    if (bad)
      problems.push({ ...bad, code: bad.code === 'NL_HOST_BITS' ? bad.code : 'NL_ROUTE_INVALID' });
    if (route.gw === undefined) return problems;
    const gateway = IpAddress.tryParse(route.gw);
    if (!gateway) problems.push(addressProblem(`${at}.gw`, route.gw));
    else if (!bad && gateway.family !== Cidr.parse(route.dst).family) {
      problems.push({
        code: 'NL_ROUTE_INVALID',
        key: `${at}.gw`,
        found: `"${route.gw}" is IPv${gateway.family}, and the route leads to ${route.dst}`,
        allowed: 'a next hop of the same family as the destination',
        fix: 'correct dst or gw',
      });
    }
    return problems;
  });
}
