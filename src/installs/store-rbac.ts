import type { InstallObject } from './install-object';
import { STORE_PLURALS } from './store-crds';

const RBAC = 'rbac.authorization.k8s.io';

/** Who the agents are, and where their records are. */
export interface StoreAccess {
  /** Of the records, and of the role. */
  readonly namespace: string;
  /** The agents' ServiceAccount. */
  readonly serviceAccount: string;
  /** Of the ServiceAccount. @default - `namespace` */
  readonly serviceAccountNamespace?: string | undefined;
  /** Name of the Role and the RoleBinding. @default "netloom-agent-store" */
  readonly name?: string | undefined;
}

/**
 * A Role with what the agents do with the records of their kubernetes store, and nothing else: they never
 * patch, and delete one record at a time.
 */
export function storeRbac(access: StoreAccess): InstallObject[] {
  const { namespace, serviceAccount, name = 'netloom-agent-store' } = access;
  const metadata = { name, namespace };
  const counters = STORE_PLURALS.filter((plural) => plural === 'storerecords');
  const records = STORE_PLURALS.filter((plural) => plural !== 'storerecords');
  return [
    {
      id: 'StoreRole',
      manifest: {
        apiVersion: `${RBAC}/v1`,
        kind: 'Role',
        metadata,
        rules: [
          {
            apiGroups: ['netloom.io'],
            resources: records,
            verbs: ['get', 'list', 'watch', 'create', 'update', 'delete'],
          },
          { apiGroups: ['netloom.io'], resources: counters, verbs: ['get', 'create', 'update'] },
        ],
      },
    },
    {
      id: 'StoreRoleBinding',
      manifest: {
        apiVersion: `${RBAC}/v1`,
        kind: 'RoleBinding',
        metadata,
        roleRef: { apiGroup: RBAC, kind: 'Role', name },
        subjects: [
          {
            kind: 'ServiceAccount',
            name: serviceAccount,
            namespace: access.serviceAccountNamespace ?? namespace,
          },
        ],
      },
    },
  ];
}
