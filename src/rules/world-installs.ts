import { compareReleases, ipamType } from '../cni';
import type { Problem } from '../errors';
import type { PlatformFacts } from '../kubernetes';
import { findingsOf, type InstalledPart, type WorldRule } from './world';

/** The last release whose reconciler is known to take reservations of named networks for orphans. */
const LAST_WITH_FAULT = '0.9.4';

/**
 * Named networks of whereabouts whose reservations the reconciler deletes: it turns the name of a
 * reservation back into an address, and what begins with a network's name is none (pkg/reconciler).
 */
export const checkNamedReservations: WorldRule = ({ networks, installs = [], targetVersions }) => {
  const reconciler = installs.find((one) => hasFault(one, targetVersions?.whereabouts));
  if (!reconciler) return [];
  return networks.flatMap((network) => {
    const { ipam } = network;
    if (ipam.kind !== 'whereabouts') return [];
    const { networkName, enableOverlappingRanges = true } = ipam.settings;
    if (!networkName || !enableOverlappingRanges) return [];
    return findingsOf(network, [
      {
        code: 'NL_NETWORK_NAME',
        key: 'ipam.networkName',
        found: `the reconciler of whereabouts does not understand the reservations of a named network such as "${networkName}", and deletes those of pods that run`,
        allowed: 'ranges of one name that do not overlap, each address in one CIDR only',
        fix: 'set enableOverlappingRanges: false, since only overlapping CIDRs need the reservations',
      },
    ]);
  });
};

function hasFault({ part, reconciles, release }: InstalledPart, target?: string): boolean {
  if (part !== 'whereabouts' || !reconciles) return false;
  const known = release ?? target;
  return known === undefined || compareReleases(known, LAST_WITH_FAULT) <= 0;
}

/**
 * Networks whose leases nobody gets: no daemon is among the objects, and the platform has none by
 * itself. It may come from elsewhere, so this is no error; nothing is said where neither a platform
 * nor Multus is known of.
 */
export const checkDhcpDaemons: WorldRule = ({ networks, installs = [], platform }) => {
  if (installs.some(({ part }) => part === 'dhcp-daemon')) return [];
  const origin = platform?.parts['dhcp-daemon'];
  // On OpenShift a shim in the operator's list starts it, which comes with the network.
  if (origin === 'built-in' || platform?.name === 'openshift') return [];
  if (!platform && !installs.some(({ part }) => part === 'multus')) return [];
  return networks
    .filter(({ ipam }) => ipamType(ipam) === 'dhcp')
    .flatMap((network) => findingsOf(network, [noDaemon(platform)]));
};

/**
 * Networks whose addresses nobody gives: the program installs Multus, and not whereabouts. It may come
 * from elsewhere, so this is no error; nothing is said where Multus is not known to be installed here.
 */
export const checkWhereaboutsInstalled: WorldRule = ({ networks, installs = [], platform }) => {
  const has = (wanted: InstalledPart['part']): boolean =>
    installs.some(({ part }) => part === wanted);
  // On OpenShift it is among the plugins, and a shim in the operator's list starts the reconciler.
  if (!has('multus') || has('whereabouts') || platform?.name === 'openshift') return [];
  return networks
    .filter(({ ipam }) => ipamType(ipam) === 'whereabouts')
    .flatMap((network) => findingsOf(network, [NO_WHEREABOUTS]));
};

const NO_WHEREABOUTS: Problem = {
  code: 'NL_PLATFORM_MISSING',
  key: 'ipam',
  found:
    '"whereabouts" is a plugin of its own, which does not come with Multus, and pods wait without it',
  allowed: 'whereabouts where it is installed',
  fix: "add new WhereaboutsInstall(chart, 'whereabouts'); where something else brings it, silence this",
};

function noDaemon(platform: PlatformFacts | undefined): Problem {
  const brings = platform ? `, which ${platform.name} does not bring by itself` : '';
  return {
    code: 'NL_PLATFORM_MISSING',
    key: 'ipam',
    found: `"dhcp" needs a daemon on each node${brings}, and pods wait without it`,
    allowed:
      'dhcp where its daemon runs: DhcpDaemon, or MultusInstall, which makes one where needed',
    fix: "add new DhcpDaemon(chart, 'dhcp-daemon'); where something else brings it, silence this",
  };
}
