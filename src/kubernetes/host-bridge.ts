import { definedOnly } from '../cni';

/** API group and version of netloom's own objects. */
export const NETLOOM_API_VERSION = 'netloom.io/v1alpha1';

/** A Linux bridge wanted on chosen nodes. */
export interface HostBridgeDefinition {
  /** Name of the bridge on the host, 1 to 15 bytes. */
  readonly bridge: string;
  /**
   * Addresses of the host on the bridge, with prefix length, in the order the kernel shall list
   * them. A gateway that the bridge plugin manages has to come first of its family.
   *
   * @default - none
   */
  readonly addresses?: readonly string[] | undefined;
  /** Host interfaces to make ports of the bridge. @default - none */
  readonly ports?: readonly string[] | undefined;
  /** Bytes, 68 to 65535. @default - the kernel's, 1500 */
  readonly mtu?: number | undefined;
  /** MAC address of the bridge itself. @default - one derived from the node and the bridge's name */
  readonly mac?: string | undefined;
  /**
   * Spanning tree protocol, for bridges that may be part of a loop. Ports then wait for 30 seconds
   * before they forward.
   *
   * @default - the kernel's, false
   */
  readonly stp?: boolean | undefined;
  /**
   * Sends multicast only to ports where somebody wants it. Without a querier in the network members get
   * lost after a while; false then helps.
   *
   * @default - the kernel's, true
   */
  readonly multicastSnooping?: boolean | undefined;
  /**
   * Takes over a bridge of this name that somebody else made, the CNI bridge plugin for a pod that came
   * first for example: its address, MAC address and ports stay, and a removal gives it back as it was.
   * The node's own policy has to allow it.
   *
   * @default false - such a bridge is refused
   */
  readonly adopt?: boolean | undefined;
  /**
   * Takes the interface of the default route, or the one that the request comes in on, as a port: its
   * addresses, routes and MAC address move to the bridge, and return when it leaves. The node's own
   * policy has to allow it (`uplink: confirm`), and a watchdog takes it back when nobody confirms.
   *
   * @default false - such a port is refused
   */
  readonly uplink?: boolean | undefined;
  /** Labels that a node must have. @default - every node */
  readonly nodeSelector?: Readonly<Record<string, string>> | undefined;
}

/** The `spec` of a HostBridge object. */
export function hostBridgeSpec(definition: HostBridgeDefinition): object {
  return definedOnly({
    bridge: definition.bridge,
    addresses: definition.addresses,
    ports: definition.ports,
    mtu: definition.mtu,
    mac: definition.mac,
    stp: definition.stp,
    multicastSnooping: definition.multicastSnooping,
    adopt: definition.adopt,
    uplink: definition.uplink,
    nodeSelector: definition.nodeSelector,
  });
}

/** The CustomResourceDefinition of HostBridge objects, without its metadata. */
export function hostBridgeCrdSpec(): object {
  const strings = { type: 'array', items: { type: 'string' } };
  return {
    group: 'netloom.io',
    scope: 'Cluster',
    names: {
      kind: 'HostBridge',
      listKind: 'HostBridgeList',
      plural: 'hostbridges',
      singular: 'hostbridge',
    },
    versions: [
      {
        name: 'v1alpha1',
        served: true,
        storage: true,
        subresources: { status: {} },
        additionalPrinterColumns: [
          { name: 'Bridge', type: 'string', jsonPath: '.spec.bridge' },
          { name: 'Addresses', type: 'string', jsonPath: '.spec.addresses' },
        ],
        schema: {
          openAPIV3Schema: {
            type: 'object',
            required: ['spec'],
            properties: {
              spec: {
                type: 'object',
                required: ['bridge'],
                properties: {
                  bridge: { type: 'string', minLength: 1, maxLength: 15 },
                  addresses: strings,
                  ports: strings,
                  mtu: { type: 'integer', minimum: 68, maximum: 65535 },
                  mac: { type: 'string', maxLength: 17 },
                  stp: { type: 'boolean' },
                  multicastSnooping: { type: 'boolean' },
                  adopt: { type: 'boolean' },
                  uplink: { type: 'boolean' },
                  nodeSelector: { type: 'object', additionalProperties: { type: 'string' } },
                },
              },
              status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
            },
          },
        },
      },
    ],
  };
}
