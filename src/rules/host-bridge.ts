import { gatewaySet, hostLocalSets } from '../cni';
import type { Problem } from '../errors';
import { InterfaceAddress, IpRange, IpRangeSet, interfaceAddressProblem, unusable } from '../ipam';
import {
  bridgeOf,
  gatewayAddresses,
  type HostBridgeDefinition,
  type NetworkDefinition,
} from '../kubernetes';
import { checkMac } from './macs';
import { checkIfname, checkInteger, checkLinkName } from './names';
import { givenRanges } from './network-addresses';
import { safely } from './safely';

/** Everything wrong with a host bridge by itself. */
export function checkHostBridge(definition: HostBridgeDefinition): Problem[] {
  return [
    ...checkLinkName('bridge', definition.bridge),
    ...checkHostAddresses(definition.addresses ?? []),
    ...checkPorts(definition.bridge, definition.ports ?? []),
    ...checkInteger('mtu', definition.mtu, 68, 65535, 'an MTU in bytes'),
    ...(definition.mac === undefined ? [] : checkMac('mac', definition.mac)),
  ];
}

/** Checks addresses that a link of the host shall have. */
export function checkHostAddresses(addresses: readonly string[]): Problem[] {
  return addresses.flatMap((text, index): Problem[] => {
    const key = `addresses[${index}]`;
    const parsed = InterfaceAddress.tryParse(text);
    if (!parsed) return [interfaceAddressProblem(key, text)];
    if (unusable(parsed.network).some((range) => range.contains(parsed.address))) {
      return [
        {
          code: 'NL_ADDRESS_INVALID',
          key,
          found: `"${text}" is the network or broadcast address of ${parsed.network}`,
          allowed: 'an address that a host may have',
          fix: `${parsed.network.network.plus(1)}/${parsed.prefixLength}?`,
        },
      ];
    }
    if (addresses.length === 1) return [];
    const before = addresses.findIndex((other) => {
      return InterfaceAddress.tryParse(other)?.address.equals(parsed.address) === true;
    });
    if (before === index) return [];
    return [
      {
        code: 'NL_ADDRESS_TWICE',
        key,
        found: `"${text}" stands in addresses[${before}] already`,
        allowed: 'each address once',
        fix: 'leave one of them out',
      },
    ];
  });
}

function checkPorts(bridge: string, ports: readonly string[]): Problem[] {
  return ports.flatMap((port, index): Problem[] => {
    const key = `ports[${index}]`;
    const bad = checkIfname(key, port);
    if (bad.length > 0) return bad;
    if (port !== bridge && ports.indexOf(port) === index) return [];
    return [
      {
        code: 'NL_BRIDGE_PORT',
        key,
        found: port === bridge ? `"${port}" is the bridge itself` : `"${port}" stands there twice`,
        allowed: 'other interfaces, each once',
        fix: 'leave it out',
      },
    ];
  });
}

/**
 * What a host bridge and the networks on it do to each other: the host's addresses have to stay
 * out of what pods may get (S1.13 of the MicroShift story), and a gateway that the bridge plugin
 * manages has to be the first address of its family: the plugin fails on any other that it meets
 * before its own.
 */
export function checkBridgeNetworks(
  definition: HostBridgeDefinition,
  networks: readonly NetworkDefinition[],
): Problem[] {
  const mine = networks.filter((network) => bridgeOf(network) === definition.bridge);
  // A VLAN is a network of its own: the plugin gives it an interface beside the bridge.
  return mine
    .filter(isUntagged)
    .flatMap((network) => [
      ...checkPodRanges(definition, network),
      ...checkGatewayHeld(definition, network),
    ]);
}

function isUntagged({ link }: NetworkDefinition): boolean {
  return link.kind === 'bridge' && !link.settings.vlan;
}

function checkPodRanges(definition: HostBridgeDefinition, network: NetworkDefinition): Problem[] {
  const addresses = definition.addresses ?? [];
  if (addresses.length === 0) return [];
  const pods = podAddresses(network);
  return addresses.flatMap((text, index): Problem[] => {
    const address = InterfaceAddress.tryParse(text)?.address;
    const part = address && pods.ranges.find((range) => range.contains(address));
    if (!part) return [];
    const taken = gatewaysOf(network).union(heldAddresses(definition));
    return [
      {
        code: 'NL_HOST_ADDRESS_IN_POOL',
        key: `addresses[${index}]`,
        found: `"${text}" lies in ${part}, which network "${network.name}" gives to pods`,
        allowed: 'an address that no pod can get',
        fix: freeFor(text, pods.union(taken)) ?? 'make the range of the network smaller',
      },
    ];
  });
}

