import type { InstallObject } from './install-object';
import { hasOwnReconciler } from './whereabouts-release';

/** What is installed of whereabouts. */
export interface WhereaboutsInstalled {
  readonly namespace: string;
  readonly release: string;
  readonly nodeSlices: boolean;
}

/** Calls of the Kubernetes API that a program makes. */
export interface WhereaboutsCalls {
  readonly apiGroup: string;
  readonly resource: string;
  /** Of these objects only. @default - of all */
  readonly resourceNames?: readonly string[] | undefined;
  readonly verbs: readonly string[];
}

/** A ServiceAccount, and all calls that are made with it. */
export interface WhereaboutsAccount {
  /** Begins the ids of its objects. */
  readonly id: string;
  readonly name: string;
  /** Name of the ClusterRole and the Role. */
  readonly role: string;
  /** In all namespaces. */
  readonly everywhere: readonly WhereaboutsCalls[];
  /** In whereabouts' own namespace, where its pools are. */
  readonly own: readonly WhereaboutsCalls[];
}

const WHEREABOUTS = 'whereabouts.cni.cncf.io';
const RBAC = 'rbac.authorization.k8s.io';

/**
 * Who calls the API server, each with what its program calls and no more: the plugin with the control
 * loop of a node, the reconciler, and the controller of node slices. Read from the sources of v0.6.3
 * to v0.9.4: pkg/storage/kubernetes, pkg/controlloop, pkg/reconciler, pkg/node-controller.
 */
export function whereaboutsAccounts(installed: WhereaboutsInstalled): WhereaboutsAccount[] {
  return [
    nodeAccount(installed),
    ...(hasOwnReconciler(installed.release) ? [RECONCILER] : []),
    ...(installed.nodeSlices ? [CONTROLLER] : []),
  ];
}

/** The ServiceAccounts, and roles that allow their calls and nothing else. */
export function whereaboutsAccess(installed: WhereaboutsInstalled): InstallObject[] {
  const accounts = whereaboutsAccounts(installed);
  return accounts.flatMap((account) => accessOf(account, installed.namespace));
}

function nodeAccount({ release, nodeSlices }: WhereaboutsInstalled): WhereaboutsAccount {
  const reconciles = !hasOwnReconciler(release);
  return {
    id: 'Node',
    name: 'whereabouts',
    role: 'whereabouts-cni',
    everywhere: [
      // The control loop watches them all: pools, networks and the pods of its node.
      calls(WHEREABOUTS, 'ippools', ['list', 'watch']),
      ...(reconciles ? [calls(WHEREABOUTS, 'overlappingrangeipreservations', ['list'])] : []),
      calls('k8s.cni.cncf.io', 'network-attachment-definitions', ['list', 'watch']),
      calls('', 'pods', ['get', 'list', 'watch']),
      calls('', 'nodes', ['get']),
      calls('', 'events', ['create', 'patch']),
    ],
    own: [
      calls(WHEREABOUTS, 'ippools', ['get', 'create', 'patch']),
      calls(WHEREABOUTS, 'overlappingrangeipreservations', ['get', 'create', 'delete']),
      calls('coordination.k8s.io', 'leases', ['create']),
      // One for all pools; with slices, one for each slice, under its own name.
      nodeSlices
        ? calls('coordination.k8s.io', 'leases', ['get', 'update'])
        : calls('coordination.k8s.io', 'leases', ['get', 'update'], ['whereabouts']),
      ...(nodeSlices ? [calls(WHEREABOUTS, 'nodeslicepools', ['get'])] : []),
    ],
  };
}

const RECONCILER: WhereaboutsAccount = {
  id: 'Reconciler',
  name: 'whereabouts-reconciler',
  role: 'whereabouts-reconciler',
  everywhere: [
    calls(WHEREABOUTS, 'ippools', ['list']),
    calls(WHEREABOUTS, 'overlappingrangeipreservations', ['list']),
    calls('', 'pods', ['get', 'list']),
  ],
  own: [
    calls(WHEREABOUTS, 'ippools', ['patch']),
    calls(WHEREABOUTS, 'overlappingrangeipreservations', ['delete']),
  ],
};

const CONTROLLER: WhereaboutsAccount = {
  id: 'Controller',
  name: 'whereabouts-controller',
  role: 'whereabouts-controller',
  everywhere: [
    calls(WHEREABOUTS, 'nodeslicepools', ['list', 'watch']),
    calls('k8s.cni.cncf.io', 'network-attachment-definitions', ['list', 'watch']),
    calls('', 'nodes', ['list', 'watch']),
  ],
  own: [calls(WHEREABOUTS, 'nodeslicepools', ['create', 'update', 'delete'])],
};

function calls(
  apiGroup: string,
  resource: string,
  verbs: readonly string[],
  resourceNames?: readonly string[],
): WhereaboutsCalls {
  return { apiGroup, resource, ...(resourceNames ? { resourceNames } : {}), verbs };
}

/** As a rule of a role. */
function ruleOf({ apiGroup, resource, resourceNames, verbs }: WhereaboutsCalls): object {
  const named = resourceNames ? { resourceNames } : {};
  return { apiGroups: [apiGroup], resources: [resource], ...named, verbs };
}

function accessOf(account: WhereaboutsAccount, namespace: string): InstallObject[] {
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
      manifest: {
        apiVersion,
        kind: 'ClusterRole',
        metadata: { name: role },
        rules: everywhere.map(ruleOf),
      },
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
      manifest: {
        apiVersion,
        kind: 'Role',
        metadata: { name: role, namespace },
        rules: own.map(ruleOf),
      },
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
