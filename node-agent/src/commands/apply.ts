import { readFileSync } from 'node:fs';
import {
  checkHostBridge,
  type HostBridgeDefinition,
  NETLOOM_API_VERSION,
  NetloomError,
  type Problem,
  within,
} from 'netloom';
import {
  type AgentClient,
  type BridgeView,
  bridgeRequest,
  MANIFEST_OWNERS,
} from 'netloom/agent-api';
import { parseAllDocuments } from 'yaml';
import { unreadable } from '../config';
import {
  applyNetworks,
  networkRefusals,
  pruneNetworks,
  readNetwork,
  type WantedNetwork,
} from './apply-networks';
import { localClient } from './local-agent';

export interface ApplyOptions {
  /** Folder that `netloom-agent init` made. */
  readonly folder: string;
  readonly files: readonly string[];
  /** Also bridges that are meant for nodes with certain labels: nobody can tell them here. */
  readonly anyNode: boolean;
  /** Removes bridges that came from manifests and are in none of these any more. */
  readonly prune: boolean;
}

interface Wanted {
  readonly name: string;
  readonly spec: HostBridgeDefinition;
}

/**
 * Has the agent of this host carry out the HostBridge and NodeNetwork objects of manifests, `cdk8s
 * synth`'s for example. Other objects are passed over. Everything is checked, by the rules and by the node,
 * before anything is changed.
 *
 * @returns one line for each bridge and each network
 * @throws NetloomError with all that is wrong
 */
export async function applyManifests(options: ApplyOptions): Promise<string[]> {
  const { wanted, networks, problems } = readObjects(options.files);
  if (problems.length > 0) throw new NetloomError(problems);
  const [mine, others] = [wanted.filter(isForHere), wanted.filter((one) => !isForHere(one))];
  const client = localClient(options.folder);
  try {
    const chosen = options.anyNode ? wanted : mine;
    const here = networks.filter((one) => options.anyNode || one.isForHere);
    const refused = [...(await refusals(client, chosen)), ...(await networkRefusals(client, here))];
    if (refused.length > 0) throw new NetloomError(refused);
    const lines: string[] = [];
    for (const one of chosen) {
      const bridge = await client.putBridge(one.spec.bridge, await bridgeRequest(client, one));
      lines.push(
        `${bridge.name}: ${bridge.steps.length === 0 ? 'unchanged' : bridge.steps.join('; ')}`,
      );
    }
    lines.push(...(await applyNetworks(client, here)));
    if (!options.anyNode) {
      lines.push(
        ...networks
          .filter((one) => !one.isForHere)
          .map((one) => `${one.name}: passed over, it has a nodeSelector (--any-node takes it)`),
      );
      lines.push(
        ...others.map(
          (one) => `${one.spec.bridge}: passed over, it has a nodeSelector (--any-node takes it)`,
        ),
      );
    }
    if (options.prune) {
      lines.push(...(await prune(client, wanted)), ...(await pruneNetworks(client, networks)));
    }
    return lines;
  } finally {
    await client.close();
  }
}

function isForHere({ spec }: Wanted): boolean {
  return Object.keys(spec.nodeSelector ?? {}).length === 0;
}

function readObjects(files: readonly string[]): {
  wanted: Wanted[];
  networks: WantedNetwork[];
  problems: Problem[];
} {
  const wanted: Wanted[] = [];
  const networks: WantedNetwork[] = [];
  const problems: Problem[] = [];
  for (const file of files) {
    let text: string;
    try {
      text = readFileSync(file, 'utf8');
    } catch (error) {
      problems.push(unreadable(file, file, error));
      continue;
    }
    parseAllDocuments(text, { prettyErrors: true }).forEach((document, index) => {
      const key = `${file}[${index}]`;
      if (document.errors.length > 0) {
        problems.push(...document.errors.map((error) => notYaml(key, error.message)));
        return;
      }
      const object = document.toJS() as Partial<Record<string, unknown>> | null;
      if (object?.['apiVersion'] !== NETLOOM_API_VERSION) return;
      const { name = '' } = (object['metadata'] ?? {}) as { name?: string };
      if (object['kind'] === 'NodeNetwork') {
        const read = readNetwork(name, object['spec'], `${key}.spec`);
        problems.push(...read.problems);
        if (read.network) networks.push(read.network);
      }
      if (object['kind'] !== 'HostBridge') return;
      const spec = (object['spec'] ?? {}) as HostBridgeDefinition;
      problems.push(...within(`${key}.spec`, checkHostBridge(spec)));
      wanted.push({ name, spec });
    });
  }
  return { wanted, networks, problems };
}

function notYaml(key: string, message: string): Problem {
  return {
    code: 'NL_CONFIG_INVALID',
    key,
    found: message.split('\n')[0] as string,
    allowed: 'YAML',
    fix: 'correct the file',
  };
}

/** What the node would refuse, of all bridges together. */
async function refusals(client: AgentClient, wanted: readonly Wanted[]): Promise<Problem[]> {
  const problems: Problem[] = [];
  for (const one of wanted) {
    try {
      await client.putBridge(one.spec.bridge, await bridgeRequest(client, one), { dryRun: true });
    } catch (error) {
      if (!(error instanceof NetloomError)) throw error;
      problems.push(...error.problems);
    }
  }
  return problems;
}

async function prune(client: AgentClient, wanted: readonly Wanted[]): Promise<string[]> {
  const kept = new Set(wanted.map((one) => one.spec.bridge));
  const gone = (bridge: BridgeView): boolean =>
    bridge.owner.startsWith(MANIFEST_OWNERS.HostBridge) && !kept.has(bridge.name);
  const lines: string[] = [];
  for (const bridge of (await client.bridges()).filter(gone)) {
    await client.removeBridge(bridge.name, bridge.id, bridge.owner);
    lines.push(`${bridge.name}: removed`);
  }
  return lines;
}
