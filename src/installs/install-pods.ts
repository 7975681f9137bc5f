/** CPU and memory of a container, as Kubernetes writes quantities, e.g. `500m` and `400Mi`. */
export interface InstallResources {
  readonly requests?: InstallQuantities | undefined;
  readonly limits?: InstallQuantities | undefined;
}

/** @see InstallResources */
export interface InstallQuantities {
  readonly cpu?: string | undefined;
  readonly memory?: string | undefined;
}

/** A taint that pods put up with, as Kubernetes writes it. */
export interface InstallToleration {
  readonly key?: string | undefined;
  readonly operator?: 'Exists' | 'Equal' | undefined;
  readonly value?: string | undefined;
  readonly effect?: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute' | undefined;
  readonly tolerationSeconds?: number | undefined;
}

/** What may be chosen of the pods of every install, where a platform leaves a choice. */
export interface InstallPodSettings {
  /** Names of Secrets in the namespace of the pods. @default - none */
  readonly pullSecrets?: readonly string[] | undefined;
  /** Of what runs on every node. @default - all taints */
  readonly tolerations?: readonly InstallToleration[] | undefined;
  /** Of what runs on every node. @default - all nodes with Linux */
  readonly nodeSelector?: Readonly<Record<string, string>> | undefined;
  /** Of what runs on every node. @default system-node-critical */
  readonly priorityClassName?: string | undefined;
  /**
   * Whether the namespace is among the objects, with labels that let the pods do what they have to. It
   * is once in a program, with the install that comes first.
   *
   * @default - true unless it is `kube-system`
   */
  readonly createNamespace?: boolean | undefined;
}

/**
 * Root on the host, with nothing but what is named. spc_t: without it SELinux keeps containers off the
 * host's files; elsewhere it means nothing.
 */
export function rootOnHost(...capabilities: readonly string[]): object {
  return {
    allowPrivilegeEscalation: false,
    capabilities: { add: capabilities, drop: ['ALL'] },
    readOnlyRootFilesystem: true,
    runAsUser: 0,
    seLinuxOptions: { level: 's0', type: 'spc_t' },
    seccompProfile: { type: 'RuntimeDefault' },
  };
}
