import type { InstallObject } from './install-object';

/** The namespace that every cluster has, and in which privileged pods may run. */
const SYSTEM_NAMESPACE = 'kube-system';

/** The namespace of an install, where it is to be made. */
export function namespaceOf(
  namespace: string,
  {
    createNamespace = namespace !== SYSTEM_NAMESPACE,
  }: { readonly createNamespace?: boolean | undefined },
): InstallObject[] {
  return createNamespace ? [privilegedNamespace(namespace)] : [];
}

/**
 * A namespace in which pods may be privileged, by the labels of Pod Security admission.
 *
 * @see https://kubernetes.io/docs/concepts/security/pod-security-admission/
 */
export function privilegedNamespace(name: string): InstallObject {
  return {
    id: 'Namespace',
    manifest: {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: {
        name,
        labels: {
          'pod-security.kubernetes.io/enforce': 'privileged',
          'pod-security.kubernetes.io/audit': 'privileged',
          'pod-security.kubernetes.io/warn': 'privileged',
        },
      },
    },
  };
}
