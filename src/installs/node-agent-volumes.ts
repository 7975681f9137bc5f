import { asksApiServer, auditedFolders, sandboxFolder } from './node-agent-access';
import { AGENT_CONFIG_FILE, AGENT_FOLDERS } from './node-agent-config';
import { NODE_AGENT_NAME, type NodeAgentPlace } from './node-agent-place';
import type { NodeAgentSettings } from './node-agent-settings';
import { isCrio } from './removal-folders';

/** Where a pod's own token and the cluster's CA are by convention. */
const ACCOUNT_FOLDER = '/var/run/secrets/kubernetes.io/serviceaccount';

/** Only its owner reads a secret: UID 0 without CAP_DAC_OVERRIDE still is that. */
const SECRET_MODE = 0o400;

/** A volume, and how the agent mounts it. */
interface AgentVolume {
  readonly volume: { readonly name: string; readonly [source: string]: unknown };
  readonly mountPath: string;
  readonly isWritable?: boolean;
  /** True for what the watchdog needs, too. */
  readonly isShared?: boolean;
  /** True where mounts of others lie below: those are read-only, too. */
  readonly hasMounts?: boolean;
}

/** The volumes of the agent's pods. */
export function nodeAgentVolumes(place: NodeAgentPlace, settings: NodeAgentSettings): object[] {
  return volumesOf(place, settings).map(({ volume }) => volume);
}

/** What the agent mounts, or its watchdog, which needs no secret. */
export function nodeAgentMounts(
  place: NodeAgentPlace,
  settings: NodeAgentSettings,
  container: 'agent' | 'watchdog',
): object[] {
  return volumesOf(place, settings)
    .filter(({ isShared }) => container === 'agent' || isShared)
    .map(({ volume, mountPath, isWritable, hasMounts }) => ({
      name: volume.name,
      mountPath,
      ...(isWritable ? {} : { readOnly: true }),
      ...(hasMounts ? { recursiveReadOnly: 'IfPossible' } : {}),
    }));
}

function volumesOf(place: NodeAgentPlace, settings: NodeAgentSettings): AgentVolume[] {
  const { facts, stateDir, tlsSecret } = place;
  const { tokens = [], tokenSecret, sysctls, nodeFacts } = settings;
  return [
    {
      volume: hostPath('state', stateDir, 'DirectoryOrCreate'),
      mountPath: stateDir,
      isWritable: true,
      isShared: true,
    },
    {
      volume: {
        name: 'config',
        configMap: {
          name: NODE_AGENT_NAME,
          items: [{ key: AGENT_CONFIG_FILE, path: AGENT_CONFIG_FILE }],
        },
      },
      mountPath: AGENT_FOLDERS.config,
      isShared: true,
    },
    secret('tls', tlsSecret, AGENT_FOLDERS.tls),
    ...(tokenSecret !== undefined && tokens.length > 0
      ? [secret('tokens', tokenSecret, AGENT_FOLDERS.tokens)]
      : []),
    ...(asksApiServer(settings) ? [account()] : []),
    ...(sysctls ? [sysctlFolder()] : []),
    ...(nodeFacts
      ? [
          fact('cni-conf', facts.cniConfDir),
          fact('cni-bin', facts.cniBinDir),
          fact('cni-run', '/run/cni'),
        ]
      : []),
    ...auditVolumes(place, settings),
  ];
}

/** host-local's records, and what tells whether a sandbox still runs. */
function auditVolumes({ facts }: NodeAgentPlace, settings: NodeAgentSettings): AgentVolume[] {
  const folders = auditedFolders(settings);
  if (folders.length === 0) return [];
  const sandboxes = sandboxFolder(facts);
  return [
    ...folders.map((folder, index) => ({
      // host-local makes it with the first address: an empty one says the same.
      volume: hostPath(`host-local-${index}`, folder, 'DirectoryOrCreate'),
      mountPath: `${AGENT_FOLDERS.host}${folder}`,
      isWritable: settings.audit?.repair === true,
    })),
    {
      // Made empty it would say that nothing runs: a node with another runtime is to be refused.
      volume: hostPath('sandboxes', sandboxes, 'Directory'),
      mountPath: `${AGENT_FOLDERS.host}${sandboxes}`,
      // containerd mounts the root of each container there.
      hasMounts: !isCrio(facts),
    },
  ];
}

function hostPath(name: string, path: string, type: string): AgentVolume['volume'] {
  return { name, hostPath: { path, type } };
}

function secret(name: string, secretName: string, mountPath: string): AgentVolume {
  return { volume: { name, secret: { secretName, defaultMode: SECRET_MODE } }, mountPath };
}

/** The runtime refuses to mount anything over `/proc`, so it stands beside it. */
function sysctlFolder(): AgentVolume {
  return {
    volume: hostPath('sysctls', '/proc/sys/net', 'Directory'),
    mountPath: `${AGENT_FOLDERS.host}/proc/sys/net`,
    isWritable: true,
    isShared: true,
  };
}

function fact(name: string, path: string): AgentVolume {
  return {
    volume: hostPath(name, path, 'DirectoryOrCreate'),
    mountPath: `${AGENT_FOLDERS.host}${path}`,
  };
}

/** What Kubernetes mounts by itself into every container of a pod, here into the agent only. */
function account(): AgentVolume {
  const sources = [
    { serviceAccountToken: { path: 'token', expirationSeconds: 3600 } },
    {
      configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] },
    },
  ];
  return {
    volume: { name: 'account', projected: { defaultMode: SECRET_MODE, sources } },
    mountPath: ACCOUNT_FOLDER,
  };
}
