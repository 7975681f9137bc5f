import type { InstallObject } from './install-object';

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
