import { type KnownLink, LINK_SPECS, type LinkKind, linkType } from '../cni';
import type { Problem } from '../errors';
import type { NetworkDefinition } from '../kubernetes';
import { checkBridge } from './bridge';
import { checkDns } from './dns';
import { checkHostDevice } from './host-device';
import { linkHomes } from './key-homes';
import { checkKeys, hasWrongTypes, missingKey } from './keys';
import { checkMac } from './macs';
import { checkIfname } from './names';
import type { NetworkOptions } from './options';
import { checkOvnK8s } from './ovn-k8s';
import { checkKubeOvn } from './providers';
import { checkRawPlugin } from './raw-plugins';
import { checkPluginRelease } from './releases';
import { checkSriov } from './sriov';
import { checkTap } from './tap';

/** The setting that names an interface, of the host or of the pod. */
const IFNAMES: Readonly<Partial<Record<LinkKind, string>>> = {
  bridge: 'bridge',
  macvlan: 'master',
  ipvlan: 'master',
  vlan: 'master',
  'host-device': 'device',
  tap: 'bridge',
};

/** Everything wrong with the interface plugin of a network. */
export function checkLink(network: NetworkDefinition, options: NetworkOptions): Problem[] {
  const { link } = network;
  const problems = checkPluginRelease('type', linkType(link), options.targetVersions);
  if (link.kind === 'raw')
    return [...problems, ...checkRawPlugin('', link.config, network, 'link')];
  problems.push(...checkNamedInterface(link, network.verbatim === true));
  const keys = checkKeys(LINK_SPECS[link.kind], link.settings, {
    targetVersions: options.targetVersions,
    verbatim: network.verbatim,
    homes: () => linkHomes(network),
    position: isListed(network) ? 'first' : 'alone',
  });
  problems.push(...keys);
  if (hasWrongTypes(keys)) return problems;
  problems.push(...checkSettings(link, network, options), ...checkDns('dns', link.settings.dns));
  return problems;
}

function isListed({ list, chain }: NetworkDefinition): boolean {
  return list !== undefined || (chain?.length ?? 0) > 0;
}

/** An empty name is none to all plugins but bridge, which takes it for the name. */
function checkNamedInterface({ kind, settings }: KnownLink, verbatim: boolean): Problem[] {
  const key = IFNAMES[kind];
  const name = key && (settings as Readonly<Record<string, unknown>>)[key];
  if (key === undefined || typeof name !== 'string') return [];
  return name === '' && verbatim && kind !== 'bridge' ? [] : checkIfname(key, name);
}

/** What one plugin refuses or ignores by itself. */
function checkSettings(
  link: KnownLink,
  network: NetworkDefinition,
  options: NetworkOptions,
): Problem[] {
  switch (link.kind) {
    case 'bridge':
      return checkBridge(link.settings, network, options);
    case 'tap':
      return checkTap(link.settings);
    case 'macvlan':
      return link.settings.mac ? checkMac('mac', link.settings.mac) : [];
    case 'vlan':
      return link.settings.master === '' && network.verbatim
        ? [missingKey('master', 'master', 'vlan')]
        : [];
    case 'host-device':
      return checkHostDevice(link.settings, network);
    case 'sriov':
      return checkSriov(link.settings, network);
    case 'kube-ovn':
      return checkKubeOvn(link.settings, network);
    case 'ovn-k8s-cni-overlay':
      return checkOvnK8s(link.settings, network);
    default:
      return [];
  }
}
