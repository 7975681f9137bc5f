import type { Chart } from 'cdk8s';
import {
  MultusInstall,
  NodeAgentInstall,
  type NodeAgentInstallProps,
  Platform,
  WhereaboutsInstall,
} from 'netloom/constructs';
import type { AccessRequest } from '../support/api-server-client';

/** A ServiceAccount that an install makes, and what its program does with it. */
export interface AccountCalls {
  readonly name: string;
  readonly install: (chart: Chart) => void;
  /** `<namespace>/<name>` of the ServiceAccount. */
  readonly account: string;
  /** Calls that the program makes, as its source has them. */
  readonly needed: readonly AccessRequest[];
  /** Calls near to those that it makes, and not made. */
  readonly refused: readonly AccessRequest[];
}

const NADS = { group: 'k8s.cni.cncf.io', resource: 'network-attachment-definitions' };
const WHEREABOUTS = 'whereabouts.cni.cncf.io';
const LEASES = { group: 'coordination.k8s.io', resource: 'leases' };
const RBAC = 'rbac.authorization.k8s.io';

type Target = Omit<AccessRequest, 'verb'>;

/** Several verbs on one resource. */
function each(verbs: string, target: Target): AccessRequest[] {
  return verbs.split(' ').map((verb) => ({ verb, ...target }));
}

/** What nobody of ours may do, whatever it is for. */
export const NOBODY: readonly AccessRequest[] = [
  ...each('get list watch', { group: '', resource: 'secrets', namespace: 'kube-system' }),
  ...each('get list', { group: '', resource: 'secrets', namespace: 'shop' }),
  ...each('create delete patch', { group: '', resource: 'pods', namespace: 'shop' }),
  ...each('create', { group: '', resource: 'pods', subresource: 'exec', namespace: 'shop' }),
  ...each('create', { group: '', resource: 'serviceaccounts', subresource: 'token' }),
  ...each('update patch delete', { group: '', resource: 'nodes' }),
  ...each('get create', { group: '', resource: 'nodes', subresource: 'proxy' }),
  ...each('update delete', { group: 'apps', resource: 'daemonsets', namespace: 'shop' }),
  ...each('bind escalate', { group: RBAC, resource: 'clusterroles' }),
  ...each('impersonate', { group: '', resource: 'users' }),
  ...each('update patch delete', {
    group: 'admissionregistration.k8s.io',
    resource: 'validatingadmissionpolicies',
  }),
  ...each('*', { group: '*', resource: '*' }),
];

/** pkg/multus, pkg/k8sclient: the plugin is called for each pod, of any namespace. */
const PLUGIN_CALLS: readonly AccessRequest[] = [
  ...each('get', { ...NADS, namespace: 'shop' }),
  ...each('get', { group: '', resource: 'pods', namespace: 'shop' }),
  ...each('update', { group: '', resource: 'pods', subresource: 'status', namespace: 'shop' }),
  ...each('create patch', { group: '', resource: 'events', namespace: 'shop' }),
];

const MULTUS_REFUSED: readonly AccessRequest[] = [
  ...each('create update patch delete', { ...NADS, namespace: 'shop' }),
  ...each('update', { group: '', resource: 'pods', namespace: 'shop' }),
  ...each('patch', { group: '', resource: 'pods', subresource: 'status', namespace: 'shop' }),
  ...each('list watch', { group: '', resource: 'events', namespace: 'shop' }),
  ...each('get list', { group: '', resource: 'configmaps', namespace: 'kube-system' }),
  ...each('create get', {
    group: 'certificates.k8s.io',
    resource: 'certificatesigningrequests',
  }),
];

const MULTUS: readonly AccountCalls[] = [
  {
    name: 'the thick Multus',
    install: (chart) => new MultusInstall(chart, 'multus', { mode: 'thick' }),
    account: 'kube-system/multus',
    needed: [
      ...PLUGIN_CALLS,
      // pkg/server: informers over all namespaces.
      ...each('list watch', NADS),
      ...each('list watch', { group: '', resource: 'pods' }),
    ],
    refused: MULTUS_REFUSED,
  },
  {
    name: 'the thin Multus',
    install: (chart) => new MultusInstall(chart, 'multus', { mode: 'thin' }),
    account: 'kube-system/multus',
    needed: PLUGIN_CALLS,
    refused: [
      ...MULTUS_REFUSED,
      ...each('list watch', NADS),
      ...each('list watch', { group: '', resource: 'pods' }),
    ],
  },
];

