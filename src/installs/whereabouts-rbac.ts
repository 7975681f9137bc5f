import type { InstallObject } from './install-object';
import { hasOwnReconciler } from './whereabouts-release';

/** Who of whereabouts calls the API server. */
export interface WhereaboutsParts {
  readonly namespace: string;
  readonly release: string;
  readonly nodeSlices: boolean;
}

/** A rule of a role, as Kubernetes writes it. */
interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

interface Account {
  /** Begins the ids of its objects. */
  readonly id: string;
  readonly name: string;
  /** Name of the ClusterRole and the Role. */
  readonly role: string;
  /** In all namespaces. */
  readonly everywhere: readonly Rule[];
  /** In whereabouts' own namespace, where its pools are. */
  readonly own: readonly Rule[];
}

const WHEREABOUTS = 'whereabouts.cni.cncf.io';
const RBAC = 'rbac.authorization.k8s.io';

/**
 * ServiceAccounts and what they may do, each what its program calls and no more: the plugin with the
 * control loop of a node, the reconciler, and the controller of node slices. Read from the sources of
 * v0.6.3 to v0.9.4: pkg/storage/kubernetes, pkg/controlloop, pkg/reconciler, pkg/node-controller.
 */
export function whereaboutsAccess(parts: WhereaboutsParts): InstallObject[] {
  const accounts = [
    nodeAccount(parts),
    ...(hasOwnReconciler(parts.release) ? [RECONCILER] : []),
    ...(parts.nodeSlices ? [CONTROLLER] : []),
  ];
  return accounts.flatMap((account) => accessOf(account, parts.namespace));
}

function nodeAccount({ release, nodeSlices }: WhereaboutsParts): Account {
  const reconciles = !hasOwnReconciler(release);
  return {
    id: 'Node',
    name: 'whereabouts',
    role: 'whereabouts-cni',
    everywhere: [
      // The control loop watches them all: pools, networks and the pods of its node.
      rule(WHEREABOUTS, 'ippools', ['list', 'watch']),
      ...(reconciles ? [rule(WHEREABOUTS, 'overlappingrangeipreservations', ['list'])] : []),
      rule('k8s.cni.cncf.io', 'network-attachment-definitions', ['list', 'watch']),
      rule('', 'pods', ['get', 'list', 'watch']),
      rule('', 'nodes', ['get']),
      rule('', 'events', ['create', 'patch']),
    ],
    own: [
      rule(WHEREABOUTS, 'ippools', ['get', 'create', 'patch']),
      rule(WHEREABOUTS, 'overlappingrangeipreservations', ['get', 'create', 'delete']),
      rule('coordination.k8s.io', 'leases', ['create']),
      // One for all pools; with slices, one for each slice, under its own name.
      nodeSlices
        ? rule('coordination.k8s.io', 'leases', ['get', 'update'])
        : rule('coordination.k8s.io', 'leases', ['get', 'update'], ['whereabouts']),
      ...(nodeSlices ? [rule(WHEREABOUTS, 'nodeslicepools', ['get'])] : []),
    ],
  };
}

const RECONCILER: Account = {
  id: 'Reconciler',
  name: 'whereabouts-reconciler',
  role: 'whereabouts-reconciler',
  everywhere: [
    rule(WHEREABOUTS, 'ippools', ['list']),
    rule(WHEREABOUTS, 'overlappingrangeipreservations', ['list']),
    rule('', 'pods', ['get', 'list']),
  ],
  own: [
    rule(WHEREABOUTS, 'ippools', ['patch']),
    rule(WHEREABOUTS, 'overlappingrangeipreservations', ['delete']),
  ],
};

const CONTROLLER: Account = {
  id: 'Controller',
  name: 'whereabouts-controller',
  role: 'whereabouts-controller',
  everywhere: [
    rule(WHEREABOUTS, 'nodeslicepools', ['list', 'watch']),
    rule('k8s.cni.cncf.io', 'network-attachment-definitions', ['list', 'watch']),
    rule('', 'nodes', ['list', 'watch']),
  ],
  own: [rule(WHEREABOUTS, 'nodeslicepools', ['create', 'update', 'delete'])],
};

function rule(group: string, resource: string, verbs: string[], names?: string[]): Rule {
  const named = names ? { resourceNames: names } : {};
  return { apiGroups: [group], resources: [resource], ...named, verbs };
}

function accessOf(account: Account, namespace: string): InstallObject[] {
  const { id, name, role, everywhere, own } = account;
  const subjects = [{ kind: 'ServiceAccount', name, namespace }];
  const apiVersion = `${RBAC}/v1`;
  return [
    {
      id: `${id}Account`,
      manifest: { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace } },
    },
    {
      id: `${id}ClusterRole`,
      manifest: { apiVersion, kind: 'ClusterRole', metadata: { name: role }, rules: everywhere },
    },
    {
      id: `${id}ClusterRoleBinding`,
      manifest: {
        apiVersion,
        kind: 'ClusterRoleBinding',
        metadata: { name },
        roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: role },
        subjects,
      },
    },
    {
      id: `${id}Role`,
      manifest: { apiVersion, kind: 'Role', metadata: { name: role, namespace }, rules: own },
    },
    {
      id: `${id}RoleBinding`,
      manifest: {
        apiVersion,
        kind: 'RoleBinding',
        metadata: { name, namespace },
        roleRef: { apiGroup: RBAC, kind: 'Role', name: role },
        subjects,
      },
    },
  ];
}
