import { CustomResource } from '@pulumi/kubernetes/apiextensions/customResource';
import * as pulumi from '@pulumi/pulumi';
import {
  definedOnly,
  type IpamConfig,
  type LinkConfig,
  type ListSettings,
  type NetworkConfig,
  type TargetVersions,
} from '../cni';
import { describeProblem, errorsOf, type Problem } from '../errors';
import {
  claimedName,
  claimedNetwork,
  kubeOvnProvider,
  NETWORK_API_VERSION,
  NETWORK_KIND,
  type NetworkDefinition,
  type NodeSelection,
  networkConfig,
  RESOURCE_ANNOTATION,
  whereaboutsFile,
} from '../kubernetes';
import {
  type CniPatch,
  checkCniPatches,
  checkNetwork,
  checkNetworkGroups,
  groupObjectName,
  networkGroups,
  patchedCni,
} from '../rules';
import { AddressPool } from './address-pool';
import { chainConfig, checkChainArgs, type PlainChain } from './chain';
import { type ClaimedPods, ClaimedPolicy } from './claimed-policy';
import { dependenciesOf, type InputsOf, mapped } from './inputs';
import { checkIpamArgs, type IpamArgs, ipamConfig, type PlainIpam } from './ipam';
import type { KubeOvnSubnet } from './kube-ovn-subnet';
import { addForeignProvider, addLeaseNetwork, addNetwork, bridgesOf } from './model';
import type { NetworkArgs } from './network-args';
import { clusterFacts } from './platform';
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

/** What a kind of network has beside its args. @internal */
export interface NetworkShape {
  readonly link: pulumi.Output<LinkConfig>;
  /** What a whole configuration says. */
  readonly definition?: pulumi.Output<Partial<NetworkDefinition>>;
  readonly groups?: ShapeGroups | undefined;
  /** Subnet of Kube-OVN that is not the IPAM's. */
  readonly subnet?: KubeOvnSubnet | undefined;
  /** What is wrong with the args themselves: told instead of what is wrong with the definition. */
  readonly problems?: pulumi.Output<readonly Problem[]>;
  /** A problem of the definition in the words of the args. */
  readonly inOwnWords?: (network: NetworkDefinition, problem: Problem) => Problem;
}

/** How a network differs from one group of nodes to another. */
interface ShapeGroups {
  readonly prop: string;
  readonly setting: string;
  readonly byGroup: Readonly<Record<string, InputsOf<NodeSelection>>>;
}

/** A network as far as it is known, right or wrong. */
export interface KnownNetwork {
  /** The network as a whole: its groups differ in name and link. */
  readonly definition: NetworkDefinition;
  readonly parts: readonly KnownPart[];
  readonly targetVersions?: TargetVersions | undefined;
  readonly patchCni?: readonly CniPatch[] | undefined;
  readonly patchClaimedCni?: readonly CniPatch[] | undefined;
}

interface KnownPart {
  readonly group: string | undefined;
  readonly network: NetworkDefinition;
  readonly nodes?: NodeSelection | undefined;
}

