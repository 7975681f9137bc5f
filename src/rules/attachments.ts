import { claimableSet, type HostLocalSettings, ipamType, runtimeSet } from '../cni';
import { type Problem, within } from '../errors';
import {
  addressProblem,
  InterfaceAddress,
  IpAddress,
  type IpFamily,
  type IpRangeSet,
  interfaceAddressProblem,
} from '../ipam';
import {
  type Attachment,
  interfaceNames,
  type NetworkDefinition,
  routedFamilies,
  sameNetwork,
} from '../kubernetes';
import { checkIfname, checkNamespace, checkObjectName } from './names';

/** An attachment with what is known of its network. */
export interface AttachmentIntent {
  readonly attachment: Attachment;
  /** Undefined for a network that something else made. */
  readonly network?: NetworkDefinition | undefined;
  /** Set when the addresses come from a claim. */
  readonly claim?: ClaimIntent | undefined;
}

/** A claim as far as an attachment has to know it. */
export interface ClaimIntent {
  /** What to call it in messages. */
  readonly name: string;
  readonly network: NetworkDefinition;
  /** The families it has an address of; undefined while nobody knows. */
  readonly families?: readonly IpFamily[] | undefined;
}

/** Everything wrong with the attachments of one pod. Keys begin with `attachments[N]`. */
export function checkAttachments(intents: readonly AttachmentIntent[]): Problem[] {
  const attachments = intents.map((intent) => intent.attachment);
  return [
    ...intents.flatMap((intent, index) => within(`attachments[${index}]`, checkAttachment(intent))),
    ...checkInterfacesOnce(attachments),
    ...checkDefaultRoutes(attachments),
  ];
}

function checkAttachment(intent: AttachmentIntent): Problem[] {
  const { attachment, network, claim } = intent;
  return [
    ...(network ? [] : checkReference(attachment)),
    ...checkPodInterface(attachment.interface),
    ...checkMac(attachment.mac, network),
    ...(attachment.defaultRoute ?? []).flatMap((text, index) =>
      IpAddress.tryParse(text) ? [] : [addressProblem(`defaultRoute[${index}]`, text)],
    ),
    ...(claim ? checkClaimed(claim, intent) : checkIps(attachment.ips, network)),
  ];
}

/** The name of a network that something else made: nobody else looks at it. */
function checkReference({ name, namespace }: Attachment): Problem[] {
  return [
    ...checkObjectName('network.name', name),
    ...(namespace === undefined ? [] : checkNamespace('network.namespace', namespace)),
  ];
}

function checkPodInterface(name: string | undefined): Problem[] {
  if (name === undefined) return [];
  if (name !== 'eth0') return checkIfname('interface', name);
  return [
    {
      code: 'NL_INTERFACE_TWICE',
      key: 'interface',
      found: '"eth0" is the interface of the cluster network',
      allowed: 'another name',
      fix: 'net1?',
    },
  ];
}

function checkInterfacesOnce(attachments: readonly Attachment[]): Problem[] {
  const names = interfaceNames(attachments);
  return names.flatMap((name, index): Problem[] => {
    const first = names.indexOf(name);
    if (first === index) return [];
    const unnamed = [first, index].find((one) => attachments[one]?.interface === undefined);
    const isSecond = unnamed === undefined || unnamed === first;
    const why = ` (attachments[${unnamed}] has no name, and is ${name} by its position)`;
    return [
      {
        code: 'NL_INTERFACE_TWICE',
        key: `attachments[${isSecond ? index : first}].interface`,
        found: `"${name}" is used twice in this pod${unnamed === undefined ? '' : why}`,
        allowed: 'one attachment per interface',
        fix: 'give one of them another name',
      },
    ];
  });
}

function checkDefaultRoutes(attachments: readonly Attachment[]): Problem[] {
  const seen = new Map<IpFamily, string>();
  return attachments.flatMap((attachment, index) =>
    (attachment.defaultRoute ?? []).flatMap((text, inner): Problem[] => {
      const address = IpAddress.tryParse(text);
      if (!address) return [];
      const key = `attachments[${index}].defaultRoute[${inner}]`;
      const before = seen.get(address.family);
      if (before === undefined) {
        seen.set(address.family, key);
        return [];
      }
      return [
        {
          code: 'NL_DEFAULT_ROUTE_TWICE',
          key,
          found: `"${text}" is a second IPv${address.family} default route of this pod (the first is ${before})`,
          allowed: 'one of each family over all attachments (Multus does not support ECMP)',
          fix: 'leave one of them out',
        },
      ];
    }),
  );
}

function checkMac(mac: string | undefined, network: NetworkDefinition | undefined): Problem[] {
  if (mac === undefined) return [];
  if (network?.link.kind === 'ipvlan') {
    return [
      {
        code: 'NL_VALUES_CONFLICT',
        key: 'mac',
        found: `"${mac}" is asked for on an ipvlan network, whose interfaces all have the master's MAC address`,
        allowed: 'no mac on ipvlan',
        fix: 'leave mac out, or use MacvlanNetwork',
      },
    ];
  }
  const octets = /^[0-9a-f]{2}([:-])(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}$/i.test(mac);
  const isMulticast = octets && (Number.parseInt(mac.slice(0, 2), 16) & 1) === 1;
  const isZero = octets && /^[0:-]+$/.test(mac);
  if (octets && !isMulticast && !isZero) return [];
  return [
    {
      code: 'NL_MAC_INVALID',
      key: 'mac',
      found: `${JSON.stringify(mac)} is ${isMulticast ? 'a multicast address' : isZero ? 'no address of an interface' : 'not a MAC address'}`,
      allowed: 'six octets, not all zero, whose first is even, such as 02:00:00:00:00:01',
      fix: 'correct it, or leave it out',
    },
  ];
}

