/** How whereabouts is installed. What a platform can't set, its function in this folder leaves out. */
export interface WhereaboutsInstallSettings {
  /**
   * When the reconciler looks for addresses whose pods are gone: five fields, in UTC.
   *
   * @default '30 4 * * *'
   */
  readonly reconcilerCron?: string | undefined;
  /** True for the controller that deals slices of a range to nodes. @default false */
  readonly nodeSlices?: boolean | undefined;
  /** `debug`, `verbose`, `error` or `panic`. @default verbose */
  readonly logLevel?: string | undefined;
  /** A release's tag, e.g. `v0.9.4`. @default v0.9.4, or the release of the platform */
  readonly version?: string | undefined;
  /** Host, and path, of the registry in front of the image's name. @default - the image's own */
  readonly registry?: string | undefined;
  /** The whole image, with tag or digest. @default - of `registry` and `version` */
  readonly image?: string | undefined;
  /** Names of Secrets for the registry, in the namespace of the install. @default - none */
  readonly pullSecrets?: readonly string[] | undefined;
}
