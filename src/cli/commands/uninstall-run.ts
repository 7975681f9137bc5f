import { setTimeout as sleep } from 'node:timers/promises';
import {
  type InstallManifest,
  REMOVAL_NAME,
  type RemovalCluster,
  type RemovalObject,
  type RemovalStep,
  removalName,
  removalObjects,
} from '../../installs';
import { type PlatformFacts, valueAt } from '../../kubernetes';
import type { ApiServer, ListedObject } from '../cluster/api-server';
import { objectPath } from '../cluster/object-path';
import { isMapping } from '../input/lists';
import { UsageError } from '../usage-error';
import { isKnownMaker, objectOf } from './uninstall-pods';

/** How often the cluster is looked at while something ends. */
const POLL_MS = 1000;

/** What a user says of the pods that remove files. */
export interface RemoverOptions {
  readonly image?: string | undefined;
  readonly masterCniFile?: string | undefined;
  readonly force?: boolean | undefined;
}

/** What is needed to take steps. */
export interface RemovalRun {
  readonly server: ApiServer;
  readonly facts: PlatformFacts;
  readonly options: RemoverOptions;
  readonly timeoutMs: number;
  /** Tells something that the user should know by now, one line. */
  readonly tell: (line: string) => void;
}

/** Takes what a step deletes away, and waits for the pods of what ran to be gone. */
export async function deleteObjects(run: RemovalRun, step: RemovalStep): Promise<void> {
  const { server } = run;
  const unknown = step.id === 'pods' && step.objects.find((one) => !isKnownMaker(one));
  if (unknown) {
    throw new UsageError(
      `${removalName(unknown)} makes pods with networks, and is of no kind that netloom deletes: delete it, or take the networks out of it`,
    );
  }
  const ids = step.id === 'daemons' ? await idsOf(server, step.objects) : new Set<string>();
  for (const object of step.objects) await server.delete(objectPath(object));
  const namespaces = new Set(step.objects.flatMap(({ namespace }) => namespace ?? []));
  await until(run, async () => {
    const left: string[] = [];
    for (const object of step.objects) {
      if (await server.read(objectPath(object))) left.push(removalName(object));
    }
    if (ids.size > 0) left.push(...(await podsOwnedBy(server, namespaces, ids)));
    return left.length === 0 ? undefined : `still there: ${left.slice(0, 5).join(', ')}`;
  });
}

/** Lets a pod on each node remove files, and waits until all have. */
export async function cleanNodes(
  run: RemovalRun,
  step: RemovalStep,
  cluster: RemovalCluster,
): Promise<void> {
  const { server, facts, options } = run;
  const namespace = cluster.daemons[0]?.namespace ?? cluster.remover[0]?.namespace;
  const { image, masterCniFile, force = false } = options;
  const objects = removalObjects(facts, {
    dryRun: false,
    phase: step.id === 'config' ? 'config' : 'all',
    // Without a Multus nothing can take the interfaces away any more.
    force: force || (step.id === 'config' && !cluster.hasMultus),
    image,
    masterCniFile,
    namespace,
  });
  for (const { manifest } of objects) await server.apply(manifestPath(manifest), manifest);
  const daemonSet = objects.find(({ manifest }) => manifest.kind === 'DaemonSet');
  if (daemonSet) await until(run, () => unready(server, daemonSet.manifest));
}

function manifestPath({ apiVersion, kind, metadata }: InstallManifest): string {
  const { namespace, name } = metadata;
  return objectPath({ apiVersion, kind, namespace, name });
}

