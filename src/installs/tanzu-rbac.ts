import type { InstallObject } from './install-object';

/** An account in a namespace, with names of what belongs to it. */
export interface TanzuAccount {
  /** Of the package's install. */
  readonly namespace: string;
  /** Of Multus. */
  readonly target: string;
  /** In front of the names, e.g. `multus-cni-my-packages`. */
  readonly name: string;
}

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

const CHANGE = ['get', 'update', 'patch', 'delete'];

/**
 * The account that kapp-controller installs the package with, and its rights: what kapp does with the
 * objects of the package, by their names. The CLI makes an account that may do everything. Tried with
 * kapp 0.63.3: deploy, deploy again, inspect, delete.
 *
 * @see https://carvel.dev/kapp/docs/latest/rbac: what kapp itself needs
 */
export function tanzuRbac(account: TanzuAccount): InstallObject[] {
  const { name, namespace, target } = account;
  const clusterRole = `${name}-cluster-role`;
  const rights: readonly (readonly [id: string, namespace: string, rules: readonly Rule[]])[] = [
    ['State', namespace, STATE_RULES],
    ['Target', target, TARGET_RULES],
  ];
  return [
    object('ServiceAccount', 'v1', 'ServiceAccount', `${name}-sa`, namespace),
    object('ClusterRole', RBAC, 'ClusterRole', clusterRole, undefined, { rules: CLUSTER_RULES }),
    object(
      'ClusterRoleBinding',
      RBAC,
      'ClusterRoleBinding',
      `${clusterRole}binding`,
      undefined,
      bound('ClusterRole', clusterRole, account),
    ),
    ...rights.flatMap(([id, where, rules]) => {
      const role = `${name}-${id.toLowerCase()}`;
      return [
        object(`${id}Role`, RBAC, 'Role', role, where, { rules }),
        object(`${id}RoleBinding`, RBAC, 'RoleBinding', role, where, bound('Role', role, account)),
      ];
    }),
  ];
}

const RBAC = 'rbac.authorization.k8s.io/v1';

/** kapp keeps a record of what it made beside the install. */
const STATE_RULES: readonly Rule[] = [
  { apiGroups: [''], resources: ['configmaps'], verbs: ['list', 'create', ...CHANGE] },
];

/** Objects of the package in Multus' namespace. */
const TARGET_RULES: readonly Rule[] = [
  ...owned('', 'serviceaccounts', 'multus'),
  ...owned('', 'configmaps', 'multus-cni-config'),
  ...owned('apps', 'daemonsets', 'kube-multus-ds'),
];

const CLUSTER_RULES: readonly Rule[] = [
  // kapp looks for its objects in each namespace.
  { apiGroups: [''], resources: ['namespaces'], verbs: ['list'] },
  ...owned(
    'apiextensions.k8s.io',
    'customresourcedefinitions',
    'network-attachment-definitions.k8s.cni.cncf.io',
  ),
  ...owned('rbac.authorization.k8s.io', 'clusterroles', 'multus'),
  ...owned('rbac.authorization.k8s.io', 'clusterrolebindings', 'multus'),
  // Who gives rights has to have them: those of the ClusterRole multus of Multus 3.7 to 4.0.
  { apiGroups: ['k8s.cni.cncf.io'], resources: ['*'], verbs: ['*'] },
  {
    apiGroups: [''],
    resources: ['pods', 'pods/status'],
    verbs: ['get', 'list', 'update', 'watch'],
  },
  {
    apiGroups: ['', 'events.k8s.io'],
    resources: ['events'],
    verbs: ['create', 'patch', 'update'],
  },
];

/** Making, and changing one of that name: a right to make can't be for one name only. */
function owned(apiGroup: string, resource: string, name: string): readonly Rule[] {
  const rule = { apiGroups: [apiGroup], resources: [resource] };
  return [
    { ...rule, verbs: ['list', 'create'] },
    { ...rule, resourceNames: [name], verbs: CHANGE },
  ];
}

function bound(kind: string, name: string, account: TanzuAccount): object {
  return {
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind, name },
    subjects: [
      { kind: 'ServiceAccount', name: `${account.name}-sa`, namespace: account.namespace },
    ],
  };
}

function object(
  id: string,
  apiVersion: string,
  kind: string,
  name: string,
  namespace: string | undefined,
  members: object = {},
): InstallObject {
  const metadata = namespace === undefined ? { name } : { name, namespace };
  return { id, manifest: { apiVersion, kind, metadata, ...members } };
}
