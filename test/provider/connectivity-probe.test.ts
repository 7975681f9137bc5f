import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findTool } from '../../scripts/tools';
import { providerText } from '../../src/provider/dynamic-resource';
import { deleteLinks, ip } from '../agent/support/network';
import { AgentProcess } from '../support/agent';
import { ApiServer, apiServerSkipReason } from '../support/api-server';
import { DynamicProviderProcess } from '../support/dynamic-provider';
import { describeOnKernel, describeUnless } from '../support/network-suite';
import { ROOT } from '../support/story';

type Json = Record<string, unknown>;

const PEER = '10.88.0.2';
const MINUTE = 60_000;

/** Answers 200 on /, 503 elsewhere; on port 9 it takes connections and talks no HTTP. */
const SERVER = `
  const http = require('node:http');
  http.createServer((q, r) => { r.statusCode = q.url === '/' ? 200 : 503; r.end(q.headers.host); })
    .listen(80, '${PEER}', () => require('node:net').createServer((s) => s.end('hello'))
      .listen(9, '${PEER}', () => console.log('listening')));
`;

const probe = (check: Json, more: Json = {}): Json => ({
  agent: 'edge-1',
  check: { target: PEER, ...check },
  timeoutSeconds: 1,
  ...more,
  __provider: providerText('connectivityProbe'),
});

/** A host in a network namespace of its own, on the other end of a wire. */
class Peer {
  private constructor(private readonly server: ChildProcess) {}