/** What each IPAM does with addresses that a pod asks for (measured on plugins 1.1.1). */
function checkIps(
  ips: readonly string[] | undefined,
  network: NetworkDefinition | undefined,
): Problem[] {
  if (!network)
    return (ips ?? []).flatMap((text, index) => checkIpSyntax(`ips[${index}]`, text, false));
  const type = ipamType(network.ipam);
  if (type === 'static') return checkStaticIps(ips, network);
  if (ips === undefined || ips.length === 0) return [];
  if (network.ipam.kind === 'host-local') return checkHostLocalIps(ips, network.ipam.settings);
  if (type === 'dhcp' || type === undefined) {
    return [
      {
        code: 'NL_ATTACHMENT_IPS',
        key: 'ips',
        found: `${JSON.stringify(ips)} is asked for on network "${network.name}", whose IPAM (${type ?? 'none'}) ignores it`,
        allowed: 'no ips',
        fix: 'leave ips out, or give the network static IPAM',
      },
    ];
  }
  return ips.flatMap((text, index) => checkIpSyntax(`ips[${index}]`, text, false));
}

function checkStaticIps(ips: readonly string[] | undefined, network: NetworkDefinition): Problem[] {
  if (ips && ips.length > 0) {
    return ips.flatMap((text, index) => checkIpSyntax(`ips[${index}]`, text, true));
  }
  const gives =
    network.ipam.kind === 'static'
      ? (network.ipam.settings.addresses?.length ?? 0) > 0
      : network.ipam.kind === 'raw' && Array.isArray(network.ipam.config.addresses);
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

function checkHostLocalIps(ips: readonly string[], settings: HostLocalSettings): Problem[] {
  if (ips.length > 1) {
    return [
      {
        code: 'NL_ATTACHMENT_IPS',
        key: 'ips',
        found: `${ips.length} addresses are asked for, and host-local reads only one (it refuses the list that Multus hands it)`,
        allowed: 'one address on host-local',
        fix: 'ask for one, or claim both: the -claimed twin of the network takes two',
      },
    ];
  }
  const bad = ips.flatMap((text, index) => checkIpSyntax(`ips[${index}]`, text, false));
  if (bad.length > 0) return bad;
  const address = IpAddress.parse((ips[0] as string).split('/')[0] as string);
  let given: IpRangeSet;
  let claimable: IpRangeSet;
  try {
    given = runtimeSet(settings);
    claimable = claimableSet(settings.claimable);
  } catch {
    return []; // the network's own check tells what is wrong with it
  }
  if (given.contains(address)) return [];
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

function checkIpSyntax(key: string, text: string, needsPrefix: boolean): Problem[] {
  if (InterfaceAddress.tryParse(text)) return [];
  if (needsPrefix) return [interfaceAddressProblem(key, text)];
  return IpAddress.tryParse(text) ? [] : [addressProblem(key, text)];
}

function checkClaimed(claim: ClaimIntent, { attachment, network }: AttachmentIntent): Problem[] {
  const problems: Problem[] = [];
  if (!network || !sameNetwork(network, claim.network)) {
    problems.push({
      code: 'NL_CLAIM_NETWORK',
      key: 'claim',
      found: `claim "${claim.name}" is of network "${claim.network.name}", not of "${network?.name ?? attachment.name}"`,
      allowed: 'a claim of the network that it is attached to',
      fix: 'attach the network of the claim, or make a claim of this one',
    });
  }
  if (attachment.ips !== undefined) {
    problems.push({
      code: 'NL_VALUES_CONFLICT',
      key: 'ips',
      found: `${JSON.stringify(attachment.ips)} is asked for beside claim "${claim.name}"`,
      allowed: 'either ips or a claim',
      fix: 'leave ips out: the claim brings its addresses',
    });
  }
  return [...problems, ...checkRoutedFamilies(claim)];
}

/** A route needs an address of its family on the interface; without one the pod would not start. */
function checkRoutedFamilies(claim: ClaimIntent): Problem[] {
  const { families } = claim;
  if (!families) return [];
  let routed: IpFamily[];
  try {
    routed = routedFamilies(claim.network);
  } catch {
    return []; // the network's own check tells what is wrong with it
  }
  return routed
    .filter((family) => !families.includes(family))
    .map((family) => ({
      code: 'NL_FAMILY_MISSING' as const,
      key: 'claim',
      found: `claim "${claim.name}" has no IPv${family} address, and network "${claim.network.name}" has IPv${family} routes, which the plugin can't set without one`,
      allowed: 'an address of each family that the network has routes of',
      fix: "claim an address of each: family: 'dual', or two addresses",
    }));
}
