import {
  type LocatedWhereaboutsRange,
  type WhereaboutsPoolRange,
  type WhereaboutsSettings,
  whereaboutsRanges,
} from '../cni';
import { type Problem, within } from '../errors';
import {
  ADDRESS_BITS,
  addressProblem,
  Cidr,
  checkCidr,
  checkGateway,
  InterfaceAddress,
  IpAddress,
  IpRange,
} from '../ipam';

/** A range with nothing wrong in itself, its arithmetic done. */
export interface PlacedRange {
  readonly key: string;
  readonly range: WhereaboutsPoolRange;
  readonly network: Cidr;
  /** What the plugin gives from, before anything is excluded. */
  readonly span: IpRange;
}

/** The ranges of an IPAM, those with a mistake told of. */
export interface CheckedRanges {
  readonly problems: Problem[];
  readonly placed: PlacedRange[];
  /** True when every range is placed. */
  readonly isWhole: boolean;
}

/** Checks each range by itself. */
export function checkWhereaboutsRanges(settings: WhereaboutsSettings): CheckedRanges {
  const problems: Problem[] = [];
  const placed: PlacedRange[] = [];
  let isWhole = true;
  for (const located of whereaboutsRanges(settings)) {
    const checked = checkRange(located);
    problems.push(...within(located.key, checked.problems));
    if (checked.placed) placed.push(checked.placed);
    else isWhole = false;
  }
  return { problems, placed, isWhole };
}

interface CheckedRange {
  readonly problems: Problem[];
  readonly placed?: PlacedRange;
}

function checkRange(located: LocatedWhereaboutsRange): CheckedRange {
  const { range } = located;
  // A missing one is told of as a missing key.
  if (range.range === undefined) return { problems: [] };
  const written = readRange(range.range);
  if ('code' in written) return { problems: [written] };
  const { network } = written;
  if (network.prefixLength > ADDRESS_BITS[network.family] - 2) {
    return { problems: [tooSmall(network)] };
  }
  const problems: Problem[] = [];
  const span = spanOf(located, written, problems);
  if (range.gateway !== undefined && located.key.startsWith('ranges')) {
    problems.push(...checkGateway('gateway', range.gateway, network));
  }
  (range.exclude ?? []).forEach((text, index) => {
    problems.push(...checkExclude(`exclude[${index}]`, text, network));
  });
  return { problems, placed: { key: located.key, range, network, span } };
}

/** A range as it is written: a CIDR, or both ends with a prefix length. */
interface WrittenRange {
  readonly network: Cidr;
  readonly first: IpAddress;
  /** Only of `FIRST-LAST/PREFIX`. */
  readonly last?: IpAddress;
}

function readRange(text: string): WrittenRange | Problem {
  const dash = text.indexOf('-');
  const written = InterfaceAddress.tryParse(text.slice(dash + 1));
  const first = dash < 0 ? written?.address : IpAddress.tryParse(text.slice(0, dash));
  if (!written || !first || first.family !== written.family) return invalid(text);
  const { network } = written;
  if (dash < 0) return { network, first };
  return network.contains(first)
    ? { network, first, last: written.address }
    : startOutside(text, first, network);
}

function invalid(text: string): Problem {
  const bare = checkCidr('range', text);
  return {
    code: 'NL_RANGE_INVALID',
    key: 'range',
    found: `${JSON.stringify(text)} is no range of whereabouts`,
    allowed: 'a network in prefix form, or FIRST-LAST/PREFIX: 10.20.0.0/24, 10.20.0.5-10.20.0.9/24',
    fix: bare?.fix.endsWith('?') ? bare.fix : 'write it as 10.20.0.0/24',
  };
}

function startOutside(text: string, first: IpAddress, network: Cidr): Problem {
  return {
    code: 'NL_RANGE_OUTSIDE_SUBNET',
    key: 'range',
    found: `"${text}" begins with ${first}, which is not in ${network}`,
    allowed: `addresses from ${network.network} to ${network.last}`,
    fix: 'correct the first address or the prefix length',
  };
}

function tooSmall(network: Cidr): Problem {
  const most = ADDRESS_BITS[network.family] - 2;
  return {
    code: 'NL_SUBNET_TOO_SMALL',
    key: 'range',
    found: `${network} has no room for pods (whereabouts refuses it)`,
    allowed: `a prefix length of at most /${most}`,
    fix: `${Cidr.around(network.network, most)}?`,
  };
}

