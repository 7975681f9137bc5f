import { excludedSet, type WhereaboutsSettings } from '../cni';
import type { Problem } from '../errors';
import { addressProblem, IpAddress, IpRangeSet } from '../ipam';
import { ignored } from './unknown-keys';
import type { CheckedRanges, PlacedRange } from './whereabouts-ranges';

/** Checks upstream's single gateway, which is put on every address and kept from no pod. */
export function checkWhereaboutsGateways(
  settings: WhereaboutsSettings,
  { placed, isWhole }: CheckedRanges,
): Problem[] {
  const text = settings.gateway;
  if (!text) return [];
  const gateway = IpAddress.tryParse(text);
  if (!gateway) return [addressProblem('gateway', text)];
  if (!isWhole || placed.length === 0) return [];
  const mine = placed.filter(({ network }) => network.contains(gateway));
  return [
    ...(mine.length > 0 ? [] : [outside(text, placed)]),
    ...mine.filter((one) => isGiven(one, gateway)).map((one) => given(text, one)),
    ...checkFamilies(gateway, placed),
  ];
}

function outside(text: string, placed: readonly PlacedRange[]): Problem {
  const networks = placed.map(({ network }) => network);
  return {
    code: 'NL_GATEWAY_OUTSIDE_SUBNET',
    key: 'gateway',
    found: `"${text}" is not in ${networks.join(' or ')}`,
    allowed: 'an address of the subnet',
    fix: 'correct the gateway or the range',
  };
}

/** True when the plugin gives an address to a pod. */
export function isGiven({ range, span }: PlacedRange, address: IpAddress): boolean {
  // netloom excludes a range's own gateway.
  if (range.gateway !== undefined && IpAddress.tryParse(range.gateway)?.equals(address))
    return false;
  return IpRangeSet.of([span]).subtract(excludedSet(range.exclude)).contains(address);
}

function given(text: string, one: PlacedRange): Problem {
  return {
    code: 'NL_GATEWAY_GIVEN',
    key: 'gateway',
    found: `"${text}" lies in ${one.span}, which whereabouts gives to pods: it keeps no gateway back`,
    allowed: 'a gateway that is excluded, or outside of what is given',
    fix: `exclude: ['${text}']?`,
  };
}

/** The other family has no gateway, whatever is written on its addresses. */
function checkFamilies(gateway: IpAddress, placed: readonly PlacedRange[]): Problem[] {
  const other = placed.find(({ network }) => network.family !== gateway.family);
  if (!other) return [];
  const { family } = other.network;
  return [
    ignored(
      'gateway',
      `${gateway} is put on the IPv${family} addresses too, and does nothing there: IPv${family} routes without gw lead nowhere`,
      `give each IPv${family} route a gw, or write the gateways into ranges (netloom)`,
    ),
  ];
}
