import {
  type BridgeSettings,
  type ChainConfig,
  chainType,
  type HostDeviceSettings,
  type LinkConfig,
  type OvnK8sSettings,
  type SriovSettings,
  type TapSettings,
  type VlanTrunk,
} from '../cni';
import type { Attachment } from './attachment';
import { describeIpam, listed } from './describe-ipam';
import type { NetworkDefinition } from './network';

/**
 * What a network does, in words: the link, its addresses and how many there are, routes, and what
 * the chain does to it. One text for each part, e.g. `bridge br-test`, `host-local: one of 31 IPv4
 * addresses 10.10.0.20 to 10.10.0.50 of 10.10.0.0/24 (gateway 10.10.0.254)`. What is wrong with a
 * network is no matter here: then texts tell less.
 */
export function describeNetwork(network: NetworkDefinition): string[] {
  const { link, ipam, chain = [], name, configName = name, resourceName } = network;
  const bringsAddresses = link.kind === 'kube-ovn' || link.kind === 'ovn-k8s-cni-overlay';
  return [
    describeLink(link),
    ...(ipam.kind === 'none' && bringsAddresses ? [] : describeIpam(ipam, configName)),
    ...chain.map(describeChain),
    ...(resourceName === undefined ? [] : [`a device of ${resourceName} for each pod`]),
    ...ignoredKeys(link),
  ];
}

/**
 * What an attachment asks for, in words.
 *
 * @param ifname the interface in the pod, from `interfaceNames`
 */
export function describeAttachment(attachment: Attachment, ifname: string): string {
  const { name, namespace, ips = [], mac, defaultRoute, portMappings = [], bandwidth } = attachment;
  const network = namespace === undefined ? name : `${namespace}/${name}`;
  return [
    `${ifname} on ${network}`,
    ...(ips.length === 0 ? [] : [`asks for ${listed(ips, 'and')}`]),
    ...(mac === undefined ? [] : [`MAC ${mac}`]),
    ...describeDefaultRoute(defaultRoute),
    ...portMappings.map(
      ({ hostPort, containerPort, protocol = 'tcp' }) =>
        `port ${hostPort}/${protocol} of the node leads to ${containerPort}`,
    ),
    ...(bandwidth === undefined ? [] : [describeRates(bandwidth)]),
    ...(attachment.infinibandGuid === undefined ? [] : [`GUID ${attachment.infinibandGuid}`]),
    ...(attachment.deviceID === undefined ? [] : [`device ${attachment.deviceID}`]),
    ...(attachment.ipamClaimReference === undefined
      ? []
      : [`the addresses of IPAMClaim ${attachment.ipamClaimReference}`]),
    ...(attachment.cniArgs === undefined
      ? []
      : [`arguments ${Object.keys(attachment.cniArgs).join(', ')} for the plugins`]),
  ].join('; ');
}

function describeDefaultRoute(hops: readonly string[] | undefined): string[] {
  if (hops === undefined) return [];
  if (hops.length === 0) return ["the pod's default route, by the network's own gateway"];
  return [`the pod's default route, via ${listed(hops, 'and')}`];
}

function describeLink(link: LinkConfig): string {
  switch (link.kind) {
    case 'bridge':
      return joined(`bridge ${link.settings.bridge ?? 'cni0'}`, bridgeParts(link.settings));
    case 'macvlan':
    case 'ipvlan': {
      const { mode, mtu } = link.settings;
      const master = masterOf(link.settings);
      const standard = link.kind === 'macvlan' ? 'bridge' : 'l2';
      return joined(`${link.kind} on ${master}`, [`mode ${mode ?? standard}`, mtuPart(mtu)]);
    }
    case 'vlan': {
      const { vlanId = 0, mtu } = link.settings;
      return joined(`VLAN ${vlanId} on ${masterOf(link.settings)}`, [mtuPart(mtu)]);
    }
    case 'host-device':
      return `host device ${deviceOf(link.settings)}`;
    case 'ptp': {
      const { ipMasq, mtu } = link.settings;
      return joined('veth pair to the node', [masqueradePart(ipMasq), mtuPart(mtu)]);
    }
    case 'tap':
      return joined('tap device', tapParts(link.settings));
    case 'dummy':
      return 'dummy interface, which leads nowhere';
    case 'sriov':
      return joined('SR-IOV virtual function', sriovParts(link.settings));
    case 'kube-ovn': {
      const { provider } = link.settings;
      return joined('Kube-OVN interface with an address of its subnet', [
        provider === undefined ? '' : `provider ${provider}`,
      ]);
    }
    case 'ovn-k8s-cni-overlay':
      return joined(`OVN-Kubernetes ${link.settings.topology} network`, ovnParts(link.settings));
    case 'raw':
      return `${link.config.type}, a plugin that netloom does not know`;
  }
}

function joined(first: string, parts: readonly string[]): string {
  return [first, ...parts.filter((part) => part !== '')].join(', ');
}

function masterOf({ master }: { readonly master?: string | undefined }): string {
  return master ?? "the interface of the node's default route";
}

function mtuPart(mtu: number | undefined): string {
  return mtu === undefined || mtu === 0 ? '' : `MTU ${mtu} bytes`;
}

function masqueradePart(ipMasq: boolean | undefined): string {
  return ipMasq ? 'masquerading what leaves it' : '';
}