const own = (resource: string): Target => ({
  group: WHEREABOUTS,
  resource,
  namespace: 'kube-system',
});

/** pkg/storage/kubernetes (the plugin) and pkg/controlloop, on each node. */
const NODE_CALLS: readonly AccessRequest[] = [
  ...each('get list create patch', own('ippools')),
  ...each('get create delete', own('overlappingrangeipreservations')),
  ...each('create', { ...LEASES, namespace: 'kube-system' }),
  ...each('get update', { ...LEASES, namespace: 'kube-system', name: 'whereabouts' }),
  ...each('list watch', { group: WHEREABOUTS, resource: 'ippools' }),
  ...each('list watch', NADS),
  ...each('get', { group: '', resource: 'nodes', name: 'worker-1' }),
  ...each('list watch', { group: '', resource: 'pods' }),
  ...each('get', { group: '', resource: 'pods', namespace: 'shop' }),
  ...each('create patch', { group: '', resource: 'events', namespace: 'shop' }),
];

const NODE_REFUSED: readonly AccessRequest[] = [
  ...each('delete update', own('ippools')),
  ...each('create patch', { ...own('ippools'), namespace: 'shop' }),
  ...each('delete', { ...LEASES, namespace: 'kube-system' }),
  ...each('get update', { ...LEASES, namespace: 'kube-node-lease', name: 'worker-1' }),
  ...each('create update delete', { ...NADS, namespace: 'shop' }),
  ...each('update', { group: '', resource: 'pods', subresource: 'status', namespace: 'shop' }),
  ...each('create update delete', own('nodeslicepools')),
];

const WHEREABOUTS_ACCOUNTS: readonly AccountCalls[] = [
  {
    name: "whereabouts' plugin and control loop",
    install: (chart) => new WhereaboutsInstall(chart, 'whereabouts'),
    account: 'kube-system/whereabouts',
    needed: NODE_CALLS,
    refused: [
      ...NODE_REFUSED,
      ...each('get update', { ...LEASES, namespace: 'kube-system', name: 'kube-scheduler' }),
    ],
  },
  {
    name: "whereabouts' plugin and control loop with node slices",
    install: (chart) => new WhereaboutsInstall(chart, 'whereabouts', { nodeSlices: true }),
    account: 'kube-system/whereabouts',
    needed: [
      ...NODE_CALLS,
      ...each('get', own('nodeslicepools')),
      // The lease has the name of the slice's pool.
      ...each('get update', {
        ...LEASES,
        namespace: 'kube-system',
        name: 'worker-1-10.20.0.0-26',
      }),
    ],
    refused: NODE_REFUSED,
  },
  {
    name: "whereabouts' reconciler",
    install: (chart) => new WhereaboutsInstall(chart, 'whereabouts'),
    account: 'kube-system/whereabouts-reconciler',
    // pkg/reconciler over pkg/storage/kubernetes.
    needed: [
      ...each('list', { group: WHEREABOUTS, resource: 'ippools' }),
      ...each('list', { group: WHEREABOUTS, resource: 'overlappingrangeipreservations' }),
      ...each('list', { group: '', resource: 'pods' }),
      ...each('get', { group: '', resource: 'pods', namespace: 'shop' }),
      ...each('patch', own('ippools')),
      ...each('delete', own('overlappingrangeipreservations')),
    ],
    refused: [
      ...each('create delete', own('ippools')),
      ...each('create', own('overlappingrangeipreservations')),
      ...each('get list', NADS),
      ...each('get create', { ...LEASES, namespace: 'kube-system' }),
    ],
  },
  {
    name: "whereabouts' controller of node slices",
    install: (chart) => new WhereaboutsInstall(chart, 'whereabouts', { nodeSlices: true }),
    account: 'kube-system/whereabouts-controller',
    // pkg/node-controller.
    needed: [
      ...each('list watch', { group: WHEREABOUTS, resource: 'nodeslicepools' }),
      ...each('list watch', NADS),
      ...each('list watch', { group: '', resource: 'nodes' }),
      ...each('create update delete', own('nodeslicepools')),
    ],
    refused: [
      ...each('create patch delete', own('ippools')),
      ...each('create update', { ...NADS, namespace: 'shop' }),
      ...each('list', { group: '', resource: 'pods' }),
    ],
  },
];

