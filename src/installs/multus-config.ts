import { definedOnly } from '../cni';
import type { PlatformFacts } from '../kubernetes';
import type { MultusSettings } from './multus-settings';

/** Where Multus looks for networks that have no configuration in their object. */
export const MULTUS_CONF_DIR = '/etc/cni/multus/net.d';

/** Multus' own default for `binDir`. */
const DEFAULT_BIN_DIR = '/opt/cni/bin';

/** Multus looks for networks without a namespace here, when it is not told otherwise. */
const DEFAULT_NAMESPACE = 'kube-system';

/** The parts of the settings that every Multus has, with what the platform says filled in. */
export interface MultusPlace {
  readonly facts: PlatformFacts;
  readonly namespace: string;
}

/**
 * The configuration of the thick daemon. Keys that the daemon does not know itself go over those of
 * the file that it writes for the shim, with each call (overrideCNIConfigWithServerConfig).
 *
 * @see https://github.com/k8snetworkplumbingwg/multus-cni/blob/v4.3.0/docs/thick-plugin.md
 */
export function multusDaemonConfig(place: MultusPlace, settings: MultusSettings): string {
  const { facts, namespace } = place;
  const { clusterNetwork, defaultNetworks = [], readinessIndicatorFile } = settings;
  const isElsewhere = namespace !== DEFAULT_NAMESPACE;
  const confDir = `/host${facts.cniConfDir}`;
  const config = definedOnly({
    cniVersion: settings.cniVersion ?? '0.3.1',
    chrootDir: '/hostroot',
    cniConfigDir: confDir,
    multusAutoconfigDir: confDir,
    multusConfigFile: 'auto',
    multusMasterCNI: settings.masterCniFile,
    socketDir: '/host/run/multus/',
    binDir: facts.cniBinDir,
    clusterNetwork: clusterNetwork && inContainer(clusterNetwork, facts),
    // A plain name may be that of the cluster network's own file, which is searched for in confDir.
    confDir: clusterNetwork !== undefined && !isPath(clusterNetwork) ? confDir : undefined,
    defaultNetworks:
      defaultNetworks.length > 0
        ? defaultNetworks.map((network) => inContainer(network, facts))
        : undefined,
    multusNamespace: isElsewhere ? namespace : undefined,
    systemNamespaces: isElsewhere ? [DEFAULT_NAMESPACE, namespace] : undefined,
    namespaceIsolation: settings.namespaceIsolation === true ? true : undefined,
    globalNamespaces: globalNamespaces(settings),
    readinessindicatorfile: readinessIndicatorFile && inContainer(readinessIndicatorFile, facts),
    logLevel: settings.logLevel ?? 'verbose',
    logToStderr: true,
    logFile: settings.logFile,
  });
  return `${JSON.stringify(config, undefined, 2)}\n`;
}

/**
 * The arguments of the thin entrypoint. It renews the token in the kubeconfig only in its loop that
 * watches the cluster network, and has that loop only with `--cleanup-config-on-exit=true`.
 *
 * @see https://github.com/k8snetworkplumbingwg/multus-cni/blob/v4.3.0/cmd/thin_entrypoint/main.go
 */
export function multusThinArgs({ facts }: MultusPlace, settings: MultusSettings): string[] {
  const { cniBinDir, cniConfDir } = facts;
  const flags: readonly (readonly [flag: string, value: string | undefined])[] = [
    ['multus-conf-file', 'auto'],
    ['multus-autoconfig-dir', `/host${cniConfDir}`],
    ['cni-conf-dir', `/host${cniConfDir}`],
    ['cni-bin-dir', `/host${cniBinDir}`],
    // The plugin reads it on the node, not in this container.
    ['multus-kubeconfig-file-host', `${cniConfDir}/multus.d/multus.kubeconfig`],
    ['additional-bin-dir', cniBinDir === DEFAULT_BIN_DIR ? undefined : cniBinDir],
    ['cleanup-config-on-exit', 'true'],
    ['multus-master-cni-file-name', settings.masterCniFile],
    ['readiness-indicator-file', settings.readinessIndicatorFile],
    ['namespace-isolation', settings.namespaceIsolation === true ? 'true' : undefined],
    ['global-namespaces', globalNamespaces(settings)],
    ['cni-version', settings.cniVersion],
    ['multus-log-level', settings.logLevel],
    ['multus-log-file', settings.logFile],
  ];
  return flags.flatMap(([flag, value]) => (value === undefined ? [] : [`--${flag}=${value}`]));
}

/** Undefined is `default` to Multus, with isolation. */
function globalNamespaces(settings: MultusSettings): string | undefined {
  const { namespaceIsolation, globalNamespaces: names = [] } = settings;
  return namespaceIsolation === true && names.length > 0 ? names.join(',') : undefined;
}

/** A path of the node as the daemon's container sees it; what is no path stays. */
function inContainer(path: string, { cniConfDir }: PlatformFacts): string {
  if (!isPath(path)) return path;
  if (path.startsWith(`${cniConfDir}/`)) return `/host${path}`;
  return path.startsWith('/run/') ? `/host${path}` : `/hostroot${path}`;
}

/** Multus takes what has a slash for a file or folder. */
function isPath(network: string): boolean {
  return network.includes('/');
}
