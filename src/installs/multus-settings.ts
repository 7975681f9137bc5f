import type { InstallPodSettings, InstallResources } from './install-pods';

export type { InstallQuantities, InstallResources, InstallToleration } from './install-pods';

/** How Multus runs: `thick` is a daemon that a small plugin asks, `thin` a plugin that does all itself. */
export type MultusMode = 'thick' | 'thin';

/** How much Multus tells, from little to much. */
export type MultusLogLevel = 'panic' | 'error' | 'verbose' | 'debug';

/**
 * What may be chosen of a Multus, on any platform. A platform whose Multus comes in another way
 * (a chart, a package, an operator) carries over what it has a setting for.
 */
export interface MultusSettings extends InstallPodSettings {
  /** @default thick; where the platform has its own Multus, that one's mode */
  readonly mode?: MultusMode | undefined;
  /**
   * Release, e.g. `v4.2.4`.
   *
   * @default - the newest known one without a known fault in this mode; the platform's own
   */
  readonly version?: string | undefined;
  /** Whole image reference: wins over `version` and `registry`. @default - upstream's of the release */
  readonly image?: string | undefined;
  /** Host, and path, that stand in place of `ghcr.io`. @default ghcr.io */
  readonly registry?: string | undefined;
  /**
   * Image with `sh`, `grep`, `rm` and `sleep`, for what is tidied up on a node before the plugin is
   * copied there.
   *
   * @default - upstream's thick image of the release; with `image`: that one when thick, and none
   * when thin, which leaves the step out
   */
  readonly prepareImage?: string | undefined;
  /**
   * Of the container that runs on. Upstream's 100m and 50Mi are too little when many pods start at
   * once (https://github.com/k8snetworkplumbingwg/multus-cni/issues/1346).
   *
   * @default - requests of 100m and 100Mi, a limit of 500Mi, and none for CPU
   */
  readonly resources?: InstallResources | undefined;
  /** Of the containers that run first. @default - as `resources`, so that a pod's requests don't grow */
  readonly initResources?: InstallResources | undefined;
  /** How many nodes' pods are renewed at a time: a number, or a share such as `10%`. @default 10% */
  readonly maxUnavailable?: number | string | undefined;
  /** Namespace of Multus. @default - the platform's, e.g. `kube-system` */
  readonly namespace?: string | undefined;
  /** Whether pods reach networks of their own namespace only. @default false */
  readonly namespaceIsolation?: boolean | undefined;
  /** Namespaces whose networks every pod may use, with isolation. @default - `default` */
  readonly globalNamespaces?: readonly string[] | undefined;
  /**
   * Networks that every pod gets but those of `kube-system` and of Multus' namespace: names of
   * networks in Multus' namespace, or absolute paths on the node. Thick only.
   *
   * @default - none
   */
  readonly defaultNetworks?: readonly string[] | undefined;
  /**
   * The cluster network: name of a network in Multus' namespace, the `name` in the cluster network's
   * own configuration file, e.g. `k8s-pod-network`, or an absolute path on the node. Thick only.
   *
   * @default - the first configuration file in the platform's folder that is not Multus' own
   */
  readonly clusterNetwork?: string | undefined;
  /** Name of the cluster network's file in the platform's folder, e.g. `10-calico.conflist`. @default - the first */
  readonly masterCniFile?: string | undefined;
  /** Absolute path of a file on the node that is there when the cluster network is ready. @default - none */
  readonly readinessIndicatorFile?: string | undefined;
  /** @default - verbose when thick, Multus' own (panic) when thin */
  readonly logLevel?: MultusLogLevel | undefined;
  /** Absolute path on the node. @default - standard error only */
  readonly logFile?: string | undefined;
  /**
   * Version of the CNI specification that Multus' own configuration says. In thin mode it has to be
   * that of the cluster network's file: another one ends the entrypoint.
   *
   * @default - 0.3.1 when thick, the cluster network's when thin
   */
  readonly cniVersion?: string | undefined;
}
