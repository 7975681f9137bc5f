import type { InstallObject } from './install-object';

/** SecurityContextConstraints that every OpenShift cluster has. */
export type SccName =
  | 'anyuid'
  | 'hostaccess'
  | 'hostmount-anyuid'
  | 'hostnetwork'
  | 'hostnetwork-v2'
  | 'nonroot'
  | 'nonroot-v2'
  | 'privileged'
  | 'restricted'
  | 'restricted-v2';

/** Whose pods may do what. */
export interface SccBindingSettings {
  /** The ServiceAccount of the pods. */
  readonly serviceAccount: string;
  readonly namespace: string;
  /** @default privileged */
  readonly scc?: SccName | undefined;
}

/**
 * Lets the pods of one ServiceAccount do what one of OpenShift's SecurityContextConstraints allows,
 * in their own namespace only. The constraints themselves are not touched: each has a ClusterRole
 * `system:openshift:scc:<name>`.
 *
 * @see https://docs.redhat.com/en/documentation/openshift_container_platform/4.19/html/authentication_and_authorization/managing-pod-security-policies
 */
export function sccBinding(settings: SccBindingSettings): InstallObject {
  const { serviceAccount, namespace, scc = 'privileged' } = settings;
  return {
    id: 'SccBinding',
    manifest: {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { name: `${serviceAccount}-scc-${scc}`, namespace },
      roleRef: {
        apiGroup: 'rbac.authorization.k8s.io',
        kind: 'ClusterRole',
        name: `system:openshift:scc:${scc}`,
      },
      subjects: [{ kind: 'ServiceAccount', name: serviceAccount, namespace }],
    },
  };
}
