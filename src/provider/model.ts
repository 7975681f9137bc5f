import type * as pulumi from '@pulumi/pulumi';
import { describeProblem, type Problem } from '../errors';
import {
  bridgeOf,
  type HostBridgeDefinition,
  type KubeOvnSubnetDefinition,
  type NetworkDefinition,
} from '../kubernetes';
import {
  checkClaim,
  checkHostBridge,
  checkKubeOvnSubnet,
  checkPods,
  checkWorld,
  type InstalledPart,
  type NamedClaim,
  type PodsDefinition,
} from '../rules';
import { clusterFacts } from './platform';
import { beforeAdmission, type Culprit, reportProblems } from './problems';

/** A bridge component: what has to be there before pods are on the bridge are its nodes' resources. */
export interface BridgeResource extends pulumi.ComponentResource {
  readonly nodes: pulumi.Resource[];
}

/**
 * What the resources of one program know of each other, as far as their arguments are known, each
 * with the one that is told of what is wrong with it. Rules that need several objects look at all of
 * them, before anything is admitted, and again when more has come to be known.
 */
const networks = new Map<NetworkDefinition, Culprit>();
const bridges = new Map<HostBridgeDefinition, BridgeResource>();
const claims = new Map<NamedClaim, Culprit>();
const pods = new Map<PodsDefinition, Culprit>();
const subnets = new Map<KubeOvnSubnetDefinition, Culprit>();
const installs: InstalledPart[] = [];
/** Providers of Kube-OVN whose Subnet something else makes. */
const foreignProviders = new Set<string>();
let hasLeases = false;
let hasNews = false;

beforeAdmission(judge);

/** Looks at all that is known by now together. */
function judge(): void {
  if (!hasNews) return;
  hasNews = false;
  const foreign = subnets.size === 0 ? [] : [...foreignProviders].map(foreignSubnet);
  const world = {
    ...clusterFacts(),
    networks: [...networks.keys()],
    bridges: [...bridges.keys()],
    claims: [...claims.keys()],
    pods: [...pods.keys()],
    subnets: [...subnets.keys(), ...foreign],
    installs,
  };
  const owners = new Map<object, Culprit>([
    ...networks,
    ...bridges,
    ...claims,
    ...pods,
    ...subnets,
  ]);
  for (const { subject, problem } of checkWorld(world)) {
    const owner = owners.get(subject);
    if (owner !== undefined && isNew(subject, problem)) reportProblems(owner, [problem]);
  }
}

const told = new WeakMap<object, Set<string>>();

function isNew(subject: object, problem: Problem): boolean {
  const texts = told.get(subject) ?? new Set<string>();
  told.set(subject, texts);
  const text = describeProblem(problem);
  if (texts.has(text)) return false;
  texts.add(text);
  return true;
}

/** Stands for a Subnet that nothing is known of. */
function foreignSubnet(provider: string): KubeOvnSubnetDefinition {
  return { name: provider, provider, cidrBlock: '' };
}

/** Puts a network, or the part of one for a group of nodes, beside the others. */
export function addNetwork(culprit: Culprit, network: NetworkDefinition): void {
  networks.set(network, culprit);
  hasNews = true;
}

/** Tells that something else makes the Subnet of a provider. */
export function addForeignProvider(provider: string): void {
  foreignProviders.add(provider);
  hasNews = true;
}

/** Puts a host bridge beside the others, and checks it by itself. */
export function admitBridge(resource: BridgeResource, definition: HostBridgeDefinition): Problem[] {
  // A copy of its own: two bridges may be made of one object.
  bridges.set({ ...definition }, resource);
  hasNews = true;
  return checkHostBridge(definition);
}

/**
 * The resources that make the bridge of a network on its nodes. Networks come after them: where a pod
 * is first, the bridge plugin makes the bridge, which then is nobody's.
 */
export function bridgesOf(network: NetworkDefinition): pulumi.Resource[] {
  const name = bridgeOf(network);
  return [...bridges]
    .filter(([{ bridge }]) => bridge === name)
    .flatMap(([, resource]) => resource.nodes);
}

/** Puts a claim beside the others, and checks it by itself. */
export function admitClaim(culprit: Culprit, claim: NamedClaim): Problem[] {
  claims.set(claim, culprit);
  hasNews = true;
  return checkClaim(claim);
}

/** Puts the pods of one object beside the others, and checks them by themselves. */
export function admitPods(culprit: Culprit, definition: PodsDefinition): Problem[] {
  pods.set(definition, culprit);
  hasNews = true;
  return checkPods(definition, clusterFacts());
}

/** Puts a Subnet of Kube-OVN beside the others, and checks it by itself. */
export function admitSubnet(culprit: Culprit, subnet: KubeOvnSubnetDefinition): Problem[] {
  subnets.set(subnet, culprit);
  hasNews = true;
  return checkKubeOvnSubnet(subnet);
}

/** Tells that the program installs something. */
export function addInstall(part: InstalledPart): void {
  installs.push(part);
  hasNews = true;
}

/** Tells of a network that gets its addresses by DHCP. */
export function addLeaseNetwork(): void {
  hasLeases = true;
}

/** Stands for a daemon that comes where networks need it: nobody misses it. */
const onDemand: InstalledPart = { part: 'dhcp-daemon' };

/** Tells that the DHCP daemon is brought where networks need it. */
export function bringDhcpDaemon(): void {
  addInstall(onDemand);
}

/** True where networks need the DHCP daemon on their nodes, and nothing else in the program brings it. */
export function lacksDhcpDaemon(): boolean {
  const daemons = installs.filter(({ part }) => part === 'dhcp-daemon');
  return hasLeases && daemons.every((one) => one === onDemand);
}
