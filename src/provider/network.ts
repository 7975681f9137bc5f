import { CustomResource } from '@pulumi/kubernetes/apiextensions/customResource';
import type { CustomResourcePatch } from '@pulumi/kubernetes/apiextensions/customResourcePatch';
import * as pulumi from '@pulumi/pulumi';
import type { Problem } from '../errors';
import {
  claimedName,
  kubeOvnProvider,
  NETWORK_API_VERSION,
  NETWORK_KIND,
  type NetworkDefinition,
  RESOURCE_ANNOTATION,
} from '../kubernetes';
import { AddressPool } from './address-pool';
import { checkChainArgs, type PlainChain } from './chain';
import { type ClaimedPods, ClaimedPolicy } from './claimed-policy';
import { dependenciesOf, mapped } from './inputs';
import { checkIpamArgs, type IpamArgs, type PlainIpam } from './ipam';
import { firstPart, type KnownNetwork, knownNetwork, partOf } from './known-network';
import { addForeignProvider, addLeaseNetwork, addNetwork, bridgesOf } from './model';
import { checkArgNames, type NetworkArgs } from './network-args';
import { checkKnown } from './network-check';
import type { NetworkShape } from './network-shape';
import { configText } from './network-text';
import { type OpenShiftNetworks, openShiftNetworks } from './openshift-networks';
import { addShim, checkAtOperator, needsOperator, placeAtOperator } from './operator-network';
import { checked } from './problems';
import { silenceAnnotations, silenceAt } from './silence';
import { poolSubnets } from './whereabouts-pool';

/** A network that pods can be attached to. */
export interface AttachableNetwork {
  /** Name of the NetworkAttachmentDefinition; with groups of nodes what theirs begin with. */
  readonly name: pulumi.Input<string>;
  /** @default - the pod's namespace */
  readonly namespace?: pulumi.Input<string>;
}

/** A NetworkAttachmentDefinition, or the part of the object of OpenShift's operator, which makes it. */
type NetworkObject = CustomResource | CustomResourcePatch;

/** One NetworkAttachmentDefinition, and its twin. */
interface PartResources {
  readonly group: string | undefined;
  readonly resource: NetworkObject;
  twin?: NetworkObject;
  policy?: ClaimedPolicy;
}

/** A secondary network: its NetworkAttachmentDefinitions, their twins for claimed addresses, and their pool. */
export abstract class Network extends pulumi.ComponentResource implements AttachableNetwork {
  /** A network that this program does not make. */
  static fromName(reference: AttachableNetwork): AttachableNetwork {
    return { ...reference };
  }

  /** Name of the NetworkAttachmentDefinition; with groups of nodes what theirs begin with. */
  readonly name: pulumi.Output<string>;
  readonly namespace: pulumi.Output<string>;
  /** Name of the twin that pods with claimed addresses attach to. */
  readonly claimedName: pulumi.Output<string>;
  /** The CNI configuration as it is written; with groups of nodes that of the first. */
  readonly config: pulumi.Output<string>;
  /**
   * The NetworkAttachmentDefinition; with groups of nodes that of the first. With `additionalNetwork` the
   * part of the operator's object that says so.
   */
  readonly resource: CustomResource | CustomResourcePatch;
  /** The claimable part; only with one. */
  readonly pool?: AddressPool;
  /** Behind a function, because Pulumi copies what it unwraps, and rules go by identity. @internal */
  readonly _known: pulumi.Output<() => KnownNetwork>;
  /** The same once nothing is wrong with it, nor with anything else. */
  private readonly admitted: pulumi.Output<() => KnownNetwork>;
  private readonly parts: readonly PartResources[];
  private readonly isKubeOvnLink: boolean;
  private readonly after: pulumi.Input<pulumi.Resource>[];
  /** What makes the objects, or starts the daemon of the IPAM; on OpenShift only. */
  private readonly operator: OpenShiftNetworks | undefined;

  constructor(
    type: string,
    private readonly resourceName: string,
    private readonly args: NetworkArgs,
    shape: NetworkShape,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super(`netloom:index:${type}`, resourceName, {}, opts);
    this.isKubeOvnLink = type === 'KubeOvnNetwork';
    if (args.ipam?.type === 'dhcp') addLeaseNetwork();
    this.after = dependenciesOf(opts);
    const { plain, known } = knownNetwork(resourceName, args, shape);
    this._known = known;
    const all = pulumi.all([plain, known, shape.problems]);
    this.admitted = checked(this, all, ([{ ipam, chain }, of, problems = []]) => {
      if (problems.length > 0) return problems as Problem[];
      const found = of();
      for (const { network } of found.parts) this.announce(network, shape);
      return [
        ...silenceAt(this, args.silence),
        ...checkArgNames(args, shape.definition ? 'raw' : found.definition.link.kind),
        ...(ipam ? checkIpamArgs(ipam as PlainIpam, args.ipam as IpamArgs) : []),
        ...checkChainArgs((chain ?? []) as unknown as PlainChain[]),
        ...checkKnown(found, shape),
        ...checkAtOperator(found, args),
      ];
    }).apply(([, of]) => of) as typeof this._known;
    this.operator = needsOperator(args) ? openShiftNetworks(this, opts) : undefined;
    const first = this.part(undefined);
    this.name = this.admitted.apply((of) => of().definition.name);
    this.namespace = first.apply((network) => network().namespace as string);
    this.claimedName = this.name.apply(claimedName);
    this.config = this.admitted.apply((of) => configText(of, firstPart(of).network, false));
    const groups = Object.keys(shape.groups?.byGroup ?? {});
    const names = groups.length === 0 ? [undefined] : groups;
    this.parts = names.map((group) => ({
      group,
      resource: this.render(suffixed(resourceName, group), group, false, shape),
    }));
    this.resource = (this.parts[0] as PartResources).resource;
    const pool = this.claimablePart();
    if (pool) this.pool = pool;
    if (args.ipam?.claimable !== undefined && args.ipam.type === 'host-local') this.makeTwins();
    if (args.claimedPolicy === true) this.makePolicies();
    this.registerOutputs({ name: this.name, namespace: this.namespace });
  }

