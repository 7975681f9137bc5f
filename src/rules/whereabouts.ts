import { excludedSet, type WhereaboutsSettings, whereaboutsPool } from '../cni';
import type { Problem } from '../errors';
import { ADDRESS_BITS, IpAddress, IpRange, IpRangeSet } from '../ipam';
import { type ClaimableHome, checkClaimableParts, checkClaimablePool } from './claimable';
import { checkCron } from './cron';
import { missingKey } from './keys';
import { checkRoutes } from './routes';
import { checkStaticAddresses } from './static';
import { ignored } from './unknown-keys';
import { checkWhereaboutsGateways } from './whereabouts-gateways';
import { checkNodeSlices } from './whereabouts-node-slices';
import { type CheckedRanges, checkWhereaboutsRanges, type PlacedRange } from './whereabouts-ranges';

/** What whereabouts refuses or ignores beside its keys' own types and limits. */
export function checkWhereabouts(settings: WhereaboutsSettings): Problem[] {
  const checked = checkWhereaboutsRanges(settings);
  return [
    ...checkPresence(settings),
    ...checked.problems,
    ...checkOwnKeys(settings),
    ...checkOverlaps(checked.placed),
    ...checkClaimable(settings, checked),
    ...checked.placed.flatMap(checkWidth),
    ...checkWhereaboutsGateways(settings, checked),
    ...checkNodeSlices(settings, checked),
    ...checkNames(settings),
    ...checkLeader(settings),
    ...checkStaticAddresses('addresses', settings.addresses),
    ...checkExtraAddresses(settings),
    ...checkRoutes('routes', settings.routes),
    ...checkSchedule(settings),
  ];
}

function checkPresence(settings: WhereaboutsSettings): Problem[] {
  const { range, ipRanges = [], ranges = [], addresses = [] } = settings;
  const count = ipRanges.length + ranges.length + addresses.length;
  return range !== undefined || count > 0 ? [] : [missingKey('range', 'range', 'whereabouts')];
}

/** Beside `ipRanges` alone, these belong to a range that there is not. */
function checkOwnKeys(settings: WhereaboutsSettings): Problem[] {
  if (settings.range !== undefined) return [];
  return (['rangeStart', 'rangeEnd', 'exclude'] as const).flatMap((prop) => {
    const value = settings[prop];
    const isSet = typeof value === 'string' ? value !== '' : (value?.length ?? 0) > 0;
    if (!isSet) return [];
    return [ignored(prop, `${prop} belongs to "range", which is not set`, 'move it into a range')];
  });
}

/** A pod gets the same address from two ranges of one pool, and the kernel refuses it twice. */
function checkOverlaps(placed: readonly PlacedRange[]): Problem[] {
  return placed.flatMap((one, index) => {
    const other = placed.find(
      (before, at) =>
        at < index && (before.network.equals(one.network) || before.span.overlaps(one.span)),
    );
    if (!other) return [];
    const isPool = other.network.equals(one.network);
    return [
      {
        code: 'NL_RANGES_OVERLAP' as const,
        key: keyOf(one),
        found: isPool
          ? `${one.network} is the network of ${keyOf(other)} too, and a pod gets one address from a network`
          : `${one.span} overlaps ${other.span} (${keyOf(other)})`,
        allowed: 'ranges of different networks that share no address',
        fix: isPool ? 'join the two ranges' : 'move one of them',
      },
    ];
  });
}

function keyOf({ key }: PlacedRange): string {
  return key === '' ? 'range' : key;
}

function checkClaimable(
  settings: WhereaboutsSettings,
  { placed, isWhole }: CheckedRanges,
): Problem[] {
  const homes = isWhole ? placed.map((one) => homeOf(one)) : undefined;
  const { parts, problems } = checkClaimableParts(settings.claimable ?? [], homes);
  if (!homes) return [...problems];
  const claimable = IpRangeSet.of(parts);
  const empty = placed.flatMap((one) => checkLeft(one, claimable));
  if (problems.length > 0 || empty.length > 0) return [...problems, ...empty];
  return checkClaimablePool(parts, homes, () => whereaboutsPool(settings));
}

function homeOf(one: PlacedRange): ClaimableHome {
  const { range, network } = one;
  const gateway = range.gateway === undefined ? undefined : IpAddress.tryParse(range.gateway);
  return { key: keyOf(one), subnet: network, text: range.range, gateway };
}

