import { randomInt } from 'node:crypto';
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
/** Each is up to four runs of the real CLI, a minute on a busy machine: more of them where somebody asks. */
const RUNS = Number(process.env['NETLOOM_KILLED_RUNS'] ?? 2);
const SEED = Number(process.env['NETLOOM_KILLED_SEED'] ?? randomInt(2 ** 31));

/** Everything that the program makes on the cluster. */
const PLACES = [
  '/apis/k8s.cni.cncf.io/v1/network-attachment-definitions',
  '/api/v1/pods',
  ...['deployments', 'daemonsets', 'statefulsets'].map((kind) => `/apis/apps/v1/${kind}`),
  ...['validatingadmissionpolicies', 'validatingadmissionpolicybindings'].map(
    (kind) => `/apis/admissionregistration.k8s.io/v1/${kind}`,
  ),
];

const skipReason =
  pulumiSkipReason('pulumi-resource-kubernetes') ?? apiServerSkipReason() ?? kernelSkipReason();

/** Numbers from 0 to 1, the same with the same seed. */
function* numbers(seed: number): Generator<number, never> {
  for (let state = seed; ; ) {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    yield state / 2 ** 31;
  }
}

describeUnless(skipReason, 'a killed pulumi up of objects on a cluster, and of claims', () => {
  let folder: string;
  let agent: AgentProcess;
  let server: ApiServer;
  let controllers: ClusterControllers;
  let stack: PulumiStack;

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

  const list = async (place: string): Promise<any[]> =>
    (await server.client.request('GET', place)).body.items ?? [];

  /** All that there is, on the cluster, on the agent and in the state; without what the server makes up. */
  async function world(): Promise<unknown> {
    const objects = await Promise.all(
      PLACES.map(async (place) =>
        (await list(place)).map(({ metadata, spec }) => {
          const { annotations } = spec.template?.metadata ?? metadata;
          const networks = annotations?.['k8s.v1.cni.cncf.io/networks'];
          return `${place} ${metadata.name} ${networks ?? JSON.stringify(spec)}`;
        }),
      ),
    );
    const client = agent.client();
    const pools = await client.pools();
    const claims = await Promise.all(pools.map(({ name }) => client.claims(name)));
    const held = claims.flat().filter(({ state }) => state === 'claimed');
    return {
      objects: objects.flat().sort(),
      pools: pools.map(({ name, owner }) => [name, owner]),
      claims: held.map(({ owner, addresses }) => [owner, ...addresses]),
      bridges: (await client.bridges()).map(({ name, owner }) => [name, owner]),
      state: (await stack.resources()).map(({ urn }) => urn).sort(),
    };
  }

  const setInterface = (name: string): Promise<string> =>
    stack.run('config', 'set', '--plaintext', 'interface', name);

  test(
    `${RUNS} of them, seed ${SEED}: run again each ends with the same objects, and nothing leaks`,
    async () => {
      const random = numbers(SEED);
      await setInterface('cam0');
      const began = Date.now();
      await stack.up();
      const wholeMs = Date.now() - began;
      const wanted = await world();
      for (let run = 0; run < RUNS; run++) {
        // In turn a stack that is made for the first time, and one whose pod is replaced.
        const isFirst = run % 2 === 0;
        if (isFirst) await stack.run('destroy', '--yes', '--skip-preview');
        else await setInterface('cam1');
        const running = stack.start('up', '--yes', '--skip-preview');
        const lifeMs = wholeMs * (0.2 + 0.8 * random.next().value);
        await Promise.race([running.ended, new Promise((end) => setTimeout(end, lifeMs))]);
        await running.crash();
        await setInterface('cam0');
        // What was made just before the kill is taken into the stack, and what was deleted is missed.
        await stack.with({ PULUMI_K8S_UPSERT_EXISTING_OBJECTS: 'true' }).up('--refresh');
        expect(await world()).toEqual(wanted);
        await stack.up('--expect-no-changes');
      }
      await stack.run('refresh', '--yes', '--skip-preview', '--clear-pending-creates');
      expect(await stack.run('preview')).not.toMatch(/pending operations/);
      await stack.run('destroy', '--yes', '--skip-preview');
      expect(await world()).toEqual({ objects: [], pools: [], claims: [], bridges: [], state: [] });
    },
    (6 + 4 * RUNS) * MINUTES,
  );
});