/** Why a DaemonSet has not done its work on all nodes; undefined when it has. */
async function unready(server: ApiServer, manifest: InstallManifest): Promise<string | undefined> {
  const object = await server.read(manifestPath(manifest));
  const number = (...steps: string[]): number => Number(valueAt(object, steps) ?? 0);
  const [wanted, ready] = [
    number('status', 'desiredNumberScheduled'),
    number('status', 'numberReady'),
  ];
  const observed = number('status', 'observedGeneration');
  const isSeen = observed > 0 && observed >= number('metadata', 'generation');
  const isNew = number('status', 'updatedNumberScheduled') === wanted;
  if (isSeen && isNew && ready === wanted) return undefined;
  const path = `/api/v1/namespaces/${manifest.metadata.namespace}/pods`;
  const pods = (await server.list(path, isRemover)) ?? [];
  for (const pod of pods) {
    const reason = await reasonOfPod(server, path, pod);
    if (reason !== undefined) {
      return `${ready} of ${wanted} nodes done; node ${valueAt(pod, ['spec', 'nodeName'])}: ${reason}`;
    }
  }
  return `${ready} of ${wanted} nodes done`;
}

function isRemover(pod: ListedObject): boolean {
  return valueAt(pod, ['metadata', 'labels', 'app']) === REMOVAL_NAME;
}

/** What keeps a pod's first container from its end: its last words, or why it does not start. */
async function reasonOfPod(
  server: ApiServer,
  path: string,
  pod: ListedObject,
): Promise<string | undefined> {
  const [status] = [valueAt(pod, ['status', 'initContainerStatuses'])].flat();
  if (!isMapping(status)) return undefined;
  const said = valueAt(status, ['lastState', 'terminated', 'message']);
  const now = valueAt(status, ['state', 'terminated', 'message']);
  const waits = valueAt(status, ['state', 'waiting']);
  if (valueAt(status, ['state', 'running']) !== undefined) {
    const line = await server.lastLine(`${path}/${objectOf(pod).name}/log?container=remove`);
    return line === '' ? undefined : line.replace(/^netloom: /, '');
  }
  const message = [now, said].find((one) => typeof one === 'string' && one.trim() !== '');
  const isDone = valueAt(status, ['state', 'terminated', 'exitCode']) === 0;
  if (typeof message === 'string' && !isDone) {
    return (message.trim().split('\n').at(-1) as string).replace(/^netloom: /, '');
  }
  if (!isMapping(waits) || waits['reason'] === 'PodInitializing') return undefined;
  return [waits['reason'], waits['message']].filter(Boolean).join(': ');
}

async function idsOf(server: ApiServer, objects: readonly RemovalObject[]): Promise<Set<string>> {
  const ids = new Set<string>();
  for (const object of objects) {
    const id = valueAt(await server.read(objectPath(object)), ['metadata', 'uid']);
    if (typeof id === 'string') ids.add(id);
  }
  return ids;
}

/** Pods of DaemonSets that are deleted already. Those of a Deployment write no files. */
async function podsOwnedBy(
  server: ApiServer,
  namespaces: ReadonlySet<string>,
  ids: ReadonlySet<string>,
): Promise<string[]> {
  const found: string[] = [];
  for (const namespace of namespaces) {
    const pods = await server.list(`/api/v1/namespaces/${namespace}/pods`, (pod) => {
      const owners = valueAt(pod, ['metadata', 'ownerReferences']);
      return Array.isArray(owners) && owners.some((owner) => ids.has(owner?.uid));
    });
    if (!pods) throw new UsageError(`the server does not know the pods of ${namespace}`);
    found.push(...pods.map((pod) => removalName(objectOf(pod))));
  }
  return found;
}

/**
 * Waits until nothing stands in the way any more, and tells what does whenever that changes.
 *
 * @throws UsageError when the time is over
 */
export async function until(
  { timeoutMs, tell }: Pick<RemovalRun, 'timeoutMs' | 'tell'>,
  obstacle: () => Promise<string | undefined>,
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  let told = '';
  for (;;) {
    const found = await obstacle();
    if (found === undefined) return;
    if (performance.now() > deadline) {
      throw new UsageError(
        `not done after ${timeoutMs / 1000} s: ${found}; the same command goes on from here`,
      );
    }
    if (found !== told) tell(found);
    told = found;
    await sleep(POLL_MS);
  }
}
