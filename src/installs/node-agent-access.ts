import type { PlatformFacts } from '../kubernetes';
import type { NodeAgentSettings } from './node-agent-settings';
import { isCrio } from './removal-folders';

/** Where host-local keeps a folder for each network, unless a network has a `dataDir`. */
const HOST_LOCAL_DIRS: readonly string[] = ['/var/lib/cni/networks'];

/** Where CRI-O keeps a folder for each container that runs (containers/storage, its run root). */
const CRIO_SANDBOXES = '/run/containers/storage/overlay-containers';

/** Where containerd keeps those of Kubernetes, below the folder of its socket. */
const CONTAINERD_SANDBOXES = 'io.containerd.runtime.v2.task/k8s.io';

/** True where the agent itself, and not only a caller of it, has something to ask the API server. */
export function asksApiServer(settings: NodeAgentSettings): boolean {
  const { callers = [], store } = settings;
  return callers.length > 0 || store?.type === 'kubernetes' || auditsCluster(settings);
}

/** True for an audit of what the cluster knows. */
export function auditsCluster({ audit }: NodeAgentSettings): boolean {
  return audit?.sources.some((source) => source !== 'host-local') ?? false;
}

/** Folders of host-local that are looked at; none without that audit. */
export function auditedFolders({ audit }: NodeAgentSettings): readonly string[] {
  if (!audit?.sources.includes('host-local')) return [];
  return audit.hostLocalDirs ?? HOST_LOCAL_DIRS;
}

/**
 * The container runtime's folder with one folder for each sandbox that runs. Of one runtime alone: an empty
 * folder of another one would say that nothing runs.
 */
export function sandboxFolder(facts: Pick<PlatformFacts, 'criSocket'>): string {
  if (isCrio(facts)) return CRIO_SANDBOXES;
  const socketFolder = facts.criSocket.slice(0, facts.criSocket.lastIndexOf('/'));
  return `${socketFolder}/${CONTAINERD_SANDBOXES}`;
}
