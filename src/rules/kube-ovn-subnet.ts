import type { Problem } from '../errors';
import {
  ADDRESS_BITS,
  Cidr,
  checkGateway,
  InterfaceAddress,
  IpAddress,
  IpRange,
  IpRangeSet,
} from '../ipam';
import {
  KUBE_OVN_DEFAULT_PROVIDER,
  KUBE_OVN_SUBNET,
  type KubeOvnSubnetDefinition,
} from '../kubernetes';
import { checkKeys } from './keys';

/** The networks of a subnet; host bits don't count, and what is no network is left out. */
export function kubeOvnCidrs({ cidrBlock }: KubeOvnSubnetDefinition): Cidr[] {
  return cidrBlock.split(',').flatMap((text) => InterfaceAddress.tryParse(text)?.network ?? []);
}

/** `10.20.0.9` or `10.20.0.1..10.20.0.20`; undefined for what Kube-OVN refuses. */
export function parseExcludeIp(text: string): IpRange | undefined {
  const [from = '', to = from, ...rest] = text.split('..');
  const [first, last] = [IpAddress.tryParse(from), IpAddress.tryParse(to)];
  if (rest.length > 0 || !first || !last) return undefined;
  return first.family === last.family && first.compare(last) <= 0
    ? IpRange.of(first, last)
    : undefined;
}

/** What a subnet does not give by itself: `excludeIps`, the gateway, and the ends of each network. */
export function excludedByKubeOvn(subnet: KubeOvnSubnetDefinition): IpRangeSet {
  const gateways = (subnet.gateway ?? '').split(',').flatMap((one) => IpRange.tryParse(one) ?? []);
  return IpRangeSet.of([
    ...(subnet.excludeIps ?? []).flatMap((text) => parseExcludeIp(text) ?? []),
    ...gateways,
    ...kubeOvnCidrs(subnet).flatMap(({ network, last }) => [
      IpRange.of(network, network),
      IpRange.of(last, last),
    ]),
  ]);
}

/** True for a subnet that only gives addresses, for interfaces of other plugins. */
export function isIpamOnly({ provider }: KubeOvnSubnetDefinition): boolean {
  return (
    provider !== undefined &&
    provider !== '' &&
    provider !== KUBE_OVN_DEFAULT_PROVIDER &&
    !provider.endsWith('.ovn')
  );
}

/** Everything wrong with a subnet by itself. Keys are those of its `spec`. */
export function checkKubeOvnSubnet(subnet: KubeOvnSubnetDefinition): Problem[] {
  return [
    ...checkKeys(KUBE_OVN_SUBNET, subnet, { verbatim: true }),
    ...checkCidrs(subnet),
    ...checkGateways(subnet),
    ...checkExcluded(subnet),
    ...checkIgnored(subnet),
  ];
}

/** An underlay subnet may have none: its pods then ask a DHCP server. */
function checkCidrs({ cidrBlock, vlan, extra }: KubeOvnSubnetDefinition): Problem[] {
  if (cidrBlock === '') {
    // One of the wrong type, or in another spelling, is told of as that.
    const isTold = Object.keys(extra ?? {}).some((key) => /^cidr[-_]?blocks?$/i.test(key));
    if ((vlan !== undefined && vlan !== '') || isTold) return [];
    return [
      {
        code: 'NL_KEY_MISSING',
        key: 'cidrBlock',
        found: 'the subnet has no cidrBlock',
        allowed: 'a CIDR, or one of each family with a comma between',
        fix: 'cidrBlock: 10.20.0.0/16',
      },
    ];
  }
  const texts = cidrBlock.split(',');
  const parsed = texts.map(InterfaceAddress.tryParse);
  const problems = texts.flatMap((text, index): Problem[] => {
    const cidr = parsed[index]?.network;
    if (!cidr) return [noCidr(text)];
    return cidr.prefixLength < ADDRESS_BITS[cidr.family] ? [] : [tooSmall(cidr)];
  });
  const families = parsed.map((one) => one?.family);
  if (problems.length > 0 || new Set(families).size === families.length) return problems;
  return [
    {
      code: 'NL_SUBNET_INVALID',
      key: 'cidrBlock',
      found: `"${cidrBlock}" has two CIDRs of one family`,
      allowed: 'one CIDR, or one of each family',
      fix: 'make a Subnet for each of them',
    },
  ];
}

function noCidr(text: string): Problem {
  const isUpper = InterfaceAddress.tryParse(text.trim().toLowerCase()) !== undefined;
  return {
    code: 'NL_SUBNET_INVALID',
    key: 'cidrBlock',
    found: `${JSON.stringify(text)} is not a CIDR`,
    allowed: 'a CIDR, or one of each family with a comma and no blank between',
    fix: isUpper ? `${text.trim().toLowerCase()}?` : 'write it as 10.20.0.0/16',
  };
}

