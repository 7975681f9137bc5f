import {
  checkAttachments,
  checkBridgeNetworks,
  checkClaim,
  checkClaimWorkload,
  checkGatewayForClaims,
  checkHostBridge,
  checkMultusInstall,
  checkNetwork,
  checkNetworkOnce,
  checkNodeNetwork,
  diagnose,
  holdAddresses,
  type Problem,
  type ProblemCode,
  platformFacts,
} from 'netloom';
import { NETWORK_CASES } from './cases-network';
import { NODE_CASES } from './cases-node';
import { WORLD_CASES } from './cases-world';
import {
  attached,
  bridge,
  DHCP,
  heldBy,
  hostLocal,
  NONE,
  network,
  POOL,
  STATIC,
  V4,
} from './samples';

/** A problem as a rule gives it. */
export interface RuleCase {
  code: ProblemCode;
  name: string;
  given: Problem[];
  /** The key to the value. */
  want: string;
}

/** One case for each code that the rules can give: exactly that code, and the user's key to the value. */
export const RULE_CASES: RuleCase[] = [
  ...NETWORK_CASES,
  ...NODE_CASES,
  ...WORLD_CASES,
  {
    code: 'NL_ADDRESS_INVALID',
    name: 'a range that begins with no address',
    given: checkNetwork(
      network({ ipam: hostLocal({ ranges: [{ ...V4, rangeStart: '10.10.0.020' }] }) }),
    ),
    want: 'ipam.ranges[0].rangeStart',
  },
  {
    code: 'NL_ADDRESS_NOT_FREE',
    name: 'two claims for one address',
    given: holdAddresses(
      { name: 'apps/second', network: network(), addresses: ['10.10.0.100'] },
      heldBy({ name: 'apps/first', network: network(), addresses: ['10.10.0.100'] }),
    ),
    want: 'address',
  },
  {
    code: 'NL_ADDRESS_TWICE',
    name: 'an address that stands twice on a bridge',
    given: checkHostBridge({ bridge: 'br-test', addresses: ['10.10.0.10/24', '10.10.0.10/16'] }),
    want: 'addresses[1]',
  },
  {
    code: 'NL_ATTACHMENT_IPS',
    name: 'an address outside the ranges',
    given: checkAttachments([attached(network(), { ips: ['10.10.0.5'] })]),
    want: 'attachments[0].ips[0]',
  },
  {
    code: 'NL_BRIDGE_PORT',
    name: 'a bridge that is its own port',
    given: checkHostBridge({ bridge: 'br-test', ports: ['br-test'] }),
    want: 'ports[0]',
  },
  {
    code: 'NL_LINK_CYCLE',
    name: 'a bridge whose port is a VLAN of itself',
    given: checkNodeNetwork({
      bridges: [{ name: 'br-a', ports: [{ link: 'br-a.10' }] }],
      vlans: [{ name: 'br-a.10', link: 'br-a', id: 10 }],
    }),
    want: 'bridges[0].ports[0].link',
  },
  {
    code: 'NL_CLAIM_NETWORK',
    name: 'a claim of another network',
    given: checkAttachments([
      {
        ...attached(network({ name: 'other' })),
        claim: { name: 'apps/camera', network: network() },
      },
    ]),
    want: 'attachments[0].claim',
  },
  {
    code: 'NL_CLAIM_OUTSIDE_CLAIMABLE',
    name: 'a claim outside the claimable part',
    given: checkClaim({ name: 'apps/camera', network: network(), addresses: ['10.10.0.20'] }),
    want: 'address',
  },
  {
    code: 'NL_CLAIM_WORKLOAD',
    name: 'a claim for two pods',
    given: checkClaimWorkload('apps/camera', { kind: 'Deployment', spec: { replicas: 2 } }),
    want: 'claim',
  },
  {
    code: 'NL_CLAIMABLE_MISSING',
    name: 'a claim on a network without a claimable part',
    given: checkClaim({ name: 'apps/camera', network: network({ ipam: STATIC }) }),
    want: 'network',
  },
  {
    code: 'NL_CLAIMABLE_OUTSIDE_SUBNET',
    name: 'a claimable part of no subnet',
    given: checkNetwork(network({ ipam: hostLocal({ ...POOL, claimable: ['10.11.0.1'] }) })),
    want: 'ipam.claimable[0]',
  },
  {
    code: 'NL_DEFAULT_ROUTE_TWICE',
    name: 'two default routes of one family',
    given: checkAttachments([
      attached(network(), { defaultRoute: ['10.10.0.254'] }),
      attached(network(), { defaultRoute: ['10.10.0.253'] }),
    ]),
    want: 'attachments[1].defaultRoute[0]',
  },
  {
    code: 'NL_FAMILY_MISSING',
    name: 'routes of a family that the claim has no address of',
    given: checkAttachments([
      {
        ...attached(network()),
        claim: {
          name: 'apps/camera',
          network: network({ link: bridge({ isDefaultGateway: true }) }),
          families: [4],
        },
      },
    ]),
    want: 'attachments[0].claim',
  },
  {
    code: 'NL_GATEWAY_IN_CLAIMABLE',
    name: 'a claimable part with the gateway in it',
    given: checkNetwork(
      network({ ipam: hostLocal({ ranges: [V4], claimable: ['10.10.0.250-10.10.0.254'] }) }),
    ),
    want: 'ipam.claimable[0]',
  },
  {
    code: 'NL_GATEWAY_NOT_HELD',
    name: 'claims on a gateway bridge that nobody holds the gateway of',
    given: checkGatewayForClaims(
      network({ link: bridge({ bridge: 'br-test', isGateway: true }) }),
      [],
    ),
    want: 'network',
  },
  {
    code: 'NL_GATEWAY_ORDER',
    name: 'an address in front of the gateway',
    given: checkBridgeNetworks(
      { bridge: 'br-test', addresses: ['10.10.0.10/24', '10.10.0.254/24'] },
      [
        network({
          link: bridge({ bridge: 'br-test', isGateway: true }),
          ipam: hostLocal({ ranges: [V4] }),
        }),
      ],
    ),
    want: 'addresses',
  },
  {
    code: 'NL_GATEWAY_OUTSIDE_SUBNET',
    name: 'a gateway outside the subnet',
    given: checkNetwork(
      network({ ipam: hostLocal({ ranges: [{ ...V4, gateway: '10.11.0.254' }] }) }),
    ),
    want: 'ipam.ranges[0].gateway',
  },
  {
    code: 'NL_HOST_ADDRESS_IN_POOL',
    name: "the host in the pods' range",
    given: checkBridgeNetworks({ bridge: 'br-test', addresses: ['10.10.0.30/24'] }, [network()]),
    want: 'addresses[0]',
  },
  {
    code: 'NL_HOST_BITS',
    name: 'host bits in a subnet',
    given: checkNetwork(network({ ipam: hostLocal({ ranges: [{ subnet: '10.10.0.1/24' }] }) })),
    want: 'ipam.ranges[0].subnet',
  },
  {
    code: 'NL_IFNAME_INVALID',
    name: "a blank in a bridge's name",
    given: checkNetwork(network({ link: bridge({ bridge: 'br test' }) })),
    want: 'bridge',
  },
  {
    code: 'NL_IFNAME_TOO_LONG',
    name: 'a master of 16 bytes',
    given: checkNetwork(
      network({
        link: { kind: 'macvlan', settings: { master: 'enp94s0f0np0.100' } },
        ipam: DHCP,
      }),
    ),
    want: 'master',
  },
  {
    code: 'NL_INTERFACE_TWICE',
    name: 'one interface for two attachments',
    given: checkAttachments([
      attached(network(), { interface: 'lan1' }),
      attached(network(), { interface: 'lan1' }),
    ]),
    want: 'attachments[1].interface',
  },
  {
    code: 'NL_IPAM_REQUIRED',
    name: 'ipvlan without IPAM',
    given: checkNetwork(network({ link: { kind: 'ipvlan', settings: {} }, ipam: NONE })),
    want: 'ipam',
  },
  {
    code: 'NL_IPVLAN_DHCP',
    name: 'ipvlan with dhcp',
    given: checkNetwork(network({ link: { kind: 'ipvlan', settings: {} }, ipam: DHCP })),
    want: 'ipam',
  },
  {
    code: 'NL_MAC_INVALID',
    name: 'a multicast address for an interface',
    given: checkAttachments([attached(network(), { mac: '01:00:5e:00:00:01' })]),
    want: 'attachments[0].mac',
  },
  {
    code: 'NL_NAME_INVALID',
    name: "a capital letter in a network's name",
    given: checkNetwork(network({ name: 'Lan' })),
    want: 'name',
  },
  {
    code: 'NL_NAME_TWICE',
    name: 'two networks of one name',
    given: checkNetworkOnce(network(), new Map([['apps/lan', network()]])),
    want: 'name',
  },
  {
    code: 'NL_NETWORK_NOT_FOUND',
    name: 'Multus does not find a network',
    given: diagnose('cannot find a network-attachment-definition (lan) in namespace (apps)'),
    want: 'metadata.annotations["k8s.v1.cni.cncf.io/networks"]',
  },
  {
    code: 'NL_PLATFORM_MISSING',
    name: 'a plugin that OpenShift does not bring',
    given: checkNetwork(
      network({ link: { kind: 'kube-ovn', settings: {} }, ipam: { kind: 'none' } }),
      platformFacts('openshift'),
    ),
    want: 'type',
  },
  {
    code: 'NL_PLATFORM_UNSUPPORTED',
    name: 'whereabouts on MicroShift',
    given: checkNetwork(
      network({ ipam: { kind: 'raw', config: { type: 'whereabouts' } } }),
      platformFacts('microshift'),
    ),
    want: 'ipam',
  },
  {
    code: 'NL_RANGE_EMPTY',
    name: 'everything is claimable',
    given: checkNetwork(
      network({ ipam: hostLocal({ ranges: [V4], claimable: ['10.10.0.20-10.10.0.119'] }) }),
    ),
    want: 'ipam.ranges[0]',
  },
  {
    code: 'NL_RANGE_INVALID',
    name: 'a range that ends before it begins',
    given: checkNetwork(
      network({ ipam: hostLocal({ ranges: [{ ...V4, rangeEnd: '10.10.0.10' }] }) }),
    ),
    want: 'ipam.ranges[0].rangeEnd',
  },
  {
    code: 'NL_RANGE_OUTSIDE_SUBNET',
    name: 'a range that ends outside its subnet',
    given: checkNetwork(
      network({ ipam: hostLocal({ ranges: [{ ...V4, rangeEnd: '10.10.1.10' }] }) }),
    ),
    want: 'ipam.ranges[0].rangeEnd',
  },
  {
    code: 'NL_RANGES_OVERLAP',
    name: 'ranges with a common address',
    given: checkNetwork(
      network({
        ipam: hostLocal({
          ranges: [V4, { ...V4, rangeStart: '10.10.0.119', rangeEnd: '10.10.0.130' }],
        }),
      }),
    ),
    want: 'ipam.ranges[1]',
  },
  {
    code: 'NL_ROUTE_INVALID',
    name: 'a route to nowhere',
    given: checkNetwork(network({ ipam: hostLocal({ ...POOL, routes: [{ dst: 'default' }] }) })),
    want: 'ipam.routes[0].dst',
  },
  {
    code: 'NL_SUBNET_INVALID',
    name: 'a subnet without length',
    given: checkNetwork(network({ ipam: hostLocal({ ranges: [{ subnet: 'fd00:10::' }] }) })),
    want: 'ipam.ranges[0].subnet',
  },
  {
    code: 'NL_SUBNET_TOO_SMALL',
    name: 'a subnet of two addresses',
    given: checkNetwork(network({ ipam: hostLocal({ ranges: [{ subnet: '10.10.0.0/31' }] }) })),
    want: 'ipam.ranges[0].subnet',
  },
  {
    code: 'NL_RELEASE_FAULT',
    name: 'a Multus that keeps addresses of deleted pods',
    given: checkMultusInstall(platformFacts('kubernetes'), { version: 'v4.3.0' }),
    want: 'version',
  },
  {
    code: 'NL_RESOURCES_SMALL',
    name: "upstream's own limit of memory",
    given: checkMultusInstall(platformFacts('kubernetes'), {
      resources: { limits: { memory: '50Mi' } },
    }),
    want: 'resources.limits.memory',
  },
  {
    code: 'NL_VALUE_OUT_OF_RANGE',
    name: 'an MTU below the least',
    given: checkNetwork(network({ link: bridge({ mtu: 67 }) })),
    want: 'mtu',
  },
  {
    code: 'NL_VALUES_CONFLICT',
    name: 'hairpin and promiscuous mode',
    given: checkNetwork(network({ link: bridge({ hairpinMode: true, promiscMode: true }) })),
    want: 'promiscMode',
  },
];
