import type { PlatformFacts } from '../kubernetes';
import { MULTUS_CONF_DIR } from './multus-config';
import type { MultusSettings } from './multus-settings';

/** Name of the ConfigMap of the thick daemon, and of its one key: the daemon's default file name. */
export const DAEMON_CONFIG = { name: 'multus-daemon-config', key: 'daemon-config.json' } as const;

interface HostFolder {
  readonly name: string;
  /** On the node. */
  readonly path: string;
  readonly mountPath: string;
  readonly mountPropagation?: 'HostToContainer' | undefined;
}

/** Folders of the node that the prepare and install containers work in, too. */
function cniFolders(facts: PlatformFacts): { conf: HostFolder; bin: HostFolder } {
  return {
    conf: { name: 'cni', path: facts.cniConfDir, mountPath: `/host${facts.cniConfDir}` },
    bin: { name: 'cnibin', path: facts.cniBinDir, mountPath: `/host${facts.cniBinDir}` },
  };
}

/**
 * `/run` and never `/var/run`, which is a link to it on hosts and no folder in some images. The
 * network namespaces of pods are mounts that come after the daemon has started: without propagation
 * it would not see them. The socket's folder is made anew by the daemon, so that its parent is
 * mounted and not itself.
 */
function thickFolders(facts: PlatformFacts, { logFile }: MultusSettings): readonly HostFolder[] {
  const { conf, bin } = cniFolders(facts);
  const same = (name: string, path: string): HostFolder => ({ name, path, mountPath: path });
  const logDir = logFile?.replace(/\/[^/]*$/, '');
  const folders: readonly HostFolder[] = [
    conf,
    // The path in the container has to be that on the host: plugins run with the host's root.
    { ...bin, mountPath: facts.cniBinDir },
    { name: 'host-run', path: '/run', mountPath: '/host/run' },
    same('host-var-lib-cni-multus', '/var/lib/cni/multus'),
    { ...same('host-var-lib-kubelet', '/var/lib/kubelet'), mountPropagation: 'HostToContainer' },
    same('host-run-k8s-cni-cncf-io', '/run/k8s.cni.cncf.io'),
    { ...same('host-run-netns', '/run/netns'), mountPropagation: 'HostToContainer' },
    { name: 'hostroot', path: '/', mountPath: '/hostroot', mountPropagation: 'HostToContainer' },
    same('multus-conf-dir', MULTUS_CONF_DIR),
  ];
  const isThere = folders.some(({ mountPath }) => mountPath === logDir);
  return logDir && !isThere ? [...folders, same('log', logDir)] : folders;
}

function foldersOf(facts: PlatformFacts, settings: MultusSettings): readonly HostFolder[] {
  if (settings.mode !== 'thin') return thickFolders(facts, settings);
  const { conf, bin } = cniFolders(facts);
  return [conf, bin];
}

/** The volumes of Multus' pods. */
export function multusVolumes(facts: PlatformFacts, settings: MultusSettings): object[] {
  const volumes: object[] = foldersOf(facts, settings).map(({ name, path }) => ({
    name,
    hostPath: { path, type: path === '/' ? 'Directory' : 'DirectoryOrCreate' },
  }));
  if (settings.mode === 'thin') return volumes;
  const { name, key } = DAEMON_CONFIG;
  return [...volumes, { name, configMap: { name, items: [{ key, path: key }] } }];
}

/** What the container that runs on mounts. */
export function multusMounts(facts: PlatformFacts, settings: MultusSettings): object[] {
  const mounts = foldersOf(facts, settings).map(asMount);
  if (settings.mode === 'thin') return mounts;
  const config = {
    name: DAEMON_CONFIG.name,
    mountPath: '/etc/cni/net.d/multus.d',
    readOnly: true,
  };
  return [...mounts, config];
}

/** What the containers mount that run first. */
export function multusInitMounts(facts: PlatformFacts): { conf: object; bin: object } {
  const { conf, bin } = cniFolders(facts);
  return { conf: asMount(conf), bin: asMount(bin) };
}

function asMount({ name, mountPath, mountPropagation }: HostFolder): object {
  return { name, mountPath, ...(mountPropagation ? { mountPropagation } : {}) };
}
