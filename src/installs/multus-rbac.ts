import type { InstallObject } from './install-object';
import type { MultusMode } from './multus-settings';

/** Calls of the Kubernetes API that a component makes, as a rule of a ClusterRole says them. */
export interface ApiCalls {
  readonly apiGroup: string;
  readonly resource: string;
  readonly verbs: readonly string[];
}

/** Name of the ServiceAccount, the ClusterRole and the binding: upstream's. */
export const MULTUS_ACCOUNT = 'multus';

const NETWORKS = { apiGroup: 'k8s.cni.cncf.io', resource: 'network-attachment-definitions' };
const PODS = { apiGroup: '', resource: 'pods' };

/** The network-status annotation is written through the status subresource (UpdateStatus). */
const STATUS: ApiCalls = { apiGroup: '', resource: 'pods/status', verbs: ['update'] };

/** client-go's recorder creates events, and patches those that come again. It never updates one. */
const EVENTS: ApiCalls = { apiGroup: '', resource: 'events', verbs: ['create', 'patch'] };

/** Behind v4.3.0 Multus reads devices of DRA (pkg/draclient, fb5099758): gets claims, lists slices. */
const DEVICES: readonly ApiCalls[] = [
  { apiGroup: 'resource.k8s.io', resource: 'resourceclaims', verbs: ['get'] },
  { apiGroup: 'resource.k8s.io', resource: 'resourceslices', verbs: ['list'] },
];

/**
 * All calls that Multus makes, from its source (pkg/k8sclient, pkg/server): the thin plugin gets what
 * it needs for each pod; the thick daemon watches pods of its node, and networks.
 *
 * @param hasDevices whether the release reads devices of Dynamic Resource Allocation
 */
export function multusCalls(mode: MultusMode, hasDevices = false): readonly ApiCalls[] {
  const verbs = mode === 'thick' ? ['get', 'list', 'watch'] : ['get'];
  return [
    { ...NETWORKS, verbs },
    { ...PODS, verbs },
    STATUS,
    EVENTS,
    ...(hasDevices ? DEVICES : []),
  ];
}

/** ServiceAccount, ClusterRole and ClusterRoleBinding, allowing these calls and nothing else. */
export function multusRbac(namespace: string, calls: readonly ApiCalls[]): InstallObject[] {
  const metadata = { name: MULTUS_ACCOUNT, labels: { app: 'multus' } };
  const apiVersion = 'rbac.authorization.k8s.io/v1';
  return [
    {
      id: 'ServiceAccount',
      manifest: {
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: { name: MULTUS_ACCOUNT, namespace, labels: { app: 'multus' } },
      },
    },
    {
      id: 'ClusterRole',
      manifest: {
        apiVersion,
        kind: 'ClusterRole',
        metadata,
        rules: calls.map(({ apiGroup, resource, verbs }) => ({
          apiGroups: [apiGroup],
          resources: [resource],
          verbs: [...verbs],
        })),
      },
    },
    {
      id: 'ClusterRoleBinding',
      manifest: {
        apiVersion,
        kind: 'ClusterRoleBinding',
        metadata,
        roleRef: {
          apiGroup: 'rbac.authorization.k8s.io',
          kind: 'ClusterRole',
          name: MULTUS_ACCOUNT,
        },
        subjects: [{ kind: 'ServiceAccount', name: MULTUS_ACCOUNT, namespace }],
      },
    },
  ];
}
