import type { types } from '@pulumi/kubernetes';
import * as pulumi from '@pulumi/pulumi';
import { definedOnly, type LinkConfig, type LinkKind, type TargetVersions } from '../cni';
import type { Problem } from '../errors';
import type { AdditionalNetworkType } from '../installs';
import type { NodeSelection } from '../kubernetes';
import { type CniPatch, checkOptionNames, optionNames } from '../rules';
import type { ChainArgs } from './chain';
import type { InputsOf } from './inputs';
import type { IpamArgs } from './ipam';
import type { Silence } from './silence';

/** What every network takes. */
export interface NetworkArgs {
  /** Name of the NetworkAttachmentDefinition. @default - the resource's name */
  name?: pulumi.Input<string>;
  /** @default default */
  namespace?: pulumi.Input<string>;
  /** Where the addresses come from. @default - none: a link without addresses */
  ipam?: IpamArgs;
  /** Plugins that change what the network's own made, in order. @default - none */
  chain?: ChainArgs[];
  /** Version of the CNI specification to write. @default 0.4.0 */
  cniVersion?: pulumi.Input<string>;
  /** Name in the CNI configuration: networks of one such name share host-local's files. @default - `name` */
  configName?: pulumi.Input<string>;
  /** Resource of a device plugin, `vendor.com/name`. @default - none */
  resourceName?: pulumi.Input<string>;
  /** The runtime does not ask whether the network is still in order. @default false */
  disableCheck?: pulumi.Input<boolean>;
  /** The runtime does not collect what earlier pods left. CNI 1.1.0. @default false */
  disableGC?: pulumi.Input<boolean>;
  /** Further versions of the specification. CNI 1.1.0. @default - none */
  cniVersions?: pulumi.Input<pulumi.Input<string>[]>;
  /** Releases that the nodes of this network have: what they don't know is refused. @default - any */
  targetVersions?: pulumi.Input<TargetVersions>;
  /**
   * A ValidatingAdmissionPolicy (Kubernetes 1.30 or newer) that lets only pods with a claim attach to
   * the network's twin for claimed addresses.
   *
   * @default - true when something in the program claims an address of it
   */
  claimedPolicy?: boolean;
  /**
   * Changes of the CNI configuration after everything else, for what no member says: with groups of
   * nodes, of each. Rules look at the other members only.
   *
   * @default - none
   * @throws NL_KEY_MISSING, NL_VALUES_CONFLICT, at preview, for what has no place there
   */
  patchCni?: pulumi.Input<pulumi.Input<InputsOf<CniPatch>>[]>;
  /** The same for the twin for claimed addresses, whose IPAM is static. @default - none */
  patchClaimedCni?: pulumi.Input<pulumi.Input<InputsOf<CniPatch>>[]>;
  /**
   * Lets OpenShift's Cluster Network Operator make the object, as an entry of its list of this type:
   * `Raw` for every network, `SimpleMacvlan` for macvlan with dhcp or static in the operator's own
   * words. The list is one for the cluster, so that the name has to be unique there; labels and
   * annotations are not carried over.
   *
   * @default - an object of its own
   * @throws NL_PLATFORM_UNSUPPORTED, NL_VALUES_CONFLICT, NL_NAME_TWICE, at preview
   */
  additionalNetwork?: AdditionalNetworkType;
  /** Labels and annotations of the object. @default - none */
  metadata?: types.input.meta.v1.ObjectMeta;
  /** The agent that holds the claimable part. @default - the only one there is */
  agent?: pulumi.Input<string>;
  /** Warnings that are no problem here, with the reason. @default - none */
  silence?: Silence;
}

/** Nodes whose host interface has a name of its own. */
export interface NodeGroupMasterArgs extends InputsOf<NodeSelection> {
  /** Host interface on these nodes, e.g. `eth1`, 1 to 15 bytes. */
  master: pulumi.Input<string>;
}

/** Args of networks whose host interface is called differently from node to node. */
export interface MasterArgs {
  /**
   * Host interfaces by groups of nodes. Each group gets a NetworkAttachmentDefinition of its own,
   * `<name>-<group>` in lower case; an attachment's `nodeGroup` chooses one of them, and keeps the
   * pod on the group's nodes. Excludes `master`.
   *
   * @default - `master` on all nodes
   */
  masterByNodeGroup?: Record<string, NodeGroupMasterArgs>;
}

/** The names of {@link NetworkArgs}. */
const OF_EVERY = Object.keys({
  name: true,
  namespace: true,
  ipam: true,
  chain: true,
  cniVersion: true,
  configName: true,
  resourceName: true,
  disableCheck: true,
  disableGC: true,
  cniVersions: true,
  targetVersions: true,
  claimedPolicy: true,
  additionalNetwork: true,
  patchCni: true,
  patchClaimedCni: true,
  metadata: true,
  agent: true,
  silence: true,
} satisfies { readonly [Name in keyof NetworkArgs]-?: true });

/** Everything that is no setting of the plugin. */
const NETWORK_KEYS: ReadonlySet<string> = new Set([
  ...OF_EVERY,
  ...['subnet', 'masterByNodeGroup', 'deviceByNodeGroup'],
]);

/** What a whole configuration says itself. */
const IN_CONFIG = ['ipam', 'chain', 'configName', 'disableCheck', 'disableGC', 'cniVersions'];

const OF_CNI: ReadonlySet<string> = new Set(
  ['config', 'plugins', ...OF_EVERY].filter((name) => !IN_CONFIG.includes(name)),
);

/** @param kind of the plugin; `raw` for a network whose configuration is as upstream writes it */
export function checkArgNames(args: object, kind: LinkKind | 'raw'): readonly Problem[] {
  if (kind === 'raw') return checkOptionNames(args, OF_CNI, 'CniNetwork');
  return checkOptionNames(args, optionNames(kind, OF_EVERY), `${kind} networks`);
}

/** What arguments say of the network's own plugin. */
export function linkOf(kind: LinkKind, args: object): pulumi.Output<LinkConfig> {
  const settings = Object.entries(args).filter(([key]) => !NETWORK_KEYS.has(key));
  return pulumi
    .output(Object.fromEntries(settings))
    .apply((known) => ({ kind, settings: definedOnly(known) })) as pulumi.Output<LinkConfig>;
}
