import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  claimedPolicyBindingSpec,
  claimedPolicyName,
  claimedPolicySpec,
  multusParts,
  NETWORKS_ANNOTATION,
  networkCrd,
  platformFacts,
  REMOVAL_NAME,
  whereaboutsParts,
} from 'netloom';
import { parse } from 'yaml';
import { ApiServer, apiServerSkipReason } from '../support/api-server';
import type { KubernetesObject } from '../support/api-server-client';
import { describeUnless } from '../support/network-suite';
import { buildCli, type Finished, startCli } from './support/cli';

const STATUS = 'k8s.v1.cni.cncf.io/network-status';
const facts = platformFacts('kubernetes');

const meta = (name: string, namespace = 'kube-system') => ({ name, namespace });

const LAN: KubernetesObject = {
  apiVersion: 'k8s.cni.cncf.io/v1',
  kind: 'NetworkAttachmentDefinition',
  metadata: meta('lan', 'default'),
  spec: { config: '{"type":"bridge"}' },
};

const POOL: KubernetesObject = {
  apiVersion: 'whereabouts.cni.cncf.io/v1alpha1',
  kind: 'IPPool',
  metadata: meta('10.20.0.0-24'),
  spec: { range: '10.20.0.0/24', allocations: {} },
};

const LEASE: KubernetesObject = {
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata: meta('whereabouts'),
  spec: {},
};

/** Of a network with claims. */
const POLICY: KubernetesObject = {
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingAdmissionPolicy',
  metadata: { name: claimedPolicyName('default', 'lan-claimed') },
  spec: claimedPolicySpec({
    namespace: 'default',
    name: 'lan-claimed',
    network: 'lan',
    multusNamespace: 'kube-system',
    attachments: [],
  }),
};
const BINDING: KubernetesObject = {
  ...POLICY,
  kind: 'ValidatingAdmissionPolicyBinding',
  spec: claimedPolicyBindingSpec('default', 'lan-claimed'),
};

/** Of somebody else, with names that are near. */
const FOREIGN: KubernetesObject[] = [
  { apiVersion: 'v1', kind: 'ConfigMap', metadata: meta('multus'), data: {} },
  { apiVersion: 'v1', kind: 'ServiceAccount', metadata: meta('multus', 'default') },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: 'whereabouts' },
    rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }],
  },
  { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: meta('other'), spec: {} },
  { ...POLICY, metadata: { name: 'netloomish' } },
];

const pod = (name: string, more: object = {}): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name,
    namespace: 'default',
    annotations: {
      [NETWORKS_ANNOTATION]: 'lan',
      [STATUS]: JSON.stringify([
        { name: 'cbr0', interface: 'eth0', default: true },
        { name: 'default/lan', interface: 'net1' },
      ]),
    },
    ...more,
  },
  spec: { containers: [{ name: 'a', image: 'busybox:1.35' }], automountServiceAccountToken: false },
});