/** Something has to be left for other pods. */
function checkLeft(one: PlacedRange, claimable: IpRangeSet): Problem[] {
  const { range, span } = one;
  const gateway = IpRange.tryParse(range.gateway ?? '');
  const kept = IpRangeSet.of([span])
    .subtract(excludedSet(range.exclude))
    .subtract(IpRangeSet.of(gateway ? [gateway] : []));
  if (!kept.subtract(claimable).isEmpty) return [];
  const isClaimed = !kept.isEmpty;
  return [
    {
      code: 'NL_RANGE_EMPTY',
      key: keyOf(one),
      found: isClaimed
        ? `all of ${span} is claimable or excluded, so that whereabouts has nothing to give to other pods`
        : `all of ${span} is excluded, so that whereabouts has nothing to give`,
      allowed: `at least one address that is not excluded${isClaimed ? ', outside the claimable part' : ''}`,
      fix: isClaimed ? 'make the claimable part smaller, or widen the range' : 'exclude less',
    },
  ];
}

/** Offsets from the network are kept as 64 bits with a sign. */
const MOST_OFFSET = (1n << 63n) - 1n;

/** What lies further is given, but not kept, so that it is given again. */
function checkWidth(one: PlacedRange): Problem[] {
  const { network, span } = one;
  const last = network.network.plus(MOST_OFFSET);
  if (ADDRESS_BITS[network.family] - network.prefixLength <= 63 || !last) return [];
  if (span.last.compare(last) <= 0) return [];
  return [
    {
      code: 'NL_RANGE_WIDE',
      key: one.key === '' ? 'range' : `${one.key}.range`,
      found: `${network} is wider than whereabouts can count: what lies behind ${last} is given, and not kept in the pool`,
      allowed: 'a prefix length of at least /65, or an end that is not behind that',
      fix: `an end of ${last} or before`,
    },
  ];
}

function checkNames({ networkName }: WhereaboutsSettings): Problem[] {
  if (networkName === undefined || networkName === '') return [];
  // `-10.20.0.0-16` comes behind it: together they are the name of an object.
  const isName = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(
    networkName,
  );
  if (!isName || networkName.length > 200) {
    const plain = networkName
      .toLowerCase()
      .replace(/[^a-z0-9-]+/g, '-')
      .replace(/^-+|-+$/g, '');
    return [
      {
        code: 'NL_NAME_INVALID',
        key: 'networkName',
        found: `${JSON.stringify(networkName)} can't begin the name of a pool's object, and no pod gets an address`,
        allowed: '1 to 200 of a-z, 0-9, "-" and ".", beginning and ending with a letter or digit',
        fix: plain === '' ? 'choose a plain name' : `${plain.slice(0, 200)}?`,
      },
    ];
  }
  return [];
}

/** client-go's leader election refuses other orders, and the plugin then ends by a nil pointer. */
function checkLeader(settings: WhereaboutsSettings): Problem[] {
  const lease = settings.leaderLeaseDuration || 1500;
  const renew = settings.leaderRenewDeadline || 1000;
  const retry = settings.leaderRetryPeriod || 500;
  const problems: Problem[] = [];
  if (lease <= renew) {
    problems.push(
      order(
        'leaderLeaseDuration',
        `the lease of ${lease} ms is not longer than the deadline of ${renew} ms to renew it`,
      ),
    );
  }
  if (renew <= JITTER * retry) {
    problems.push(
      order(
        'leaderRenewDeadline',
        `the deadline of ${renew} ms is not longer than ${JITTER} times the period of ${retry} ms between tries`,
      ),
    );
  }
  return problems;
}

/** JitterFactor of client-go. */
const JITTER = 1.2;

function order(key: string, found: string): Problem {
  return {
    code: 'NL_VALUES_CONFLICT',
    key,
    found,
    allowed: `lease duration > renew deadline > ${JITTER} x retry period`,
    fix: 'leave all three out (1500, 1000 and 500 ms), or lengthen it',
  };
}

/** They are the same for each pod, and nobody keeps book of them. */
function checkExtraAddresses({ addresses = [] }: WhereaboutsSettings): Problem[] {
  if (addresses.length === 0) return [];
  return [
    {
      code: 'NL_IPS_EXTRA',
      key: 'addresses',
      found: `each pod gets ${addresses.map(({ address }) => address).join(' and ')} besides the address of its own, and nobody looks whether another pod has it`,
      allowed: 'addresses here for a network of one pod',
      fix: 'leave it out, or claim an address for the pod',
    },
  ];
}

/** The reconciler reads its own file, and never a network. */
function checkSchedule({ reconcilerCronExpression }: WhereaboutsSettings): Problem[] {
  if (!reconcilerCronExpression) return [];
  const key = 'reconcilerCronExpression';
  const problems = checkCron(key, reconcilerCronExpression);
  if (problems.length > 0) return problems;
  const found = 'the reconciler reads its schedule from a file of its own, and not from a network';
  return [ignored(key, found, 'set it in the ConfigMap whereabouts-config')];
}
