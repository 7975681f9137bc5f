import type { Problem } from '../errors';
import { type NetworkDefinition, parseNetwork, readJson } from '../kubernetes';
import {
  checkInterfaces,
  checkNode,
  diagnose,
  diagnosePod,
  type EventManifest,
  hasInterfaces,
  interfacesOf,
  nodeNeeds,
  type PodFault,
  type WantedInterface,
} from '../rules';
import type { Agents } from './agents';
import { withAsked } from './asked-addresses';
import type { Cluster } from './cluster';
import { eventsOf, type LivePod, type LivePods, quietly } from './pods';

/** What is asked for more than once in one look at the pods. */
export interface FaultSources {
  readonly cluster: Cluster;
  readonly agents: Agents;
  readonly namespace: string;
  readonly wanted: readonly WantedInterface[];
}

/** Everything that keeps pods from having their interfaces and from being ready, each thing once. */
export async function faultsOf(
  sources: FaultSources,
  { pods, refusals, uid }: LivePods,
  isDone: (pod: LivePod) => boolean,
): Promise<PodFault[]> {
  const { cluster, namespace } = sources;
  const late = pods.filter((pod) => !isDone(pod)).slice(0, MOST_PODS);
  const isNew = late.some((pod) => !hasInterfaces(pod));
  const networks = isNew ? await readNetworks(sources) : [];
  const faults = await Promise.all(late.map((pod) => podFaults(sources, pod, networks)));
  const refused = [...refusals];
  if (pods.length === 0) {
    const events = (await eventsOf(cluster, namespace, uid)) as readonly EventManifest[];
    const failed = events.filter(({ reason }) => reason === 'FailedCreate');
    refused.push(...failed.slice(-1).map(({ message = '' }) => message));
  }
  const all = [...refused.map(refusal), ...absentNetworks(sources, networks), ...faults.flat()];
  return [...new Map(all.map((fault) => [textOf(fault), fault])).values()];
}

/** Pods of one workload fail in the same way: looking at a few is enough. */
const MOST_PODS = 3;

/** What makes two faults the same; where words of somebody else are in it, they change all the time. */
export function textOf({ problem: { code, key, found }, mayPass }: PodFault): string {
  return mayPass ? `${code} ${key}` : `${code} ${key} ${found}`;
}

async function podFaults(
  sources: FaultSources,
  pod: LivePod,
  networks: readonly Found[],
): Promise<PodFault[]> {
  const { cluster, namespace, wanted } = sources;
  const { uid } = pod.metadata;
  const events = (await eventsOf(cluster, namespace, uid)) as readonly EventManifest[];
  const faults = diagnosePod(pod, events, mastersOf(networks));
  if (hasInterfaces(pod)) {
    const differences = checkInterfaces(withAsked(wanted, pod), interfacesOf(pod));
    return [...faults, ...differences.map((problem) => ({ problem, mayPass: false }))];
  }
  const { nodeName } = pod.spec ?? {};
  const isStuck = nodeName !== undefined && events.some(({ reason }) => isFailure(reason));
  return isStuck ? [...faults, ...(await nodeFaults(sources, nodeName, networks))] : faults;
}

/** By the names that the networks have in their configuration, which plugins are told. */
function mastersOf(networks: readonly Found[]): ReadonlyMap<string, string> {
  return new Map(
    definitions(networks).flatMap((network): [string, string][] => {
      const [master] = nodeNeeds([network]).masters.keys();
      return master === undefined ? [] : [[network.configName ?? network.name, master]];
    }),
  );
}

function definitions(networks: readonly Found[]): NetworkDefinition[] {
  return networks.filter((one): one is NetworkDefinition => typeof one === 'object');
}

function isFailure(reason: string | undefined): boolean {
  return reason === 'FailedCreatePodSandBox' || reason === 'NoNetworkFound';
}

/** What the agent of the pod's node says of it, where one of that name is configured. */
async function nodeFaults(
  { agents }: FaultSources,
  node: string,
  networks: readonly Found[],
): Promise<PodFault[]> {
  if (!agents.has(node)) return [];
  const facts = await quietly(agents.get(node).node(), undefined);
  if (!facts) return [];
  return checkNode(facts, nodeNeeds(definitions(networks))).map((problem) => ({
    problem: { ...problem, key: `node ${node}: ${problem.key}` },
    mayPass: false,
  }));
}

function absentNetworks(sources: FaultSources, networks: readonly Found[]): PodFault[] {
  return sources.wanted
    .filter((_, index) => networks[index] === 'absent')
    .flatMap(({ network }) => {
      const [namespace, name] = placeOf(network, sources.namespace);
      const words = `cannot find a network-attachment-definition (${name}) in namespace (${namespace})`;
      return diagnose(words).map((problem) => ({ problem, mayPass: false }));
    });
}

function readNetworks(sources: FaultSources): Promise<Found[]> {
  return Promise.all(sources.wanted.map((one) => readNetwork(sources, one)));
}

type Found = NetworkDefinition | 'absent' | undefined;

async function readNetwork(
  { cluster, namespace }: FaultSources,
  one: WantedInterface,
): Promise<Found> {
  const [space, name] = placeOf(one.network, namespace);
  const place = `/apis/k8s.cni.cncf.io/v1/namespaces/${encodeURIComponent(space)}/network-attachment-definitions/${encodeURIComponent(name)}`;
  const object = await quietly(
    cluster.read(place).then((found) => found ?? 'absent'),
    undefined,
  );
  if (object === undefined || object === 'absent') return object as Found;
  const { config } = (object['spec'] ?? {}) as { readonly config?: string };
  const read = readJson(config ?? '');
  return 'value' in read ? parseNetwork(read.value, { name, namespace: space }) : undefined;
}

function placeOf(network: string, podNamespace: string): [string, string] {
  const [first = '', second] = network.split('/');
  return second === undefined ? [podNamespace, first] : [first, second];
}

function refusal(message: string): PodFault {
  const problem: Problem = {
    code: 'NL_POD_NOT_READY',
    key: 'spec',
    found: `its pods can't be made: ${message.replaceAll(/\s+/g, ' ').slice(0, 600)}`,
    allowed: 'pods that the API server takes',
    fix: 'look at quotas, admission policies and Pod Security of the namespace',
  };
  return { problem, mayPass: false };
}
