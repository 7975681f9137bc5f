import type { InstallObject } from './install-object';
import { NODE_AGENT_LABELS, NODE_AGENT_NAME, type NodeAgentPlace } from './node-agent-place';
import type { NodeAgentSettings } from './node-agent-settings';

/**
 * SecurityContextConstraints of OpenShift and MicroShift for the agent's pods, and for its
 * ServiceAccount only: none of those that every cluster has fits without being privileged.
 *
 * @see https://docs.redhat.com/en/documentation/openshift_container_platform/4.19/html/authentication_and_authorization/managing-pod-security-policies
 */
export function nodeAgentScc(place: NodeAgentPlace, settings: NodeAgentSettings): InstallObject[] {
  if (place.facts.privileges !== 'scc') return [];
  const { namespace } = place;
  const name = NODE_AGENT_NAME;
  const labels = NODE_AGENT_LABELS;
  const RBAC = 'rbac.authorization.k8s.io';
  return [
    {
      id: 'Scc',
      manifest: {
        apiVersion: 'security.openshift.io/v1',
        kind: 'SecurityContextConstraints',
        metadata: { name, labels },
        ...constraints(settings),
      },
    },
    {
      id: 'SccRole',
      manifest: {
        apiVersion: `${RBAC}/v1`,
        kind: 'Role',
        metadata: { name: `${name}-scc`, namespace, labels },
        rules: [
          {
            apiGroups: ['security.openshift.io'],
            resources: ['securitycontextconstraints'],
            resourceNames: [name],
            verbs: ['use'],
          },
        ],
      },
    },
    {
      id: 'SccRoleBinding',
      manifest: {
        apiVersion: `${RBAC}/v1`,
        kind: 'RoleBinding',
        metadata: { name: `${name}-scc`, namespace, labels },
        roleRef: { apiGroup: RBAC, kind: 'Role', name: `${name}-scc` },
        subjects: [{ kind: 'ServiceAccount', name, namespace }],
      },
    },
  ];
}

function constraints({ arpProbes }: NodeAgentSettings): object {
  return {
    allowHostDirVolumePlugin: true,
    allowHostIPC: false,
    allowHostNetwork: true,
    allowHostPID: false,
    allowHostPorts: true,
    allowPrivilegeEscalation: false,
    allowPrivilegedContainer: false,
    allowedCapabilities: arpProbes ? ['NET_ADMIN', 'NET_RAW'] : ['NET_ADMIN'],
    defaultAddCapabilities: null,
    fsGroup: { type: 'RunAsAny' },
    groups: [],
    priority: null,
    readOnlyRootFilesystem: true,
    requiredDropCapabilities: ['ALL'],
    runAsUser: { type: 'RunAsAny' },
    seLinuxContext: { type: 'RunAsAny' },
    seccompProfiles: ['runtime/default'],
    supplementalGroups: { type: 'RunAsAny' },
    users: [],
    volumes: ['configMap', 'hostPath', 'projected', 'secret'],
  };
}
