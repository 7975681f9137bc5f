import * as pulumi from '@pulumi/pulumi';
import {
  definedOnly,
  type IpamConfig,
  type LinkConfig,
  type ListSettings,
  type TargetVersions,
} from '../cni';
import { kubeOvnProvider, type NetworkDefinition, type NodeSelection } from '../kubernetes';
import { type CniPatch, groupObjectName, networkGroups } from '../rules';
import { chainConfig, type PlainChain } from './chain';
import { ipamConfig, type PlainIpam } from './ipam';
import type { NetworkArgs } from './network-args';
import type { NetworkShape, ShapeGroups } from './network-shape';

/** A network as far as it is known, right or wrong. */
export interface KnownNetwork {
  /** The network as a whole: its groups differ in name and link. */
  readonly definition: NetworkDefinition;
  readonly parts: readonly KnownPart[];
  readonly targetVersions?: TargetVersions | undefined;
  readonly patchCni?: readonly CniPatch[] | undefined;
  readonly patchClaimedCni?: readonly CniPatch[] | undefined;
}

export interface KnownPart {
  readonly group: string | undefined;
  readonly network: NetworkDefinition;
  readonly nodes?: NodeSelection | undefined;
}

/** The first of a network's parts, or the only one. */
export const firstPart = (of: () => KnownNetwork): KnownPart => of().parts[0] as KnownPart;

/** The part for a group of nodes. */
export const partOf = (of: () => KnownNetwork, group: string | undefined): KnownPart =>
  of().parts.find((one) => one.group === group) ?? firstPart(of);

/** What the args say, and the network that they mean. */
export function knownNetwork(resourceName: string, args: NetworkArgs, shape: NetworkShape) {
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

/** The groups of nodes as rules look at them. */
export function groupsOf(
  { prop, setting }: ShapeGroups,
  byGroup: Readonly<Record<string, NodeSelection>>,
  link: LinkConfig,
) {
  const groups = networkGroups(prop, setting as never, byGroup, link);
  return groups as NonNullable<typeof groups>;
}
