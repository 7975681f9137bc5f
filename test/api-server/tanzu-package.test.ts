import { Chart, Testing } from 'cdk8s';
import { MultusInstall, Platform } from 'netloom/constructs';
import { ApiServer, apiServerSkipReason } from '../support/api-server';
import { type KubernetesObject, until } from '../support/api-server-client';
import { describeUnless } from '../support/network-suite';

const ACCOUNT = 'system:serviceaccount:my-packages:multus-cni-my-packages-sa';
const RBAC = '/apis/rbac.authorization.k8s.io/v1';
const KINDS = ['ServiceAccount', 'ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding'];

const ROLE_REF = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole' };
const SUBJECTS = [{ kind: 'ServiceAccount', name: 'multus', namespace: 'kube-system' }];

/** The rights that the package gives to Multus: bundle/config/upstream of 3.8.0. */
const MULTUS_RULES = [
  { apiGroups: ['k8s.cni.cncf.io'], resources: ['*'], verbs: ['*'] },
  { apiGroups: [''], resources: ['pods', 'pods/status'], verbs: ['get', 'update'] },
  {
    apiGroups: ['', 'events.k8s.io'],
    resources: ['events'],
    verbs: ['create', 'patch', 'update'],
  },
];

const MULTUS_POD = {
  metadata: { labels: { name: 'multus' } },
  spec: {
    hostNetwork: true,
    serviceAccountName: 'multus',
    containers: [
      { name: 'kube-multus', image: 'example.org/multus', securityContext: { privileged: true } },
    ],
  },
};

/** What kapp makes of the package, by the path of its collection. */
const PACKAGE: readonly (readonly [path: string, name: string, object: object])[] = [
  [`${RBAC}/clusterroles`, 'multus', { rules: MULTUS_RULES }],
  [
    `${RBAC}/clusterrolebindings`,
    'multus',
    { roleRef: { ...ROLE_REF, name: 'multus' }, subjects: SUBJECTS },
  ],
  ['/api/v1/namespaces/kube-system/serviceaccounts', 'multus', {}],
  ['/api/v1/namespaces/kube-system/configmaps', 'multus-cni-config', { data: {} }],
  [
    '/apis/apps/v1/namespaces/kube-system/daemonsets',
    'kube-multus-ds',
    { spec: { selector: { matchLabels: { name: 'multus' } }, template: MULTUS_POD } },
  ],
  ['/api/v1/namespaces/my-packages/configmaps', 'multus-cni-ctrl', { data: {} }],
];

describeUnless(
  apiServerSkipReason(),
  "S5.5 the account of Tanzu's package on a real API server",
  () => {
    let server: ApiServer;

    beforeAll(async () => {
      server = await ApiServer.start();
      const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'my-packages' } };
      await server.client.create(namespace);
      const chart = new Chart(Testing.app(), 'infra');
      Platform.tanzu({ packageNamespace: 'my-packages' }).applyTo(chart);
      new MultusInstall(chart, 'multus');
      const objects: KubernetesObject[] = Testing.synth(chart);
      for (const object of objects)
        if (KINDS.includes(object.kind)) await server.client.apply(object);
      // The authorizer learns of a binding a moment later.
      await until(async () => (await as('GET', '/api/v1/namespaces')).status === 200, 'the rights');
    }, 120_000);

    afterAll(() => server?.stop());

    const as = (method: string, path: string, body?: object) =>
      server.client.request(method, path, body, undefined, ACCOUNT);

    const make = (path: string, name: string, object: object) =>
      as('POST', path, { metadata: { name }, ...object });

    test('makes every object of the package, lists, changes and removes it', async () => {
      for (const [path, name, object] of PACKAGE) {
        const made = await make(path, name, object);
        expect([name, made.status, made.body.message]).toEqual([name, 201, undefined]);
        const one = `${path}/${name}`;
        expect((await as('GET', path)).status).toBe(200);
        const { body } = await as('GET', one);
        const labels = { 'kapp.k14s.io/app': '1' };
        const changed = { ...body, metadata: { ...body.metadata, labels } };
        expect((await as('PUT', one, changed)).status).toBe(200);
      }
      for (const [path, name] of [...PACKAGE].reverse()) {
        expect((await as('DELETE', `${path}/${name}`)).status).toBe(200);
      }
    });

    test('gives no rights that it does not have', async () => {
      const everything = { rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }] };
      const role = await make(`${RBAC}/clusterroles`, 'multus', everything);
      expect(role.status).toBe(403);
      expect(role.body.message).toContain(
        'is attempting to grant RBAC permissions not currently held',
      );
      const admin = { roleRef: { ...ROLE_REF, name: 'cluster-admin' }, subjects: SUBJECTS };
      expect((await make(`${RBAC}/clusterrolebindings`, 'multus', admin)).status).toBe(403);
    });

    test('touches nothing of others', async () => {
      const others: readonly (readonly [path: string, name: string])[] = [
        [`${RBAC}/clusterroles`, 'cluster-admin'],
        ['/api/v1/namespaces/kube-system/configmaps', 'extension-apiserver-authentication'],
        ['/api/v1/namespaces', 'default'],
      ];
      for (const [path, name] of others) {
        expect((await as('DELETE', `${path}/${name}`)).status).toBe(403);
      }
      expect((await as('GET', '/api/v1/namespaces/kube-system/secrets')).status).toBe(403);
      const daemon = PACKAGE[4]?.[2] as object;
      const elsewhere = await make('/apis/apps/v1/namespaces/default/daemonsets', 'other', daemon);
      expect(elsewhere.status).toBe(403);
    });
  },
);
