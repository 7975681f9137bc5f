import { type BandwidthSettings, linkType } from '../cni';
import type { Problem } from '../errors';
import type { NetworkDefinition } from '../kubernetes';

/** Links of known plugins whose other end is not on the node. */
const WITHOUT_VETH: readonly string[] = [
  'macvlan',
  'ipvlan',
  'vlan',
  'host-device',
  'tap',
  'dummy',
  'sriov',
];

/** What bandwidth refuses beside its keys' own limits. */
export function checkBandwidth(
  settings: BandwidthSettings,
  { link }: NetworkDefinition,
): Problem[] {
  return [
    ...(WITHOUT_VETH.includes(link.kind) ? [withoutVeth(linkType(link))] : []),
    ...checkPair(settings, 'ingressRate', 'ingressBurst'),
    ...checkPair(settings, 'egressRate', 'egressBurst'),
    ...checkSubnets(settings),
  ];
}

function withoutVeth(type: string): Problem {
  return {
    code: 'NL_BANDWIDTH_LINK',
    key: '',
    found: `bandwidth limits the end of a veth pair on the node, and ${type} has none`,
    allowed: 'bandwidth on bridge or ptp',
    fix: 'leave bandwidth out, or use a bridge',
  };
}

type Key = 'ingressRate' | 'ingressBurst' | 'egressRate' | 'egressBurst';

/** Both or neither; 0 is not set. */
function checkPair(settings: BandwidthSettings, rate: Key, burst: Key): Problem[] {
  if (!settings[rate] === !settings[burst]) return [];
  const [set, unset] = settings[rate] ? [rate, burst] : [burst, rate];
  return [
    {
      code: 'NL_VALUES_CONFLICT',
      key: set,
      found: `${set} is set, and ${unset} is not`,
      allowed: 'rate and burst of a direction, or neither',
      fix: `set ${unset}, or leave ${set} out`,
    },
  ];
}

function checkSubnets({ shapedSubnets, unshapedSubnets }: BandwidthSettings): Problem[] {
  if (!shapedSubnets?.length || !unshapedSubnets?.length) return [];
  return [
    {
      code: 'NL_VALUES_CONFLICT',
      key: 'unshapedSubnets',
      found: 'shapedSubnets and unshapedSubnets are both set',
      allowed: 'one of them',
      fix: 'leave one of them out',
    },
  ];
}
