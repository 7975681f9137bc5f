import type { Values } from './chart-values';
import type { MultusSettings } from './multus-settings';

/**
 * What the chart rke2-multus has a value for; it is k3s' chart too.
 *
 * @param paths folders of the node, as keys of `config.cni_conf`
 * @see https://github.com/rancher/rke2-charts/tree/main-source/packages/rke2-multus
 */
export function multusChartValues(settings: MultusSettings, paths: Values): Values {
  const isThick = settings.mode === 'thick';
  const { image, pullSecrets, resources, tolerations, nodeSelector, registry } = settings;
  return {
    ...(isThick
      ? {
          config: { cni_conf: paths, daemon_conf: daemonValues(settings) },
          thickPlugin: { enabled: true, image: imageValues(image, registry) },
          // The chart reads them for the thick plugin only; its container of the thin one gets none.
          pod: { resources: { enabled: resources && true, multus: resources } },
        }
      : {
          config: { cni_conf: { ...paths, ...thinValues(settings) } },
          image: imageValues(image, registry),
        }),
    imagePullSecrets: pullSecretValues(pullSecrets),
    labels: { nodeSelector },
    tolerations,
    global: { systemDefaultRegistry: registry },
  };
}

/**
 * An image as charts want it: what is behind the last colon is the tag, also of a digest.
 *
 * @param registry what the chart puts in front of every image
 */
export function imageValues(whole: string | undefined, registry = ''): Values | undefined {
  if (whole === undefined) return undefined;
  const image = whole.startsWith(`${registry}/`) ? whole.slice(registry.length + 1) : whole;
  const colon = image.lastIndexOf(':');
  const hasTag = colon > image.lastIndexOf('/');
  return hasTag
    ? { repository: image.slice(0, colon), tag: image.slice(colon + 1) }
    : { repository: image, tag: 'latest' };
}

/** Secrets for a registry, as pods name them. */
export function pullSecretValues(names: readonly string[] = []): readonly Values[] | undefined {
  return names.length === 0 ? undefined : names.map((name) => ({ name }));
}

/** Flags of the thin plugin's entry point. */
function thinValues(settings: MultusSettings): Values {
  const { logLevel, logFile, cniVersion, masterCniFile, readinessIndicatorFile } = settings;
  return {
    ...isolationValues(settings),
    logLevel,
    logFile,
    cniVersion,
    masterCniFilename: masterCniFile,
    readinessIndicatorFile,
  };
}

/** Keys of the thick plugin's daemon-config.json. */
function daemonValues(settings: MultusSettings): Values {
  const { logLevel, logFile, cniVersion, masterCniFile, readinessIndicatorFile } = settings;
  const { clusterNetwork, defaultNetworks } = settings;
  return {
    ...isolationValues(settings),
    logLevel,
    logFile,
    cniVersion,
    multusMasterCNI: masterCniFile,
    readinessindicatorfile: readinessIndicatorFile,
    clusterNetwork,
    defaultNetworks: defaultNetworks?.length ? defaultNetworks : undefined,
  };
}

function isolationValues({ namespaceIsolation, globalNamespaces }: MultusSettings): Values {
  return {
    namespaceIsolation: namespaceIsolation || undefined,
    globalNamespaces: globalNamespaces?.length ? globalNamespaces.join(',') : undefined,
  };
}
