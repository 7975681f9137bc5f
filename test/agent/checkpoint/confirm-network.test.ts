import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { AgentClient, nodeNetworkViewSchema, removedNetworkSchema } from 'netloom/agent-api';
import { findTool, nodePath } from '../../../scripts/tools';
import { AgentTransport } from '../../../src/agent-api/transport';
import { refusal } from '../support/agent-folder';
import { AgentProcess, buildAgent, initAgent, LAUNCHER } from '../support/agent-process';
import { hasOwnNetwork, ip, networkTest } from '../support/network';

const NODE = 'ck-node';
const inside: readonly string[] = [findTool('ip') ?? 'ip', 'netns', 'exec', NODE];
const onNode = (...args: string[]): string => ip('-n', NODE, ...args);

describe('a caller on the network, and a node that has one interface', () => {
  let folder: string;
  let agent: AgentProcess;
  let watchdog: ChildProcess | undefined;
  let client: AgentClient;

  const startWatchdog = async (): Promise<void> => {
    const [command = '', ...args] = [...inside, nodePath(), LAUNCHER, 'watchdog'];
    const started = spawn(command, [...args, '--config', path.join(folder, 'agent.yaml')]);
    watchdog = started;
    await new Promise<void>((resolve) => {
      started.stdout.on('data', (text) => String(text).includes('watching') && resolve());
    });
    // The agent looks for it some times a second.
    while (!(await client.checkpoints()).watchdog)
      await new Promise((done) => setTimeout(done, 50));
  };

  beforeAll(async () => {
    if (!hasOwnNetwork) return;
    buildAgent();
    folder = mkdtempSync(path.join(os.tmpdir(), 'netloom-confirm-'));
    ip('netns', 'add', NODE);
    ip('link', 'add', 'ck-far', 'type', 'veth', 'peer', 'name', 'ck-up', 'netns', NODE);
    ip('link', 'set', 'ck-far', 'up');
    ip('addr', 'add', '10.96.0.1/24', 'dev', 'ck-far');
    onNode('link', 'set', 'lo', 'up');
    onNode('link', 'set', 'ck-up', 'up');
    onNode('addr', 'add', '10.96.0.5/24', 'dev', 'ck-up');
    onNode('route', 'add', 'default', 'via', '10.96.0.1');
    const where = ['--listen', '10.96.0.5:0', '--address', '10.96.0.5'];
    initAgent(folder, ...where);
    const host = 'host: { policy: { uplink: confirm }, probes: { nameServers: no } }\n';
    appendFileSync(path.join(folder, 'agent.yaml'), host);
    agent = new AgentProcess(folder, inside);
    expect([await agent.isListening(), agent.output]).toEqual([true, expect.any(String)]);
    const port = /"event":"listening".*"port":(\d+)/.exec(agent.output)?.[1];
    client = new AgentClient({
      name: 'edge-1',
      url: `https://10.96.0.5:${port}`,
      caFile: path.join(folder, 'ca.crt'),
      tokenFile: path.join(folder, 'token'),
    });
  }, 300_000);

  afterAll(async () => {
    if (!hasOwnNetwork) return;
    await client.close();
    await agent.end('SIGKILL');
    watchdog?.kill('SIGKILL');
    ip('netns', 'del', NODE);
    rmSync(folder, { recursive: true, force: true });
  });

  networkTest(
    'makes its way out a port: refused unasked and unwatched, then done, confirmed and given back',
    async () => {
      const before = onNode('-4', '-j', 'addr', 'show', 'dev', 'ck-up');
      const ports = ['ck-up'];
      const put = (spec: object) => client.putBridge('ck-br', { owner: 'stack', spec });
      expect(await refusal(put({ ports }))).toEqual(['NL_BRIDGE_PORT spec.ports[0]']);
      expect(await refusal(put({ ports, uplink: true }))).toEqual(['NL_WATCHDOG_MISSING watchdog']);
      const bridge = { name: 'ck-br', ports: [{ link: 'route:default' }] };
      const whole = (spec: object) =>
        client.putNodeNetwork({ owner: 'stack', spec: { bridges: [{ ...bridge, ...spec }] } });
      expect(await refusal(whole({}))).toEqual(['NL_BRIDGE_PORT spec.bridges[0].ports[0].link']);
      expect(await refusal(whole({ uplink: true }))).toEqual(['NL_WATCHDOG_MISSING watchdog']);
      expect(await refusal(whole({ uplink: true, adopt: true }))).toEqual([
        'NL_HOST_POLICY spec.bridges[0].adopt',
      ]);
      expect(onNode('-4', '-j', 'addr', 'show', 'dev', 'ck-up')).toBe(before);
      await startWatchdog();
      const view = await put({ ports, uplink: true });
      expect(view).toMatchObject({ actual: { addresses: ['10.96.0.5/24'], ports } });
      // The client has confirmed already.
      expect(await client.checkpoints()).toEqual({ watchdog: true });
      expect(onNode('route', 'show', 'default')).toContain('dev ck-br');
      expect(await client.removeBridge('ck-br', view.id, 'stack')).toBe(true);
      expect(await client.checkpoints()).toEqual({ watchdog: true });
      expect(onNode('-4', '-j', 'addr', 'show', 'dev', 'ck-up')).toBe(before);
      expect(onNode('route', 'show', 'default')).toContain('via 10.96.0.1 dev ck-up');
    },
    60_000,
  );

  networkTest(
    'gives a network of the node its way out, which is taken back unconfirmed, and with the removal',
    async () => {
      if (!watchdog) await startWatchdog();
      const look = () => [onNode('-j', '-d', 'addr', 'show', 'dev', 'ck-up'), onNode('route')];
      const lasting = ([link = '', routes = '']: string[]) => [
        link.replace(
          /"(promiscuity|valid_life_time|preferred_life_time|qdisc|tentative)":[^,]+,?/g,
          '',
        ),
        routes,
      ];
      const before = lasting(look());
      const owner = 'stack/way';
      const bridges = [{ name: 'ck-br', ports: [{ link: 'route:default' }], uplink: true }];
      const spec = { bridges, interfaces: [{ link: 'ck-up', mtu: 1450, uplink: true }] };
      const transport = new AgentTransport(client.connection, 30_000);
      const call = { method: 'PUT', path: ['node-network'], about: 'ck-br' } as const;
      const asked = { ...call, query: { confirmSeconds: '2' }, body: { owner, spec } };
      expect(await transport.call(nodeNetworkViewSchema, asked)).toMatchObject({
        resolved: { 'route:default': 'ck-up' },
        checkpoint: { id: expect.any(String) },
      });
      await transport.close();
      expect(onNode('route', 'show', 'default')).toContain('dev ck-br');
      while ((await client.checkpoints()).open) await new Promise((done) => setTimeout(done, 100));
      expect([lasting(look()), await client.nodeNetworks()]).toEqual([before, []]);
      // The client confirms by itself.
      const { id } = await client.putNodeNetwork({ owner, spec });
      expect(await client.checkpoints()).toEqual({ watchdog: true });
      expect(onNode('route', 'show', 'default')).toContain('dev ck-br');
      expect(await client.removeNodeNetwork(id, owner)).toBe(true);
      expect(await client.checkpoints()).toEqual({ watchdog: true });
      expect([lasting(look()), await client.nodeNetworks()]).toEqual([before, []]);
    },
    60_000,
  );

  networkTest(
    'removes a network of the node: taken back where nobody confirms, else for good',
    async () => {
      if (!watchdog) await startWatchdog();
      const owner = 'stack/net';
      const spec = { bridges: [{ name: 'ck-lan', addresses: ['10.96.7.1/24'], mtu: 1400 }] };
      const { id } = await client.putNodeNetwork({ owner, spec });
      expect(await client.checkpoints()).toEqual({ watchdog: true });
      const before = onNode('-4', '-j', 'addr', 'show', 'dev', 'ck-lan');
      const transport = new AgentTransport(client.connection, 30_000);
      const query = { id, owner, confirmSeconds: '2' };
      const call = { method: 'DELETE', path: ['node-network'], query, about: 'ck-lan' } as const;
      const answer = await transport.call(removedNetworkSchema, call);
      await transport.close();
      expect(answer).toMatchObject({ removed: true, checkpoint: { id: expect.any(String) } });
      expect(onNode('link', 'show')).not.toContain('ck-lan');
      while ((await client.checkpoints()).open) await new Promise((done) => setTimeout(done, 100));
      expect(await client.nodeNetwork(owner)).toMatchObject({ id, spec });
      const same = (text: string): string => text.replace(/"ifindex":\d+/, '');
      expect(same(onNode('-4', '-j', 'addr', 'show', 'dev', 'ck-lan'))).toBe(same(before));
      expect(await client.removeNodeNetwork(id, owner)).toBe(true);
      expect(await client.checkpoints()).toEqual({ watchdog: true });
      expect([await client.nodeNetworks(), onNode('link', 'show')]).toEqual([
        [],
        expect.not.stringContaining('ck-lan'),
      ]);
    },
    60_000,
  );
});
