import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type FoundInterfaces, unpackInterfaces } from '../../src/kubernetes';
import { providerText } from '../../src/provider/dynamic-resource';
import { packWanted, type WantedInterface } from '../../src/rules';
import { ApiServer, apiServerSkipReason } from '../support/api-server';
import type { KubernetesObject } from '../support/api-server-client';
import { objectsBelow } from '../support/api-server-crds';
import { DynamicProviderProcess } from '../support/dynamic-provider';
import { describeUnless } from '../support/network-suite';
import { ROOT } from '../support/story';

type Json = Record<string, unknown>;

const NETWORKS = 'k8s.v1.cni.cncf.io/networks';
const STATUS = 'k8s.v1.cni.cncf.io/network-status';

/** As Multus writes it. */
const statusText = JSON.stringify([
  { name: 'k8s-pod-network', interface: 'eth0', ips: ['10.244.0.5'], default: true, dns: {} },
  {
    name: 'apps/lan',
    interface: 'cam0',
    ips: ['10.10.0.100'],
    mac: '0a:58:0a:0a:00:64',
    mtu: 1500,
    gateway: ['10.10.0.254'],
  },
]);

const WANTED = [{ network: 'apps/lan', interface: 'cam0', ips: ['10.10.0.100/24'] }];

const inputs = (
  name: string,
  { kind = 'Pod', wanted = WANTED, ...more }: Json & { wanted?: WantedInterface[] } = {},
): Json => ({
  of: `apps/${kind}/${name}`,
  wanted: packWanted(wanted),
  ...more,
  __provider: providerText('networkStatus'),
});

const interfacesIn = ({ found }: Json) => unpackInterfaces(found as FoundInterfaces);

