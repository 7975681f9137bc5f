import type { InstallPodSettings } from './install-pods';

/**
 * How much of a node's files goes: `config` gives the runtime back to the cluster network and leaves
 * what pods need to end, `all` takes away everything.
 */
export type RemovalPhase = 'config' | 'all';

/** What may be chosen of what takes Multus' files off the nodes. */
export interface RemovalSettings
  extends Pick<InstallPodSettings, 'pullSecrets' | 'tolerations' | 'nodeSelector'> {
  /** Whether it only tells, in its log, what it would do. @default true */
  readonly dryRun?: boolean | undefined;
  /** @default all */
  readonly phase?: RemovalPhase | undefined;
  /** Names of nodes, each of which gets a Job. @default - all nodes with Linux, by a DaemonSet */
  readonly nodes?: readonly string[] | undefined;
  /**
   * Whether files go although pods of the node still have networks. Such pods may hang when they are
   * deleted, and their addresses stay taken.
   *
   * @default false
   */
  readonly force?: boolean | undefined;
  /** Whether whereabouts goes, too. @default true */
  readonly whereabouts?: boolean | undefined;
  /**
   * Name of the cluster network's file, where Multus was told to rename it, e.g. `10-calico.conflist`.
   *
   * @default - found out from Multus' own file, or where there is only one
   */
  readonly masterCniFile?: string | undefined;
  /** Whole image reference. It needs a shell (`/bin/sh`). @default - busybox, from `registry` */
  readonly image?: string | undefined;
  /** Host, and path, that stand in place of `docker.io/library`. @default docker.io/library */
  readonly registry?: string | undefined;
  /** @default - that of the platform's Multus, e.g. `kube-system` */
  readonly namespace?: string | undefined;
}