/** What the plugin gives from; it ignores each end that it can't use. */
function spanOf(
  located: LocatedWhereaboutsRange,
  written: WrittenRange,
  problems: Problem[],
): IpRange {
  const { network, last } = written;
  const least = network.network.plus(1) as IpAddress;
  const most = network.last.plus(-1) as IpAddress;
  const usable = IpRange.of(least, most);
  if (last) return spanOfEnds(located, { ...written, last }, usable, problems);
  const start = endOf(located, 'rangeStart', problems);
  if (!start) problems.push(...checkHostBits(located.range.range, written, usable));
  const first = start && usable.contains(start) ? start : least;
  if (start && !usable.contains(start) && !start.equals(network.network)) {
    problems.push(
      ignoredEnd('rangeStart', start, `it is not in ${usable}, so that ${least} is given first`),
    );
  }
  const end = endOf(located, 'rangeEnd', problems);
  if (!end) return IpRange.of(first, most);
  const given = IpRange.of(first, most);
  if (given.contains(end)) return IpRange.of(first, end);
  if (!end.equals(network.last)) {
    problems.push(
      ignoredEnd('rangeEnd', end, `it is not in ${given}, so that all of that is given`),
    );
  }
  return given;
}

/** `FIRST-LAST/PREFIX`, which makes range_start and range_end void. */
function spanOfEnds(
  located: LocatedWhereaboutsRange,
  { network, first, last }: Required<WrittenRange>,
  usable: IpRange,
  problems: Problem[],
): IpRange {
  for (const prop of ['rangeStart', 'rangeEnd'] as const) {
    const end = endOf(located, prop, problems);
    const why = `"${located.range.range}" says it already`;
    if (end) problems.push(ignoredEnd(prop, end, why));
  }
  const start = usable.contains(first) ? first : usable.first;
  const given = IpRange.of(start, usable.last);
  if (given.contains(last)) return IpRange.of(start, last);
  if (!last.equals(network.last)) {
    problems.push(ignoredEnd('range', last, `it is not in ${given}, so that all of that is given`));
  }
  return given;
}

/** An end that is set; what is no address is refused in `ipRanges`, and ignored beside `range`. */
function endOf(
  { key, range }: LocatedWhereaboutsRange,
  prop: 'rangeStart' | 'rangeEnd',
  problems: Problem[],
): IpAddress | undefined {
  const text = range[prop];
  if (!text) return undefined;
  const address = IpAddress.tryParse(text);
  if (address) return address;
  problems.push(
    key === '' ? ignoredEnd(prop, text, 'it is no address') : addressProblem(prop, text),
  );
  return undefined;
}

/** `192.168.1.100/24` begins with .1: the plugin takes the network and forgets the host. */
function checkHostBits(text: string, { first, network }: WrittenRange, usable: IpRange): Problem[] {
  if (first.equals(network.network) || first.equals(usable.first)) return [];
  return [
    {
      code: 'NL_RANGE_IGNORED',
      key: 'range',
      found: `"${text}" does not begin with ${first}: the plugin gives ${usable.first} first`,
      allowed: 'the first address of the network before the slash',
      fix: `"${network}" with the start ${first}?`,
    },
  ];
}

function ignoredEnd(key: string, end: IpAddress | string, why: string): Problem {
  return {
    code: 'NL_RANGE_IGNORED',
    key,
    found: `"${end}" is ignored without a word: ${why}`,
    allowed: 'ends inside the network, the first one not behind the last',
    fix: 'correct it, or leave it out',
  };
}

/** The plugin takes CIDRs, host bits or not, and single addresses; ranges with a dash it refuses. */
function checkExclude(key: string, text: string, network: Cidr): Problem[] {
  const excluded = InterfaceAddress.tryParse(text)?.network;
  const single = IpAddress.tryParse(text);
  if (!excluded && !single) {
    const parts = IpRange.tryParse(text);
    return [
      {
        code: 'NL_RANGE_INVALID',
        key,
        found: `${JSON.stringify(text)} is nothing that whereabouts can exclude, and no pod gets an address`,
        allowed: 'a CIDR or one address',
        fix: parts ? 'write it as several CIDRs' : 'write it as 10.20.0.128/28 or 10.20.0.1',
      },
    ];
  }
  const isInside = excluded ? network.overlaps(excluded) : network.contains(single as IpAddress);
  if (isInside) return [];
  return [
    {
      code: 'NL_RANGE_IGNORED',
      key,
      found: `"${text}" is not in ${network}, and excludes nothing`,
      allowed: 'parts of the range',
      fix: 'correct it, or leave it out',
    },
  ];
}
