/** How the daemon of the dhcp IPAM is installed. */
export interface DhcpDaemonSettings {
  /** The whole image, with tag or digest. @default - busybox, which runs the host's own plugin */
  readonly image?: string | undefined;
  /** Names of Secrets for the registry, in the namespace of the install. @default - none */
  readonly pullSecrets?: readonly string[] | undefined;
}
