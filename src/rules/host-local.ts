import {
  claimableSet,
  gatewayOf,
  gatewaySet,
  type HostLocalRange,
  type HostLocalSettings,
  hostLocalPool,
  oldForm,
  runtimeRanges,
  spanOf,
} from '../cni';
import { type Problem, within } from '../errors';
import {
  addressProblem,
  Cidr,
  IpAddress,
  type IpFamily,
  type IpRange,
  IpRangeSet,
  unusable,
} from '../ipam';
import { type ClaimableHome, checkClaimableParts, checkClaimablePool } from './claimable';
import { checkHostLocalRange, endGiven } from './host-local-range';
import { isPlainlyRight } from './plain-host-local';
import { checkRoutes } from './routes';
import { ignored } from './unknown-keys';

interface Located {
  /** What messages call it. */
  readonly key: string;
  /** What its own keys stand behind. */
  readonly prefix: string;
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
    else problems.push(...within(one.prefix, found));
  }
  if (located.length > 0) problems.push(...checkEmptySets(settings.rangeSets ?? []));
  problems.push(...checkOldForm(settings), ...checkOverlaps(good), ...checkFamiliesOfSets(good));
  problems.push(...checkClaimable(settings, good, good.length === located.length));
  if (problems.length === 0) problems.push(...checkEnds(settings, good));
  problems.push(...checkRoutes('routes', settings.routes));
  return problems;
}

/** The family of each set, with what messages call it; of settings without a mistake. */
export function hostLocalFamilies(
  settings: HostLocalSettings,
): { key: string; family: IpFamily }[] {
  const located = locate(settings);
  const first = located.filter(({ set }, index) => located[index - 1]?.set !== set);
  return first.map(({ key, range }) => ({
    key: key.replace(/(\[\d+\])\[0\]$/, '$1'),
    family: range.subnet.includes(':') ? 6 : 4,
  }));
}

/** The ranges in the order of the sets: the old form is one more in front. */
function locate(settings: HostLocalSettings): Located[] {
  const { rangeSets = [], ranges = [] } = settings;
  const old = oldForm(settings);
  const offset = old ? 1 : 0;
  return [
    ...(old ? [{ key: 'subnet', prefix: '', set: 0, range: old }] : []),
    ...rangeSets.flatMap((set, index) =>
      set.map((range, inner) => {
        const key = `rangeSets[${index}][${inner}]`;
        return { key, prefix: key, set: offset + index, range };
      }),
    ),
    ...ranges.map((range, index) => {
      const key = `ranges[${index}]`;
      return { key, prefix: key, set: offset + rangeSets.length + index, range };
    }),
  ];
}

function place(located: Located): Placed {
  const { range } = located;
  const subnet = Cidr.parse(range.subnet);
  return { ...located, subnet, span: spanOf(range), gateway: gatewayOf(range) };
}

/** What of the old form does nothing, because its subnet is missing. */
function checkOldForm(settings: HostLocalSettings): Problem[] {
  if (settings.subnet !== undefined) return [];
  return (['rangeStart', 'rangeEnd', 'gateway'] as const).flatMap((prop) => {
    const text = settings[prop];
    if (text === undefined) return [];
    if (!IpAddress.tryParse(text)) return [addressProblem(prop, text)];
    return [
      ignored(
        prop,
        `${prop} beside the ranges counts only together with a subnet there`,
        'move it into a range',
      ),
    ];
  });
}

/** The plugin gives network and broadcast addresses to pods where a range is written to reach them. */
function checkEnds(settings: HostLocalSettings, placed: readonly Placed[]): Problem[] {
  const claimable = claimableSet(settings.claimable);
  return placed.flatMap(({ prefix, range, subnet, span }) => {
    const left = IpRangeSet.of(runtimeRanges(range, claimable)).subtract(gatewaySet([range]));
    const ends = [
      { prop: 'rangeStart', address: span.first },
      { prop: 'rangeEnd', address: span.last },
    ];
    return within(
      prefix,
      ends.flatMap(({ prop, address }) => {
        const isUnusable = unusable(subnet).some((one) => one.contains(address));
        return isUnusable && left.contains(address) ? [endGiven(prop, address, subnet)] : [];
      }),
    );
  });
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
        key: one.prefix === '' ? one.key : `${one.key}.subnet`,
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
  // With a bad subnet in the list there is no telling what lies outside.
  const homes = allGood ? placed.map(homeOf) : undefined;
  const { parts, problems } = checkClaimableParts(settings.claimable ?? [], homes);
  if (!homes) return [...problems];
  const claimable = IpRangeSet.of(parts);
  const empty = placed.flatMap((one) => checkLeft(one, claimable));
  if (problems.length > 0 || empty.length > 0) return [...problems, ...empty];
  return checkClaimablePool(parts, homes, () => hostLocalPool(settings));
}

function homeOf({ key, range, subnet, gateway }: Placed): ClaimableHome {
  return {
    key,
    subnet,
    text: range.subnet,
    gateway,
    isDefaultGateway: range.gateway === undefined,
  };
}

/** Something has to be left for other pods. */
function checkLeft({ key, range, span, gateway }: Placed, claimable: IpRangeSet): Problem[] {
  const isCut = claimable.ranges.some((part) => part.overlaps(span));
  // A gateway is one address: more than that, and uncut, always has something left.
  if (!isCut && !span.first.equals(span.last)) return [];
  const left = IpRangeSet.of(runtimeRanges(range, claimable)).subtract(gatewaySet([range]));
  if (!left.isEmpty) return [];
  return [
    {
      code: 'NL_RANGE_EMPTY',
      key,
      found: isCut
        ? `all of ${span} is claimable${span.contains(gateway) ? ' or the gateway' : ''}, so that host-local has nothing to give to other pods`
        : `${span} is the gateway and nothing else, so that host-local has nothing to give`,
      allowed: `at least one address that is not the gateway${isCut ? ', outside the claimable part' : ''}`,
      fix: isCut ? 'make the claimable part smaller, or widen the range' : 'widen the range',
    },
  ];
}
