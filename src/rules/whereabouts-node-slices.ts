import type { WhereaboutsSettings } from '../cni';
import type { Problem } from '../errors';
import { ignored } from './unknown-keys';
import type { CheckedRanges, PlacedRange } from './whereabouts-ranges';

/** Checks the mode in which each node has a share of the first range: IPv4 only, and experimental. */
export function checkNodeSlices(
  settings: WhereaboutsSettings,
  { placed, isWhole }: CheckedRanges,
): Problem[] {
  const size = settings.nodeSliceSize;
  if (!size) return [];
  const length = /^\/?\d+$/.test(size) ? Number(size.replace('/', '')) : undefined;
  if (length === undefined) {
    return [outOfRange(size, 'is no prefix length, and no node gets a share', 'write it as /26')];
  }
  const [first, ...others] = placed;
  if (!first || !isWhole) return [];
  return [
    ...checkLength(size, length, first),
    ...(others.length > 0
      ? [
          conflict(
            `${others.length + 1} ranges are set, and each node's share is of the first one only`,
            'one range',
            'leave the others out',
          ),
        ]
      : []),
    ...checkNotKept(settings, first),
  ];
}

function checkLength(size: string, length: number, { network }: PlacedRange): Problem[] {
  if (network.family === 6) {
    return [
      conflict(
        `${network} is IPv6, which whereabouts can't share among nodes`,
        'IPv4',
        'leave nodeSliceSize out',
      ),
    ];
  }
  if (length >= network.prefixLength && length <= 30) return [];
  const why = length > 30 ? 'leaves a node no address' : `is more than ${network}`;
  return [outOfRange(size, why, `/${Math.min(30, Math.max(length, network.prefixLength + 1))}?`)];
}

function outOfRange(size: string, why: string, fix: string): Problem {
  return {
    code: 'NL_VALUE_OUT_OF_RANGE',
    key: 'nodeSliceSize',
    found: `${JSON.stringify(size)} ${why}`,
    allowed: 'a prefix length from that of the range to 30, such as /26 or 26',
    fix,
  };
}

/** Of its share a node gives all addresses. */
function checkNotKept(settings: WhereaboutsSettings, { key, range }: PlacedRange): Problem[] {
  const problems: Problem[] = [];
  const at = (prop: string): string => (key === '' ? prop : `${key}.${prop}`);
  for (const prop of ['rangeStart', 'rangeEnd', 'exclude'] as const) {
    const value = range[prop];
    if (value !== undefined && value.length > 0) {
      problems.push(
        ignored(
          at(prop),
          'a node gives all of its share, wherever the range begins or ends, and whatever is excluded',
        ),
      );
    }
  }
  if (range.gateway !== undefined && key !== '') {
    problems.push({
      code: 'NL_GATEWAY_GIVEN',
      key: at('gateway'),
      found: `"${range.gateway}" is given to a pod: with shares of nodes nothing can be excluded`,
      allowed: 'a gateway outside of the range',
      fix: 'leave nodeSliceSize out',
    });
  }
  if ((settings.claimable?.length ?? 0) > 0) {
    problems.push({
      ...conflict(
        'claimable parts have to be excluded, and with shares of nodes nothing can be',
        'nodeSliceSize without claimable',
        'leave one of them out',
      ),
      key: 'claimable',
    });
  }
  return problems;
}

function conflict(found: string, allowed: string, fix: string): Problem {
  return { code: 'NL_VALUES_CONFLICT', key: 'nodeSliceSize', found, allowed, fix };
}
