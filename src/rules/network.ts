import { LIST } from '../cni';
import { errorsOf, type Problem, within } from '../errors';
import {
  CLAIMED_SUFFIX,
  claimedName,
  hasTwin,
  type NetworkDefinition,
  type PlatformFacts,
} from '../kubernetes';
import { checkChain } from './chains';
import { checkCniVersions, checkOneOfFamily, checkVersionUse } from './cni-versions';
import { checkGateways } from './gateways';
import { hostLocalFamilies } from './host-local';
import { checkIpam } from './ipams';
import { listHomes } from './key-homes';
import { checkKeys, hasWrongTypes } from './keys';
import { checkLinkWithIpam } from './link-ipam';
import { checkLink } from './links';
import { checkMtus } from './mtus';
import { checkConfigName, checkNamespace, checkObjectName } from './names';
import type { NetworkOptions } from './options';
import { isPlainLink, isPlainNetwork } from './plain-network';
import { checkPlatform } from './platform-plugins';

/** The networks of a program by `namespace/name` of the objects that they make. */
export type NetworksByObject = Map<string, NetworkDefinition>;

/**
 * Puts a network beside the others, and tells of two objects with one name: the later would
 * overwrite the earlier in the cluster, without a word. Networks without a namespace may be meant
 * for different ones.
 */
export function checkNetworkOnce(network: NetworkDefinition, others: NetworksByObject): Problem[] {
  if (network.namespace === undefined) return [];
  const problems = checkObjectOnce(network.name, network, others);
  if (hasTwin(network))
    problems.push(...checkObjectOnce(claimedName(network.name), network, others));
  return problems;
}

function checkObjectOnce(
  name: string,
  network: NetworkDefinition,
  others: NetworksByObject,
): Problem[] {
  const object = `${network.namespace}/${name}`;
  const other = others.get(object);
  if (!other) {
    others.set(object, network);
    return [];
  }
  // Two claimable networks of one name have two twins of one name: that is one problem.
  if (name !== network.name && other.name === network.name) return [];
  const isTwin = name !== network.name || name !== other.name;
  return [
    {
      code: 'NL_NAME_TWICE',
      key: 'name',
      found: `"${object}" is made twice${isTwin ? ` (network "${name === network.name ? other.name : network.name}" makes it for its claims)` : ''}`,
      allowed: 'each network once in a namespace',
      fix: 'give one of them another name',
    },
  ];
}

/**
 * Everything wrong with one network by itself. Keys are those of its construct's props.
 *
 * @param platform what it is put on; by default nothing is known of it
 */
export function checkNetwork(
  network: NetworkDefinition,
  platform?: PlatformFacts,
  options: NetworkOptions = {},
): Problem[] {
  if (options.targetVersions || !isPlainNetwork(network)) {
    return checkNetworkFully(network, platform, options);
  }
  const link = isPlainLink(network) ? [] : checkLink(network, options);
  const together = hasWrongTypes(link) ? [] : checkLinkWithIpam(network, platform, options);
  return [...link, ...together, ...checkPlatform(network, platform)];
}

/** The same without the short way for what is plainly right. */
export function checkNetworkFully(
  network: NetworkDefinition,
  platform: PlatformFacts | undefined,
  options: NetworkOptions,
): Problem[] {
  const wrong = [...checkNames(network), ...checkCniVersions(network, options)];
  return [...wrong, ...checkPlugins(withTexts(network), platform, options)];
}

/** A program in plain JavaScript may give anything for a text; that is told of already. */
function withTexts(network: NetworkDefinition): NetworkDefinition {
  const { name, namespace, cniVersion, configName } = network;
  const texts = [namespace, cniVersion, configName].map(textOf);
  if (typeof name === 'string' && !texts.includes(null)) return network;
  const [own, version, config] = texts.map((text) => text ?? undefined);
  return {
    ...network,
    name: textOf(name) ?? '',
    namespace: own,
    cniVersion: version,
    configName: config,
  };
}

/** null for what is no text. */
function textOf(value: unknown): string | undefined | null {
  return value === undefined || typeof value === 'string' ? value : null;
}

function checkPlugins(
  network: NetworkDefinition,
  platform: PlatformFacts | undefined,
  options: NetworkOptions,
): Problem[] {
  const link = checkLink(network, options);
  const ipam = checkIpam(network, options);
  // What stands where the IPAM should is told of already.
  const isNoIpam = network.ipam.kind === 'none' && hasErrors(ipam);
  return [
    ...checkList(network, options),
    ...link,
    ...ipam,
    ...(isNoIpam || hasWrongTypes(link) ? [] : checkLinkWithIpam(network, platform, options)),
    ...checkChain(network, options),
    ...(hasErrors(link) || hasErrors(ipam) ? [] : checkTogether(network)),
    ...checkPlatform(network, platform),
  ];
}

/** Arithmetic needs what it computes with to be right. */
function hasErrors(problems: readonly Problem[]): boolean {
  return problems.length > 0 && errorsOf(problems).length > 0;
}

/** What link and IPAM come to together, each right by itself. */
function checkTogether(network: NetworkDefinition): Problem[] {
  return [
    ...checkVersionUse(network),
    ...checkFamilies(network),
    ...checkGateways(network),
    ...checkMtus(network),
  ];
}

function checkNames(network: NetworkDefinition): Problem[] {
  const { name, namespace, configName, verbatim } = network;
  return [
    ...(hasTwin(network)
      ? checkObjectName('name', name, LABEL_LENGTH - CLAIMED_SUFFIX.length, CLAIMED_SUFFIX)
      : checkObjectName('name', name, verbatim ? SUBDOMAIN_LENGTH : LABEL_LENGTH)),
    ...(namespace === undefined ? [] : checkNamespace('namespace', namespace)),
    ...(configName === undefined ? [] : checkConfigName('configName', configName)),
  ];
}

/** netloom's own limit for what it makes, and Kubernetes' for what others made. */
const LABEL_LENGTH = 63;
const SUBDOMAIN_LENGTH = 253;

function checkList(network: NetworkDefinition, { targetVersions }: NetworkOptions): Problem[] {
  const { list, verbatim } = network;
  if (list === undefined) return [];
  const homes = () => listHomes(network);
  return within('list', checkKeys(LIST, list, { targetVersions, verbatim, homes }));
}

/** Two sets of one family are two addresses of one family for each pod. */
function checkFamilies(network: NetworkDefinition): Problem[] {
  const { ipam } = network;
  if (ipam.kind !== 'host-local') return [];
  const families = hostLocalFamilies(ipam.settings);
  const twice = families.find(
    ({ family }, index) => families.findIndex((one) => one.family === family) < index,
  );
  if (!twice) return [];
  const old = checkOneOfFamily(network, twice.family);
  if (old.length > 0) return old;
  return [
    {
      code: 'NL_FAMILY_TWICE',
      key: `ipam.${twice.key}`,
      found: `it is a second set of IPv${twice.family}: each pod gets an address of each set, two of one family`,
      allowed: 'one set of a family; its ranges together are one pool',
      fix: 'put the ranges into one set (rangeSets), or make a second network',
    },
  ];
}
