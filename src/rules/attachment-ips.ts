import {
  claimableSet,
  type HostLocalSettings,
  type IpamConfig,
  ipamType,
  type OvnK8sSettings,
  runtimeSet,
} from '../cni';
import { type Problem, within } from '../errors';
import { addressProblem, InterfaceAddress, IpAddress, interfaceAddressProblem } from '../ipam';
import type { NetworkDefinition } from '../kubernetes';
import { declares } from './capabilities';
import { safely } from './safely';
import { ignored } from './unknown-keys';

/**
 * What each IPAM does with addresses that a pod asks for (measured on plugins 1.1.1).
 *
 * @param argued `ips` of the pod's `cni-args`, which take the place of all others in static
 */
export function checkIps(
  ips: readonly string[] | undefined,
  network: NetworkDefinition | undefined,
  argued?: unknown,
): Problem[] {
  const asked = ips ?? [];
  if (!network) return checkSyntax(asked, false);
  const { link, ipam } = network;
  const type = ipamType(ipam);
  if (type === 'static') {
    const own = isTexts(argued) ? argued : [];
    const isLost = own.length > 0 && (asked.length === 0 || !declares(network, 'ips'));
    return [
      ...within('cniArgs', checkSyntax(own, true)),
      ...(isLost ? [] : checkStaticIps(asked, network)),
      ...(link.kind === 'ptp' && asked.length + own.length > 0 ? [withoutGateway(network)] : []),
    ];
  }
  if (asked.length === 0) return [];
  if (link.kind === 'kube-ovn' || type === 'kube-ovn') return checkKubeOvnIps(asked, network);
  if (link.kind === 'ovn-k8s-cni-overlay') return checkOvnIps(asked, network, link.settings);
  if (ipam.kind === 'host-local') return checkHostLocalIps(asked, ipam.settings);
  if (type === 'whereabouts') return checkWhereaboutsIps(asked, network);
  if (type === 'dhcp' || (type === undefined && link.kind !== 'raw')) {
    return [
      ignored(
        'ips',
        `${JSON.stringify(asked)} is asked for on network "${network.name}", whose IPAM (${type ?? 'none'}) ignores it`,
        'leave ips out, or give the network static IPAM',
      ),
    ];
  }
  return checkSyntax(asked, false);
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

function withoutGateway({ name }: NetworkDefinition): Problem {
  return {
    code: 'NL_ATTACHMENT_IPS',
    key: 'ips',
    found: `an address is asked for on network "${name}", and it comes without a gateway, which ptp can't do without`,
    allowed: 'no ips on ptp with static IPAM',
    fix: 'write address and gateway into the network, or use host-local',
  };
}

function checkStaticIps(asked: readonly string[], network: NetworkDefinition): Problem[] {
  const gives = hasOwnAddresses(network.ipam);
  if (asked.length > 0) {
    const bad = checkSyntax(asked, true);
    if (bad.length > 0 || !gives || declares(network, 'ips')) return bad;
    return [
      {
        code: 'NL_IPS_EXTRA',
        key: 'ips',
        found: `${JSON.stringify(asked)} is asked for on network "${network.name}", which has addresses of its own and does not declare the capability ips: the pod gets both`,
        allowed: 'ips on a static network that has no addresses, or declares the capability ips',
        fix: 'declare capabilities: { "ips": true } on the network, or leave ips out',
      },
    ];
  }
  if (gives) return [];
  return [
    {
      code: 'NL_ATTACHMENT_IPS',
      key: 'ips',
      found: `no address is asked for, and network "${network.name}" (static) has none of its own`,
      allowed: 'at least one address with prefix length',
      fix: `attach(network, { ips: ['192.168.122.188/24'] })`,
    },
  ];
}

function hasOwnAddresses(ipam: IpamConfig): boolean {
  if (ipam.kind === 'static') return (ipam.settings.addresses?.length ?? 0) > 0;
  return ipam.kind === 'raw' && Array.isArray(ipam.config['addresses']);
}

/** It takes them as static addresses, beside those of its pools (whereabouts issue 111). */
function checkWhereaboutsIps(asked: readonly string[], network: NetworkDefinition): Problem[] {
  const bad = checkSyntax(asked, true);
  if (bad.length > 0) return bad;
  return [
    {
      code: 'NL_IPS_EXTRA',
      key: 'ips',
      found: `${JSON.stringify(asked)} is asked for on network "${network.name}", and whereabouts adds it to the address that it chooses, without a look at who else has it`,
      allowed: 'no ips on whereabouts, unless as further addresses that nobody gives',
      fix: 'leave ips out, or use a network with static IPAM',
    },
  ];
}

/** Kube-OVN since 1.14 puts them into its own annotation, where prefix lengths are refused. */
function checkKubeOvnIps(asked: readonly string[], network: NetworkDefinition): Problem[] {
  return asked.flatMap((text, index): Problem[] => {
    const key = `ips[${index}]`;
    if (IpAddress.tryParse(text)) return [];
    const written = InterfaceAddress.tryParse(text);
    if (!written) return [addressProblem(key, text)];
    return [
      {
        code: 'NL_ATTACHMENT_IPS',
        key,
        found: `"${text}" has a prefix length, which Kube-OVN refuses on network "${network.name}"`,
        allowed: 'an address without prefix length',
        fix: `${written.address}?`,
      },
    ];
  });
}

function checkOvnIps(
  asked: readonly string[],
  network: NetworkDefinition,
  { topology, subnets }: OvnK8sSettings,
): Problem[] {
  if (topology === 'layer3' || subnets) {
    const why = subnets ? `has subnets (${subnets})` : 'is layer3';
    return [
      {
        code: 'NL_ATTACHMENT_IPS',
        key: 'ips',
        found: `${JSON.stringify(asked)} is asked for on network "${network.name}", which ${why}: OVN-Kubernetes then chooses the addresses itself, and refuses`,
        allowed: 'ips on a layer2 or localnet network without subnets',
        fix: 'leave ips out, or take subnets off the network',
      },
    ];
  }
  return checkSyntax(asked, true);
}

function checkHostLocalIps(asked: readonly string[], settings: HostLocalSettings): Problem[] {
  if (asked.length > 1) {
    return [
      {
        code: 'NL_ATTACHMENT_IPS',
        key: 'ips',
        found: `${asked.length} addresses are asked for, and host-local reads only one (it refuses the list that Multus hands it)`,
        allowed: 'one address on host-local',
        fix: 'ask for one, or claim both: the -claimed twin of the network takes two',
      },
    ];
  }
  const bad = checkSyntax(asked, false);
  if (bad.length > 0) return bad;
  const address = IpAddress.parse((asked[0] as string).split('/')[0] as string);
  const given = safely(() => runtimeSet(settings));
  const claimable = safely(() => claimableSet(settings.claimable));
  // The network's own check tells what is wrong with it.
  if (!given || !claimable || given.contains(address)) return [];
  const isClaimable = claimable.contains(address);
  return [
    {
      code: 'NL_ATTACHMENT_IPS',
      key: 'ips[0]',
      found: isClaimable
        ? `"${address}" is in the claimable part of the network, which host-local never gives`
        : `"${address}" is not among the addresses that host-local gives to pods of the network`,
      allowed: `an address of ${given.ranges.join(' or ')}`,
      fix: isClaimable
        ? 'claim it: attach(network, { claim })'
        : 'ask for one of these, or for none',
    },
  ];
}

function checkSyntax(asked: readonly string[], needsPrefix: boolean): Problem[] {
  return asked.flatMap((text, index): Problem[] => {
    const key = `ips[${index}]`;
    if (InterfaceAddress.tryParse(text)) return [];
    if (needsPrefix) return [interfaceAddressProblem(key, text)];
    return IpAddress.tryParse(text) ? [] : [addressProblem(key, text)];
  });
}
