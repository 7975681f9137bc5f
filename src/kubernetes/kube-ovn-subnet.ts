import type { ObjectSpec, WithExtra } from '../cni';
import { isMembers, parse, print } from '../cni/codec';
import {
  ANY,
  flag,
  integer,
  object,
  objectSpec,
  objects,
  shaped,
  text,
  texts,
  word,
} from '../cni/spec';

/** API group and version of Kube-OVN's objects, all of them without a namespace. */
export const KUBE_OVN_API_VERSION = 'kubeovn.io/v1';
export const KUBE_OVN_SUBNET_KIND = 'Subnet';

/** Provider of the cluster network's own subnets: what a Subnet without `provider` has. */
export const KUBE_OVN_DEFAULT_PROVIDER = 'ovn';

/** One rule of a subnet's access list. */
export interface KubeOvnAcl extends WithExtra {
  readonly direction?: 'from-lport' | 'to-lport' | undefined;
  /** 0 to 32767; more wins. */
  readonly priority?: number | undefined;
  /** Expression of OVN, e.g. `ip4.src == 10.20.0.0/16`. */
  readonly match?: string | undefined;
  readonly action?: 'allow-related' | 'allow-stateless' | 'allow' | 'drop' | 'reject' | undefined;
}

/** Which traffic is masqueraded; the first rule that matches counts. */
export interface KubeOvnNatRule extends WithExtra {
  /** Addresses and CIDRs of one family, with commas between. */
  readonly match?: { readonly srcIPs?: string; readonly dstIPs?: string } | undefined;
  readonly action?: 'nat' | 'forward' | undefined;
}

/** How an underlay subnet reaches the overlay. */
export interface KubeOvnU2OFeatures extends WithExtra {
  /** Only towards overlay subnets. Needs `u2oInterconnection` and `vlan`. @default false */
  readonly overlayOnlyRouting?: boolean | undefined;
}

/**
 * A subnet of Kube-OVN: the addresses of one network, for the whole cluster.
 *
 * For an IPAM-only provider (`<network>.<namespace>` without `.ovn`) nothing but `cidrBlock`,
 * `excludeIps`, `gateway` (told to the pods' plugin), `protocol` and `provider` has an effect.
 *
 * @see https://kubeovn.github.io/docs/stable/en/guide/subnet/
 */
export interface KubeOvnSubnetDefinition extends WithExtra {
  /** Name of the object, in the whole cluster. */
  readonly name: string;
  /** `<network>.<namespace>` or `<network>.<namespace>.ovn`, as `kubeOvnProvider` computes it. @default ovn, the cluster network */
  readonly provider?: string | undefined;
  /** Can't be changed. `Mac` is for a `vlan` without `cidrBlock`. @default - by `cidrBlock` */
  readonly protocol?: 'IPv4' | 'IPv6' | 'Dual' | 'Mac' | undefined;
  /** A CIDR, or one of each family with a comma between: `10.20.0.0/16,fd00:20::/64`. Can't be changed. */
  readonly cidrBlock: string;
  /** An address of the subnet, or one of each family with a comma between. @default - the first of each CIDR */
  readonly gateway?: string | undefined;
  /** Addresses that are not given by themselves, `10.20.0.9` or `10.20.0.1..10.20.0.20`; a pod may still ask for them. @default - the gateway */
  readonly excludeIps?: readonly string[] | undefined;
  /** True for the subnet of namespaces that have none. @default false */
  readonly default?: boolean | undefined;
  /** Can't be changed. @default ovn-cluster */
  readonly vpc?: string | undefined;
  /** Namespaces whose pods are in it. Cluster network only. @default - none */
  readonly namespaces?: readonly string[] | undefined;
  /** The same by labels, as `LabelSelector`s of Kubernetes. @default - none */
  readonly namespaceSelectors?: readonly object[] | undefined;
  /** Where traffic leaves the overlay: on every node, or on `gatewayNode`. @default distributed */
  readonly gatewayType?: 'distributed' | 'centralized' | undefined;
  /** Nodes with commas between, for `centralized`. @default - none */
  readonly gatewayNode?: string | undefined;
  /** The same by labels, as `LabelSelector`s of Kubernetes. @default - none */
  readonly gatewayNodeSelectors?: readonly object[] | undefined;
  /** Masquerades what leaves the overlay. @default false */
  readonly natOutgoing?: boolean | undefined;
  /** Exceptions of `natOutgoing`. @default - none */
  readonly natOutgoingPolicyRules?: readonly KubeOvnNatRule[] | undefined;
  /** Next hops outside of the cluster, one of each family with a comma between; excludes `natOutgoing`. @default - none */
  readonly externalEgressGateway?: string | undefined;
  /** Priority of the policy route to `externalEgressGateway`. @default - none */
  readonly policyRoutingPriority?: number | undefined;
  /** Routing table of the policy route. @default - none */
  readonly policyRoutingTableID?: number | undefined;
  /** Bytes; IPv6 needs 1280. @default - the cluster network's */
  readonly mtu?: number | undefined;
  /** Lets in only this subnet, and `allowSubnets`. @default false */
  readonly private?: boolean | undefined;
  /** CIDRs that a `private` subnet lets in. @default - none */
  readonly allowSubnets?: readonly string[] | undefined;
  /** Name of a Vlan object: an underlay subnet. @default - overlay */
  readonly vlan?: string | undefined;
  /** Addresses of the subnet that are not bound to a port. @default - none */
  readonly vips?: readonly string[] | undefined;
  /** A gateway made by OVN on an underlay subnet; excludes `u2oInterconnection`. @default false */
  readonly logicalGateway?: boolean | undefined;
  /** Starts pods whose gateway does not answer. @default false */
  readonly disableGatewayCheck?: boolean | undefined;
  /** Keeps the subnet out of the interconnection of clusters. @default false */
  readonly disableInterConnection?: boolean | undefined;
  /** Answers DHCP requests of the pods. @default false */
  readonly enableDHCP?: boolean | undefined;
  /** Options of OVN's DHCPv4 server. @default - computed */
  readonly dhcpV4Options?: string | undefined;
  /** Options of OVN's DHCPv6 server. @default - computed */
  readonly dhcpV6Options?: string | undefined;
  /** Sends router advertisements. @default false */
  readonly enableIPv6RA?: boolean | undefined;
  /** Options of the router advertisements. @default - computed */
  readonly ipv6RAConfigs?: string | undefined;
  /** @default - none */
  readonly acls?: readonly KubeOvnAcl[] | undefined;
  /** Lets pods of the subnet talk to each other whatever `acls` say. @default false */
  readonly allowEWTraffic?: boolean | undefined;
  /** Connects an underlay subnet with the overlay; excludes `logicalGateway`. @default false */
  readonly u2oInterconnection?: boolean | undefined;
  /** Address of the subnet for the connection. @default - chosen */
  readonly u2oInterconnectionIP?: string | undefined;
  readonly u2oFeatures?: KubeOvnU2OFeatures | undefined;
  /** Services reach pods through OVN's load balancer. @default - the controller's setting */
  readonly enableLb?: boolean | undefined;
  /** Several gateways at once, for `centralized`. @default false */
  readonly enableEcmp?: boolean | undefined;
  /** Sends multicast to those only who asked for it. @default false */
  readonly enableMulticastSnoop?: boolean | undefined;
  /** Addresses of the subnet may be external addresses of services. @default false */
  readonly enableExternalLBAddress?: boolean | undefined;
  /** Routing table of the VPC. @default - main */
  readonly routeTable?: string | undefined;
  /** Name of the nodes' network that an underlay subnet stands on. @default - none */
  readonly nodeNetwork?: string | undefined;
}