/** The kubelet and Multus are played by hand: what they write is all that is looked at. */
describeUnless(apiServerSkipReason(), 'NetworkStatus on a real API server', () => {
  let server: ApiServer;
  let provider: DynamicProviderProcess;

  beforeAll(async () => {
    server = await ApiServer.start();
    provider = await DynamicProviderProcess.start(ROOT, {
      'netloom:kubeconfig': server.kubeconfig,
    });
    const crds = objectsBelow(path.join(__dirname, '../support/crds'));
    const crd = crds.find(({ spec }) => spec.names?.kind === 'NetworkAttachmentDefinition');
    await server.client.establish(crd as KubernetesObject);
    await server.client.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'apps' } });
    await server.client.apply(network('lan'));
  }, 120_000);

  afterAll(async () => {
    provider?.stop();
    await server?.stop();
  });

  const network = (name: string): KubernetesObject => ({
    apiVersion: 'k8s.cni.cncf.io/v1',
    kind: 'NetworkAttachmentDefinition',
    metadata: { name, namespace: 'apps' },
    spec: { config: '{"cniVersion":"0.4.0","type":"macvlan","master":"eth7"}' },
  });

  const podObject = (name: string, networks: string, labels: Json = {}): KubernetesObject => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'apps', labels, annotations: { [NETWORKS]: networks } },
    spec: { containers: [{ name: 'main', image: 'registry.example/cam:1' }] },
  });

  /** What a kubelet and Multus write for a pod that runs. */
  async function run(name: string, status = statusText): Promise<void> {
    const annotations = { metadata: { annotations: { [STATUS]: status } } };
    await patch(`pods/${name}`, annotations);
    await patch(`pods/${name}/status`, {
      status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
    });
  }

  async function patch(place: string, body: Json): Promise<void> {
    const reply = await server.client.request(
      'PATCH',
      `/${place.includes('deployments') ? 'apis/apps' : 'api'}/v1/namespaces/apps/${place}`,
      body,
      'application/strategic-merge-patch+json',
    );
    expect(reply.status).toBe(200);
  }

  async function event(pod: KubernetesObject, reason: string, message: string): Promise<void> {
    const { name, namespace, uid } = pod.metadata;
    const reply = await server.client.request('POST', '/api/v1/namespaces/apps/events', {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { generateName: `${name}.`, namespace },
      involvedObject: { apiVersion: 'v1', kind: 'Pod', name, namespace, uid },
      reason,
      message,
      type: 'Warning',
      lastTimestamp: '2026-11-21T10:00:00Z',
    });
    expect(reply.status).toBe(201);
  }

  /** The reason of a failure, and how long it took, in s. */
  async function failure(of: Json): Promise<{ text: string; seconds: number }> {
    const start = Date.now();
    const text = await provider.create(of).then(
      () => 'no failure',
      (error: Error) => error.message,
    );
    return { text, seconds: (Date.now() - start) / 1000 };
  }

  test('S1.11 S1.14 S3.10 waits for the interfaces, and gives them with all that Multus says', async () => {
    const pod = await server.client.apply(podObject('camera', 'lan@cam0'));
    const { inputs: checked, failures } = await provider.check({}, inputs('camera'));
    expect(failures).toEqual([]);
    const made = provider.create({ ...checked, revision: pod.metadata.uid });
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    await run('camera');
    const { id, outs } = await made;
    expect(id).toBe('apps/Pod/camera');
    expect(outs['pods']).toBe(1);
    expect(interfacesIn(outs)).toEqual([
      {
        pod: 'camera',
        network: 'apps/lan',
        name: 'cam0',
        ips: ['10.10.0.100'],
        mac: '0a:58:0a:0a:00:64',
        mtu: 1500,
        isDefault: false,
        gateways: ['10.10.0.254'],
      },
    ]);
    const known = { ...checked, revision: pod.metadata.uid };
    expect(await provider.diff(id, outs, known)).toEqual({ changes: false, replaces: [] });
    // A pod that was replaced is looked at anew.
    expect((await provider.diff(id, outs, { ...known, revision: 'other' })).changes).toBe(true);
    expect(JSON.stringify([known, outs]).length).toBeLessThanOrEqual(1100);

    await run('camera', statusText.replace('"10.10.0.100"', '"10.10.0.21"'));
    const drifted = interfacesIn((await provider.read(id, outs)).props);
    expect(drifted[0]).toMatchObject({ ips: ['10.10.0.21'] });
    await server.client.remove(pod);
    expect((await provider.read(id, outs)).id).toBe('');
    await provider.delete(id, outs);
  }, 30_000);

  const sandbox = (plugin: string) =>
    `Failed to create pod sandbox: plugin type="multus-shim" failed (add): [apps/x/uid:lan]: error adding container to network "lan": ${plugin}`;

  /** What is seen of a pod that does not start, and what is told of it. */
  interface Stuck {
    name: string;
    wanted?: WantedInterface[];
    event?: [string, string];
    status?: Json;
    want: RegExp;
  }

  const stuck: Stuck[] = [
    {
      name: 'S1.17 a network that is not there',
      wanted: [{ network: 'apps/nosuch', interface: 'net1' }],
      want: /network "apps\/nosuch", and there is no such NetworkAttachmentDefinition.*NL_NETWORK_NOT_FOUND/,
    },
    {
      name: 'a master that the node has not, named by the network itself',
      event: ['FailedCreatePodSandBox', sandbox('Link not found')],
      want: /"eth7" is not there on the pod's node, and network "lan" is made on it.*NL_NODE_LINK/,
    },
    {
      name: 'S3.10 a full pool',
      event: [
        'FailedCreatePodSandBox',
        sandbox(
          'failed to allocate for range 0: no IP addresses available in range set: 10.10.0.20-10.10.0.21',
        ),
      ],
      want: /no address of addresses 10\.10\.0\.20-10\.10\.0\.21 is free in network "lan".*NL_POOL_FULL/,
    },
    {
      name: 'an image that is not there',
      status: {
        phase: 'Pending',
        containerStatuses: [
          {
            name: 'main',
            image: 'registry.example/cam:1',
            imageID: '',
            ready: false,
            restartCount: 0,
            state: { waiting: { reason: 'ImagePullBackOff', message: 'not found' } },
          },
        ],
      },
      want: /image "registry\.example\/cam:1" of container "main" can't be pulled.*NL_POD_NOT_READY/,
    },
  ];

  describe('pods that do not start are told of within 30 s', () => {
    const outcomes = new Map<RegExp, Promise<{ text: string; seconds: number }>>();

    // All at once: each is watched for 12 s.
    beforeAll(() => {
      for (const [index, one] of stuck.entries()) outcomes.set(one.want, outcomeOf(one, index));
    });

    async function outcomeOf({ wanted = WANTED, event: said, status }: Stuck, index: number) {
      const name = `stuck-${index}`;
      const pod = await server.client.apply(podObject(name, 'lan'));
      if (said) await event(pod, ...said);
      if (status) await patch(`pods/${name}/status`, { status });
      return failure(inputs(name, { wanted }));
    }

    test.each(stuck)(
      '$name',
      async ({ want }) => {
        const outcome = await outcomes.get(want);
        expect(outcome?.text).toMatch(want);
        expect(outcome?.seconds).toBeLessThan(30);
      },
      40_000,
    );
  });

  test('a pod that no node takes is told of at once, and waited for', async () => {
    await server.client.apply(podObject('nowhere', 'lan'));
    const message = "0/3 nodes are available: 3 node(s) didn't match node selector.";
    const conditions = [
      { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message },
    ];
    await patch('pods/nowhere/status', { status: { phase: 'Pending', conditions } });
    const before = provider.stderr.length;
    const { text } = await failure(inputs('nowhere', { timeoutSeconds: 14 }));
    expect(provider.stderr.slice(before)).toMatch(/no node takes the pod: 0\/3 nodes/);
    expect(text).toMatch(/no node takes the pod.*NL_POD_NOT_READY/);
  }, 30_000);

  test('S3.10 another address than the one that was attached', async () => {
    await server.client.apply(podObject('other', 'lan@cam0'));
    await run('other', statusText.replace('10.10.0.100', '10.10.0.21'));
    const { text } = await failure(inputs('other'));
    expect(text).toMatch(/"cam0" has 10\.10\.0\.21, and not 10\.10\.0\.100.*NL_INTERFACE_DIFFERS/);
  }, 30_000);

  test('a claimed address is the one of the annotation that the pod has', async () => {
    const networks = JSON.stringify([{ name: 'lan', interface: 'cam0', ips: ['10.10.0.100/24'] }]);
    await server.client.apply(podObject('claimed', networks));
    await run('claimed');
    const wanted = [{ network: 'apps/lan', interface: 'cam0', claimed: true }];
    const { outs } = await provider.create(inputs('claimed', { wanted }));
    expect(interfacesIn(outs)).toMatchObject([{ name: 'cam0', ips: ['10.10.0.100'] }]);
    await run('claimed', statusText.replace('10.10.0.100', '10.10.0.21'));
    const { text } = await failure(inputs('claimed', { wanted, revision: 'other' }));
    expect(text).toMatch(/"cam0" has 10\.10\.0\.21, and not 10\.10\.0\.100.*NL_INTERFACE_DIFFERS/);
  }, 30_000);

  test('S5.9 a Deployment: pods of the old template do not count', async () => {
    const deployment: KubernetesObject = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace: 'apps' },
      spec: {
        replicas: 1,
        selector: { matchLabels: { app: 'web' } },
        template: {
          metadata: { labels: { app: 'web' }, annotations: { [NETWORKS]: 'lan@cam0' } },
          spec: { containers: [{ name: 'main', image: 'registry.example/cam:1' }] },
        },
      },
    };
    await server.client.apply(deployment);
    await patch('deployments/web/status', { status: { observedGeneration: 1, replicas: 1 } });
    await server.client.apply(podObject('web-old', 'lan', { app: 'web' }));
    await run('web-old', statusText.replace('cam0', 'net1'));
    await server.client.apply(podObject('web-new', 'lan@cam0', { app: 'web' }));
    const made = provider.create(inputs('web', { kind: 'Deployment' }));
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    await run('web-new');
    expect(interfacesIn((await made).outs)).toMatchObject([{ pod: 'web-new', name: 'cam0' }]);
  }, 30_000);

  test('a pod of another cluster: the message names the server and the setting', async () => {
    const { text } = await failure(inputs('elsewhere'));
    expect(text).toMatch(
      /no Pod apps\/elsewhere in the cluster at https:\/\/127.*netloom:kubeconfig/,
    );
  }, 30_000);

  test('nothing of the kubeconfig stands in inputs, outputs or messages', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'netloom-kubeconfig-'));
    const file = path.join(folder, 'broken');
    writeFileSync(file, 'users: [{user: {token: not-to-be-told\n');
    const wrong = await DynamicProviderProcess.start(ROOT, { 'netloom:kubeconfig': file });
    try {
      await expect(wrong.create(inputs('camera'))).rejects.toThrow(/NL_CLUSTER_CONFIG/);
      await expect(wrong.create(inputs('camera'))).rejects.not.toThrow(/not-to-be-told/);
      expect(wrong.stderr).not.toContain('not-to-be-told');
    } finally {
      wrong.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  }, 30_000);
});

