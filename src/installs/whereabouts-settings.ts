import type { InstallPodSettings, InstallResources } from './install-pods';

/** How much whereabouts tells, from little to much. */
export type WhereaboutsLogLevel = 'panic' | 'error' | 'verbose' | 'debug';

/**
 * What may be chosen of a whereabouts, on any platform. A platform whose whereabouts comes in another
 * way (a chart, an operator) carries over what it has a setting for.
 */
export interface WhereaboutsInstallSettings extends InstallPodSettings {
  /**
   * When the reconciler looks for addresses whose pods are gone: five fields, in UTC.
   *
   * @default '30 4 * * *'
   */
  readonly reconcilerCron?: string | undefined;
  /** Whether nodes get slices of a range, which a controller deals out. @default false */
  readonly nodeSlices?: boolean | undefined;
  /** @default verbose */
  readonly logLevel?: WhereaboutsLogLevel | undefined;
  /** Release, e.g. `v0.9.4`; of `image`, where that is set. @default v0.9.4; the platform's own */
  readonly version?: string | undefined;
  /** Whole image reference: wins over `version` and `registry`. @default - upstream's of the release */
  readonly image?: string | undefined;
  /** Host, and path, that stand in place of `ghcr.io`. @default ghcr.io */
  readonly registry?: string | undefined;
  /** Of the control loop on each node. @default - 100m and 100Mi, up to 1 CPU and 300Mi */
  readonly resources?: InstallResources | undefined;
  /** Of the reconciler and the controller, which list all pods. @default - 100m and 100Mi, up to 1 CPU and 500Mi */
  readonly reconcilerResources?: InstallResources | undefined;
  /** How many nodes' pods are renewed at a time: a number, or a share such as `10%`. @default 10% */
  readonly maxUnavailable?: number | string | undefined;
  /** Namespace of whereabouts and its pools. @default - the platform's, e.g. `kube-system` */
  readonly namespace?: string | undefined;
}

/** The release that is installed where none is asked for. */
export const WHEREABOUTS_RELEASE = 'v0.9.4';

/** Once a day, as upstream. */
export const RECONCILER_CRON = '30 4 * * *';