const UINT32 = [0, 4294967295] as const;

const ACL = objectSpec<KubeOvnAcl>('an ACL of a Subnet', {
  direction: word(['from-lport', 'to-lport']),
  priority: integer(0, 32767, 'a priority'),
  match: text(),
  action: word(['allow-related', 'allow-stateless', 'allow', 'drop', 'reject']),
});

const NAT_MATCH = objectSpec<{ srcIPs?: string; dstIPs?: string }>('a match of a NAT rule', {
  srcIPs: text(),
  dstIPs: text(),
});

const NAT_RULE = objectSpec<KubeOvnNatRule>('a NAT rule of a Subnet', {
  match: object(NAT_MATCH),
  action: word(['nat', 'forward']),
});

const U2O_FEATURES = objectSpec<KubeOvnU2OFeatures>('u2oFeatures', {
  overlayOnlyRouting: flag(),
});

/** The `spec` of a Subnet, the usual keys in front. The API server drops keys in another case. */
export const KUBE_OVN_SUBNET: ObjectSpec = {
  isExact: true,
  ...objectSpec<Omit<KubeOvnSubnetDefinition, 'name'>>('a Subnet', {
    protocol: word(['IPv4', 'IPv6', 'Dual', 'Mac']),
    provider: text(),
    cidrBlock: text(),
    gateway: text(),
    excludeIps: texts(),
    default: flag(),
    vpc: text(),
    namespaces: texts(),
    namespaceSelectors: shaped({ kind: 'list', of: ANY }),
    gatewayType: word(['distributed', 'centralized']),
    gatewayNode: text(),
    gatewayNodeSelectors: shaped({ kind: 'list', of: ANY }),
    natOutgoing: flag(),
    natOutgoingPolicyRules: objects(NAT_RULE),
    externalEgressGateway: text(),
    policyRoutingPriority: integer(...UINT32, 'a priority'),
    policyRoutingTableID: integer(...UINT32, 'a routing table'),
    mtu: integer(0, 65535, 'an MTU in bytes'),
    private: flag(),
    allowSubnets: texts(),
    vlan: text(),
    vips: texts(),
    logicalGateway: flag(),
    disableGatewayCheck: flag(),
    disableInterConnection: flag(),
    enableDHCP: flag(),
    dhcpV4Options: text(),
    dhcpV6Options: text(),
    enableIPv6RA: flag(),
    ipv6RAConfigs: text(),
    acls: objects(ACL),
    allowEWTraffic: flag(),
    u2oInterconnection: flag(),
    u2oInterconnectionIP: text(),
    u2oFeatures: object(U2O_FEATURES),
    enableLb: flag(),
    enableEcmp: flag(),
    enableMulticastSnoop: flag(),
    enableExternalLBAddress: flag(),
    routeTable: text(),
    nodeNetwork: text(),
  }),
};

/** The `spec` of a Subnet object. */
export function kubeOvnSubnetSpec(definition: KubeOvnSubnetDefinition): object {
  return print(KUBE_OVN_SUBNET, definition);
}

/**
 * The subnet of an object's `spec`, the mirror of {@link kubeOvnSubnetSpec}. Unknown keys stay in
 * `extra`; a `cidrBlock` that is missing is empty.
 */
export function parseKubeOvnSubnet(name: string, spec: unknown): KubeOvnSubnetDefinition {
  const read = parse<KubeOvnSubnetDefinition>(KUBE_OVN_SUBNET, isMembers(spec) ? spec : {});
  return { ...read, name, cidrBlock: read.cidrBlock ?? '' };
}