describe('NetworkStatus without a cluster', () => {
  /** A home and an environment in which no kubeconfig is found. */
  const NOWHERE = { HOME: '/nonexistent', KUBECONFIG: '', NETLOOM_KUBECONFIG: '' };

  async function withProvider<T>(
    config: Record<string, string>,
    use: (provider: DynamicProviderProcess) => Promise<T>,
  ): Promise<T> {
    const provider = await DynamicProviderProcess.start(ROOT, config, NOWHERE);
    try {
      return await use(provider);
    } finally {
      provider.stop();
    }
  }

  test('auto says so and goes on, required fails, off asks nobody', async () => {
    if (existsSync('/var/run/secrets/kubernetes.io/serviceaccount/token')) return;
    await withProvider({}, async (provider) => {
      expect(interfacesIn((await provider.create(inputs('camera'))).outs)).toEqual([]);
      expect(provider.stderr).toMatch(/no kubeconfig is configured or found.*NL_CLUSTER_CONFIG/);
    });
    await withProvider({ 'netloom:status': 'required' }, async (provider) => {
      await expect(provider.create(inputs('camera'))).rejects.toThrow(/NL_CLUSTER_CONFIG/);
    });
    await withProvider({ 'netloom:status': 'off' }, async (provider) => {
      expect(interfacesIn((await provider.create(inputs('camera'))).outs)).toEqual([]);
      expect(provider.stderr).toBe('');
    });
  }, 30_000);

  test('a cluster that does not answer is named', async () => {
    const kubeconfig = JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'gone', cluster: { server: 'https://127.0.0.1:1' } }],
      users: [{ name: 'gone', user: {} }],
      contexts: [{ name: 'gone', context: { cluster: 'gone', user: 'gone' } }],
      'current-context': 'gone',
    });
    await withProvider({ 'netloom:kubeconfig': kubeconfig }, async (provider) => {
      await expect(provider.create(inputs('camera'))).rejects.toThrow(
        /API server at https:\/\/127\.0\.0\.1:1 did not give .*ECONNREFUSED.*NL_CLUSTER_UNREACHABLE/,
      );
    });
  }, 40_000);

  test('a kind that has no pods is refused at check', async () => {
    await withProvider({}, async (provider) => {
      const { failures } = await provider.check({}, inputs('x', { kind: 'Service' }));
      expect(failures[0]?.reason).toMatch(/kind: "Service" is not known.*NL_VALUE_OUT_OF_RANGE/);
    });
  });
});