  /** The twin; only with a claimable part. On whereabouts it is made when something claims. */
  get claimedResource(): CustomResource | CustomResourcePatch | undefined {
    return this.parts[0]?.twin;
  }

  /** To be told when something claims an address of it. @internal */
  _claim(): void {
    if (this.pool === undefined) return;
    this.makeTwins();
    if (this.args.claimedPolicy !== false) this.makePolicies();
  }

  /** True where pods ask Kube-OVN in annotations of their own. @internal */
  get _isKubeOvn(): boolean {
    return this.args.ipam?.type === 'kube-ovn' || this.isKubeOvnLink;
  }

  /** What has to be there before pods that attach. @internal */
  _resources(isClaimed: boolean): pulumi.Input<pulumi.Resource>[] {
    const shim = this.operator ? [this.operator.resource] : [];
    return this.parts.flatMap(({ resource, twin, policy }) => [
      ...shim,
      (isClaimed ? twin : undefined) ?? resource,
      ...(isClaimed && policy ? [policy.ready] : []),
    ]);
  }

  /** Tells of pods that attach to a twin by a claim. @internal */
  _attachClaimed(nodeGroup: string | undefined, pods: ClaimedPods): void {
    this.parts.find(({ group }) => group === nodeGroup)?.policy?.add(pods);
  }

  private claimablePart(): AddressPool | undefined {
    const { ipam, agent } = this.args;
    if (ipam?.pool) return ipam.pool.pool;
    if (ipam?.claimable === undefined) return undefined;
    return new AddressPool(
      `${this.resourceName}-pool`,
      {
        _defaultName: pulumi.interpolate`${this.namespace}/${this.name}`,
        subnets: this.admitted.apply((of) => poolSubnets(of().definition.ipam)),
        ...(agent !== undefined && { agent }),
      },
      { parent: this },
    );
  }

  private makeTwins(): void {
    for (const part of this.parts) {
      const name = suffixed(`${this.resourceName}-claimed`, part.group);
      part.twin ??= this.render(name, part.group, true, undefined);
    }
  }

  private makePolicies(): void {
    for (const part of this.parts) {
      const network = this.part(part.group);
      part.policy ??= new ClaimedPolicy(
        suffixed(this.resourceName, part.group),
        {
          namespace: network.apply((of) => of().namespace as string),
          name: network.apply((of) => claimedName(of().name)),
          network: this.name,
        },
        this,
      );
    }
  }

  private part(group: string | undefined): pulumi.Output<() => NetworkDefinition> {
    return this.admitted.apply((of) => {
      const { network } = partOf(of, group);
      return () => network;
    }) as pulumi.Output<() => NetworkDefinition>;
  }

  private render(
    name: string,
    group: string | undefined,
    isTwin: boolean,
    shape: NetworkShape | undefined,
  ): NetworkObject {
    const { additionalNetwork: type } = this.args;
    if (this.operator && type !== undefined) {
      const { _known: known, admitted } = this;
      return placeAtOperator(this.operator, this, type, { group, isTwin, known, admitted });
    }
    if (this.operator && !isTwin) addShim(this.operator, this, this.args);
    const part = this.part(group);
    const subnet = shape?.subnet ?? this.args.ipam?.subnet;
    const { metadata } = this.args;
    const annotations = this.annotations();
    return new CustomResource(
      name,
      {
        apiVersion: NETWORK_API_VERSION,
        kind: NETWORK_KIND,
        metadata: {
          ...metadata,
          ...(annotations && { annotations: annotations as never }),
          name: part.apply((of) => (isTwin ? claimedName(of().name) : of().name)),
          namespace: part.apply((of) => of().namespace as string),
        },
        spec: pulumi.all([this.admitted, part]).apply(([known, of]) => ({
          config: configText(known, of(), isTwin),
        })),
      },
      {
        parent: this,
        // Once nothing is wrong, every bridge whose arguments are known has been seen.
        dependsOn: [
          part.apply((of) => bridgesOf(of())) as never,
          ...(subnet ? [subnet.resource] : []),
          ...this.after,
        ],
      },
    );
  }

  /** Undefined for none: a preview then shows no empty member. */
  private annotations(): pulumi.Input<Record<string, unknown>> | undefined {
    const { metadata, resourceName, silence } = this.args;
    const own = {
      ...silenceAnnotations(silence),
      ...(resourceName !== undefined && { [RESOURCE_ANNOTATION]: resourceName }),
    };
    if (Object.keys(own).length === 0)
      return metadata?.annotations as pulumi.Input<Record<string, unknown>> | undefined;
    return mapped(metadata?.annotations, (given) => ({ ...given, ...own }));
  }

  private announce(network: NetworkDefinition, shape: NetworkShape): void {
    addNetwork(this, network);
    const provider = kubeOvnProvider(network);
    if (provider === undefined) return;
    if (!(shape.subnet ?? this.args.ipam?.subnet)) addForeignProvider(provider);
  }
}

const suffixed = (name: string, group: string | undefined): string =>
  group === undefined ? name : `${name}-${group.toLowerCase()}`;