function bridgeParts(settings: BridgeSettings): string[] {
  const { isGateway, isDefaultGateway, vlan = 0, vlanTrunk = [] } = settings;
  return [
    isDefaultGateway ? "the pods' default gateway" : isGateway ? "the pods' gateway" : '',
    masqueradePart(settings.ipMasq),
    vlan === 0 ? '' : `VLAN ${vlan}`,
    vlanTrunk.length === 0 ? '' : `tagged VLANs ${vlanTrunk.map(trunkText).join(', ')}`,
    settings.portIsolation ? 'pods kept from each other' : '',
    settings.macspoofchk ? 'foreign MACs dropped' : '',
    settings.hairpinMode ? 'hairpin' : '',
    settings.promiscMode ? 'promiscuous' : '',
    mtuPart(settings.mtu),
  ];
}

function trunkText({ id, minID, maxID }: VlanTrunk): string {
  return [id, minID === undefined ? undefined : `${minID} to ${maxID}`]
    .filter((part) => part !== undefined)
    .join(', ');
}

function deviceOf({ device, hwaddr, kernelpath, pciBusID }: HostDeviceSettings): string {
  return device ?? pciBusID ?? hwaddr ?? kernelpath ?? 'that a device plugin chooses';
}

function tapParts({ bridge, mac, multiQueue, mtu }: TapSettings): string[] {
  return [
    bridge === undefined ? '' : `on bridge ${bridge} inside the pod`,
    mac === undefined ? '' : `MAC ${mac}`,
    multiQueue ? 'one queue for each processor' : '',
    mtuPart(mtu),
  ];
}

function sriovParts(settings: SriovSettings): string[] {
  const { vlan = 0, trust, spoofchk, linkState, minTxRate, maxTxRate } = settings;
  return [
    vlan === 0 ? '' : `VLAN ${vlan}`,
    trust === undefined ? '' : `trust ${trust}`,
    spoofchk === undefined ? '' : `spoof check ${spoofchk}`,
    linkState === undefined ? '' : `link ${linkState}`,
    minTxRate ? `sends at least ${minTxRate} Mbit/s` : '',
    maxTxRate ? `sends at most ${maxTxRate} Mbit/s` : '',
  ];
}

function ovnParts(settings: OvnK8sSettings): string[] {
  const { subnets, excludeSubnets, vlanID, physicalNetworkName, role, mtu } = settings;
  return [
    subnets === undefined ? 'no addresses' : `an address of ${subnets}`,
    excludeSubnets === undefined ? '' : `none of ${excludeSubnets}`,
    physicalNetworkName === undefined ? '' : `physical network ${physicalNetworkName}`,
    vlanID === undefined ? '' : `VLAN ${vlanID}`,
    role === 'primary' ? "the pods' primary network" : '',
    mtuPart(mtu),
  ];
}

/** What a chained plugin adds. */
function describeChain(chain: ChainConfig): string {
  const then = `then ${chainType(chain)}`;
  switch (chain.kind) {
    case 'tuning': {
      const { sysctl = {}, mac, promisc, allmulti, mtu, txQLen } = chain.settings;
      return joined(then, [
        ...Object.entries(sysctl).map(([key, value]) => `${key} = ${value}`),
        mac === undefined ? '' : `MAC ${mac}`,
        promisc ? 'promiscuous' : '',
        allmulti ? 'every multicast frame' : '',
        mtuPart(mtu),
        txQLen === undefined ? '' : `queue of ${txQLen} frames`,
      ]);
    }
    case 'portmap':
      return `${then}: ports of the node that a pod asks for (portMappings)`;
    case 'bandwidth':
      return joined(then, [describeRates(chain.settings)]);
    case 'firewall':
      return joined(then, [`who may come in: ${chain.settings.ingressPolicy ?? 'open'}`]);
    case 'sbr':
      return `${then}: a routing table for what the pod sends from these addresses`;
    case 'vrf':
      return `${then}: virtual router ${chain.settings.vrfname}`;
    case 'raw':
      return `${then}, a plugin that netloom does not know`;
  }
}

function describeRates(rates: {
  readonly ingressRate?: number | undefined;
  readonly egressRate?: number | undefined;
}): string {
  const parts = [
    rates.ingressRate === undefined ? '' : `at most ${rateText(rates.ingressRate)} to the pod`,
    rates.egressRate === undefined ? '' : `at most ${rateText(rates.egressRate)} from the pod`,
  ].filter((part) => part !== '');
  return parts.length === 0 ? 'rates that a pod asks for (bandwidth)' : listed(parts, 'and');
}

/** bit/s in the greatest unit that divides it. */
function rateText(rate: number): string {
  const units = [
    ['Gbit/s', 1e9],
    ['Mbit/s', 1e6],
    ['kbit/s', 1e3],
  ] as const;
  const [unit, size] = units.find(([, one]) => rate !== 0 && rate % one === 0) ?? ['bit/s', 1];
  return `${rate / size} ${unit}`;
}

function ignoredKeys(link: LinkConfig): string[] {
  if (link.kind === 'raw') return [];
  const keys = Object.keys(link.settings.extra ?? {});
  return keys.length === 0 ? [] : [`not read by ${link.kind}: ${keys.join(', ')}`];
}
