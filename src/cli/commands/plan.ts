import {
  type AgentClient,
  type BridgeObject,
  bridgeRequest,
  type NetworkObject,
  networkRequest,
  nodeNetworkSpecSchema,
} from '../../agent-api';
import { NETLOOM_API_VERSION } from '../../kubernetes';
import { describeObject, findProblems, nameOf } from '../findings';
import { type Documents, readDocuments } from '../input/documents';
import { readSources } from '../input/read-sources';
import { type AgentArguments, printAnswers } from '../output/answers';
import { type HostSteps, stepLines, withRefusals } from '../output/host-steps';
import { render } from '../output/render';
import { UsageError } from '../usage-error';
import { askAgents } from './ask-agents';
import { orRefused } from './drift';

/** Arguments of `netloom plan`. */
export interface PlanArguments extends AgentArguments {
  /** Also objects with a nodeSelector: nobody can tell the nodes' labels here. */
  readonly anyNode: boolean;
}

interface Wanted {
  readonly bridges: readonly BridgeObject[];
  readonly networks: readonly NetworkObject[];
}

/**
 * `netloom plan`: what agents would do to have the HostBridge and NodeNetwork objects of files on their
 * nodes. Exit status 1 where the objects are wrong, or an agent refuses one. Nothing is changed.
 *
 * @throws UsageError where no agent is configured, or there is no such object
 */
export async function plan(files: readonly string[], given: PlanArguments): Promise<void> {
  const documents = (await readSources(files)).map(readDocuments);
  if (tellErrors(documents)) return;
  const wanted = wantedOf(documents, given.anyNode);
  const asked = (await askAgents(given.agent, (client) => planOf(client, wanted))).map(
    withRefusals,
  );
  await printAnswers(asked, given, (all) => all.flatMap((one) => stepLines(one, 'nothing to do')));
}

/** What the rules refuse is told as `netloom check` tells it, and no agent is asked. */
function tellErrors(documents: readonly Documents[]): boolean {
  const findings = findProblems(documents, {}).filter(({ severity }) => severity === 'error');
  if (findings.length === 0) return false;
  process.exitCode = 1;
  const objects = documents.flatMap((one) => one.objects);
  const report = { files: documents.length, objects: objects.length, findings };
  process.stdout.write([...render(report, 'human', false)].join(''));
  return true;
}

function wantedOf(documents: readonly Documents[], anyNode: boolean): Wanted {
  const bridges: BridgeObject[] = [];
  const networks: NetworkObject[] = [];
  const passed: string[] = [];
  for (const one of documents.flatMap(({ objects }) => objects)) {
    const called = nameOf(one);
    if (one.object['apiVersion'] !== NETLOOM_API_VERSION || !called) continue;
    if (called.kind !== 'HostBridge' && called.kind !== 'NodeNetwork') continue;
    const { nodeSelector = {}, ...spec } = Object(one.object['spec']);
    if (Object.keys(nodeSelector).length > 0 && !anyNode) {
      passed.push(describeObject(called));
      continue;
    }
    const name = called.name ?? '';
    if (called.kind === 'HostBridge') bridges.push({ name, spec });
    else networks.push({ name, spec: nodeNetworkSpecSchema.parse(spec) });
  }
  const isNothing = bridges.length + networks.length === 0;
  if (passed.length > 0) {
    const why = 'for nodes with certain labels, which nobody knows here (--any-node takes it)';
    for (const one of passed) process.stderr.write(`${one}: passed over, it is ${why}\n`);
  }
  if (isNothing && passed.length === 0) {
    throw new UsageError('nothing to plan: no HostBridge and no NodeNetwork in these files');
  }
  return { bridges, networks };
}

async function planOf(client: AgentClient, { bridges, networks }: Wanted): Promise<HostSteps[]> {
  const found: HostSteps[] = [];
  for (const one of bridges) {
    const object = { kind: 'HostBridge', name: one.name } as const;
    const steps = async (): Promise<string[]> => {
      const request = await bridgeRequest(client, one);
      return (await client.putBridge(one.spec.bridge, request, { dryRun: true })).steps;
    };
    found.push(await orRefused(object, steps));
  }
  for (const one of networks) {
    const object = { kind: 'NodeNetwork', name: one.name } as const;
    const steps = async (): Promise<string[]> => {
      const request = await networkRequest(client, one);
      const made = await client.putNodeNetwork(request, { dryRun: true });
      return made.steps.map(({ words }) => words);
    };
    found.push(await orRefused(object, steps));
  }
  return found;
}
