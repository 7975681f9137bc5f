import type { OvnK8sSettings } from '../cni';
import type { Problem } from '../errors';
import { type Cidr, checkCidr, InterfaceAddress, IpAddress } from '../ipam';

/** Length of a node's share of an IPv6 subnet: OVN-Kubernetes knows no other. */
const HOST_LENGTH_V6 = 64;
/** Length of a node's share of an IPv4 subnet that does not name one. */
const DEFAULT_HOST_LENGTH_V4 = 24;

/** Checks the CIDRs of a network of OVN-Kubernetes, with commas between. */
export function checkOvnSubnets(settings: OvnK8sSettings): Problem[] {
  const { topology, subnets, excludeSubnets } = settings;
  const isLayer3 = topology === 'layer3';
  const own = split(subnets);
  const problems = own.flatMap((text) => checkSubnet(text, isLayer3));
  if (problems.length === 0 && isLayer3) problems.push(...checkHostLengths(own));
  for (const key of ['joinSubnet', 'transitSubnet'] as const) {
    problems.push(...split(settings[key]).flatMap((text) => checkPlain(key, text)));
  }
  if (isLayer3) return problems;
  const inside = problems.length === 0 ? own.flatMap((text) => networkOf(text) ?? []) : undefined;
  const parts = { excludeSubnets, reservedSubnets: settings.reservedSubnets };
  for (const [key, list] of Object.entries(parts)) {
    problems.push(...split(list).flatMap((text) => checkPart(key, text, inside)));
  }
  return problems;
}

function split(list: string | undefined): string[] {
  return list === undefined || list.trim() === '' ? [] : list.split(',').map((text) => text.trim());
}

/** `10.128.0.0/16`, and for layer3 with the nodes' length behind: `10.128.0.0/16/24`. */
function checkSubnet(text: string, isLayer3: boolean): Problem[] {
  const [address = '', length = '', hostLength, ...rest] = text.split('/');
  if (rest.length > 0 || (hostLength !== undefined && !isLayer3)) {
    return [
      {
        code: 'NL_SUBNET_INVALID',
        key: 'subnets',
        found: `"${text}" has a length for the nodes' shares, which only layer3 has`,
        allowed: 'CIDRs with commas between, such as 10.100.0.0/24',
        fix: `${address}/${length}?`,
      },
    ];
  }
  return checkPlain('subnets', hostLength === undefined ? text : `${address}/${length}`);
}

/** Host bits are masked without a word: what is refused is what is no CIDR. */
function checkPlain(key: string, text: string): Problem[] {
  if (InterfaceAddress.tryParse(text)) return [];
  const bad = checkCidr(key, text);
  return bad ? [bad] : [];
}

/** The nodes' shares are smaller than the subnet, all alike in IPv4, and /64 in IPv6. */
function checkHostLengths(subnets: readonly string[]): Problem[] {
  let first: number | undefined;
  return subnets.flatMap((text): Problem[] => {
    const network = networkOf(text) as Cidr;
    const isV6 = network.family === 6;
    const written = text.split('/')[2];
    const length = Number(written ?? (isV6 ? HOST_LENGTH_V6 : DEFAULT_HOST_LENGTH_V4));
    if (isV6 && length !== HOST_LENGTH_V6) return [hostLength(text, 'IPv6 with shares of /64')];
    if (!Number.isInteger(length) || length <= network.prefixLength || (!isV6 && length > 32)) {
      return [hostLength(text, `shares longer than /${network.prefixLength}`)];
    }
    if (isV6) return [];
    first ??= length;
    return first === length ? [] : [hostLength(text, `shares of /${first} for all IPv4 subnets`)];
  });
}

function hostLength(text: string, allowed: string): Problem {
  return {
    code: 'NL_SUBNET_INVALID',
    key: 'subnets',
    found: `"${text}" can't be shared among the nodes like that`,
    allowed,
    fix: 'write SUBNET/LENGTH/LENGTH OF A SHARE, such as 10.128.0.0/16/24 or fd00:128::/48/64',
  };
}

function checkPart(key: string, text: string, subnets: readonly Cidr[] | undefined): Problem[] {
  const bad = checkPlain(key, text);
  const network = networkOf(text);
  if (bad.length > 0 || !network || !subnets) return bad;
  const isInside = subnets.some(
    (subnet) => subnet.contains(network.network) && subnet.contains(network.last),
  );
  if (isInside) return [];
  return [
    {
      code: 'NL_RANGE_OUTSIDE_SUBNET',
      key,
      found: `"${text}" is not inside ${subnets.length === 0 ? 'a subnet: there is none' : subnets.join(' or ')}`,
      allowed: 'parts of subnets',
      fix: 'correct it, or leave it out',
    },
  ];
}

function networkOf(text: string): Cidr | undefined {
  const [address = '', length = ''] = text.split('/');
  const parsed = IpAddress.tryParse(address);
  return parsed && InterfaceAddress.tryParse(`${address}/${length}`)?.network;
}