/** One NetworkAttachmentDefinition, and its twin. */
interface PartResources {
  readonly group: string | undefined;
  readonly resource: CustomResource;
  twin?: CustomResource;
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
  /** The NetworkAttachmentDefinition; with groups of nodes that of the first. */
  readonly resource: CustomResource;
  /** The claimable part; only with one. */
  readonly pool?: AddressPool;
  /** Behind a function, because Pulumi copies what it unwraps, and rules go by identity. @internal */
  readonly _known: pulumi.Output<() => KnownNetwork>;
  /** The same once nothing is wrong with it, nor with anything else. */
  private readonly admitted: pulumi.Output<() => KnownNetwork>;
  private readonly parts: readonly PartResources[];
  private readonly isKubeOvnLink: boolean;
  private readonly after: pulumi.Input<pulumi.Resource>[];

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
        ...(ipam ? checkIpamArgs(ipam as PlainIpam, args.ipam as IpamArgs) : []),
        ...checkChainArgs((chain ?? []) as unknown as PlainChain[]),
        ...checkKnown(found, shape),
      ];
    }).apply(([, of]) => of) as typeof this._known;
    const first = this.part(undefined);
    this.name = this.admitted.apply((of) => of().definition.name);
    this.namespace = first.apply((network) => network().namespace as string);
    this.claimedName = this.name.apply(claimedName);
    this.config = this.admitted.apply((of) => configText(of, first0(of).network, false));
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
  get claimedResource(): CustomResource | undefined {
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
    return this.parts.flatMap(({ resource, twin, policy }) => [
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
      const { network } = of().parts.find((one) => one.group === group) ?? first0(of);
      return () => network;
    }) as pulumi.Output<() => NetworkDefinition>;
  }

  private render(
    name: string,
    group: string | undefined,
    isTwin: boolean,
    shape: NetworkShape | undefined,
  ): CustomResource {
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

const first0 = (of: () => KnownNetwork): KnownPart => of().parts[0] as KnownPart;

function configText(of: () => KnownNetwork, network: NetworkDefinition, isTwin: boolean): string {
  const { patchCni = [], patchClaimedCni = [] } = of();
  const config = plainConfig(of(), isTwin ? twinOf(network) : network);
  return JSON.stringify(patchedCni(config, isTwin ? patchClaimedCni : patchCni), undefined, 2);
}

function plainConfig({ targetVersions }: KnownNetwork, network: NetworkDefinition): NetworkConfig {
  const { platform } = clusterFacts();
  const file = platform && whereaboutsFile(platform);
  return networkConfig(network, { targetVersions, whereaboutsFile: file });
}

function twinOf(network: NetworkDefinition): NetworkDefinition {
  return claimedNetwork(network) as NetworkDefinition;
}

/** Patches that have no place in the configuration of a network that is right otherwise. */
function checkPatched(known: KnownNetwork): Problem[] {
  const { parts, patchCni = [], patchClaimedCni = [] } = known;
  return parts.flatMap(({ network }) => {
    const twin = patchClaimedCni.length > 0 ? claimedNetwork(network) : undefined;
    return [
      ...checkCniPatches('patchCni', plainConfig(known, network), patchCni),
      ...(twin
        ? checkCniPatches('patchClaimedCni', plainConfig(known, twin), patchClaimedCni)
        : []),
    ];
  });
}

/** What the args say, and the network that they mean. */
function knownNetwork(resourceName: string, args: NetworkArgs, shape: NetworkShape) {
  const { ipam, chain, name, namespace, cniVersion, configName, targetVersions } = args;
  const { disableCheck, disableGC, cniVersions, resourceName: device } = args;
  const { patchCni, patchClaimedCni } = args;
  const { pool, subnet: _subnet, ...addresses } = ipam ?? { type: 'none' };
  const { link, definition, groups } = shape;
  const inputs = {
    ...{ name, namespace, cniVersion, configName, targetVersions, device, chain },
    list: { disableCheck, disableGC, cniVersions },
    ...{ patchCni, patchClaimedCni },
    ...(ipam && { ipam: addresses }),
    pool: pool?._settings,
    link,
    definition,
    byGroup: groups?.byGroup,
  };
  const plain = pulumi.output(inputs) as pulumi.Output<PlainNetwork>;
  const known = plain.apply((all) => {
    const found = networkOf(resourceName, all, groups);
    // The network of a subnet is told of at once, and not when it is admitted.
    return () => found;
  }) as pulumi.Output<() => KnownNetwork>;
  const subnet = shape.subnet ?? ipam?.subnet;
  subnet?._use(known.apply((of) => kubeOvnProvider(of().definition)) as pulumi.Output<string>);
  return { plain, known };
}

interface PlainNetwork {
  readonly name?: string;
  readonly namespace?: string;
  readonly cniVersion?: string;
  readonly configName?: string;
  readonly device?: string;
  readonly targetVersions?: TargetVersions;
  readonly patchCni?: readonly CniPatch[];
  readonly patchClaimedCni?: readonly CniPatch[];
  readonly ipam?: PlainIpam;
  readonly pool?: Readonly<Record<string, unknown>>;
  readonly chain?: readonly PlainChain[];
  readonly list: ListSettings;
  readonly link: LinkConfig;
  readonly definition?: Partial<NetworkDefinition>;
  readonly byGroup?: Readonly<Record<string, NodeSelection>>;
}

function networkOf(
  resourceName: string,
  plain: PlainNetwork,
  groups: ShapeGroups | undefined,
): KnownNetwork {
  const { name = resourceName, namespace = 'default', cniVersion, configName, link } = plain;
  const list = definedOnly(plain.list);
  const definition: NetworkDefinition = {
    name,
    namespace,
    link,
    ipam: ipamOf(plain),
    chain: plain.chain?.map(chainConfig),
    cniVersion,
    configName,
    list: Object.keys(list).length > 0 ? list : undefined,
    resourceName: plain.device,
    ...plain.definition,
  };
  const { targetVersions, patchCni, patchClaimedCni } = plain;
  const whole = { definition, targetVersions, patchCni, patchClaimedCni };
  if (!groups || !plain.byGroup || link.kind === 'raw') {
    return { ...whole, parts: [{ group: undefined, network: definition }] };
  }
  const parts = groupsOf(groups, plain.byGroup, link).groups.map(
    (group): KnownPart => ({
      group: group.name,
      network: { ...definition, name: groupObjectName(name, group.name), link: group.link },
      nodes: group.nodes,
    }),
  );
  return parts.length === 0
    ? { ...whole, parts: [{ group: undefined, network: definition }] }
    : { ...whole, parts };
}

function ipamOf({ ipam, pool }: PlainNetwork): IpamConfig {
  return ipamConfig({ type: 'none', ...ipam, ...pool });
}

function groupsOf(
  { prop, setting }: ShapeGroups,
  byGroup: Readonly<Record<string, NodeSelection>>,
  link: LinkConfig,
) {
  const groups = networkGroups(prop, setting as never, byGroup, link);
  return groups as NonNullable<typeof groups>;
}

/** Everything wrong with a network by itself; what is wrong with all groups is told once. */
function checkKnown(known: KnownNetwork, shape: NetworkShape) {
  const { definition, parts, targetVersions } = known;
  const { groups, inOwnWords = (_network, problem) => problem } = shape;
  const facts = clusterFacts();
  const options = { targetVersions: targetVersions ?? facts.targetVersions, nodes: facts.nodes };
  const found = parts.flatMap(({ network, group }) =>
    checkNetwork(network, facts.platform, options).map((problem) =>
      groups && problem.key === groups.setting
        ? { ...problem, key: `${groups.prop}.${group}.${groups.setting}` }
        : inOwnWords(network, problem),
    ),
  );
  const unique = new Map(found.map((problem) => [describeProblem(problem), problem]));
  const nodes = new Map(parts.map(({ group, nodes }) => [group, nodes]));
  const byGroup = Object.fromEntries(
    Object.keys(groups?.byGroup ?? {}).map((group) => [group, nodes.get(group) ?? {}]),
  );
  const grouped = groups ? checkNetworkGroups(groupsOf(groups, byGroup, definition.link)) : [];
  const problems = [...grouped, ...unique.values()];
  return errorsOf(problems).length > 0 ? problems : [...problems, ...checkPatched(known)];
}
