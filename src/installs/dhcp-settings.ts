import type { InstallPodSettings, InstallResources } from './install-pods';

/** What may be chosen of the dhcp IPAM's daemon, where a platform leaves a choice. */
export interface DhcpDaemonSettings extends InstallPodSettings {
  /**
   * Whole image reference. It needs a shell (`/bin/sh`); the plugin comes from the node.
   *
   * @default - busybox, from `registry`
   */
  readonly image?: string | undefined;
  /** Host, and path, that stand in place of `docker.io/library`. @default docker.io/library */
  readonly registry?: string | undefined;
  /** Absolute path of the plugin in the image, for nodes that have none. @default - the node's own */
  readonly pluginPath?: string | undefined;
  /** Whether servers are asked to answer by broadcast (`-broadcast`, plugins 1.1.0). @default false */
  readonly broadcast?: boolean | undefined;
  /** A thread of the daemon keeps each lease. @default - 10m and 30Mi, up to 500m and 200Mi */
  readonly resources?: InstallResources | undefined;
  /**
   * `OnDelete`: a changed daemon starts where its pod is deleted, or the node comes up. A daemon that
   * ends forgets its leases, and nobody renews them for the pods that have them.
   *
   * @default OnDelete
   */
  readonly updateStrategy?: 'OnDelete' | 'RollingUpdate' | undefined;
  /** @default - that of the platform's Multus, e.g. `kube-system` */
  readonly namespace?: string | undefined;
}
