import type { PlatformFacts } from '../kubernetes';
import type { DhcpDaemonSettings } from './dhcp-settings';
import type { InstallObject } from './install-object';
import { rootOnHost } from './install-pods';

const NAME = 'dhcp-daemon';
const BUSYBOX = 'busybox:1.37';

/** Where the plugin of a pod asks the daemon; `daemonSocketPath` of a network says otherwise. */
const SOCKET_FOLDER = '/run/cni';
const NODE_PLUGINS = '/host/bin';

/** What a daemon leaves that was killed keeps the next one from listening, so each start removes it. */
const SCRIPT = `rm -f ${SOCKET_FOLDER}/dhcp.sock
exec "$@"
`;

/** SYS_ADMIN enters the pods' network namespaces, NET_RAW sends there, NET_ADMIN sets the link up. */
const PRIVILEGES = rootOnHost('NET_ADMIN', 'NET_RAW', 'SYS_ADMIN');

const RESOURCES = {
  requests: { cpu: '10m', memory: '30Mi' },
  limits: { cpu: '500m', memory: '200Mi' },
};

/**
 * The daemon that gets leases for pods and renews them, on each node.
 *
 * Runtimes name a pod's namespace `/var/run/netns/...`, whose folder is `/run/netns` on the host: it is
 * mounted under both names, with namespaces that are made later.
 *
 * @see https://www.cni.dev/plugins/current/ipam/dhcp/
 */
export function dhcpDaemonSet(facts: PlatformFacts, settings: DhcpDaemonSettings): InstallObject {
  const { namespace = facts.multusNamespace, updateStrategy = 'OnDelete' } = settings;
  const labels = { app: NAME };
  return {
    id: 'DaemonSet',
    manifest: {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: NAME, namespace, labels },
      spec: {
        selector: { matchLabels: labels },
        updateStrategy: { type: updateStrategy },
        template: { metadata: { labels }, spec: daemonPod(facts, settings) },
      },
    },
  };
}

function daemonPod(facts: PlatformFacts, settings: DhcpDaemonSettings): object {
  const { pullSecrets = [], pluginPath } = settings;
  const secrets = pullSecrets.map((name) => ({ name }));
  return {
    automountServiceAccountToken: false,
    hostNetwork: true,
    priorityClassName: settings.priorityClassName ?? 'system-node-critical',
    tolerations: settings.tolerations ?? [{ operator: 'Exists' }],
    nodeSelector: settings.nodeSelector ?? { 'kubernetes.io/os': 'linux' },
    ...(secrets.length > 0 ? { imagePullSecrets: secrets } : {}),
    containers: [daemonContainer(settings)],
    volumes: [
      { name: 'socket', hostPath: { path: SOCKET_FOLDER, type: 'DirectoryOrCreate' } },
      { name: 'netns', hostPath: { path: '/run/netns', type: 'DirectoryOrCreate' } },
      ...(pluginPath === undefined
        ? [{ name: 'plugins', hostPath: { path: facts.cniBinDir, type: 'Directory' } }]
        : []),
    ],
  };
}

function daemonContainer(settings: DhcpDaemonSettings): object {
  const { registry = 'docker.io/library', pluginPath, broadcast = false } = settings;
  const plugin = pluginPath ?? `${NODE_PLUGINS}/dhcp`;
  return {
    name: NAME,
    image: settings.image ?? `${registry}/${BUSYBOX}`,
    command: ['/bin/sh', '-euc', SCRIPT, NAME, plugin, 'daemon'],
    ...(broadcast ? { args: ['-broadcast'] } : {}),
    resources: settings.resources ?? RESOURCES,
    securityContext: PRIVILEGES,
    terminationMessagePolicy: 'FallbackToLogsOnError',
    volumeMounts: [
      { name: 'socket', mountPath: SOCKET_FOLDER },
      { name: 'netns', mountPath: '/run/netns', mountPropagation: 'HostToContainer' },
      { name: 'netns', mountPath: '/var/run/netns', mountPropagation: 'HostToContainer' },
      ...(pluginPath === undefined
        ? [{ name: 'plugins', mountPath: NODE_PLUGINS, readOnly: true }]
        : []),
    ],
  };
}
