import {
  type CniRoute,
  HOST_LOCAL_OWN,
  IPAM_SPECS,
  isMembers,
  type KnownIpam,
  WHEREABOUTS_OWN,
} from '../cni';
import { type Problem, within } from '../errors';
import { memberOf, type NetworkDefinition } from '../kubernetes';
import { checkDhcp } from './dhcp';
import { checkDns } from './dns';
import { withoutEmptyAddresses } from './empty-addresses';
import { checkHostLocal } from './host-local';
import { ipamHomes } from './key-homes';
import { checkKeys, hasWrongTypes, wrongType } from './keys';
import type { NetworkOptions } from './options';
import { checkKubeOvnIpam } from './providers';
import { checkRawPlugin } from './raw-plugins';
import { checkRouteKeys, checkRoutes } from './routes';
import { checkStatic } from './static';
import { ignored } from './unknown-keys';
import { checkWhereabouts } from './whereabouts';

/** Everything wrong with the IPAM of a network. */
export function checkIpam(network: NetworkDefinition, options: NetworkOptions): Problem[] {
  const { ipam } = network;
  if (ipam.kind === 'none') return checkNoIpam(network);
  if (ipam.kind === 'raw') return checkRawPlugin('ipam', ipam.config, network, 'ipam');
  return within('ipam', checkKnown(ipam, network, options));
}

function checkKnown(
  ipam: KnownIpam,
  network: NetworkDefinition,
  { targetVersions }: NetworkOptions,
): Problem[] {
  const { verbatim } = network;
  const problems = checkKeys(IPAM_SPECS[ipam.kind], ipam.settings, {
    targetVersions,
    verbatim,
    homes: () => ipamHomes(network),
  });
  const own = OWN_SPECS[ipam.kind];
  if (own && !verbatim)
    problems.push(...checkKeys(own, withoutExtra(ipam.settings), { targetVersions }));
  return hasWrongTypes(problems) ? problems : [...problems, ...checkSettings(ipam, network)];
}

/** What netloom has besides. */
const OWN_SPECS = {
  'host-local': HOST_LOCAL_OWN,
  whereabouts: WHEREABOUTS_OWN,
  static: undefined,
  dhcp: undefined,
  'kube-ovn': undefined,
} as const;

function withoutExtra({ extra, ...settings }: { readonly extra?: unknown }): object {
  return settings;
}

function checkSettings(written: KnownIpam, network: NetworkDefinition): Problem[] {
  const ipam = network.verbatim ? withoutEmptyAddresses(written) : written;
  switch (ipam.kind) {
    case 'host-local': {
      const problems = checkHostLocal(ipam.settings);
      return [
        ...(network.verbatim ? inWireWords(problems) : problems),
        ...checkRouteKeys('routes', ipam.settings.routes ?? []),
      ];
    }
    case 'static':
      return [
        ...checkStatic(ipam.settings),
        ...checkRouteKeys('routes', ipam.settings.routes ?? []),
        ...checkDns('dns', ipam.settings.dns),
      ];
    case 'dhcp':
      return checkDhcp(ipam.settings);
    case 'whereabouts':
      return [
        ...checkWhereabouts(ipam.settings),
        ...checkRouteKeys('routes', ipam.settings.routes ?? []),
        ...checkDns('dns', ipam.settings.dns),
      ];
    case 'kube-ovn':
      return [
        ...checkKubeOvnIpam(ipam.settings, network),
        ...checkRoutes('routes', ipam.settings.routes as readonly CniRoute[] | undefined),
      ];
  }
}

/** Messages name other ranges by their key: in what was read they are `ranges`. */
function inWireWords(problems: readonly Problem[]): Problem[] {
  return problems.map((problem) => ({
    ...problem,
    found: problem.found.replaceAll('rangeSets[', 'ranges['),
  }));
}

/** What stands where an IPAM should, and is none: a plugin without `type` runs no IPAM at all. */
function checkNoIpam({ link }: NetworkDefinition): Problem[] {
  const around = link.kind === 'raw' ? link.config : link.settings.extra;
  const ipam = isMembers(around) ? memberOf(around, 'ipam') : undefined;
  if (ipam === undefined || ipam === null) return [];
  if (!isMembers(ipam)) return [wrongType('ipam', { kind: 'map', of: { kind: 'any' } }, ipam)];
  const type = memberOf(ipam, 'type') ?? '';
  if (typeof type !== 'string') return [wrongType('ipam.type', { kind: 'text' }, type)];
  if (type !== '' || Object.keys(ipam).length === 0) return [];
  return [
    ignored(
      'ipam',
      'the IPAM names no type, so that none runs, and pods get no address',
      'set its type, such as host-local',
    ),
  ];
}
