import { createHash } from 'node:crypto';
import { describeProblem, isNetloomError, NetloomError, type Problem } from '../errors';
import { type FoundInterfaces, packInterfaces } from '../kubernetes';
import {
  checkInterfaces,
  interfacesOf,
  type PodFault,
  unpackWanted,
  type WantedInterface,
  type WantedRow,
} from '../rules';
import { Agents } from './agents';
import { withAsked } from './asked-addresses';
import { Cluster } from './cluster';
import { isUnknown } from './contract';
import { forDisplay } from './for-display';
import { faultsOf, textOf } from './pod-faults';
import { isReady, type LivePod, livePods, type PodsReference, WORKLOAD_PLACES } from './pods';

/** What the resource's constructor sends. */
export interface NetworkStatusInputs {
  /** `<namespace>/<kind>/<name>`, which is the id, too. */
  readonly of: string;
  /** See {@link packWanted}. */
  readonly wanted: WantedRow[];
  /** Of a pod its uid, of a workload that and its generation. */
  readonly revision?: string;
  /** @default 600 */
  readonly timeoutSeconds?: number;
}

/**
 * What the state holds, as little as can be: the id says of what. What was wanted, and at which revision,
 * is in the inputs; their digest here tells whether it changed.
 */
export interface NetworkStatusOutputs extends FoundPods {
  readonly digest: string;
}

interface FoundPods {
  /** How many there are. */
  readonly pods: number;
  /** Of the first one by name. */
  readonly found: FoundInterfaces;
}

/** What `netloom:status` may be. */
export const STATUS_MODES = ['auto', 'required', 'off'] as const;

const DEFAULT_TIMEOUT_SECONDS = 600;
/** How long something that does not pass by itself is watched before it is a failure, in ms. */
const FAULT_MS = 12_000;
const POLL_MS = 1_000;

const agents = new Agents();

/** Waits in `create` and `update` until the pods have what was attached; holds nothing by itself. */
export const networkStatus = forDisplay<NetworkStatusInputs, NetworkStatusOutputs>(waitsForPods, {
  async configure({ config }) {
    agents.configure(config);
  },

  async check(_olds, news) {
    const { pods: _, found: __, ...inputs } = news as NetworkStatusInputs & Partial<FoundPods>;
    if (isUnknown(inputs.of)) return { inputs, failures: [] };
    const { kind } = referenceOf(inputs.of);
    if (WORKLOAD_PLACES[kind]) return { inputs, failures: [] };
    const reason = describeProblem(unknownKind(kind));
    return { inputs, failures: [{ property: '', reason }] };
  },

  async diff(id, olds, news) {
    const replaces = id === news.of ? [] : ['of'];
    return { changes: replaces.length > 0 || olds.digest !== digestOf(news), replaces };
  },

  async create(inputs) {
    return { id: inputs.of, outs: await outputsOf(inputs) };
  },

  async read(id, props) {
    const cluster = await openCluster();
    if (!cluster) return { id, props };
    const live = await livePods(cluster, referenceOf(id));
    if (!live) return { id: '', props: {} };
    return { id, props: { ...props, ...foundIn(live.pods) } };
  },

  async update(_id, _olds, news) {
    return { outs: await outputsOf(news) };
  },

  async delete() {},
});

function waitsForPods(props: NetworkStatusInputs | NetworkStatusOutputs): string {
  return `${'of' in props ? props.of : 'a refresh'}: still waiting for its pods`;
}

/** Names of Kubernetes have no "/". */
function referenceOf(of: string): PodsReference {
  const [namespace = '', kind = '', name = ''] = of.split('/');
  return { kind, namespace, name };
}

async function outputsOf(inputs: NetworkStatusInputs): Promise<NetworkStatusOutputs> {
  const cluster = await openCluster();
  const found = cluster ? await settled(cluster, inputs) : foundIn([]);
  return { digest: digestOf(inputs), ...found };
}

/** Undefined where nobody shall be asked, or nothing says whom. */
async function openCluster(): Promise<Cluster | undefined> {
  const mode = agents.setting('status') ?? 'auto';
  if (!(STATUS_MODES as readonly string[]).includes(mode)) throw new NetloomError(badMode(mode));
  if (mode === 'off') return undefined;
  const cluster = await Cluster.open((key) => agents.configValue(key));
  if (cluster) return cluster;
  if (mode === 'required') throw new NetloomError(noCluster());
  process.stderr.write(
    `${describeProblem(noCluster())}\nnetloom:status is auto: this goes on, and nobody knows what the pods got.\n`,
  );
  return undefined;
}

