import { createHash } from 'node:crypto';
import type { ReachRequest } from '../agent-api';
import { describeProblem, NetloomError, type Problem } from '../errors';
import { checkReach, notReached, type ReachDefinition, type ReachOutcome } from '../rules';
import { Agents, askForPreview, failuresOf } from './agents';
import { Cluster } from './cluster';
import { isUnknown } from './contract';
import { forDisplay } from './for-display';
import { type PodPlace, reachFromPod } from './pod-reach';

/** What the resource's constructor sends. */
export interface ConnectivityProbeInputs {
  /** The node's agent that asks. @default - `pod` does */
  readonly agent?: string;
  /** The pod that asks. @default - `agent` does */
  readonly pod?: PodPlace;
  readonly check: ReachDefinition;
  /** @default 60 */
  readonly timeoutSeconds?: number;
  /** Asked anew when they change. */
  readonly triggers?: readonly unknown[];
}

/** What the state holds. */
export interface ConnectivityProbeOutputs {
  readonly agent?: string;
  readonly pod?: PodPlace;
  readonly check: ReachDefinition;
  /** Of everything that the target is asked anew for. */
  readonly digest: string;
  readonly reached: boolean;
  /** The address that answered; of a pod that asks by a name it is not known. */
  readonly address?: string;
}

const DEFAULT_TIMEOUT_SECONDS = 60;
/** How long one try may take, and the pause between two, in ms. */
const TRY_MS = 5_000;
const PAUSE_MS = 1_000;

const agents = new Agents();

/** Waits in `create` and `update` until the target answers; holds nothing by itself. */
export const connectivityProbe = forDisplay<ConnectivityProbeInputs, ConnectivityProbeOutputs>(
  waitsForTarget,
  {
    async configure({ config }) {
      agents.configure(config);
    },

    async check(_olds, news) {
      const { reached: _, address: __, ...inputs } = news as ConnectivityProbeInputs & Results;
      if (isUnknown(inputs)) return { inputs, failures: [] };
      const problems = checkInputs(inputs);
      if (problems.length > 0) {
        const reasons = problems.map(describeProblem);
        return { inputs, failures: reasons.map((reason) => ({ property: '', reason })) };
      }
      const { agent, check } = inputs;
      if (agent === undefined) return { inputs, failures: [] };
      const failures = await failuresOf(async () => {
        await askForPreview(agents, agent, (client) =>
          client.reach(requestOf(check), { dryRun: true }),
        );
      });
      return { inputs, failures };
    },

    async diff(_id, olds, news) {
      // One that a refresh found broken is asked anew.
      return { changes: olds.digest !== digestOf(news) || !olds.reached };
    },

    async create(inputs) {
      const outs = await reached(inputs);
      return { id: `${inputs.check.kind}:${inputs.check.target}`, outs };
    },

    async read(id, props) {
      const { address: _, ...rest } = props;
      const outcome = await ask(props, TRY_MS);
      return { id, props: { ...rest, ...resultsOf(outcome) } };
    },

    async update(_id, _olds, news) {
      return { outs: await reached(news) };
    },

    async delete() {},
  },
);

interface Results {
  readonly reached: boolean;
  readonly address?: string;
}

/** Asks until the target answers. @throws NetloomError with the hop at which the last try ended */
async function reached(inputs: ConnectivityProbeInputs): Promise<ConnectivityProbeOutputs> {
  const { timeoutSeconds = DEFAULT_TIMEOUT_SECONDS, agent, pod, check } = inputs;
  const until = Date.now() + timeoutSeconds * 1000;
  let told: ReachOutcome | undefined;
  for (;;) {
    const outcome = await ask(inputs, Math.min(TRY_MS, Math.max(1_000, until - Date.now())));
    // The last try may have no time to learn more than silence.
    if (told === undefined || outcome.result !== 'timeout') told = outcome;
    if (outcome.result === 'reached') {
      return {
        ...(agent !== undefined && { agent }),
        ...(pod && { pod }),
        check,
        digest: digestOf(inputs),
        ...resultsOf(outcome),
      };
    }
    // Waiting makes no program appear.
    if (outcome.result === 'impossible' || Date.now() + PAUSE_MS > until) {
      throw new NetloomError(notReached(placeOf(inputs), check, told));
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

/** @throws NetloomError where nobody can be told to ask */
async function ask(
  { agent, pod, check }: Pick<ConnectivityProbeInputs, 'agent' | 'pod' | 'check'>,
  timeoutMs: number,
): Promise<ReachOutcome> {
  if (!pod) return agents.get(agent).reach({ ...requestOf(check), timeoutMs });
  const cluster = await Cluster.open((key) => agents.configValue(key));
  if (!cluster) throw new NetloomError(noCluster());
  return reachFromPod(cluster, pod, check, timeoutMs);
}

/** The kind was looked at in `check`; what an agent of another release does not know, it refuses. */
function requestOf({ kind, ...rest }: ReachDefinition): ReachRequest {
  return { kind: kind as ReachRequest['kind'], ...rest };
}

function resultsOf({ result, address }: ReachOutcome): Results {
  return { reached: result === 'reached', ...(address !== undefined && { address }) };
}

function checkInputs({ agent, pod, check, timeoutSeconds }: ConnectivityProbeInputs): Problem[] {
  const problems = checkReach(check);
  if ((agent === undefined) === (pod === undefined)) {
    problems.push({
      code: 'NL_VALUES_CONFLICT',
      key: 'agent',
      found: agent === undefined ? 'neither agent nor pod is set' : 'both agent and pod are set',
      allowed: 'one of them: who asks',
      fix: "agent: 'edge-1' for its node, or pod: { namespace, name }",
    });
  }
  const isTime =
    timeoutSeconds === undefined || (timeoutSeconds >= 1 && timeoutSeconds <= MOST_SECONDS);
  if (!isTime) {
    problems.push({
      code: 'NL_VALUE_OUT_OF_RANGE',
      key: 'timeoutSeconds',
      found: `${timeoutSeconds} s`,
      allowed: `1 to ${MOST_SECONDS}`,
      fix: String(DEFAULT_TIMEOUT_SECONDS),
    });
  }
  return problems;
}

const MOST_SECONDS = 3_600;

function placeOf({ agent, pod }: Pick<ConnectivityProbeInputs, 'agent' | 'pod'>): string {
  return pod ? `pod ${pod.namespace}/${pod.name}` : `agent "${agent}"`;
}

function waitsForTarget(props: ConnectivityProbeInputs | ConnectivityProbeOutputs): string {
  return `${placeOf(props)}: still waiting for ${props.check.target} to answer`;
}

function digestOf({ agent, pod, check, triggers = [] }: ConnectivityProbeInputs): string {
  const { kind, target, port, path, status } = check;
  const place = [pod?.namespace, pod?.name, pod?.container];
  const all = [agent, place, kind, target, port, path, status, triggers];
  return createHash('sha256').update(JSON.stringify(all)).digest('hex').slice(0, 16);
}

function noCluster(): Problem {
  return {
    code: 'NL_CLUSTER_CONFIG',
    key: 'netloom:kubeconfig',
    found: 'a pod shall ask, and no kubeconfig is configured or found',
    allowed: 'netloom:kubeconfig, KUBECONFIG or ~/.kube/config',
    fix: 'pulumi config set netloom:kubeconfig ~/.kube/config',
  };
}
