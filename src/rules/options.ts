import type { TargetVersions } from '../cni';

/** What is known of the nodes that a network is for. */
export interface NetworkOptions {
  /** Releases that the nodes have. @default - any */
  readonly targetVersions?: TargetVersions | undefined;
  /** How many nodes run pods with the network. @default - unknown, which may be many */
  readonly nodes?: number | undefined;
}