/** The interfaces of the pods, once all are as they were attached. @throws NetloomError with all that is wrong */
async function settled(cluster: Cluster, inputs: NetworkStatusInputs): Promise<FoundPods> {
  const { timeoutSeconds = DEFAULT_TIMEOUT_SECONDS } = inputs;
  const of = referenceOf(inputs.of);
  const wanted = unpackWanted(inputs.wanted);
  const start = Date.now();
  const isDone = (pod: LivePod): boolean =>
    isReady(pod) && checkInterfaces(withAsked(wanted, pod), interfacesOf(pod)).length === 0;
  const watch = new FaultWatch();
  for (;;) {
    const view = await look(cluster, of, wanted, isDone);
    if (view.done) return view.done;
    watch.see(view.faults);
    const waited = Date.now() - start;
    if (watch.lasting.length > 0) throw new NetloomError(watch.lasting);
    if (waited > timeoutSeconds * 1000) {
      const reasons = view.faults.map(({ problem }) => problem);
      throw new NetloomError(reasons.length > 0 ? reasons : [tooLate(of, timeoutSeconds)]);
    }
    await new Promise((resolve) => setTimeout(resolve, waited < 30_000 ? POLL_MS : 3 * POLL_MS));
  }
}

interface View {
  /** Set when all is there. */
  readonly done?: FoundPods;
  readonly faults: readonly PodFault[];
}

async function look(
  cluster: Cluster,
  of: PodsReference,
  wanted: readonly WantedInterface[],
  isDone: (pod: LivePod) => boolean,
): Promise<View> {
  const { namespace } = of;
  try {
    const live = await livePods(cluster, of);
    if (!live) return { faults: [{ problem: absent(of, cluster), mayPass: false }] };
    const { pods, expected } = live;
    const done = pods.filter(isDone);
    if (expected !== undefined && done.length >= expected) {
      return { done: foundIn(pods), faults: [] };
    }
    return { faults: await faultsOf({ cluster, agents, namespace, wanted }, live, isDone) };
  } catch (error) {
    if (!isNetloomError(error)) throw error;
    return { faults: error.problems.map((problem) => ({ problem, mayPass: false })) };
  }
}

/** What is wrong for how long; tells each thing when it is seen first. */
class FaultWatch {
  private readonly since = new Map<string, number>();
  private readonly told = new Set<string>();
  private present: readonly PodFault[] = [];

  see(faults: readonly PodFault[]): void {
    this.present = faults;
    const texts = new Set(faults.map(textOf));
    for (const text of this.since.keys()) if (!texts.has(text)) this.since.delete(text);
    for (const fault of faults) {
      const text = textOf(fault);
      if (!this.since.has(text)) this.since.set(text, Date.now());
      // The engine shows what a provider writes here.
      if (!this.told.has(text)) process.stderr.write(`${describeProblem(fault.problem)}\n`);
      this.told.add(text);
    }
  }

  /** What does not pass by itself, and has been there for long enough; with it all else that is wrong. */
  get lasting(): Problem[] {
    const isLasting = (fault: PodFault): boolean =>
      !fault.mayPass && Date.now() - (this.since.get(textOf(fault)) ?? Date.now()) >= FAULT_MS;
    return this.present.some(isLasting) ? this.present.map(({ problem }) => problem) : [];
  }
}

function foundIn(pods: readonly LivePod[]): FoundPods {
  const [first] = pods;
  const found = first ? packInterfaces(first.metadata.name, interfacesOf(first)) : {};
  return { pods: pods.length, found };
}

function digestOf({ wanted, revision = '' }: NetworkStatusInputs): string {
  return createHash('sha256')
    .update(JSON.stringify([wanted, revision]))
    .digest('hex')
    .slice(0, 12);
}

function unknownKind(kind: string): Problem {
  const kinds = Object.keys(WORKLOAD_PLACES);
  return {
    code: 'NL_VALUE_OUT_OF_RANGE',
    key: 'kind',
    found: `${JSON.stringify(kind)} is not known`,
    allowed: `one of ${kinds.join(', ')}`,
    fix: 'Pod?',
  };
}

function absent({ kind, namespace, name }: PodsReference, { server }: Cluster): Problem {
  return {
    code: 'NL_POD_NOT_READY',
    key: 'name',
    found: `there is no ${kind} ${namespace}/${name} in the cluster at ${server}`,
    allowed: 'the cluster that the program deploys to',
    fix: 'set netloom:kubeconfig, or netloom:context, to that cluster',
  };
}

function tooLate({ kind, namespace, name }: PodsReference, seconds: number): Problem {
  return {
    code: 'NL_POD_NOT_READY',
    key: 'timeoutSeconds',
    found: `the pods of ${kind} ${namespace}/${name} are not ready after ${seconds} s, and nothing tells why`,
    allowed: 'pods that are ready by then',
    fix: 'look at kubectl describe, or set a longer timeoutSeconds',
  };
}

function noCluster(): Problem {
  return {
    code: 'NL_CLUSTER_CONFIG',
    key: 'netloom:kubeconfig',
    found: 'no kubeconfig is configured or found',
    allowed: 'netloom:kubeconfig, KUBECONFIG or ~/.kube/config',
    fix: 'pulumi config set netloom:kubeconfig ~/.kube/config',
  };
}

function badMode(mode: string): Problem {
  return {
    code: 'NL_AGENT_CONFIG',
    key: 'netloom:status',
    found: `${JSON.stringify(mode)} is not known`,
    allowed: `one of ${STATUS_MODES.join(', ')}`,
    fix: 'pulumi config set netloom:status auto',
  };
}
