import type { TargetVersions } from '../cni';
import type { Problem } from '../errors';
import type {
  HostBridgeDefinition,
  KubeOvnIpPoolDefinition,
  KubeOvnSubnetDefinition,
  MultiNetworkPolicyDefinition,
  NamedNetwork,
  NetworkDefinition,
  NodeNetworkObject,
  PlatformFacts,
  PlatformPart,
  ReadAttachments,
  VirtualMachineDefinition,
} from '../kubernetes';
import type { AttachmentIntent } from './attachments';
import type { NamedClaim } from './claims';
import type { WorkloadManifest } from './workloads';

/** The pods of one object, and the networks that they ask for. */
export interface PodsDefinition {
  readonly name: string;
  readonly namespace?: string | undefined;
  /** How many pods there are at once, and what they are made by. */
  readonly workload: WorkloadManifest;
  /** Keys of problems begin with `attachments[N]`. */
  readonly attachments: readonly AttachmentIntent[];
  /** The pods' annotations, ours included; keys of problems begin with `annotations["..."]`. */
  readonly annotations: Readonly<Record<string, string>>;
  /** Annotations of the object that makes the pods, where it is none itself. @default - unknown */
  readonly ownAnnotations?: Readonly<Record<string, string>> | undefined;
  /** How the `networks` annotation was written, where somebody else wrote it. */
  readonly read?: ReadAttachments | undefined;
}

/** What is known of the cluster beside the objects. */
export interface ClusterFacts {
  readonly platform?: PlatformFacts | undefined;
  readonly targetVersions?: TargetVersions | undefined;
  /** How many nodes run pods with these networks. @default - unknown, which may be many */
  readonly nodes?: number | undefined;
  /** The cluster's own networks. @default - unknown */
  readonly podCidrs?: readonly string[] | undefined;
  readonly serviceCidrs?: readonly string[] | undefined;
  readonly nodeCidrs?: readonly string[] | undefined;
  /** Multus' namespaceIsolation, with the namespaces that everybody may use. @default - off */
  readonly isolation?: { readonly globalNamespaces: readonly string[] } | undefined;
  /** True when every network of the cluster is among the objects. @default false */
  readonly isComplete?: boolean | undefined;
}

/** A part of the cluster that something of the world installs. */
export interface InstalledPart {
  readonly part: Exclude<PlatformPart, 'kube-ovn'>;
  /** Its release, e.g. `v0.9.4`. @default - unknown */
  readonly release?: string | undefined;
  /** Of whereabouts: where it is, and its pools. @default - unknown */
  readonly namespace?: string | undefined;
  /** Of whereabouts: whether its reconciler is there. @default false */
  readonly reconciles?: boolean | undefined;
}

/** Objects that rules look at together. */
export interface World extends ClusterFacts {
  readonly networks: readonly NetworkDefinition[];
  readonly pods: readonly PodsDefinition[];
  /** Those of NodeNetworks among them. */
  readonly bridges: readonly HostBridgeDefinition[];
  /** Networks that are there, and that can't be read or stand in files of the nodes. @default - none */
  readonly unread?: readonly NamedNetwork[] | undefined;
  /** @default - none */
  readonly claims?: readonly NamedClaim[] | undefined;
  /** Subnets of Kube-OVN. @default - none */
  readonly subnets?: readonly KubeOvnSubnetDefinition[] | undefined;
  /** IPPools of Kube-OVN. @default - none */
  readonly ipPools?: readonly KubeOvnIpPoolDefinition[] | undefined;
  /** What is installed, as far as the objects say. @default - nothing */
  readonly installs?: readonly InstalledPart[] | undefined;
  /** @default - none */
  readonly policies?: readonly MultiNetworkPolicyDefinition[] | undefined;
  /** Networks of nodes; their bridges stand in `bridges`. @default - none */
  readonly nodeNetworks?: readonly NodeNetworkObject[] | undefined;
  /** @default - none */
  readonly virtualMachines?: readonly VirtualMachineDefinition[] | undefined;
}

/** A problem of one of the objects of a world; its key is that object's own. */
export interface WorldFinding {
  /** The definition in the world, the same reference. */
  readonly subject: object;
  readonly problem: Problem;
}

/** A rule that needs several objects. It must not take longer than n log n. */
export type WorldRule = (world: World) => WorldFinding[];

/** The problems as findings of one object. */
export function findingsOf(subject: object, problems: readonly Problem[]): WorldFinding[] {
  return problems.map((problem) => ({ subject, problem }));
}