const TANZU_TARGET = { namespace: 'kube-system' };

const TANZU: readonly AccountCalls[] = [
  {
    name: "kapp-controller for Tanzu's package",
    install: (chart) =>
      new MultusInstall(chart, 'multus', {
        platform: Platform.tanzu({ packageNamespace: 'my-packages' }),
      }),
    account: 'my-packages/multus-cni-my-packages-sa',
    // What kapp deploys: bundle/config of the package multus-cni 3.7.1 to 4.0.1; and its own record.
    needed: [
      ...each('list create get update patch delete', {
        group: '',
        resource: 'configmaps',
        namespace: 'my-packages',
      }),
      ...each('create', { group: '', resource: 'serviceaccounts', ...TANZU_TARGET }),
      ...each('get update delete', {
        group: '',
        resource: 'serviceaccounts',
        name: 'multus',
        ...TANZU_TARGET,
      }),
      ...each('get update patch delete', {
        group: 'apps',
        resource: 'daemonsets',
        name: 'kube-multus-ds',
        ...TANZU_TARGET,
      }),
      ...each('create', { group: 'apps', resource: 'daemonsets', ...TANZU_TARGET }),
      ...each('create', { group: RBAC, resource: 'clusterroles' }),
      ...each('get update delete', { group: RBAC, resource: 'clusterroles', name: 'multus' }),
      ...each('create', { group: RBAC, resource: 'clusterrolebindings' }),
      ...each('create', {
        group: 'apiextensions.k8s.io',
        resource: 'customresourcedefinitions',
      }),
    ],
    refused: [
      ...each('get update delete', {
        group: RBAC,
        resource: 'clusterroles',
        name: 'cluster-admin',
      }),
      ...each('update delete', {
        group: 'apps',
        resource: 'daemonsets',
        name: 'antrea-agent',
        ...TANZU_TARGET,
      }),
      ...each('update delete', {
        group: 'apiextensions.k8s.io',
        resource: 'customresourcedefinitions',
        name: 'ippools.whereabouts.cni.cncf.io',
      }),
      ...each('get', { group: '', resource: 'configmaps', namespace: 'shop' }),
    ],
  },
];

const AGENTS = { group: 'netloom.io', resource: 'agents', name: 'worker-1' };

/** What the callers of the node agent may is asked of the API server by the agent itself. */
const NODE_AGENT: readonly AccountCalls[] = [
  {
    name: 'the node agent',
    account: 'netloom-system/netloom-agent',
    needed: [
      ...each('create', { group: 'authentication.k8s.io', resource: 'tokenreviews' }),
      ...each('create', { group: 'authorization.k8s.io', resource: 'subjectaccessreviews' }),
    ],
    refused: [
      ...each('read bridge', AGENTS),
      ...each('create', {
        group: '',
        resource: 'serviceaccounts',
        subresource: 'token',
        namespace: 'ci',
      }),
      ...each('get list', { group: '', resource: 'nodes' }),
      ...each('get', { group: '', resource: 'secrets', namespace: 'netloom-system' }),
      ...each('get update', { group: '', resource: 'configmaps', namespace: 'netloom-system' }),
      ...each('create', {
        group: 'authorization.k8s.io',
        resource: 'localsubjectaccessreviews',
        namespace: 'ci',
      }),
    ],
  },
  {
    name: 'a caller of the node agent with two verbs',
    account: 'ci/pulumi',
    needed: each('read claim', AGENTS),
    refused: [
      ...each('offer bridge get list', AGENTS),
      ...each('create', { group: 'authentication.k8s.io', resource: 'tokenreviews' }),
      ...each('get', { group: 'netloom.io', resource: 'hostbridges' }),
    ],
  },
].map((one) => ({
  ...one,
  install: (chart) =>
    new NodeAgentInstall(chart, 'agent', {
      image: 'registry.example.com/netloom-agent:0.1.0',
      callers: [{ namespace: 'ci', serviceAccount: 'pulumi', verbs: ['read', 'claim'] }],
    }),
}));