describeUnless(apiServerSkipReason(), 'S5.10 netloom uninstall on a real API server', () => {
  let server: ApiServer;
  let folder: string;
  const objects = [...multusParts(facts, {}).objects, ...whereaboutsParts(facts, {}).objects].map(
    ({ manifest }) => manifest as unknown as KubernetesObject,
  );

  beforeAll(async () => {
    buildCli();
    folder = mkdtempSync(path.join(tmpdir(), 'netloom-uninstall-'));
    server = await ApiServer.start();
  }, 180_000);
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await server?.stop();
  });

  const uninstall = (...args: string[]): Promise<Finished> =>
    startCli(['uninstall', '--kubeconfig', server.kubeconfig, '--timeout', '40', ...args], folder);

  async function install(): Promise<void> {
    const { client } = server;
    for (const object of objects) {
      if (object.kind === 'CustomResourceDefinition') await client.establish(object);
    }
    for (const object of objects) await client.apply(object);
    for (const object of [LAN, POOL, LEASE, POLICY, BINDING, ...FOREIGN])
      await client.apply(object);
  }

  /** No kubelet and no controller runs here: it tells what they would, of what removes files. */
  function playNodes(): () => Promise<string[]> {
    const seen = new Set<string>();
    const daemonSet: KubernetesObject = {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: meta(REMOVAL_NAME),
    };
    const base = `/apis/apps/v1/namespaces/kube-system/daemonsets/${REMOVAL_NAME}`;
    let ends = false;
    const play = async () => {
      while (!ends) {
        const object = await server.client.read(daemonSet);
        if (object) {
          const phase = object.metadata['annotations']['netloom.io/removal'];
          const { env } = object['spec'].template.spec.initContainers[0];
          const force = env.find(({ name }: { name: string }) => name === 'FORCE').value;
          seen.add(`${phase} force=${force}`);
          const { generation } = object.metadata;
          const status = {
            observedGeneration: generation,
            currentNumberScheduled: 1,
            numberMisscheduled: 0,
            desiredNumberScheduled: 1,
            updatedNumberScheduled: 1,
            numberReady: 1,
          };
          await server.client.request(
            'PATCH',
            `${base}/status`,
            { status },
            'application/merge-patch+json',
          );
        }
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    };
    const played = play();
    return async () => {
      ends = true;
      await played;
      return [...seen];
    };
  }

  const idsOf = ({ stdout }: Finished): string[] =>
    JSON.parse(stdout).steps.map(({ id }: { id: string }) => id);

  const ALL = [
    'pods',
    'config',
    'daemons',
    'files',
    'networks',
    'pools',
    'access',
    'crds',
    'remover',
  ];

  test('the plan, the refusal, the removal, and nothing left of it', async () => {
    await install();
    const { client } = server;
    await client.apply(pod('web'));
    await client.apply(pod('done', { labels: { a: 'b' } }));
    const done = { status: { phase: 'Succeeded' } };
    const donePath = '/api/v1/namespaces/default/pods/done/status';
    await client.request('PATCH', donePath, done, 'application/merge-patch+json');

    const plan = await uninstall('--plan', '-o', 'json');
    expect(plan).toMatchObject({ status: 0, stderr: '' });
    expect(idsOf(plan)).toEqual(ALL);
    expect(JSON.parse(plan.stdout).pods).toEqual([
      {
        namespace: 'default',
        name: 'web',
        node: null,
        networks: ['default/lan'],
        maker: { apiVersion: 'v1', kind: 'Pod', namespace: 'default', name: 'web' },
      },
    ]);
    const yaml = await uninstall('--plan', '-o', 'yaml');
    expect(parse(yaml.stdout)).toEqual(JSON.parse(plan.stdout));
    const table = await uninstall('--plan');
    expect(table.stdout).toMatch(/Pods with networks: 1\n {2}NAMESPACE {2}PODS {2}NETWORKS\n/);

    const refused = await uninstall('--yes');
    expect(refused.status).toBe(1);
    expect(refused.stdout).toContain('$ kubectl --namespace default delete pod web');
    expect(idsOf(await uninstall('--plan', '-o', 'json'))).toEqual(ALL);

    const stop = playNodes();
    // No kubelet ends the pod here.
    const ended = (async () => {
      await new Promise((resolve) => setTimeout(resolve, 500));
      await client.remove(pod('web'));
    })();
    const gone = await uninstall('--yes', '--delete-workloads');
    await ended;
    expect(gone).toMatchObject({ status: 0, stderr: '' });
    expect(gone.stdout).toMatch(/Multus is gone\.\n$/);
    expect(await stop()).toEqual(['config force=false', 'all force=false']);

    for (const object of [...objects, LAN, POOL, LEASE, POLICY, BINDING]) {
      const reading = client.read(object).catch(() => undefined);
      expect([object.kind, object.metadata.name, await reading]).toEqual([
        object.kind,
        object.metadata.name,
        undefined,
      ]);
    }
    for (const object of FOREIGN) expect(await client.read(object)).toBeDefined();
    const empty = await uninstall('--plan');
    expect(empty).toMatchObject({ status: 0 });
    expect(empty.stdout).toMatch(/^Nothing of Multus is left/);
  }, 120_000);

  test('stopped in the middle, it goes on; networks stay when that is asked for', async () => {
    await install();
    const tooShort = await uninstall('--yes', '--timeout', '2');
    expect(tooShort.status).toBe(2);
    expect(tooShort.stderr).toMatch(/not done after 2 s: .*the same command goes on from here/);
    const { stdout } = await uninstall('--plan', '-o', 'json');
    const remover = JSON.parse(stdout).steps.at(-1);
    // What says how far the nodes are goes last.
    expect(remover.objects.map(({ kind }: any) => kind)).toEqual(['ServiceAccount', 'DaemonSet']);
    const stop = playNodes();
    const gone = await uninstall('--yes', '--keep-networks');
    await stop();
    expect(gone).toMatchObject({ status: 0, stderr: '' });
    expect(await server.client.read(LAN)).toBeDefined();
    expect(await server.client.read(POOL)).toBeDefined();
    expect(idsOf(await uninstall('--plan', '-o', 'json', '--keep-networks'))).toEqual([]);
  }, 120_000);

  test('a Multus whose objects are gone: nodes do not wait for pods that it can not end', async () => {
    await server.client.establish(networkCrd().manifest as unknown as KubernetesObject);
    await server.client.apply(pod('stuck'));
    const stop = playNodes();
    const gone = await uninstall('--yes', '--leftovers');
    expect(gone).toMatchObject({ status: 0, stderr: '' });
    expect(await stop()).toEqual(['config force=true', 'all force=false']);
    await server.client.remove(pod('stuck'));
  }, 120_000);

  test('what can not be read is not taken for absent', async () => {
    await install();
    const { client } = server;
    const role = {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: 'some' },
      rules: [{ apiGroups: ['', 'apps'], resources: ['pods', 'nodes'], verbs: ['list'] }],
    };
    await client.apply(role as KubernetesObject);
    await client.apply({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: 'some' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'some' },
      subjects: [{ kind: 'User', name: 'someone', apiGroup: 'rbac.authorization.k8s.io' }],
    });
    const config = JSON.parse(readFileSync(server.kubeconfig, 'utf8'));
    const users = config.users.map((user: any) => ({
      ...user,
      user: { ...user.user, as: 'someone' },
    }));
    const file = path.join(folder, 'someone.json');
    writeFileSync(file, JSON.stringify({ ...config, users }));
    const { status, stdout, stderr } = await startCli(
      ['uninstall', '--plan', '--kubeconfig', file, '--platform', 'kubernetes'],
      folder,
    );
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/403 .*is forbidden/);
  }, 60_000);
});

describe('wrong use of netloom uninstall', () => {
  beforeAll(() => buildCli());

  test.each([
    [['--kubeconfig', 'x'], /say --plan to see the steps, or --yes/],
    [['--kubeconfig', 'x', '--plan', '--yes'], /say --plan to see the steps, or --yes/],
    [['--plan', '--kubeconfig', 'nowhere'], /nowhere: no such file/],
    [['--yes', '--kubeconfig', 'x', '--timeout', 'soon'], /--timeout: "soon" is no number/],
    [['--yes', '--kubeconfig', 'x', '-o', 'json'], /--output goes with --plan/],
  ])('%j', async (args, want) => {
    const { status, stdout, stderr } = await startCli(['uninstall', ...args], tmpdir());
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(want);
  });
});
