import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import { AgentProcess } from '../support/agent';
import { describeOnKernel } from '../support/network-suite';
import { buildCli, runCli } from './support/cli';

const OBJECTS = `apiVersion: netloom.io/v1alpha1
kind: HostBridge
metadata: { name: test }
spec: { bridge: br-cli, addresses: [10.77.0.1/24] }
---
apiVersion: netloom.io/v1alpha1
kind: NodeNetwork
metadata: { name: storage }
spec: { bridges: [{ name: br-cli2, addresses: [10.78.0.1/24], mtu: 1400 }] }
---
apiVersion: netloom.io/v1alpha1
kind: HostBridge
metadata: { name: racks }
spec: { bridge: br-rack, nodeSelector: { rack: a } }
`;

const ip = (...args: string[]): string => spawnSync('ip', args, { encoding: 'utf8' }).stdout;

describeOnKernel('the command line asks agents', () => {
  let folder: string;
  let agent: AgentProcess;

  beforeAll(async () => {
    buildCli();
    folder = mkdtempSync(path.join(tmpdir(), 'netloom-cli-agents-'));
    agent = new AgentProcess({ dir: path.join(folder, 'agent'), name: 'edge-1' });
    agent.init();
    await agent.start();
    const client = agent.client();
    const spec = { subnets: [{ subnet: '10.10.0.0/24' }], macs: ['02:00:00:00:00:00/40'] };
    await client.putPool('apps/lan', { owner: 'stack', spec });
    const asked = { pool: 'apps/lan', addresses: ['10.10.0.9'], labels: { app: 'web' } };
    await client.claim({ ...asked, mac: '02:00:00:00:00:09', owner: 'pod/web' });
    await client.offer({ pool: 'apps/lan', owner: 'pod/db' });
    await client.putBridge('br-own', { owner: 'stack', spec: { addresses: ['10.79.0.1/24'] } });
    await client.close();
    writeFileSync(path.join(folder, 'objects.yaml'), OBJECTS);
  }, 240_000);

  afterAll(async () => {
    await agent?.stop();
    ip('link', 'del', 'br-own');
    rmSync(folder, { recursive: true, force: true });
  });

  function netloom(args: string[], more: NodeJS.ProcessEnv = {}) {
    const { name, url, caFile, tokenFile } = agent.connection;
    const env = {
      NETLOOM_AGENTS: JSON.stringify({ [name]: url }),
      NETLOOM_CA_FILE: caFile,
      NETLOOM_TOKEN_FILE: tokenFile,
      ...more,
    };
    return runCli(args, { cwd: folder, env });
  }

  const columnsOf = (stdout: string): string[][] =>
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split(/ {2,}/));

  test('status: who answers, and what it has', () => {
    const { status, stdout } = netloom(['status']);
    expect(status).toBe(0);
    const [head, row] = columnsOf(stdout);
    expect(head).toEqual([
      ...['AGENT', 'VERSION', 'POOLS', 'CLAIMS', 'OFFERS', 'BRIDGES', 'NETWORKS', 'WATCHDOG'],
      'STATE',
    ]);
    expect(row).toEqual(['edge-1', expect.any(String), '1', '1', '1', '1', '0', 'no', 'ok']);
  });

  test('status: an agent that does not answer is told, and the others are asked all the same', () => {
    const both = { 'edge-0': 'https://127.0.0.1:1', 'edge-1': agent.url };
    const { status, stdout } = netloom(['status'], { NETLOOM_AGENTS: JSON.stringify(both) });
    expect(status).toBe(1);
    expect(stdout).toMatch(/^edge-0 +no answer$/m);
    expect(stdout).toMatch(/^edge-1 .* ok$/m);
    expect(stdout).toMatch(/^error: agent: agent "edge-0" .* did not answer/m);
  });

  test('claims: all, or those that are looked for', () => {
    const { status, stdout } = netloom(['claims']);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^AGENT +POOL +ADDRESSES +MAC +STATE +UNTIL +OWNER +LABELS$/m);
    expect(stdout).toMatch(
      /^edge-1 +apps\/lan +10\.10\.0\.9\/24 +02:00:00:00:00:09 +claimed +pod\/web +app=web$/m,
    );
    expect(stdout).toMatch(/ offered +20\S+Z +pod\/db$/m);
    const owners = (...args: string[]): string[] => {
      const { agents } = JSON.parse(netloom(['claims', '-o', 'json', ...args]).stdout);
      return agents.flatMap(({ answer }: any) => answer.map(({ owner }: any) => owner));
    };
    expect(owners('apps/lan', '--state', 'claimed')).toEqual(['pod/web']);
    expect(owners('--owner', 'pod/d')).toEqual(['pod/db']);
    expect(owners('--address', '10.10.0.9')).toEqual(['pod/web']);
    expect(owners('--label', 'app=web')).toEqual(['pod/web']);
    expect(owners('--label', 'app=no')).toEqual([]);
    expect(netloom(['claims', '--label', 'app=no']).stdout).toBe('no claims\n');
  });

  test('claims: an agent that is configured twice tells once', () => {
    const twice = { 'edge-1': agent.url, 'edge-2': agent.url };
    const { stdout } = netloom(['claims'], { NETLOOM_AGENTS: JSON.stringify(twice) });
    expect(stdout.match(/pod\/web/g)).toHaveLength(1);
  });

  test('claims: a pool that nobody has is told', () => {
    const { status, stdout } = netloom(['claims', 'apps/no']);
    expect([status, stdout]).toEqual([1, expect.stringMatching(/NL_POOL_UNKNOWN/)]);
  });

  test('bridges: as they are', () => {
    const { status, stdout } = netloom(['bridges']);
    expect(status).toBe(0);
    expect(columnsOf(stdout)).toEqual([
      ['AGENT', 'BRIDGE', 'ADDRESSES', 'MTU', 'STATE', 'OWNER'],
      ['edge-1', 'br-own', expect.stringContaining('10.79.0.1/24'), '1500', 'right', 'stack'],
    ]);
  });

  test('plan: the steps of a dry run, and nothing is changed', () => {
    const { status, stdout, stderr } = netloom(['plan', 'objects.yaml']);
    expect(stderr).toMatch(/^HostBridge racks: passed over, .* \(--any-node takes it\)$/m);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^edge-1\n {2}HostBridge test\n {4}\S/);
    expect(stdout).toMatch(/^ {4}.*10\.77\.0\.1\/24/m);
    expect(stdout).toMatch(/^ {2}NodeNetwork storage\n( {4}.*\n)*? {4}.*10\.78\.0\.1\/24/m);
    expect(ip('-br', 'link')).not.toMatch(/br-cli/);
    const any = parse(netloom(['plan', '--any-node', '-o', 'yaml', 'objects.yaml']).stdout);
    const names = any.agents[0].answer.map(({ kind, name }: any) => `${kind} ${name}`);
    expect(names).toEqual(['HostBridge test', 'HostBridge racks', 'NodeNetwork storage']);
  });

  test('plan: what the rules refuse is told with its place, and no agent is asked', () => {
    writeFileSync(path.join(folder, 'wrong.yaml'), OBJECTS.replace('10.77.0.1/24', '10.77.0.1'));
    const { status, stdout } = netloom(['plan', 'wrong.yaml'], {
      NETLOOM_AGENTS: '{"edge-0":"https://127.0.0.1:1"}',
    });
    expect(status).toBe(1);
    expect(stdout).toMatch(/wrong\.yaml:4:\d+/);
    expect(stdout).not.toMatch(/did not answer/);
  });

  test('plan: what an agent refuses is told', () => {
    const foreign = OBJECTS.split('---')[0]?.replace('br-cli', 'lo') ?? '';
    writeFileSync(path.join(folder, 'refused.yaml'), foreign);
    const { status, stdout } = netloom(['plan', 'refused.yaml']);
    expect(status).toBe(1);
    expect(stdout).toMatch(/NL_\w+/);
  });

  test('drift: nothing, and what is not as it shall be', () => {
    expect(netloom(['drift'])).toMatchObject({
      status: 0,
      stdout: 'edge-1\n  HostBridge br-own: as it shall be\n',
    });
    // Somebody who undoes each repair: the agent repairs less and less often.
    const loop = 'for (;;) require("child_process").spawnSync("ip", process.argv.slice(1));';
    const other = spawn(process.execPath, [
      '-e',
      loop,
      'addr',
      'del',
      '10.79.0.1/24',
      'dev',
      'br-own',
    ]);
    try {
      let found = netloom(['drift']);
      for (let tries = 0; found.status === 0 && tries < 40; tries++) found = netloom(['drift']);
      expect(found.status).toBe(1);
      expect(found.stdout).toMatch(/^edge-1\n {2}HostBridge br-own\n {4}.*10\.79\.0\.1\/24/);
    } finally {
      other.kill('SIGKILL');
    }
  }, 60_000);

  test.each([
    { name: 'no agents', args: ['status'], env: { NETLOOM_AGENTS: '' }, says: /no agent is conf/ },
    { name: 'an unknown agent', args: ['bridges', '--agent', 'x'], env: {}, says: /no agent "x"/ },
    { name: 'nothing to plan', args: ['plan', 'none.yaml'], env: {}, says: /nothing to plan/ },
    { name: 'a state', args: ['claims', '--state', 'x'], env: {}, says: /Allowed choices/ },
  ])('wrong use: $name', ({ args, env, says }) => {
    writeFileSync(
      path.join(folder, 'none.yaml'),
      'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n',
    );
    const { status, stderr, stdout } = netloom(args, env);
    expect(stderr).toMatch(says);
    expect(stdout).toBe('');
    expect(status).toBe(2);
  });
});
