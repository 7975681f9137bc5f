import { isMembers, type ObjectSpec, type WithExtra } from '../cni';
import { print } from '../cni/codec';
import {
  ANY,
  integer,
  mapOf,
  object,
  objectSpec,
  objects,
  shaped,
  TEXT,
  text,
  texts,
  word,
} from '../cni/spec';

/** Annotation in which a pod names its networks. */
export const NETWORKS_ANNOTATION = 'k8s.v1.cni.cncf.io/networks';

/** Annotation that replaces the pod's cluster network, eth0, by another one. */
export const DEFAULT_NETWORK_ANNOTATION = 'v1.multus-cni.io/default-network';

/** Annotation in which Multus says what a pod got. */
export const NETWORK_STATUS_ANNOTATION = 'k8s.v1.cni.cncf.io/network-status';

/** A port of the node that leads to the pod. Needs the chained plugin portmap. */
export interface PortMapping extends WithExtra {
  /** 1 to 65535. */
  readonly hostPort: number;
  /** 1 to 65535. */
  readonly containerPort: number;
  /** @default tcp */
  readonly protocol?: 'tcp' | 'udp' | 'sctp' | 'TCP' | 'UDP' | 'SCTP' | undefined;
  /** Address of the node that it is open on. @default - all */
  readonly hostIP?: string | undefined;
}

/** Limits of one attachment. Needs the chained plugin bandwidth; of each direction rate and burst, or neither. */
export interface AttachmentBandwidth extends WithExtra {
  /** To the pod, bit/s. @default - unlimited */
  readonly ingressRate?: number | undefined;
  /** To the pod, bit. @default - none */
  readonly ingressBurst?: number | undefined;
  /** From the pod, bit/s. @default - unlimited */
  readonly egressRate?: number | undefined;
  /** From the pod, bit. @default - none */
  readonly egressBurst?: number | undefined;
}

/** One network on one pod. */
export interface Attachment extends WithExtra {
  /** Name of the NetworkAttachmentDefinition. */
  readonly name: string;
  /** @default - the pod's namespace */
  readonly namespace?: string | undefined;
  /** Interface in the pod, 1 to 15 bytes. @default - net1, net2 and so on, by position */
  readonly interface?: string | undefined;
  /** Addresses asked for; static IPAM needs the prefix length. @default - the IPAM chooses */
  readonly ips?: readonly string[] | undefined;
  /** MAC address asked for, `02:00:00:00:00:01`. @default - the plugin chooses */
  readonly mac?: string | undefined;
  /** GUID of an InfiniBand interface, eight octets. @default - the plugin chooses */
  readonly infinibandGuid?: string | undefined;
  /** @default - none */
  readonly portMappings?: readonly PortMapping[] | undefined;
  /** @default - what the network says */
  readonly bandwidth?: AttachmentBandwidth | undefined;
  /**
   * Next hops: moves the pod's default route to this interface. At most one of each family. An empty
   * list keeps the network's own gateway and takes away those of the other interfaces.
   */
  readonly defaultRoute?: readonly string[] | undefined;
  /** Arguments for the plugins, merged into `args.cni` of each. @default - none */
  readonly cniArgs?: Readonly<Record<string, unknown>> | undefined;
  /** Device to use; ignored where the device plugin gives one. @default - the device plugin's */
  readonly deviceID?: string | undefined;
  /** Name of an IPAMClaim; Multus ignores it, OVN-Kubernetes reads it. @default - none */
  readonly ipamClaimReference?: string | undefined;
}

const PORT = [1, 65535, 'a port'] as const;
const RATE = [0, Number.MAX_SAFE_INTEGER, 'a rate in bit/s'] as const;
const BURST = [0, Number.MAX_SAFE_INTEGER, 'a burst in bit'] as const;

const PORT_MAPPING = objectSpec<PortMapping>('a port mapping', {
  hostPort: integer(...PORT, { required: true }),
  containerPort: integer(...PORT, { required: true }),
  // iptables takes upper case, too.
  protocol: word(['tcp', 'udp', 'sctp', 'TCP', 'UDP', 'SCTP']),
  hostIP: text(),
});

const BANDWIDTH = objectSpec<AttachmentBandwidth>('bandwidth', {
  ingressRate: integer(...RATE),
  ingressBurst: integer(...BURST),
  egressRate: integer(...RATE),
  egressBurst: integer(...BURST),
});

/** An element of the annotation's JSON form. */
export const ATTACHMENT: ObjectSpec = objectSpec<Attachment>('an attachment', {
  name: text(),
  namespace: text(),
  interface: text(),
  ips: texts(),
  mac: text(),
  infinibandGuid: text({ wire: 'infiniband-guid' }),
  portMappings: objects(PORT_MAPPING),
  bandwidth: object(BANDWIDTH),
  defaultRoute: shaped({ kind: 'list', of: TEXT }, { wire: 'default-route' }),
  cniArgs: mapOf(ANY, { wire: 'cni-args' }),
  deviceID: text(),
  ipamClaimReference: text({ wire: 'ipam-claim-reference' }),
});

/** Names that fit the short form: Multus refuses a dot there; of an interface, before 4.1. */
export const SHORT_NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

/**
 * The value of a pod's `networks` annotation: the short form where it can say it all, else JSON.
 *
 * @param podNamespace left out of attachments that live in it
 */
export function networksAnnotation(
  attachments: readonly Attachment[],
  podNamespace: string | undefined,
): string {
  const relative = attachments.map((attachment) =>
    attachment.namespace === podNamespace ? { ...attachment, namespace: undefined } : attachment,
  );
  if (relative.every(isShort)) return relative.map(shortForm).join(',');
  return JSON.stringify(
    relative.map((attachment) => print(ATTACHMENT, withProtocols(attachment))),
    undefined,
    2,
  );
}

/** portmap has no default of its own: without a protocol the pod does not start. */
function withProtocols(attachment: Attachment): Attachment {
  const { portMappings } = attachment;
  // Of a wrong type it is told of by a check.
  if (!Array.isArray(portMappings) || !portMappings.every(isMembers)) return attachment;
  const named = portMappings.map((one) => ({ ...one, protocol: one.protocol ?? 'tcp' }));
  return { ...attachment, portMappings: named as PortMapping[] };
}

function isShort(attachment: Attachment): boolean {
  const { name, namespace, interface: ifname, ...others } = attachment;
  return (
    SHORT_NAME.test(name) &&
    (namespace === undefined || SHORT_NAME.test(namespace)) &&
    (ifname === undefined || SHORT_NAME.test(ifname)) &&
    Object.values(others).every((value) => value === undefined)
  );
}

function shortForm(attachment: Attachment): string {
  const namespace = attachment.namespace === undefined ? '' : `${attachment.namespace}/`;
  const suffix = attachment.interface === undefined ? '' : `@${attachment.interface}`;
  return `${namespace}${attachment.name}${suffix}`;
}

/** The interface of each attachment, `net<position>` where none is named. */
export function interfaceNames(attachments: readonly Attachment[]): string[] {
  return attachments.map((attachment, index) => attachment.interface ?? `net${index + 1}`);
}