const AGENT_ACCOUNT = 'netloom-system/netloom-agent';
const IPPOOLS = { group: WHEREABOUTS, resource: 'ippools' };
const RESERVATIONS = { group: WHEREABOUTS, resource: 'overlappingrangeipreservations' };
const PODS = { group: '', resource: 'pods' };
const RECORDS = ['poolrecords', 'ownerrecords', 'addressrecords'].map((resource) => ({
  group: 'netloom.io',
  resource,
  namespace: 'netloom-system',
}));
const COUNTER = { group: 'netloom.io', resource: 'storerecords', namespace: 'netloom-system' };

function nodeAgentWith(settings: Partial<NodeAgentInstallProps>): AccountCalls['install'] {
  return (chart) =>
    new NodeAgentInstall(chart, 'agent', {
      image: 'registry.example.com/netloom-agent:0.1.0',
      clients: [{ name: 'admin', verbs: ['read'] }],
      ...settings,
    });
}

/** node-agent/src/audit: cluster.ts lists, repairs.ts reads once more and takes back. */
const AUDITING: readonly AccountCalls[] = [
  {
    name: 'the node agent with an audit',
    install: nodeAgentWith({ audit: { sources: ['whereabouts', 'network-status'] } }),
    account: AGENT_ACCOUNT,
    needed: [PODS, IPPOOLS, RESERVATIONS].flatMap((target) => each('list', target)),
    refused: [
      ...each('get watch', PODS),
      ...each('get create update patch delete watch', { ...IPPOOLS, namespace: 'kube-system' }),
      ...each('get create update patch delete watch', {
        ...RESERVATIONS,
        namespace: 'kube-system',
      }),
      ...each('create', { group: 'authentication.k8s.io', resource: 'tokenreviews' }),
    ],
  },
  {
    name: 'the node agent with an audit that may repair',
    install: nodeAgentWith({ audit: { sources: ['whereabouts'], repair: true } }),
    account: AGENT_ACCOUNT,
    needed: [
      ...each('list get', { ...PODS }),
      ...each('list', IPPOOLS),
      ...each('get patch', { ...IPPOOLS, namespace: 'kube-system' }),
      ...each('list', RESERVATIONS),
      ...each('get delete', { ...RESERVATIONS, namespace: 'kube-system' }),
    ],
    refused: [
      ...each('watch update', PODS),
      ...each('create update delete deletecollection', { ...IPPOOLS, namespace: 'kube-system' }),
      ...each('create update patch deletecollection', {
        ...RESERVATIONS,
        namespace: 'kube-system',
      }),
    ],
  },
  {
    // node-agent/src/store/kubernetes.
    name: 'the node agent with its store in etcd',
    install: nodeAgentWith({ store: { type: 'kubernetes' } }),
    account: AGENT_ACCOUNT,
    needed: [
      ...RECORDS.flatMap((one) => each('get list watch create update delete', one)),
      ...each('get create update', COUNTER),
    ],
    refused: [
      ...RECORDS.flatMap((one) => each('patch deletecollection', one)),
      ...RECORDS.flatMap((one) => each('get list', { ...one, namespace: 'shop' })),
      ...each('list delete', COUNTER),
      ...each('list', PODS),
    ],
  },
];

/** Every ServiceAccount that an install of ours makes with rights. */
export const SERVICE_ACCOUNT_CALLS: readonly AccountCalls[] = [
  ...MULTUS,
  ...WHEREABOUTS_ACCOUNTS,
  ...TANZU,
  ...NODE_AGENT,
  ...AUDITING,
];
