import { ApiObject, type JsonPatch } from 'cdk8s';
import type { Construct, IConstruct } from 'constructs';
import { claimableOf, claimablePool, type LinkConfig, type NetworkConfig } from '../cni';
import type { Problem } from '../errors';
import {
  claimedName,
  kubeOvnProvider,
  type NetworkDefinition,
  type NodeSetting,
} from '../kubernetes';
import { checkOptionNames, type NetworkGroups } from '../rules';
import { addClaimedPolicy } from './claimed-policy';
import { nodeSettingOf } from './cluster-facts';
import type { KubeOvnSubnet } from './kube-ovn-subnet';
import type { Manifest } from './manifest';
import { modelOf } from './model';
import { checkParts } from './network-check';
import { networkOfProps, partsOf } from './network-definition';
import { networkOptions } from './network-options';
import { NetworkObject, NetworkPart } from './network-part';
import type { NetworkProps } from './network-props';
import { checkAtOperator, placeAtOperator } from './operator-network';
import { plainManifest } from './plain-manifest';
import { withSilences } from './silence-annotation';
import { validateWith } from './validation';

/** A network that pods can be attached to. */
export interface INetwork {
  readonly name: string;
  readonly namespace?: string;
  /** Undefined for a network that something else makes. @internal */
  readonly _definition?: NetworkDefinition | undefined;
}

/** Refers to a network that something else makes. */
export interface NetworkReference {
  readonly name: string;
  /** @default - the pod's namespace */
  readonly namespace?: string;
}

/** What a kind of network has beside its props and its link. @internal */
export interface NetworkShape {
  readonly definition?: Partial<NetworkDefinition>;
  readonly groups?: NetworkGroups | undefined;
  /** Subnet of Kube-OVN that is not the IPAM's. */
  readonly subnet?: KubeOvnSubnet | undefined;
}

/**
 * A secondary network: a NetworkAttachmentDefinition, and below it its twin for claimed addresses
 * and those of further groups of nodes.
 *
 * It is its own ApiObject: `addJsonPatch`, `addDependency` and `metadata` are those of the object.
 */
export abstract class Network extends ApiObject implements INetwork {
  /** By class, and not by the mark that cdk8s puts on every ApiObject. */
  static override [Symbol.hasInstance](value: unknown): value is Network {
    // biome-ignore lint/complexity/noThisInStatic: it is the class on the right of `instanceof`
    return Function.prototype[Symbol.hasInstance].call(this, value);
  }

  /** A network that this program does not make. It is not looked for: nothing talks to a cluster at synthesis. */
  static fromName(scope: IConstruct, _id: string, reference: NetworkReference): INetwork {
    modelOf(scope).touch().references.add(reference);
    return { ...reference };
  }

  readonly namespace?: string;
  /** Name of the twin; only with a claimable part, and without groups of nodes. */
  readonly claimedName?: string;
  /** The network as a whole: its groups differ in name and link. @internal */
  readonly _definition: NetworkDefinition;
  /** Where it stands in the tree: itself, or what stands in for it where the operator makes its object. */
  private readonly place: Construct;
  private readonly parts: readonly NetworkPart[];
  private readonly cniPatches: JsonPatch[];
  private readonly nodes: () => NodeSetting;
  private readonly claimedPatches: JsonPatch[] = [];
  private twins: readonly Twin[] = [];
  private hasPolicies = false;

  constructor(
    scope: Construct,
    id: string,
    private readonly networkProps: NetworkProps,
    link: LinkConfig,
    private readonly shape: NetworkShape = {},
  ) {
    const network = networkOfProps(scope, id, networkProps, link, shape.definition);
    const patches: JsonPatch[] = [];
    let self: IConstruct = scope;
    const nodes = () => nodeSettingOf(self, networkProps);
    const parts = partsOf(network, shape.groups, patches, nodes);
    const [first, ...others] = parts as [NetworkPart, ...NetworkPart[]];
    super(scope, id, first.objectProps(networkProps.metadata));
    self = this;
    this.cniPatches = patches;
    this.nodes = nodes;
    this.parts = parts;
    this.place = this.placed();
    if (network.namespace !== undefined) this.namespace = network.namespace;
    if (first.group === undefined) this._definition = first.network;
    else {
      this._definition = { ...first.network, name: network.name };
      // ApiObject's is the one of the first group's object.
      (this as { name: string }).name = network.name;
    }
    if (this.place === this) {
      for (const part of others) {
        new NetworkObject(this, `NodeGroup-${part.group}`, part, networkProps.metadata);
      }
    }
    this.prepareClaims();
    this.register();
  }

  /**
   * The NetworkAttachmentDefinition: the network itself; with groups of nodes that of the first. With
   * `additionalNetwork` nothing writes it.
   */
  get apiObject(): ApiObject {
    return this;
  }

  /**
   * The twin's NetworkAttachmentDefinition; only with a claimable part. On whereabouts it is made when
   * something claims.
   */
  get claimedApiObject(): ApiObject | undefined {
    return this.twins[0]?.object;
  }

