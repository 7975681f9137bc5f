import type { Problem } from '../errors';
import { within } from '../errors';
import { InterfaceAddress } from '../ipam';
import {
  type BridgePort,
  type HostLinkSettings,
  LINK_LISTS,
  type NodeNetworkDefinition,
  type VlanMembership,
} from '../kubernetes';
import { checkHostAddresses } from './host-bridge';
import { checkLinkReference } from './link-references';
import { checkMac } from './macs';
import { checkInteger, checkLinkName, checkWord } from './names';
import { checkBond } from './node-network-bonds';
import { checkHostRoutes } from './node-network-routes';
import { checkLinkStructure } from './node-network-structure';
import { checkHostSysctls } from './node-network-sysctls';

/** IPv6 needs it (RFC 8200 5); below, the kernel takes IPv6 off the interface. */
const IPV6_LEAST_MTU = 1280;

/** Everything wrong with a node's wanted network by itself. */
export function checkNodeNetwork(network: NodeNetworkDefinition): Problem[] {
  const each = LINK_LISTS.flatMap((list) =>
    at(list, network[list] as readonly NamedSettings[] | undefined, checkSettings),
  );
  return [
    ...each,
    ...at('bonds', network.bonds, checkBond),
    ...at('veths', network.veths, ({ peer }) => checkLinkName('peer', peer)),
    ...at('vlans', network.vlans, ({ link, id, protocol }) => [
      ...checkLinkReference('link', link),
      ...checkInteger('id', id, 1, 4094, 'a VLAN'),
      ...checkWord('protocol', protocol, ['802.1q', '802.1ad']),
    ]),
    ...at('bridges', network.bridges, checkBridge),
    ...at('macvlans', network.macvlans, ({ master, mode }) => [
      ...checkLinkReference('master', master),
      ...checkWord('mode', mode, ['bridge', 'private', 'vepa', 'passthru']),
    ]),
    ...at('interfaces', network.interfaces, ({ link }) => checkLinkReference('link', link)),
    ...checkLinkStructure(network),
  ];
}

function at<T>(
  list: string,
  links: readonly T[] | undefined,
  check: (link: T) => Problem[],
): Problem[] {
  return (links ?? []).flatMap((link, index) => {
    const problems = check(link);
    return problems.length === 0 ? problems : within(`${list}[${index}]`, problems);
  });
}

type NamedSettings = HostLinkSettings & { readonly name?: string };

function checkSettings(link: NamedSettings): Problem[] {
  const { addresses = [], mtu, mac, routes = [], sysctls = {} } = link;
  const isIpv6 = (one: string): boolean => InterfaceAddress.tryParse(one)?.family === 6;
  const small: Problem[] =
    mtu !== undefined && mtu >= 68 && mtu < IPV6_LEAST_MTU && addresses.some(isIpv6)
      ? [
          {
            code: 'NL_VALUES_CONFLICT',
            key: 'mtu',
            found: `${mtu} is too small for the IPv6 addresses of the link`,
            allowed: `${IPV6_LEAST_MTU} or more with IPv6 (RFC 8200)`,
            fix: `${IPV6_LEAST_MTU}?`,
          },
        ]
      : [];
  return [
    ...('name' in link ? checkLinkName('name', link.name) : []),
    ...checkHostAddresses(addresses),
    ...checkInteger('mtu', mtu, 68, 65535, 'an MTU in bytes'),
    ...small,
    ...(mac === undefined ? [] : checkMac('mac', mac)),
    ...checkHostRoutes(routes, link),
    ...checkHostSysctls(sysctls),
  ];
}

function checkBridge(bridge: NonNullable<NodeNetworkDefinition['bridges']>[number]): Problem[] {
  const { ports = [], vlanFiltering, vlanDefaultPvid } = bridge;
  const all: readonly [string, VlanMembership][] = [
    ['', bridge],
    ...ports.map((port, index): [string, VlanMembership] => [`ports[${index}]`, port]),
  ];
  return [
    ...checkInteger('vlanDefaultPvid', vlanDefaultPvid, 0, 4094, 'a VLAN, or 0 for none'),
    ...ports.flatMap(({ link }: BridgePort, index) =>
      checkLinkReference(`ports[${index}].link`, link),
    ),
    ...all.flatMap(([key, member]) => within(key, checkMembership(member, vlanFiltering === true))),
  ];
}

function checkMembership({ pvid, vlanTrunk }: VlanMembership, filters: boolean): Problem[] {
  const key = pvid === undefined ? 'vlanTrunk' : 'pvid';
  const unfiltered: Problem[] =
    (pvid !== undefined || vlanTrunk !== undefined) && !filters
      ? [
          {
            code: 'NL_VALUES_CONFLICT',
            key,
            found: 'the bridge does not filter VLANs, and would pass them all',
            allowed: 'VLANs of ports on a bridge with vlanFiltering: true',
            fix: 'vlanFiltering: true on the bridge',
          },
        ]
      : [];
  return [
    ...unfiltered,
    ...checkInteger('pvid', pvid, 1, 4094, 'a VLAN'),
    ...(vlanTrunk ?? []).flatMap(({ id, minID, maxID }, index) =>
      within(`vlanTrunk[${index}]`, checkSpan(id, minID, maxID)),
    ),
  ];
}

function checkSpan(id?: number, minID?: number, maxID?: number): Problem[] {
  const isOne = id !== undefined && minID === undefined && maxID === undefined;
  const isSpan = id === undefined && minID !== undefined && maxID !== undefined && minID <= maxID;
  const odd: Problem[] =
    isOne || isSpan
      ? []
      : [
          {
            code: 'NL_VALUES_CONFLICT',
            key: '',
            found: `id ${id ?? 'none'}, minID ${minID ?? 'none'} and maxID ${maxID ?? 'none'} say no span of VLANs`,
            allowed: 'id, or minID and maxID with the smaller one first',
            fix: 'give id: 10, or minID: 10 and maxID: 19',
          },
        ];
  return [
    ...odd,
    ...checkInteger('id', id, 1, 4094, 'a VLAN'),
    ...checkInteger('minID', minID, 1, 4094, 'a VLAN'),
    ...checkInteger('maxID', maxID, 1, 4094, 'a VLAN'),
  ];
}
