import { X509Certificate } from 'node:crypto';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import { hashToken } from '../../node-agent/src/credentials';
import { AgentProcess, buildAgent, runAgent } from './support/agent-process';
import { hasLink, networkTest } from './support/network';

/** Each command is a process of its own, which takes seconds on a busy machine. */
jest.setTimeout(120_000);

describe('the command line', () => {
  let folder: string;
  let running: AgentProcess | undefined;

  beforeAll(() => buildAgent());

  beforeEach(() => {
    folder = path.join(mkdtempSync(path.join(os.tmpdir(), 'netloom-cli-')), 'agent');
  });

  afterEach(async () => {
    await running?.end('SIGKILL');
    running = undefined;
    rmSync(path.dirname(folder), { recursive: true, force: true });
  });

  const at = (name: string): string => path.join(folder, name);
  const mode = (name: string): number => statSync(at(name)).mode & 0o777;
  const init = () =>
    runAgent('init', '--dir', folder, '--name', 'edge-1', '--listen', '127.0.0.1:0');
  const start = async (): Promise<AgentProcess> => {
    running = new AgentProcess(folder);
    expect([await running.isListening(), running.output]).toEqual([true, expect.any(String)]);
    return running;
  };

  test('shows pools and claims of the running agent, releases and hands over', async () => {
    init();
    const about = ['--config', at('agent.yaml')];
    const { status, stderr } = runAgent('pools', ...about);
    expect([status, stderr]).toEqual([
      1,
      expect.stringMatching(/there is no socket .*agent\.sock/),
    ]);
    const client = (await start()).client();
    const spec = { subnets: [{ subnet: '10.10.0.0/24' }] };
    await client.putPool('apps/lan', { owner: 'stack', spec });
    await client.claim({ pool: 'apps/lan', owner: 'a', labels: { rack: '7' } });
    await client.close();
    const pool = ['--pool', 'apps/lan'];
    expect(runAgent('pools', ...about).stdout).toMatch(
      /\n {2}apps\/lan +10\.10\.0\.0\/24 +254 +1 /,
    );
    const handing = ['--from', 'a', '--to', 'b'];
    expect(runAgent('claims', 'transfer', ...about, ...pool, ...handing).stdout).toBe(
      '10.10.0.1 is held by b\n',
    );
    const listed = runAgent('claims', 'list', ...about, '--label', 'rack=7', '-o', 'json');
    expect(JSON.parse(listed.stdout)).toMatchObject([{ owner: 'b', addresses: ['10.10.0.1'] }]);
    expect(runAgent('claims', 'release', ...about, ...pool, '--owner', 'b').stdout).toBe(
      'released 10.10.0.1 of b\n',
    );
    expect(runAgent('claims', 'list', ...about, ...pool).stdout).toBe('no claims\n');
  });

  test.each([
    [
      ['--name', 'edge-1', '--listen', '127.0.0.1'],
      /^--listen: "127\.0\.0\.1" does not fit\. .*HOST:PORT/,
    ],
    [['--name', 'edge-1', '--listen', ':99999'], /^--listen: /],
    [['--name', 'edge_1'], /^--name: "edge_1" does not fit\. .*DNS name/],
  ])('init %j makes nothing that serve would refuse', (args, message) => {
    const { status, stderr } = runAgent('init', '--dir', folder, ...args);
    expect([status, stderr]).toEqual([2, expect.stringMatching(message)]);
    expect(existsSync(folder)).toBe(false);
  });

  test('says its release and its commands', () => {
    expect(runAgent('--version').stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    const { stdout } = runAgent('--help');
    for (const command of [
      'serve',
      'init',
      'cert',
      'token',
      'status',
      'forget',
      'drop-ins',
      'units',
      'ready',
      'remove',
      'claims',
      'pools',
    ]) {
      expect(stdout).toContain(command);
    }
  });

  test('init makes all that serve needs, secrets for their owner only, and never twice', async () => {
    const { status, stdout } = init();
    expect(status).toBe(0);
    const token = readFileSync(at('token'), 'utf8').trim();
    expect(stdout).not.toContain(token);
    expect(token).toMatch(/^[\w-]{43}$/);
    for (const file of ['token', 'ca.key', 'server.key', 'agent.yaml'])
      expect(mode(file)).toBe(0o600);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    const agent = await start();
    const client = agent.client();
    expect(await client.info()).toMatchObject({ name: 'edge-1' });
    await client.close();
    expect(await agent.end('SIGTERM')).toBe(0);
    const again = init();
    expect(again.status).toBe(2);
    expect(again.stderr).toContain('is there already');
    expect(readFileSync(at('token'), 'utf8').trim()).toBe(token);
  });

  test('cert keeps the CA, and makes certificates that it signed for these names', () => {
    const args = ['--dir', folder, '--name', 'edge-1', '--address', '10.0.0.5', 'edge.example.org'];
    expect(runAgent('cert', ...args, '--client', 'pulumi').status).toBe(0);
    const ca = readFileSync(at('ca.crt'), 'utf8');
    const read = (name: string) => new X509Certificate(readFileSync(at(name)));
    for (const name of ['server.crt', 'client-pulumi.crt']) {
      expect(read(name).verify(new X509Certificate(ca).publicKey)).toBe(true);
      expect(read(name).checkIssued(new X509Certificate(ca))).toBe(true);
    }
    expect(read('server.crt').checkIP('10.0.0.5')).toBe('10.0.0.5');
    expect(read('server.crt').checkHost('edge.example.org')).toBe('edge.example.org');
    expect(read('server.crt').checkHost('edge-1')).toBe('edge-1');
    expect(read('client-pulumi.crt').subject).toBe('CN=pulumi');
    expect(read('client-pulumi.crt').publicKey.asymmetricKeyDetails).toEqual({
      namedCurve: 'prime256v1',
    });
    expect(mode('client-pulumi.key')).toBe(0o600);
    expect(runAgent('cert', ...args).status).toBe(0);
    expect(readFileSync(at('ca.crt'), 'utf8')).toBe(ca);
    const wrong = runAgent('cert', ...args.slice(0, 4), '--address', 'no address');
    expect([wrong.status, wrong.stderr]).toEqual([2, expect.stringContaining('"no address"')]);
  });

  test('token prints the hash for agent.yaml and not the token', () => {
    const { status, stdout } = runAgent('token', '--dir', folder, '--name', 'ci');
    expect(status).toBe(0);
    const token = readFileSync(at('ci.token'), 'utf8').trim();
    expect(mode('ci.token')).toBe(0o600);
    expect(stdout).not.toContain(token);
    const [entry] = parse(stdout.split('\n').slice(2).join('\n')) as { sha256: string }[];
    expect(entry?.sha256).toBe(hashToken(token).toString('hex'));
    expect(runAgent('token', '--dir', folder, '--name', '../x').status).toBe(2);
    expect(readdirSync(path.dirname(folder))).toEqual(['agent']);
  });

  test('a wrong configuration ends with 2, a damaged store with 3, both named; so does a second agent', async () => {
    init();
    writeFileSync(at('wrong.yaml'), 'name: edge-1\n');
    const wrong = runAgent('serve', '--config', at('wrong.yaml'));
    expect([wrong.status, wrong.stderr]).toEqual([
      2,
      expect.stringContaining(`${at('wrong.yaml')}: tls`),
    ]);
    const agent = await start();
    const second = runAgent('serve', '--config', at('agent.yaml'));
    expect([second.status, second.stderr]).toEqual([
      3,
      expect.stringContaining('another netloom-agent'),
    ]);
    await agent.end('SIGTERM');
    writeFileSync(at('state/state.db'), 'damaged');
    const damaged = runAgent('serve', '--config', at('agent.yaml'));
    expect([damaged.status, damaged.stderr]).toEqual([
      3,
      expect.stringContaining(at('state/state.db')),
    ]);
    expect(readFileSync(at('state/state.db'), 'utf8')).toBe('damaged');
  });

  test('status shows pools and claims, whether the agent runs or not', async () => {
    init();
    const agent = await start();
    const client = agent.client();
    await client.putPool('apps/lan', {
      owner: 'stack',
      spec: { subnets: [{ subnet: '10.10.0.0/24' }] },
    });
    const claim = await client.claim({ pool: 'apps/lan', owner: 'pod' });
    await client.close();
    const json = () =>
      JSON.parse(runAgent('status', '--config', at('agent.yaml'), '-o', 'json').stdout);
    const want = {
      name: 'edge-1',
      pools: [{ name: 'apps/lan', claimed: '1', size: '254' }],
      claims: [{ pool: 'apps/lan', owner: 'pod', addresses: '10.10.0.1', id: claim.id }],
      bridges: [],
    };
    expect(json()).toMatchObject({ ...want, running: true });
    expect(runAgent('ready', '--config', at('agent.yaml')).stdout).toBe('ready\n');
    expect(runAgent('drop-ins', '--config', at('agent.yaml')).stdout).toContain('no bridges');
    expect(runAgent('status', '--config', at('agent.yaml')).stdout).toMatch(
      /agent edge-1: running[\s\S]*10\.10\.0\.1 +claimed +pod/,
    );
    await agent.end('SIGKILL');
    expect(json()).toMatchObject({ ...want, running: false });
    // Killed, not stopped: its bridges are still there.
    expect(runAgent('ready', '--config', at('agent.yaml')).status).toBe(0);
    const removal = runAgent('remove', '--config', at('agent.yaml'));
    expect([removal.status, removal.stderr]).toEqual([
      1,
      expect.stringContaining('1 address is still claimed'),
    ]);
  });

  networkTest('remove takes every bridge away, but not from under a running agent', async () => {
    init();
    const agent = await start();
    const client = agent.client();
    await client.putBridge('nl-cli-a', { owner: 'stack', spec: { addresses: ['10.71.0.1/24'] } });
    await client.putBridge('nl-cli-b', { owner: 'stack', spec: {} });
    await client.close();
    expect(runAgent('remove', '--config', at('agent.yaml')).status).toBe(3);
    expect(hasLink('nl-cli-a')).toBe(true);
    expect(await agent.end('SIGTERM')).toBe(0);
    // A stop leaves the links: pods live on them.
    expect(hasLink('nl-cli-a')).toBe(true);
    const removal = runAgent('remove', '--config', at('agent.yaml'));
    expect([removal.status, removal.stdout]).toEqual([0, 'removed nl-cli-a\nremoved nl-cli-b\n']);
    expect([hasLink('nl-cli-a'), hasLink('nl-cli-b')]).toEqual([false, false]);
    expect(existsSync(at('state/state.db'))).toBe(true);
  });
});
