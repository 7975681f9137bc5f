import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AgentProcess } from '../support/agent';
import { ApiServer, apiServerSkipReason } from '../support/api-server';
import { platformCrds } from '../support/api-server-crds';
import { ClusterControllers } from '../support/cluster-controllers';
import { describeUnless, kernelSkipReason } from '../support/network-suite';
import { PulumiStack, pulumiSkipReason } from '../support/pulumi-cli';

const PROGRAM = readFileSync(path.join(__dirname, 'programs/cluster.ts'), 'utf8');
const MINUTES = 60_000;
const NETWORKS = 'k8s.v1.cni.cncf.io/networks';
const NADS = '/apis/k8s.cni.cncf.io/v1/namespaces/default/network-attachment-definitions';

const skipReason =
  pulumiSkipReason('pulumi-resource-kubernetes') ?? apiServerSkipReason() ?? kernelSkipReason();

describeUnless(skipReason, 'the real Pulumi CLI with its Kubernetes provider', () => {
  let folder: string;
  let agent: AgentProcess;
  let server: ApiServer;
  let stack: PulumiStack;
  let controllers: ClusterControllers;

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'netloom-agent-'));
    agent = new AgentProcess({ dir: folder, name: 'edge-1' });
    agent.init();
    await agent.start();
    server = await ApiServer.start();
    const nad = { apiVersion: 'k8s.cni.cncf.io/v1', kind: 'NetworkAttachmentDefinition' };
    for (const crd of platformCrds([nad as never])) await server.client.establish(crd);
    controllers = new ClusterControllers(server);
    stack = new PulumiStack(PROGRAM, { KUBECONFIG: server.kubeconfig });
    await stack.init({ ...agent.pulumiConfig, 'netloom:status': 'off' });
  }, 4 * MINUTES);

  afterAll(async () => {
    controllers?.stop();
    await server?.stop();
    await agent?.stop();
    stack?.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  const get = async (place: string): Promise<any> =>
    (await server.client.request('GET', place)).body;
  const networksOf = ({ metadata }: any): any => JSON.parse(metadata.annotations[NETWORKS]);

  test(
    'preview knows the address of the pod; up makes it so; then there is nothing to do',
    async () => {
      expect(await stack.run('preview', '--diff')).toMatch(/10\.41\.0\.100\/24/);
      await stack.up();
      const pod = await get('/api/v1/namespaces/default/pods/camera');
      expect(networksOf(pod)[0]).toMatchObject({ name: 'lan-claimed', ips: ['10.41.0.100/24'] });
      expect((await get(NADS)).items.map((one: any) => one.metadata.name).sort()).toEqual([
        'lan',
        'lan-claimed',
        'storage',
      ]);
      await stack.run('preview', '--expect-no-changes');
    },
    6 * MINUTES,
  );

  test('the policy of the claimed network stops everybody else', async () => {
    const reply = await server.client.request('POST', '/api/v1/namespaces/default/pods', {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'thief', annotations: { [NETWORKS]: 'lan-claimed' } },
      spec: { containers: [{ name: 'main', image: 'busybox:1.35' }] },
    });
    expect(reply.status).toBe(422);
    expect(JSON.stringify(reply.body)).toMatch(/lan/);
  });

  test(
    'what was changed by hand is shown by refresh and made right by up',
    async () => {
      const place = `${NADS}/storage`;
      const nad = await get(place);
      const spec = { config: nad.spec.config.replace('"eth1"', '"eth9"') };
      await server.client.request('PATCH', place, { spec }, 'application/merge-patch+json');
      expect(await stack.run('refresh', '--yes', '--skip-preview')).toMatch(
        /NetworkAttachmentDefinition storage updated/,
      );
      // Field managers of two: the Kubernetes provider asks for a word of force.
      expect(await stack.fail('up', '--yes', '--skip-preview')).toMatch(/conflict/);
      await stack.with({ PULUMI_K8S_ENABLE_PATCH_FORCE: 'true' }).up();
      expect((await get(place)).spec.config).toContain('"eth1"');
    },
    4 * MINUTES,
  );

  test(
    'another interface replaces the pod, which keeps its address',
    async () => {
      const before = await get('/api/v1/namespaces/default/pods/camera');
      await stack.run('config', 'set', '--plaintext', 'interface', 'cam1');
      await stack.up();
      const after = await get('/api/v1/namespaces/default/pods/camera');
      expect(after.metadata.uid).not.toBe(before.metadata.uid);
      expect(networksOf(after)[0]).toMatchObject({ interface: 'cam1', ips: ['10.41.0.100/24'] });
    },
    4 * MINUTES,
  );

  test(
    'another master changes the network in place',
    async () => {
      await stack.run('config', 'set', '--plaintext', 'master', 'eth2');
      const { uid } = (await get(`${NADS}/storage`)).metadata;
      await stack.up();
      const nad = await get(`${NADS}/storage`);
      expect(nad.metadata.uid).toBe(uid);
      expect(nad.spec.config).toContain('"eth2"');
    },
    4 * MINUTES,
  );

  test(
    'destroy leaves nothing, on the cluster and on the node',
    async () => {
      await stack.run('destroy', '--yes', '--skip-preview');
      expect((await get(NADS)).items).toEqual([]);
      expect((await get('/api/v1/namespaces/default/pods')).items).toEqual([]);
      expect((await get('/apis/apps/v1/namespaces/default/deployments')).items).toEqual([]);
      expect(await agent.client().pools()).toEqual([]);
      expect(await agent.client().bridges()).toEqual([]);
    },
    4 * MINUTES,
  );
});
