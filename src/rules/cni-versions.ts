import {
  type ChainKind,
  CNI_VERSIONS,
  compareReleases,
  DEFAULT_CNI_VERSION,
  type LinkKind,
  MISSING_CNI_VERSION,
  type StaticAddress,
} from '../cni';
import type { Problem } from '../errors';
import type { IpFamily } from '../ipam';
import type { NetworkDefinition } from '../kubernetes';
import { checkWord } from './names';
import type { NetworkOptions } from './options';
import { checkSpecRelease } from './releases';

/** Checks the versions of the CNI specification that a network is written in. */
export function checkCniVersions(network: NetworkDefinition, options: NetworkOptions): Problem[] {
  const { cniVersion, list, verbatim } = network;
  const { targetVersions } = options;
  const versions = Array.isArray(list?.cniVersions) ? (list.cniVersions as string[]) : [];
  const located = [
    ...(cniVersion === undefined || (verbatim && cniVersion === '')
      ? []
      : [{ key: 'cniVersion', version: cniVersion }]),
    ...versions.map((version, index) => ({ key: `list.cniVersions[${index}]`, version })),
  ];
  return located.flatMap(({ key, version }) => {
    const unknown = checkWord(key, version, CNI_VERSIONS);
    return unknown.length > 0 ? unknown : checkSpecRelease(key, version, targetVersions);
  });
}

/** The version that plugins are called with: the newest of those that are written. */
export function effectiveCniVersion({ cniVersion, list, verbatim }: NetworkDefinition): string {
  const own = cniVersion || (verbatim ? MISSING_CNI_VERSION : DEFAULT_CNI_VERSION);
  const more = Array.isArray(list?.cniVersions) ? (list.cniVersions as string[]) : [];
  return more
    .filter((version) => (CNI_VERSIONS as readonly string[]).includes(version))
    .reduce((newest, one) => (compareReleases(one, newest) > 0 ? one : newest), own);
}

/** What older versions of the specification can't say. */
export function checkVersionUse(network: NetworkDefinition): Problem[] {
  const { cniVersion, verbatim } = network;
  // Most networks.
  if (cniVersion === DEFAULT_CNI_VERSION || (!verbatim && cniVersion === undefined)) return [];
  const version = effectiveCniVersion(network);
  if (compareReleases(version, NEWEST_NEED) >= 0) return [];
  return [
    ...checkChainVersions(network, version),
    ...(compareReleases(version, RESULT_OF_INTERFACES) < 0 ? checkOldResult(network, version) : []),
  ];
}

/** The first version that results with interfaces, and any number of addresses, came with. */
const RESULT_OF_INTERFACES = '0.3.0';

/** Versions that chained plugins need. */
const CHAIN_NEEDS: Readonly<Partial<Record<ChainKind | 'raw', string>>> = {
  bandwidth: '0.3.0',
  vrf: '0.3.1',
  firewall: '0.4.0',
};
const NEWEST_NEED = '0.4.0';

function checkChainVersions(
  { cniVersion, chain = [] }: NetworkDefinition,
  version: string,
): Problem[] {
  return chain.flatMap(({ kind }) => {
    const least = CHAIN_NEEDS[kind];
    if (least === undefined || compareReleases(version, least) >= 0) return [];
    return [tooOld(cniVersion, version, `${kind} refuses it`, least)];
  });
}

/** Plugins whose result may be an interface without addresses. */
const LAYER_2: readonly (LinkKind | 'raw')[] = ['bridge', 'macvlan', 'tap', 'host-device', 'sriov'];

function checkOldResult(network: NetworkDefinition, version: string): Problem[] {
  const { link, ipam, cniVersion } = network;
  if (ipam.kind === 'none' && LAYER_2.includes(link.kind)) {
    const why = 'it has no result without an address, and the network has no IPAM';
    return [tooOld(cniVersion, version, why, RESULT_OF_INTERFACES)];
  }
  if (ipam.kind !== 'static' && ipam.kind !== 'whereabouts') return [];
  const family = twiceIn(ipam.settings.addresses ?? []);
  return family === undefined ? [] : checkOneOfFamily(network, family, true);
}

function twiceIn(addresses: readonly StaticAddress[]): IpFamily | undefined {
  const families = addresses.map(({ address }): IpFamily => (address.includes(':') ? 6 : 4));
  return families.find((family, index) => families.indexOf(family) !== index);
}

/** Two addresses of one family need a version that can say so. */
export function checkOneOfFamily(
  network: NetworkDefinition,
  family: IpFamily,
  isOld = compareReleases(effectiveCniVersion(network), RESULT_OF_INTERFACES) < 0,
): Problem[] {
  if (!isOld) return [];
  const version = effectiveCniVersion(network);
  const why = `it has one IPv${family} address for a pod, and the network gives two`;
  return [tooOld(network.cniVersion, version, why, RESULT_OF_INTERFACES)];
}

function tooOld(written: string | undefined, version: string, why: string, least: string): Problem {
  return {
    code: 'NL_VALUES_CONFLICT',
    key: 'cniVersion',
    found: `${written ? `the version is ${version}` : `the version is missing, which is ${version}`}: ${why}`,
    allowed: `${least} or newer`,
    fix: `${DEFAULT_CNI_VERSION}?`,
  };
}
