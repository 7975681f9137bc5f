import { ipamType, isMembers, type LinkKind, linkType } from '../cni';
import type { Problem } from '../errors';
import type { NetworkDefinition, PlatformFacts } from '../kubernetes';
import { missingKey } from './keys';
import type { NetworkOptions } from './options';
import { nodesOf } from './workloads';

/** What an interface plugin and an IPAM can't do together, or not as it looks. */
export function checkLinkWithIpam(
  network: NetworkDefinition,
  platform: PlatformFacts | undefined,
  options: NetworkOptions,
): Problem[] {
  if (network.ipam.kind === 'none') return checkRequired(network);
  if (network.link.kind === 'ptp') return checkPtp(network);
  const type = ipamType(network.ipam);
  if (type === 'dhcp') return checkDhcpLink(network);
  return type === 'host-local' ? checkNodes(network, platform, options) : [];
}

/** Interface plugins that refuse to run without an IPAM. */
const NEEDS_IPAM: readonly string[] = ['ipvlan', 'vlan', 'ptp', 'dummy'];

function checkRequired({ link }: NetworkDefinition): Problem[] {
  if (!NEEDS_IPAM.includes(link.kind)) return [];
  return [
    {
      code: 'NL_IPAM_REQUIRED',
      key: 'ipam',
      found: `${link.kind} has no IPAM`,
      allowed: 'an IPAM: the plugin refuses to run without one',
      fix: 'set Ipam.hostLocal or Ipam.static',
    },
  ];
}

function checkDhcpLink({ link }: NetworkDefinition): Problem[] {
  switch (link.kind) {
    case 'ipvlan':
      return [
        {
          code: 'NL_IPVLAN_DHCP',
          key: 'ipam',
          found:
            'ipvlan is combined with dhcp, and all its interfaces share one MAC address, which a DHCP server tells clients apart by',
          allowed: 'host-local or static for ipvlan',
          fix: 'use MacvlanNetwork for DHCP, or another IPAM',
        },
      ];
    case 'bridge':
      return [noServer(link.settings.bridge ?? 'cni0')];
    case 'dummy':
      return [noDhcp('a dummy interface leads nowhere, so that no server can answer')];
    default:
      return [];
  }
}

function noDhcp(found: string): Problem {
  return {
    code: 'NL_VALUES_CONFLICT',
    key: 'ipam',
    found,
    allowed: 'host-local, static or whereabouts',
    fix: 'use host-local, or another link',
  };
}

function noServer(bridge: string): Problem {
  return {
    code: 'NL_DHCP_SERVER',
    key: 'ipam',
    found: `addresses are leased over the bridge "${bridge}", and nothing here puts a DHCP server on it`,
    allowed: 'a server that is reached over the bridge: on one of its ports, or on the node',
    fix: 'give the bridge a port to the LAN of the server, or run one on it; let DHCP through the firewall of the node (firewalld: service dhcp)',
  };
}

/** Everything goes through the gateway, whose address the node's end gets. */
function checkPtp({ ipam }: NetworkDefinition): Problem[] {
  if (ipamType(ipam) === 'dhcp') {
    return [
      noDhcp('ptp asks for the address before the interface is there, over which dhcp would ask'),
    ];
  }
  if (ipam.kind === 'whereabouts' && !ipam.settings.gateway) {
    return [missingKey('ipam.gateway', 'gateway', 'ptp')];
  }
  if (ipam.kind !== 'static') return [];
  const { addresses } = ipam.settings;
  // What is no list of addresses is told of by its type.
  if (!Array.isArray(addresses)) return [];
  return addresses.flatMap((address: unknown, index) =>
    !isMembers(address) || address['gateway']
      ? []
      : [missingKey(`ipam.addresses[${index}].gateway`, 'gateway', 'ptp')],
  );
}

/** Links that lead out of the node, where the addresses of another node's pods are. */
const LEAVES_NODE: readonly (LinkKind | 'raw')[] = [
  'macvlan',
  'ipvlan',
  'vlan',
  'sriov',
  'host-device',
];

/** Each node has files of its own, and gives the same addresses. */
function checkNodes(
  { link }: NetworkDefinition,
  platform: PlatformFacts | undefined,
  { nodes }: NetworkOptions,
): Problem[] {
  if (!LEAVES_NODE.includes(link.kind) || nodesOf({ nodes, platform }) === 1) return [];
  return [
    {
      code: 'NL_HOST_LOCAL_NODES',
      key: 'ipam',
      found: `host-local keeps its files on each node, so that two nodes give the same address on ${linkType(link)}`,
      allowed: 'host-local with one node, or on a bridge that stays inside the node',
      fix: 'use whereabouts, or a network with other ranges for each node',
    },
  ];
}