  /** The CNI configuration as it is written. @throws NetloomError for what synthesis would refuse */
  get config(): NetworkConfig {
    return (this.parts[0] as NetworkPart).config();
  }

  /** True when addresses of this network can be claimed. */
  get isClaimable(): boolean {
    return claimablePool(this._definition.ipam) !== undefined;
  }

  /**
   * Patches the CNI configuration inside `spec.config`, as an object, after everything else: for what
   * no prop says. Of a network with groups of nodes, that of each. Rules look at the props only.
   *
   * @throws NL_KEY_MISSING, NL_VALUES_CONFLICT, at synthesis, for what has no place there
   */
  patchCni(...patches: JsonPatch[]): this {
    this.cniPatches.push(...patches);
    modelOf(this).touch();
    return this;
  }

  /** {@link patchCni} for the twin for claimed addresses, whose IPAM is static. */
  patchClaimedCni(...patches: JsonPatch[]): this {
    this.claimedPatches.push(...patches);
    modelOf(this).touch();
    return this;
  }

  /** Patches the object around the configuration: `addJsonPatch`, in the words of `patchCni`. */
  patch(...patches: JsonPatch[]): this {
    this.addJsonPatch(...patches);
    return this;
  }

  override toJson(): unknown {
    const [part] = this.parts as [NetworkPart];
    const manifest = plainManifest(this, part) ?? super.toJson();
    return withSilences(this, manifest as Manifest);
  }

  /** The network that pods of a group attach to; undefined where there is no such group. @internal */
  _networkFor(nodeGroup: string | undefined): NetworkDefinition | undefined {
    return this.parts.find(({ group }) => group === nodeGroup)?.network;
  }

  /** @internal */
  get _groups(): NetworkGroups | undefined {
    return this.shape.groups;
  }

  /** To be told when something claims an address of it. @internal */
  _claim(): void {
    if (claimableOf(this._definition.ipam).length === 0) return;
    this.makeTwins();
    if (this.networkProps.claimedPolicy !== false) this.makePolicies();
  }

  /** @internal */
  _check(): Problem[] {
    const { parts, twins, networkProps, shape } = this;
    const problems = checkParts(this, parts, networkProps, shape.groups);
    const { kind } = this._definition.link;
    if (kind !== 'raw' && shape.definition === undefined) {
      problems.push(...checkOptionNames(networkProps, networkOptions(kind), `${kind} networks`));
    }
    const { additionalNetwork: type } = networkProps;
    if (type) {
      const isPatched = this.cniPatches.length > 0;
      problems.push(...checkAtOperator(this.place, parts, type, isPatched));
    }
    if (this.cniPatches.length > 0) problems.push(...(parts[0] as NetworkPart).checkPatches());
    if (this.claimedPatches.length > 0) problems.push(...(twins[0]?.part.checkPatches() ?? []));
    if (problems.length > 0) return problems;
    for (const part of parts) part.prepare();
    for (const { part } of twins) part.prepare();
    return problems;
  }

  private prepareClaims(): void {
    const { ipam, name } = this._definition;
    if (claimableOf(ipam).length === 0) return;
    if (!this.shape.groups) (this as { claimedName: string }).claimedName = claimedName(name);
    const isWanted = this.networkProps.claimedPolicy === true;
    if (ipam.kind === 'host-local' || isWanted) this.makeTwins();
    if (isWanted) this.makePolicies();
  }

  private makeTwins(): void {
    if (this.twins.length > 0) return;
    this.twins = this.parts.map(({ network, group }) => {
      const part = new NetworkPart(network, this.claimedPatches, this.nodes, group, true);
      if (this.place !== this) return { part };
      const { metadata } = this.networkProps;
      return { part, object: new NetworkObject(this, `Claimed${suffixOf(group)}`, part, metadata) };
    });
  }

  private makePolicies(): void {
    const { namespace } = this;
    if (this.hasPolicies || namespace === undefined) return;
    this.hasPolicies = true;
    for (const { network, group } of this.parts) {
      const twin = { namespace, name: claimedName(network.name), network: this._definition.name };
      addClaimedPolicy(this.place, twin, suffixOf(group));
    }
  }

  private placed(): Construct {
    const { additionalNetwork: type } = this.networkProps;
    if (type === undefined) return this;
    const parts = () => [...this.parts, ...this.twins.map(({ part }) => part)];
    return placeAtOperator(this, { parts, type });
  }

  private register(): void {
    const { networks, foreignProviders } = modelOf(this);
    const subnet = this.shape.subnet ?? this.networkProps.ipam?._subnet;
    for (const { network } of this.parts) {
      networks.set(network, this.place);
      const provider = kubeOvnProvider(network);
      if (provider === undefined) continue;
      if (subnet) subnet._use(provider);
      else foreignProviders.add(provider);
    }
    validateWith(this.place, this);
  }
}

interface Twin {
  readonly part: NetworkPart;
  readonly object?: ApiObject;
}

const suffixOf = (group: string | undefined): string => (group === undefined ? '' : `-${group}`);
