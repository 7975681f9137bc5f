import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { findTool } from '../../scripts/tools';
import { AgentProcess } from '../support/agent';
import { describeUnless, kernelSkipReason } from '../support/network-suite';
import { hasLink, ipJson, ROOT } from '../support/story';

const run = promisify(execFile);
const reason = findTool('pulumi') === undefined ? 'no pulumi CLI on PATH' : kernelSkipReason();

describeUnless(reason, 'the real Pulumi CLI', () => {
  let folder: string;
  let agent: AgentProcess;

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'netloom-cli-'));
    for (const name of ['agent', 'backend', 'home', 'program'])
      mkdirSync(path.join(folder, name), { mode: 0o700 });
    agent = new AgentProcess({ dir: path.join(folder, 'agent'), name: 'edge-1' });
    agent.init();
    await agent.start();
    project();
    await pulumi('stack', 'init', 'dev');
    for (const [key, value] of Object.entries(agent.pulumiConfig)) {
      await pulumi('config', 'set', key, '--plaintext', value);
    }
    await addresses('10.31.0.1/24');
  }, 120_000);

  afterAll(async () => {
    await agent?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** A project of its own that finds netloom as an installed package. */
  function project(): void {
    const dir = path.join(folder, 'program');
    writeFileSync(
      path.join(dir, 'Pulumi.yaml'),
      'name: claims\nruntime: nodejs\nmain: claims.ts\n',
    );
    writeFileSync(path.join(dir, 'package.json'), '{"name":"claims","private":true}');
    writeFileSync(
      path.join(dir, 'tsconfig.json'),
      '{"compilerOptions":{"target":"es2022","module":"node16","moduleResolution":"node16","strict":true,"skipLibCheck":true}}',
    );
    symlinkSync(path.join(ROOT, 'node_modules'), path.join(dir, 'node_modules'));
    copyFileSync(path.join(__dirname, 'programs/claims.ts'), path.join(dir, 'claims.ts'));
  }

  async function pulumi(...args: string[]): Promise<string> {
    const launcher = path.join(ROOT, 'node_modules/@pulumi/pulumi');
    const env = {
      ...process.env,
      PATH: `${path.dirname(process.execPath)}:${process.env['PATH']}:${launcher}`,
      PULUMI_BACKEND_URL: `file://${folder}/backend`,
      PULUMI_HOME: path.join(folder, 'home'),
      PULUMI_CONFIG_PASSPHRASE: 'test',
      PULUMI_SKIP_UPDATE_CHECK: 'true',
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: 'true',
    };
    const options = { cwd: path.join(folder, 'program'), env, maxBuffer: 1 << 26 };
    try {
      const { stdout } = await run(
        findTool('pulumi') as string,
        ['--non-interactive', '--color', 'never', ...args],
        options,
      );
      return stdout;
    } catch (error) {
      const { stdout, stderr } = error as { stdout: string; stderr: string };
      throw new Error(`pulumi ${args.join(' ')}:\n${stdout}${stderr}`);
    }
  }

  function addresses(...list: string[]): Promise<string> {
    return pulumi('config', 'set', '--plaintext', 'addresses', JSON.stringify(list));
  }

  async function resources(): Promise<any[]> {
    return JSON.parse(await pulumi('stack', 'export')).deployment.resources ?? [];
  }

  test('preview shows the address, up takes that very one, a second preview finds nothing to do', async () => {
    expect(await pulumi('preview')).toMatch(/address\s*: "10\.30\.0\.10"/);
    expect(await agent.client().claims('vips')).toMatchObject([{ state: 'offered' }]);
    expect(hasLink('br-cli')).toBe(false);
    await pulumi('up', '--yes', '--skip-preview');
    expect(JSON.parse(await pulumi('stack', 'output', '--json'))).toEqual({
      address: '10.30.0.10',
      cidrs: ['10.30.0.10/24', 'fd00:30::10/64'],
    });
    expect(hasLink('br-cli')).toBe(true);
    await pulumi('preview', '--expect-no-changes');
    await pulumi('refresh', '--yes', '--expect-no-changes');
  }, 120_000);

  test('the state holds no secret and little else', async () => {
    const mine = (await resources()).filter((one) =>
      one.type.startsWith('pulumi-nodejs:dynamic/netloom:'),
    );
    expect(mine).toHaveLength(3);
    expect(JSON.stringify(mine)).not.toContain(agent.token);
    for (const { stackTrace: _trace, sourcePosition: _position, ...kept } of mine) {
      expect(JSON.stringify(kept).length).toBeLessThanOrEqual(1536);
    }
  }, 60_000);

  test('a changed address changes the bridge in place', async () => {
    await addresses('10.31.0.1/24', '10.31.0.2/24');
    expect(await pulumi('up', '--yes', '--skip-preview')).toMatch(/1 updated/);
    const v4 = ipJson('addr', 'show', 'br-cli')[0].addr_info.filter(
      (one: any) => one.family === 'inet',
    );
    expect(v4.map((one: any) => one.local)).toEqual(['10.31.0.1', '10.31.0.2']);
  }, 60_000);

  test('--target-replace keeps the claim', async () => {
    const claim = (await resources()).find((one) => one.type.endsWith(':AddressClaim'));
    await pulumi('up', '--yes', '--skip-preview', '--target-replace', claim.urn);
    expect(await agent.client().claims('vips')).toMatchObject([
      { state: 'claimed', addresses: ['10.30.0.10', 'fd00:30::10'] },
    ]);
  }, 60_000);

  test('destroy leaves nothing', async () => {
    await pulumi('destroy', '--yes', '--skip-preview');
    expect(hasLink('br-cli')).toBe(false);
    expect(await agent.client().pools()).toEqual([]);
  }, 60_000);
});
