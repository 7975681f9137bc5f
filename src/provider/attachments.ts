import * as pulumi from '@pulumi/pulumi';
import { definedOnly } from '../cni';
import type { Problem } from '../errors';
import {
  type Attachment,
  type AttachmentBandwidth,
  attachmentText,
  type ClaimedAttachment,
  claimedName,
  interfaceNames,
  type KubeOvnPodSettings,
  kubeOvnAnnotations,
  type NetworkDefinition,
  type NodeSelection,
  type PortMapping,
} from '../kubernetes';
import { type AttachmentIntent, checkNodeGroup, checkOptionNames } from '../rules';
import type { AddressClaim } from './address-claim';
import type { InputsOf } from './inputs';
import type { KnownNetwork } from './known-network';
import { type AttachableNetwork, Network } from './network';

/** How a pod is attached to a network. */
export interface AttachmentArgs {
  /** One of this program, or `Network.fromName({ name, namespace })`. */
  network: AttachableNetwork;
  /** Name of the interface in the pod, 1 to 15 bytes. @default - net1, net2 and so on, by position */
  interface?: pulumi.Input<string>;
  /** Addresses to ask for; static IPAM needs prefix lengths. @default - the IPAM chooses */
  ips?: pulumi.Input<pulumi.Input<string>[]>;
  /** MAC address to ask for. @default - the plugin chooses */
  mac?: pulumi.Input<string>;
  /** Next hops; moves the pod's default route to this interface. @default - none */
  defaultRoute?: pulumi.Input<pulumi.Input<string>[]>;
  /** Brings the addresses. The pod then attaches to the network's `-claimed` twin. @default - none */
  claim?: AddressClaim;
  /** Group of nodes, of a network whose interface differs by node: the pod then runs there only. @default - none */
  nodeGroup?: string;
  /** Ports of the node that lead to the pod. Needs the chained plugin portmap. @default - none */
  portMappings?: pulumi.Input<pulumi.Input<InputsOf<PortMapping>>[]>;
  /** Limits, bit/s and bit. Needs the chained plugin bandwidth. @default - what the network says */
  bandwidth?: pulumi.Input<InputsOf<AttachmentBandwidth>>;
  /** What Kube-OVN is asked for, on a network of its plugin or its IPAM. @default - Kube-OVN chooses */
  kubeOvn?: pulumi.Input<InputsOf<KubeOvnPodSettings>>;
  /** GUID of an InfiniBand interface, eight octets. @default - the plugin chooses */
  infinibandGuid?: pulumi.Input<string>;
  /** Arguments for the plugins, merged into `args.cni` of each. @default - none */
  cniArgs?: pulumi.Input<Record<string, unknown>>;
  /** Device to use; ignored where the device plugin gives one. @default - the device plugin's */
  deviceID?: pulumi.Input<string>;
  /** Name of an IPAMClaim, which OVN-Kubernetes reads. @default - none */
  ipamClaimReference?: pulumi.Input<string>;
  /** Keys of the attachment that netloom does not know, as they are written. @default - none */
  extra?: pulumi.Input<Record<string, unknown>>;
}

/** The names of {@link AttachmentArgs}. */
const ARGS: ReadonlySet<string> = new Set(
  Object.keys({
    network: true,
    interface: true,
    ips: true,
    mac: true,
    defaultRoute: true,
    claim: true,
    nodeGroup: true,
    portMappings: true,
    bandwidth: true,
    kubeOvn: true,
    infinibandGuid: true,
    cniArgs: true,
    deviceID: true,
    ipamClaimReference: true,
    extra: true,
  } satisfies { readonly [Name in keyof AttachmentArgs]-?: true }),
);

/** An attachment as far as it is known. */
export interface KnownAttachment {
  /** As rules look at it: without a claim's addresses, which are its own business. */
  readonly intent: AttachmentIntent;
  /** The nodes that the pod has to run on because of it. */
  readonly nodes: NodeSelection | undefined;
  readonly kubeOvn: KubeOvnPodSettings | undefined;
  /** What is wrong with the asking; keys are those of the args. */
  readonly problems: readonly Problem[];
}