/** All that pods of a network can get, at run time or by claim: never a gateway. */
function podAddresses(network: NetworkDefinition): IpRangeSet {
  return IpRangeSet.of(givenRanges(network).map(({ range }) => range)).subtract(
    gatewaysOf(network),
  );
}

function gatewaysOf({ ipam }: NetworkDefinition): IpRangeSet {
  if (ipam.kind !== 'host-local') return IpRangeSet.EMPTY;
  const gateways = safely(() => gatewaySet(hostLocalSets(ipam.settings).flat()));
  return gateways ?? IpRangeSet.EMPTY;
}

function heldAddresses(definition: HostBridgeDefinition): IpRangeSet {
  const held = (definition.addresses ?? []).flatMap((text) => {
    const address = InterfaceAddress.tryParse(text)?.address;
    return address ? [IpRange.of(address, address)] : [];
  });
  return IpRangeSet.of(held);
}

function freeFor(text: string, pods: IpRangeSet): string | undefined {
  const { network, prefixLength } = InterfaceAddress.parse(text);
  const hosts = IpRangeSet.of([IpRange.ofCidr(network)])
    .subtract(pods)
    .subtract(IpRangeSet.of(unusable(network)));
  const first = hosts.ranges[0]?.first;
  return first && `${first}/${prefixLength}?`;
}

function checkGatewayHeld(definition: HostBridgeDefinition, network: NetworkDefinition): Problem[] {
  if (network.link.kind !== 'bridge' || network.link.settings.forceAddress === true) return [];
  const gateways = safely(() => gatewayAddresses(network)) ?? [];
  const held = (definition.addresses ?? []).flatMap(
    (text) => InterfaceAddress.tryParse(text) ?? [],
  );
  return gateways.flatMap((text): Problem[] => {
    const gateway = InterfaceAddress.parse(text);
    const rivals = held.filter(
      (one) =>
        one.family === gateway.family &&
        (one.family === 4 || one.network.overlaps(gateway.network)),
    );
    const first = rivals[0];
    if (!first || String(first) === text) return [];
    const isThere = rivals.some((one) => String(one) === text);
    return [
      {
        code: isThere ? 'NL_GATEWAY_ORDER' : 'NL_GATEWAY_NOT_HELD',
        key: 'addresses',
        found: isThere
          ? `${first} comes before ${text}, the gateway of network "${network.name}", and the bridge plugin then refuses every pod ("already has an IP address different from")`
          : `the bridge has ${first} but not ${text}, the gateway that network "${network.name}" wants on it (isGateway), and the bridge plugin then refuses every pod`,
        allowed: `${text} as the first IPv${gateway.family} address`,
        fix: `put '${text}' first`,
      },
    ];
  });
}

/** A claimed pod's routes lead to the gateway, and only a host bridge puts it there before the first normal pod. */
export function checkGatewayForClaims(
  network: NetworkDefinition,
  bridges: readonly HostBridgeDefinition[],
): Problem[] {
  const gateways = safely(() => gatewayAddresses(network)) ?? [];
  const bridge = bridgeOf(network);
  const mine = bridges.filter((one) => one.bridge === bridge);
  const held = mine.flatMap((one) => one.addresses ?? []).map(InterfaceAddress.tryParse);
  const missing = gateways.filter((text) => !held.some((one) => String(one) === text));
  if (missing.length === 0) return [];
  return [
    {
      code: 'NL_GATEWAY_NOT_HELD',
      key: 'network',
      found: `network "${network.name}" is a gateway bridge, and no HostBridge "${bridge}" holds ${missing.join(' and ')}: pods with claimed addresses would have no next hop until the first other pod came`,
      allowed: `a HostBridge "${bridge}" with these addresses`,
      fix: `new HostBridge(..., { bridge: '${bridge}', addresses: [${missing.map((text) => `'${text}'`).join(', ')}] })`,
    },
  ];
}