function tooSmall(cidr: Cidr): Problem {
  const most = ADDRESS_BITS[cidr.family] - 2;
  return {
    code: 'NL_SUBNET_TOO_SMALL',
    key: 'cidrBlock',
    found: `${cidr} has no room for pods (Kube-OVN refuses it)`,
    allowed: `a prefix length of at most /${most}`,
    fix: `${Cidr.around(cidr.network, most)}?`,
  };
}

function checkGateways(subnet: KubeOvnSubnetDefinition): Problem[] {
  const cidrs = kubeOvnCidrs(subnet);
  if (!subnet.gateway || cidrs.length === 0) return [];
  return subnet.gateway.split(',').flatMap((text): Problem[] => {
    const family = IpAddress.tryParse(text)?.family;
    const cidr = cidrs.find((one) => one.family === family) ?? (cidrs[0] as Cidr);
    return checkGateway('gateway', text, cidr);
  });
}

function checkExcluded(subnet: KubeOvnSubnetDefinition): Problem[] {
  const cidrs = kubeOvnCidrs(subnet).map(IpRange.ofCidr);
  const { excludeIps } = subnet;
  if (!Array.isArray(excludeIps)) return [];
  return excludeIps.flatMap((text, index): Problem[] => {
    if (typeof text !== 'string') return [];
    const range = parseExcludeIp(text);
    const key = `excludeIps[${index}]`;
    if (!range) return [badExclude(key, text)];
    if (cidrs.length === 0 || cidrs.some((cidr) => cidr.overlaps(range))) return [];
    return [
      {
        code: 'NL_RANGE_IGNORED',
        key,
        found: `"${text}" is outside of ${subnet.cidrBlock}, and leaves nothing out`,
        allowed: 'addresses of the subnet',
        fix: 'correct it, or leave it out',
      },
    ];
  });
}

function badExclude(key: string, text: string): Problem {
  const dashed = parseExcludeIp(text.replace(/\s*-\s*/, '..'));
  const cidr = Cidr.tryParse(text);
  const meant = dashed ?? (cidr && IpRange.ofCidr(cidr));
  return {
    code: 'NL_RANGE_INVALID',
    key,
    found: `"${text}" is neither an address nor FIRST..LAST (Kube-OVN refuses the Subnet)`,
    allowed: 'an address, or two with ".." between, in order',
    fix: meant ? `${meant.first}..${meant.last}?` : 'write it as 10.20.0.1..10.20.0.20',
  };
}

/** What belongs to the logical network, of which an IPAM-only provider has none. */
const OVN_ONLY: readonly (keyof KubeOvnSubnetDefinition)[] = [
  'gatewayType',
  'gatewayNode',
  'gatewayNodeSelectors',
  'natOutgoing',
  'natOutgoingPolicyRules',
  'externalEgressGateway',
  'private',
  'allowSubnets',
  'logicalGateway',
  'enableDHCP',
  'enableIPv6RA',
  'acls',
  'u2oInterconnection',
  'enableEcmp',
];

/** Only what asks for something: objects from a cluster have all of it, as the controller fills it in. */
function checkIgnored(subnet: KubeOvnSubnetDefinition): Problem[] {
  if (!isIpamOnly(subnet)) return [];
  const ignored = OVN_ONLY.filter((key) => asksFor(key, subnet[key]));
  if (hasOwnGateway(subnet)) ignored.unshift('gateway');
  return ignored.map((key) => ({
    code: 'NL_KEY_IGNORED' as const,
    key,
    found: `${JSON.stringify(subnet[key])} does nothing for provider "${subnet.provider}", which only gives addresses to another plugin's interfaces`,
    allowed: 'cidrBlock, excludeIps, protocol and provider on a subnet of an IPAM-only provider',
    fix:
      key === 'gateway'
        ? "leave it out; routes stand in the network's ipam.routes"
        : 'leave it out, or use the kube-ovn plugin (provider with .ovn)',
  }));
}

function asksFor(key: keyof KubeOvnSubnetDefinition, value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return Boolean(value) && !(key === 'gatewayType' && value === 'distributed');
}

/** The first address of each network is what the controller fills in. */
function hasOwnGateway(subnet: KubeOvnSubnetDefinition): boolean {
  const defaults = kubeOvnCidrs(subnet).map(({ network }) => String(network.plus(1)));
  return (
    typeof subnet.gateway === 'string' &&
    subnet.gateway.split(',').some((one) => one !== '' && !defaults.includes(one))
  );
}