/** An attachment by what it says, whatever address its claim gets. Behind a function: see Network. */
export function knownAttachment(args: AttachmentArgs): pulumi.Output<() => KnownAttachment> {
  const { network, claim, nodeGroup, kubeOvn, ...others } = args;
  const made = network instanceof Network ? network : undefined;
  const { name, namespace } = network;
  return pulumi
    .all([
      made?._known,
      claim?._intent,
      pulumi.output({ options: others, kubeOvn }),
      // A network of this program tells its name before it is admitted.
      made ? undefined : pulumi.output({ name, namespace }),
    ])
    .apply(([known, claimed, { options, kubeOvn: asked }, reference]) => {
      const of = known?.() as KnownNetwork | undefined;
      const groups = of?.parts.flatMap(({ group }) => group ?? []) ?? [];
      const part = of?.parts.find(({ group }) => group === nodeGroup);
      const definition = part?.network ?? of?.definition;
      const own = definition ?? (reference as { name: string; namespace?: string });
      const isKubeOvn =
        definition?.link.kind === 'kube-ovn' || definition?.ipam.kind === 'kube-ovn';
      const { ips, mac, ...rest } = options;
      const attachment = definedOnly({
        name: claim ? twinName(own.name, definition) : own.name,
        namespace: own.namespace,
        ...rest,
        // Kube-OVN reads them in annotations of its own.
        ...(!isKubeOvn && { ips, mac }),
      }) as unknown as Attachment;
      const intent = {
        attachment,
        network: definition,
        claim: claimed && {
          ...claimed(),
          ...(claim?._network === network && definition && { network: definition }),
        },
      } as AttachmentIntent;
      const settings = definedOnly({ ipAddress: ips?.join(','), macAddress: mac, ...asked });
      const found: KnownAttachment = {
        intent,
        nodes: part?.nodes,
        kubeOvn: isKubeOvn ? (settings as KubeOvnPodSettings) : undefined,
        problems: [
          ...checkOptionNames(args, ARGS, 'an attachment'),
          ...checkNodeGroup(own.name, groups, nodeGroup),
          ...(asked !== undefined && !isKubeOvn ? [notKubeOvns(own.name)] : []),
        ],
      };
      return () => found;
    }) as pulumi.Output<() => KnownAttachment>;
}

/** A static network needs no twin: each pod brings its own addresses anyway. */
function twinName(name: string, definition: NetworkDefinition | undefined): string {
  return definition?.ipam.kind === 'static' ? name : claimedName(name);
}

/** The attachment as it is written, with the addresses of its claim. */
export function writtenAttachment(
  args: AttachmentArgs,
  known: pulumi.Output<() => KnownAttachment>,
): pulumi.Output<Attachment> {
  return pulumi.all([known, args.claim?.cidrs]).apply(([of, cidrs]) => {
    const { attachment } = of().intent;
    return args.claim ? { ...attachment, ips: cidrs as string[] } : attachment;
  }) as pulumi.Output<Attachment>;
}

/** The annotations that Kube-OVN reads of a pod's attachments. */
export function kubeOvnPodAnnotations(all: readonly KnownAttachment[]): Record<string, string> {
  const names = interfaceNames(all.map(({ intent }) => intent.attachment));
  const annotations: Record<string, string> = {};
  for (const [index, { intent, kubeOvn }] of all.entries()) {
    const { network } = intent;
    if (!network || !kubeOvn) continue;
    const isAgain = all.some((other, at) => at !== index && other.intent.network === network);
    Object.assign(
      annotations,
      kubeOvnAnnotations(network, kubeOvn, isAgain ? names[index] : undefined),
    );
  }
  return annotations;
}

/** A claimed attachment as the network's policy lets it through. */
export function claimedText(
  written: Attachment,
  podNamespace: string,
  podName: string,
): ClaimedAttachment {
  return { podNamespace, podName, text: attachmentText(written, podNamespace) };
}

function notKubeOvns(network: string): Problem {
  return {
    code: 'NL_VALUES_CONFLICT',
    key: 'kubeOvn',
    found: `network "${network}" is not known to be Kube-OVN's`,
    allowed: 'kubeOvn on its networks',
    fix: 'leave kubeOvn out',
  };
}
