import type { ApiObjectMetadata } from 'cdk8s';
import type { TargetVersions } from '../cni';
import type { AdditionalNetworkType } from '../installs';
import type { NodeSelection } from '../kubernetes';
import type { Chain } from './chain';
import type { Ipam } from './ipam';

/** What every network takes. */
export interface NetworkProps {
  /**
   * Name of the NetworkAttachmentDefinition: 1 to 63 of a-z, 0-9, `-` and `.`.
   *
   * @default - the construct's id
   * @throws NL_NAME_INVALID, NL_NAME_TWICE, at synthesis
   */
  readonly name?: string;
  /** @default - the chart's namespace */
  readonly namespace?: string;
  /**
   * Where the addresses come from.
   *
   * @default - none: a link without addresses
   * @throws NL_IPAM_REQUIRED, at synthesis, for plugins that need one
   */
  readonly ipam?: Ipam;
  /** Plugins that change what the network's own made, in order. @default - none */
  readonly chain?: Chain[];
  /** Version of the CNI specification to write. @default 0.4.0 */
  readonly cniVersion?: string;
  /**
   * Name in the CNI configuration. Networks of one such name share host-local's files on a node; to
   * OVN-Kubernetes they are one network.
   *
   * @default - `name`
   */
  readonly configName?: string;
  /**
   * Resource of a device plugin, `vendor.com/name`: pods get a device of it, whose id goes into the
   * plugin's configuration.
   *
   * @default - none
   */
  readonly resourceName?: string;
  /** The runtime does not ask whether the network is still in order: whereabouts always says no. @default false */
  readonly disableCheck?: boolean;
  /** The runtime does not collect what earlier pods left. CNI 1.1.0. @default false */
  readonly disableGC?: boolean;
  /** Further versions of the specification; the runtime takes the highest it knows. CNI 1.1.0. @default - none */
  readonly cniVersions?: string[];
  /**
   * Releases that the nodes of this network have: what they don't know is refused.
   *
   * @default - those of the platform
   * @throws NL_RELEASE_TOO_OLD, at synthesis
   */
  readonly targetVersions?: TargetVersions;
  /**
   * A ValidatingAdmissionPolicy (Kubernetes 1.30 or newer) that lets only pods with a claim attach to
   * the network's twin for claimed addresses. Needs a namespace that is known: the network's own or
   * the chart's.
   *
   * @default - true when something claims an address and the namespace is known
   */
  readonly claimedPolicy?: boolean;
  /**
   * Lets OpenShift's Cluster Network Operator make the object, as an entry of its list of this type:
   * `Raw` for every network, `SimpleMacvlan` for macvlan with dhcp or static in the operator's own
   * words. The list is one for the cluster, so that the name has to be unique there; labels and
   * annotations are not carried over.
   *
   * @default - an object of its own
   * @throws NL_PLATFORM_UNSUPPORTED, NL_VALUES_CONFLICT, NL_NAME_TWICE, at synthesis
   */
  readonly additionalNetwork?: AdditionalNetworkType;
  /** Labels and annotations of the object. @default - the chart's */
  readonly metadata?: ApiObjectMetadata;
}

/** Nodes whose host interface has a name of its own. */
export interface NodeGroupMaster extends NodeSelection {
  /** Host interface on these nodes, e.g. `eth1`, 1 to 15 bytes. */
  readonly master: string;
}

/** Props of networks whose host interface is called differently from node to node. */
export interface MasterProps {
  /**
   * Host interfaces by groups of nodes. Each group gets a NetworkAttachmentDefinition of its own,
   * `<name>-<group>` in lower case; `attach(network, { nodeGroup })` chooses one of them, and keeps
   * the pod on the group's nodes. Excludes `master`.
   *
   * @default - `master` on all nodes
   * @throws NL_NODE_GROUP, at synthesis
   */
  readonly masterByNodeGroup?: Readonly<Record<string, NodeGroupMaster>>;
}
