import type { Problem } from '../errors';

/** What words of the plugins mean: the parts of the pattern, the network that they were about, and its master. */
type Meaning = (
  parts: readonly (string | undefined)[],
  network: string | undefined,
  master: string | undefined,
) => Problem;

const NETWORKS_KEY = 'metadata.annotations["k8s.v1.cni.cncf.io/networks"]';

/** Host interfaces by the names of the networks that are made on them. */
export type Masters = ReadonlyMap<string, string>;

/** The first that fits counts. */
const MEANINGS: readonly (readonly [RegExp, Meaning])[] = [
  [
    // MicroShift's own document prints the word without its last letter.
    /cannot find (?:a )?network-attachment-definition? \(([^)\s]+)\) in namespace \(([^)\s]+)\)/i,
    ([name, namespace]) => ({
      code: 'NL_NETWORK_NOT_FOUND',
      key: NETWORKS_KEY,
      found: `the pod asks for network "${namespace}/${name}", and there is no such NetworkAttachmentDefinition`,
      allowed: 'networks that exist in the cluster, in the namespace that the annotation names',
      fix: `apply the network first, or correct the name (kubectl get network-attachment-definitions -n ${namespace})`,
    }),
  ],
  [
    // macvlan, ipvlan and vlan; host-device.
    /failed to lookup master \\*"([^"\\]+)\\*"|failed to find host device ?"?([^":]*)/i,
    ([master, device], network) => missingLink(master ?? device ?? '', network),
  ],
  [
    // macvlan and vlan say no more than this.
    /(?:to network \\*"[^"\\]+\\*"|\(add\)): Link not found/,
    (_parts, network, master) => missingLink(master ?? '', network),
  ],
  [
    // host-local.
    /no IP addresses available in range set: ([^\s",\\]+)/,
    ([range], network) => fullPool(`addresses ${range}`, network),
  ],
  [
    // whereabouts.
    /Could not allocate IP in range: ip: (\S+) \/ -? ?(\S*) ?\/ range: ([^\s/]+\/\d+)/,
    ([, , range], network) => fullPool(`range ${range}`, network),
  ],
  [
    /requested IP address ([^\s\\"]+) is not available in range set ([^\s\\"]+)/,
    ([address, range], network) => ({
      code: 'NL_ADDRESS_NOT_FREE',
      key: 'ips',
      found: `"${address}"${ofNetwork(network)} is held by another pod, or is not in ${range}`,
      allowed: 'a free address that the IPAM gives',
      fix: 'ask for another address, or delete the pod that holds it',
    }),
  ],
  [
    /IPAM plugin returned missing IP config/i,
    (_parts, network) => ({
      code: 'NL_ATTACHMENT_IPS',
      key: 'ips',
      found: `the pod brings no address${ofNetwork(network)}, and its IPAM gives none`,
      allowed: 'ips with prefix lengths, where the IPAM is static',
      fix: "ips: ['192.168.122.188/24']",
    }),
  ],
  [
    /\\*"([^"\\]+)\\*" already has an IP address different from ([^\s\\"]+)/,
    ([bridge, gateway], network) => ({
      code: 'NL_GATEWAY_ORDER',
      key: 'addresses',
      found: `bridge "${bridge}" of the node has an address in front of ${gateway}, the gateway${ofNetwork(network)}, and the bridge plugin refuses every pod`,
      allowed: `${gateway} as the bridge's first address of its family`,
      fix: `put '${gateway}' first in the addresses of the HostBridge, or set isGateway: false`,
    }),
  ],
  [
    /error dialing DHCP daemon|dhcp\.sock: connect/,
    (_parts, network) => ({
      code: 'NL_NODE_DHCP',
      key: 'ipam',
      found: `the DHCP daemon does not listen on the pod's node${network === undefined ? '' : `, and network "${network}" asks it for addresses`}`,
      allowed: 'a daemon at /run/cni/dhcp.sock',
      fix: 'install the DHCP daemon (DhcpDaemon), or look at the logs of its pod',
    }),
  ],
  [
    /failed to find plugin \\*"([^"\\]+)\\*" in path \[([^\]]*)\]/,
    ([type, path], network) => ({
      code: 'NL_NODE_PLUGIN_MISSING',
      key: type as string,
      found: `the CNI plugin "${type}" is not on the pod's node${network === undefined ? '' : `, and network "${network}" asks for it`}`,
      allowed: `a plugin in ${path}`,
      fix: 'install the CNI plugins (github.com/containernetworking/plugins), or the one that it belongs to',
    }),
  ],
];

/**
 * What the words of Multus, the plugins or the kubelet mean for a pod that does not start, in our
 * own terms; empty for a text that is none of ours.
 *
 * @param message of an event (`NoNetworkFound`, `FailedCreatePodSandBox`) or of a plugin
 * @param masters of the networks, where they are known: not every plugin names what it did not find
 */
export function diagnose(message: string, masters: Masters = new Map()): Problem[] {
  const network = /error adding container to network \\*"([^"\\]+)\\*"/.exec(message)?.[1];
  for (const [pattern, meaning] of MEANINGS) {
    const match = pattern.exec(message);
    if (match) return [meaning(match.slice(1), network, masters.get(network ?? ''))];
  }
  return [];
}

function missingLink(name: string, network: string | undefined): Problem {
  const which = name === '' ? 'the host interface' : `"${name}"`;
  const user = network === undefined ? '' : `, and network "${network}" is made on it`;
  return {
    code: 'NL_NODE_LINK',
    key: 'master',
    found: `${which} is not there on the pod's node${user}`,
    allowed: 'an interface that every node of the pod has',
    fix: 'correct it (ip -br link on the node shows the names), or use masterByNodeGroup where nodes differ',
  };
}

function fullPool(what: string, network: string | undefined): Problem {
  return {
    code: 'NL_POOL_FULL',
    key: 'ipam',
    found: `no address of ${what} is free${network === undefined ? '' : ` in network "${network}"`}`,
    allowed: 'a range with a free address for each pod',
    fix: 'widen the range, or delete pods that need no address of it',
  };
}

function ofNetwork(network: string | undefined): string {
  return network === undefined ? '' : ` of network "${network}"`;
}