  static async start(): Promise<Peer> {
    ip('netns', 'add', 'reach-peer');
    ip('link', 'add', 'vreach0', 'type', 'veth', 'peer', 'name', 'vreach1', 'netns', 'reach-peer');
    ip('addr', 'add', '10.88.0.1/24', 'dev', 'vreach0');
    ip('link', 'set', 'vreach0', 'up');
    ip('link', 'set', 'lo', 'up');
    ip('-n', 'reach-peer', 'addr', 'add', `${PEER}/24`, 'dev', 'vreach1');
    ip('-n', 'reach-peer', 'link', 'set', 'vreach1', 'up');
    const args = ['netns', 'exec', 'reach-peer', process.execPath, '-e', SERVER];
    const server = spawn(findTool('ip') as string, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    await new Promise((resolve) => server.stdout.once('data', resolve));
    return new Peer(server);
  }

  wire(state: 'up' | 'down'): void {
    ip('-n', 'reach-peer', 'link', 'set', 'vreach1', state);
  }

  end(): void {
    this.server.kill('SIGKILL');
    deleteLinks('vreach0');
    ip('netns', 'del', 'reach-peer');
  }
}

describeOnKernel('ConnectivityProbe from a node', () => {
  let folder: string;
  let agent: AgentProcess;
  let peer: Peer;
  let provider: DynamicProviderProcess;

  beforeAll(async () => {
    peer = await Peer.start();
    folder = mkdtempSync(path.join(tmpdir(), 'netloom-reach-'));
    agent = new AgentProcess({ dir: folder, name: 'edge-1' });
    agent.init();
    const networks = "['10.88.0.0/16', '203.0.113.0/24', '0.0.0.0/8']";
    appendFileSync(path.join(folder, 'agent.yaml'), `host: { policy: { reach: ${networks} } }\n`);
    await agent.start();
    provider = await DynamicProviderProcess.start(ROOT, agent.pulumiConfig);
  }, 2 * MINUTE);

  afterAll(async () => {
    provider?.stop();
    await agent?.stop();
    peer?.end();
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  const failure = (inputs: Json): Promise<string> =>
    provider.create(inputs).then(
      () => 'no failure',
      (error: Error) => error.message,
    );

  test.each([
    { name: 'a ping', check: { kind: 'ping' }, id: `ping:${PEER}` },
    { name: 'a TCP connection', check: { kind: 'tcp', port: 80 }, id: `tcp:${PEER}` },
    { name: 'HTTP', check: { kind: 'http' }, id: `http:${PEER}` },
    {
      name: 'HTTP with the status that is wanted',
      check: { kind: 'http', path: '/no', status: 503 },
      id: `http:${PEER}`,
    },
  ])(
    'S2.8 $name that is answered',
    async ({ check, id: want }) => {
      const { inputs, failures } = await provider.check({}, probe(check));
      expect(failures).toEqual([]);
      const { id, outs } = await provider.create(inputs);
      expect(id).toBe(want);
      expect(outs).toMatchObject({ reached: true, address: PEER });
      expect(await provider.diff(id, outs, inputs)).toMatchObject({ changes: false, replaces: [] });
      const again = { ...inputs, triggers: ['another'] };
      expect((await provider.diff(id, outs, again)).changes).toBe(true);
      const updated = await provider.update(id, outs, again);
      expect((await provider.diff(id, updated.outs, again)).changes).toBe(false);
      const read = await provider.read(id, updated.outs);
      expect(read).toEqual({ id, props: updated.outs });
      await provider.delete(id, outs);
    },
    MINUTE,
  );

  test.each([
    { name: 'refused', check: { kind: 'tcp', port: 81 }, want: /there and refuses the connection/ },
    { name: 'the wrong status', check: { kind: 'http', path: '/no' }, want: /with the status 503/ },
    { name: 'no HTTP', check: { kind: 'http', port: 9 }, want: /gives no answer of HTTP/ },
    {
      name: 'no route',
      check: { kind: 'tcp', port: 80, target: '203.0.113.9' },
      want: /no route to 203\.0\.113\.9 port 80/,
    },
    {
      name: 'no route for a ping',
      check: { kind: 'ping', target: '203.0.113.9' },
      want: /no route to/,
    },
    {
      name: 'nobody has the address',
      check: { kind: 'tcp', port: 80, target: '10.88.0.77' },
      want: /nobody answers for the address of 10\.88\.0\.77/,
    },
    {
      name: 'nobody to ping',
      check: { kind: 'ping', target: '10.88.0.77' },
      want: /nobody answers for the address of 10\.88\.0\.77/,
    },
    {
      name: 'a name without address',
      check: { kind: 'ping', target: 'nobody.invalid' },
      want: /the name nobody\.invalid has no address/,
    },
  ])(
    'the hop at which it ends: $name',
    async ({ check, want }) => {
      const text = await failure(probe(check, { timeoutSeconds: 5 }));
      expect(text).toMatch(want);
      expect(text).toMatch(/agent "edge-1".*Allowed: .* Fix: .*NL_TARGET_UNREACHED/);
    },
    MINUTE,
  );

  test(
    'create waits for the target; a refresh says that it is gone, and the next update waits again',
    async () => {
      peer.wire('down');
      const inputs = probe({ kind: 'tcp', port: 80 }, { timeoutSeconds: 90 });
      const made = provider.create(inputs);
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      peer.wire('up');
      const { id, outs } = await made;
      peer.wire('down');
      const { props } = await provider.read(id, outs);
      expect(props['reached']).toBe(false);
      expect((await provider.diff(id, props, inputs)).changes).toBe(true);
      peer.wire('up');
      expect((await provider.update(id, props, inputs)).outs).toEqual(outs);
    },
    4 * MINUTE,
  );

  test('everything that is wrong with it, in a preview', async () => {
    const wrong = { kind: 'tcp', target: 'http://10.88.0.2/', path: '/' };
    const { failures } = await provider.check(
      {},
      probe(wrong, { timeoutSeconds: 0, pod: { name: 'a' } }),
    );
    expect(failures.map(({ reason }) => reason.split(':')[0])).toEqual([
      'target',
      'port',
      'path',
      'agent',
      'timeoutSeconds',
    ]);
  });

  test.each([
    { name: 'another network', target: '192.0.2.1' },
    { name: 'the node itself, by an address', target: '127.0.0.1' },
    { name: 'the node itself, by a name', target: 'localhost' },
    { name: "a cloud's credentials", target: '169.254.169.254' },
    { name: 'many hosts at a time', target: '224.0.0.1' },
  ])('the node does not ask $name', async ({ target }) => {
    expect(await failure(probe({ kind: 'http', target }))).toMatch(/NL_HOST_POLICY/);
  });

  test('what the node does not ask is told in a preview', async () => {
    const { failures } = await provider.check({}, probe({ kind: 'ping', target: '192.0.2.1' }));
    expect(failures[0]?.reason).toMatch(
      /allows nobody to have it ask 192\.0\.2\.1.*NL_HOST_POLICY/,
    );
  });

  test('a try is in the audit log', async () => {
    await provider.create(probe({ kind: 'tcp', port: 80 }));
    expect(agent.log).toMatch(/"node\.reach".*tcp 10\.88\.0\.2 80/);
  });
});

/** What runs in a container needs a kubelet, which this API server lacks: how that is told is tested. */
describeUnless(apiServerSkipReason(), 'ConnectivityProbe from a pod', () => {
  let server: ApiServer;
  let provider: DynamicProviderProcess;

  beforeAll(async () => {
    server = await ApiServer.start();
    await server.client.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'apps' } });
    await server.client.apply({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'web', namespace: 'apps' },
      spec: { nodeName: 'edge-9', containers: [{ name: 'main', image: 'registry.example/web:1' }] },
    } as never);
    provider = await DynamicProviderProcess.start(ROOT, {
      'netloom:kubeconfig': server.kubeconfig,
    });
  }, 2 * MINUTE);

  afterAll(async () => {
    provider?.stop();
    await server?.stop();
  });

  function fromPod(pod: Json): Json {
    const { agent: _, ...rest } = probe({ kind: 'ping' });
    return { ...rest, pod: { namespace: 'apps', name: 'web', ...pod } };
  }

  async function run(): Promise<void> {
    const place = '/api/v1/namespaces/apps/pods/web/status';
    const body = { status: { phase: 'Running' } };
    await server.client.request('PATCH', place, body, 'application/strategic-merge-patch+json');
  }

  test(
    'why nothing can be run in it',
    async () => {
      await expect(provider.create(fromPod({ name: 'nobody' }))).rejects.toThrow(
        /pod apps\/nobody: nothing can be run in it \(it is not there\).*NL_TARGET_UNREACHED/,
      );
      await expect(provider.create(fromPod({}))).rejects.toThrow(/in it \(it is Pending\)/);
      await run();
      await expect(provider.create(fromPod({ container: 'none' }))).rejects.toThrow(
        /it has no container "none"/,
      );
      await expect(provider.create(fromPod({}))).rejects.toThrow(
        /did not let a command run in pod apps\/web.*NL_CLUSTER_UNREACHABLE/,
      );
    },
    2 * MINUTE,
  );
});
