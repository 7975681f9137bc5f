import {
  CHAIN_CAPABILITIES,
  CHAIN_SPECS,
  type ChainConfig,
  chainSpec,
  chainType,
  type KnownChain,
  linkSpec,
  linkType,
} from '../cni';
import { type Problem, within } from '../errors';
import type { NetworkDefinition } from '../kubernetes';
import { checkBandwidth } from './bandwidth';
import { checkFirewall } from './firewall';
import { chainHomes } from './key-homes';
import { checkKeys, hasWrongTypes, missingKey } from './keys';
import { checkIfname } from './names';
import type { NetworkOptions } from './options';
import { checkPortmap } from './portmap';
import { checkRawPlugin } from './raw-plugins';
import { checkTuning } from './tuning';

/** Everything wrong with the chained plugins of a network, and with their order. */
export function checkChain(network: NetworkDefinition, options: NetworkOptions): Problem[] {
  const { link, chain = [] } = network;
  return [
    ...(chainSpec(linkType(link)) ? [chainedFirst(linkType(link))] : []),
    ...chain.flatMap((one, index) => within(`chain[${index}]`, checkOne(one, network, options))),
    ...checkVrfOnce(chain),
  ];
}

function chainedFirst(type: string): Problem {
  return {
    code: 'NL_CHAIN_ORDER',
    key: 'type',
    found: `"${type}" stands first, and changes what an earlier plugin made`,
    allowed: 'an interface plugin such as bridge or macvlan in front of it',
    fix: `write a list: the interface plugin, and ${type} behind it`,
  };
}

function checkOne(
  one: ChainConfig,
  network: NetworkDefinition,
  options: NetworkOptions,
): Problem[] {
  const order = checkOrder(chainType(one), network);
  if (one.kind === 'raw') return [...order, ...checkRawPlugin('', one.config, network, 'chain')];
  const keys = checkKeys(CHAIN_SPECS[one.kind], one.settings, {
    targetVersions: options.targetVersions,
    verbatim: network.verbatim,
    homes: () => chainHomes(network),
    position: 'chained',
  });
  if (hasWrongTypes(keys)) return keys;
  return [...keys, ...checkSettings(one, network, options), ...checkCapability(one, network)];
}

/** A second interface of the same name can't be made. An unknown plugin in front may make none. */
function checkOrder(type: string, { link }: NetworkDefinition): Problem[] {
  if (!linkSpec(type) || link.kind === 'raw') return [];
  return [
    {
      code: 'NL_CHAIN_ORDER',
      key: 'type',
      found: `"${type}" makes an interface, and ${linkType(link)} has made it already`,
      allowed: 'one interface plugin in a list, and that first',
      fix: `make a network of its own of ${type}`,
    },
  ];
}

function checkSettings(
  one: KnownChain,
  network: NetworkDefinition,
  options: NetworkOptions,
): Problem[] {
  switch (one.kind) {
    case 'tuning':
      return checkTuning(one.settings, network);
    case 'portmap':
      return checkPortmap(one.settings);
    case 'bandwidth':
      return checkBandwidth(one.settings, network);
    case 'firewall':
      return checkFirewall(one.settings, network, options);
    case 'sbr':
      return checkAddresses(network);
    case 'vrf':
      return checkVrfName(one.settings.vrfname);
  }
}

/** A missing one is told of as a missing key, and an empty one is missing to the plugin. */
function checkVrfName(name: string | undefined): Problem[] {
  if (name === undefined) return [];
  return name === '' ? [missingKey('vrfname', 'vrfname', 'vrf')] : checkIfname('vrfname', name);
}

/** Without addresses there is nothing to route by. */
function checkAddresses({ link, ipam }: NetworkDefinition): Problem[] {
  const givesOwn =
    link.kind === 'raw' || link.kind === 'kube-ovn' || link.kind === 'ovn-k8s-cni-overlay';
  if (ipam.kind !== 'none' || givesOwn) return [];
  return [
    {
      code: 'NL_IPAM_REQUIRED',
      key: '',
      found: 'sbr has no address to route by: the network has no IPAM',
      allowed: 'an IPAM: the plugin refuses to run without an address',
      fix: 'set an IPAM, or leave sbr out',
    },
  ];
}

/** What pods ask for reaches a plugin only where it declares the capability. */
function checkCapability(one: KnownChain, { verbatim }: NetworkDefinition): Problem[] {
  const name = CHAIN_CAPABILITIES[one.kind];
  const { capabilities } = one.settings;
  if (name === undefined || capabilities?.[name] || (!verbatim && capabilities === undefined)) {
    return [];
  }
  // Rates that are set here need nobody to ask.
  if (one.kind === 'bandwidth' && (one.settings.ingressRate || one.settings.egressRate)) return [];
  return [
    {
      code: 'NL_CAPABILITY_MISSING',
      key: 'capabilities',
      found: `${one.kind} does not declare the capability "${name}", so that it does nothing: what pods ask for does not reach it`,
      allowed: `"capabilities": { "${name}": true }`,
      fix: 'declare it, or leave the plugin out',
    },
  ];
}

/** An interface has one master. */
function checkVrfOnce(chain: readonly ChainConfig[]): Problem[] {
  const first = chain.findIndex(({ kind }) => kind === 'vrf');
  return chain.flatMap(({ kind }, index): Problem[] => {
    if (kind !== 'vrf' || index === first) return [];
    return [
      {
        code: 'NL_VALUES_CONFLICT',
        key: `chain[${index}]`,
        found: `the interface is in the VRF of chain[${first}] already`,
        allowed: 'vrf once in a list',
        fix: 'leave one of them out',
      },
    ];
  });
}
