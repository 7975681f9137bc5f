import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { nodePath, npmCommand } from '../../scripts/tools';
import { providerText } from '../../src/provider/dynamic-resource';
import { DynamicProviderProcess } from '../support/dynamic-provider';

const { pack } = require('../../scripts/pack') as {
  pack(folder: string): { library: string; agent: string };
};

const root = join(__dirname, '..', '..');
const MINUTE = 60_000;
const CDK8S = ['cdk8s', 'constructs', 'cdk8s-plus-28'];
const PULUMI = ['@pulumi/pulumi', '@pulumi/kubernetes'];

jest.setTimeout(5 * MINUTE);

let scratch: string;
let tarballs: { library: string; agent: string };

function run(file: string, args: string[], cwd: string): SpawnSyncReturns<string> {
  // As on a user's machine: nothing of the checkout on PATH except its Node.
  const PATH = `${dirname(nodePath())}${delimiter}${process.env.PATH ?? ''}`;
  const env: NodeJS.ProcessEnv = { ...process.env, PATH };
  for (const name of ['NODE_PATH', 'NODE_OPTIONS', 'JEST_WORKER_ID']) delete env[name];
  return spawnSync(file, args, {
    cwd,
    encoding: 'utf8',
    env,
    timeout: 4 * MINUTE,
  });
}

function expectSuccess(child: SpawnSyncReturns<string>): string {
  const { status, stdout, stderr } = child;
  if (status !== 0) throw new Error(`status ${status}\n${stdout}\n${stderr}`);
  return stdout;
}

/** The release that the checkout is tested with, so that npm's cache has it. */
function installedVersion(name: string): string {
  const manifest = join(root, 'node_modules', name, 'package.json');
  return JSON.parse(readFileSync(manifest, 'utf8')).version;
}

/** A project of a user's, with the given packages and tarballs installed. */
function makeProject(name: string, packages: string[], files: Record<string, string>): string {
  const folder = join(scratch, name);
  mkdirSync(folder);
  const versions = [...packages, '@types/node'].map((each) => [each, installedVersion(each)]);
  const local = Object.entries(files).map(([each, file]) => [each, `file:${file}`]);
  const manifest = { private: true, dependencies: Object.fromEntries([...versions, ...local]) };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest, null, 2));
  const [npm, ...first] = npmCommand();
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
  const args = ['install', '--ignore-scripts', '--prefer-offline', ...quiet];
  expectSuccess(run(npm, [...first, ...args], folder));
  return folder;
}

let project: { cdk8s: string; pulumi: string; bare: string };

beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'netloom-package-'));
  // A node_modules further up would make a missing peer look present.
  for (let folder = scratch; folder !== dirname(folder); folder = dirname(folder)) {
    if (existsSync(join(folder, 'node_modules'))) throw new Error(`${folder} has a node_modules`);
  }
  tarballs = pack(scratch);
  const library = { netloom: tarballs.library };
  project = {
    cdk8s: makeProject('with-cdk8s', CDK8S, library),
    pulumi: makeProject('with-pulumi', PULUMI, library),
    bare: makeProject('bare', [], { ...library, 'netloom-agent': tarballs.agent }),
  };
}, 10 * MINUTE);

afterAll(() => rmSync(scratch, { recursive: true, force: true }));

type Loader = 'require' | 'import';

/** Runs a script that sees one entry as `entry`, loaded in one of the two ways; gives its JSON. */
function useEntry(folder: string, loader: Loader, name: string, body: string): unknown {
  const file = join(folder, loader === 'require' ? 'use.cjs' : 'use.mjs');
  const load =
    loader === 'require'
      ? `const entry = require('${name}');`
      : `import * as entry from '${name}';\nimport { createRequire } from 'node:module';\n` +
        'const require = createRequire(import.meta.url);';
  writeFileSync(file, `${load}\nconst answer = ${body};\nconsole.log(JSON.stringify(answer));\n`);
  const stdout = expectSuccess(run(nodePath(), [file], folder));
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
}

function failureOf(
  folder: string,
  loader: Loader,
  name: string,
): { code: string; message: string } {
  const load = loader === 'require' ? `Promise.try(() => require('${name}'))` : `import('${name}')`;
  const tell =
    '(error) => console.log(JSON.stringify({ code: error.code, message: error.message }))';
  const stdout = expectSuccess(run(nodePath(), ['-e', `${load}.then(() => {}, ${tell})`], folder));
  return JSON.parse(stdout || '{}');
}

function contents(tarball: string): string[] {
  const child = spawnSync('tar', ['-tzf', tarball], { encoding: 'utf8' });
  return expectSuccess(child).trim().split('\n').sort();
}

describe('what is packed', () => {
  test('the library: its build, manifest and papers, nothing else', () => {
    const files = contents(tarballs.library);
    const allowed =
      /^package\/(?:lib\/.*\.(?:js|mjs|d\.ts|d\.mts)|docs\/errors\.md|package\.json|README\.md|CHANGELOG\.md|LICENSE)$/;
    expect(files.filter((file) => !allowed.test(file))).toEqual([]);
    for (const file of ['lib/index.js', 'lib/constructs/index.d.ts', 'lib/esm/provider.mjs']) {
      expect(files).toContain(`package/${file}`);
    }
  });

  test('the agent: its program and build', () => {
    const files = contents(tarballs.agent);
    const allowed =
      /^package\/(?:lib\/.*\.(?:js|d\.ts)|bin\/[\w-]+\.js|package\.json|README\.md|LICENSE)$/;
    expect(files.filter((file) => !allowed.test(file))).toEqual([]);
    expect(files).toContain('package/bin/netloom-agent.js');
  });

  test('the manifest of the agent needs exactly this netloom, and nothing of the checkout', () => {
    const file = join(project.bare, 'node_modules', 'netloom-agent', 'package.json');
    const text = readFileSync(file, 'utf8');
    const manifest = JSON.parse(text);
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    expect(manifest.dependencies.netloom).toBe(version);
    expect(manifest.version).toBe(version);
    expect(manifest).not.toHaveProperty('devDependencies');
    expect(text).not.toMatch(/"(?:file|link|workspace):/);
  });
});

describe.each(['require', 'import'] as const)('each entry, by %s', (loader) => {
  test('netloom does arithmetic without any peer', () => {
    const body = `[
      String(entry.Cidr.parse('10.10.0.0/24').last),
      String(entry.IpRange.parse('10.10.0.20-10.10.0.23').size),
    ]`;
    expect(useEntry(project.bare, loader, 'netloom', body)).toEqual(['10.10.0.255', '4']);
  });

  test('netloom refuses a wrong network with its own error', () => {
    const body = `(() => {
      try { return entry.Cidr.parse('10.0.0.0/33'); } catch (error) {
        return [error instanceof entry.NetloomError, /10\\.0\\.0\\.0\\/33/.test(error.message)];
      }
    })()`;
    expect(useEntry(project.bare, loader, 'netloom', body)).toEqual([true, true]);
  });

  test('netloom/agent-api checks a request without any peer', () => {
    const body = `[
      entry.API_VERSION,
      entry.putPoolSchema.safeParse({}).success,
      typeof entry.AgentClient,
    ]`;
    expect(useEntry(project.bare, loader, 'netloom/agent-api', body)).toEqual([
      'v1',
      false,
      'function',
    ]);
  });

  test('netloom/provider-runtime has the life cycle of a claim, without any peer', () => {
    const body = `['check', 'create', 'diff', 'read', 'update', 'delete'].filter(
      (name) => typeof entry.addressClaim[name] !== 'function')`;
    expect(useEntry(project.bare, loader, 'netloom/provider-runtime', body)).toEqual([]);
  });

  test('netloom/constructs synthesizes a network', () => {
    const body = `(() => {
      const { Testing } = require('cdk8s');
      const chart = Testing.chart();
      const ipam = entry.Ipam.hostLocal({ ranges: [{ subnet: '10.10.0.0/24' }] });
      new entry.BridgeNetwork(chart, 'lan', { bridge: 'br-test', ipam });
      return Testing.synth(chart).map(({ kind, spec }) => [kind, JSON.parse(spec.config).type ??
        JSON.parse(spec.config).plugins[0].type]);
    })()`;
    expect(useEntry(project.cdk8s, loader, 'netloom/constructs', body)).toEqual([
      ['NetworkAttachmentDefinition', 'bridge'],
    ]);
  });

  test('netloom/provider exports its resources', () => {
    const names = ['BridgeNetwork', 'HostBridge', 'AddressClaim', 'AddressPool', 'MultiNetPod'];
    const body = `${JSON.stringify(names)}.filter((name) => typeof entry[name] !== 'function')`;
    expect(useEntry(project.pulumi, loader, 'netloom/provider', body)).toEqual([]);
  });

  test.each([
    ['netloom/constructs', /'(?:cdk8s|constructs|cdk8s-plus-28)'/],
    ['netloom/provider', /'@pulumi\/(?:pulumi|kubernetes)[^']*'/],
  ])('%s without its peer fails and names the peer', (name, peer) => {
    const { code, message } = failureOf(project.bare, loader, name);
    expect(code).toBe('MODULE_NOT_FOUND');
    expect(message).toMatch(peer);
  });
});

test('the dynamic provider process finds the runtime in the installed tarball', async () => {
  const config = { 'netloom:agents': '{"edge-1":"https://127.0.0.1:1"}' };
  const provider = await DynamicProviderProcess.start(project.pulumi, config);
  try {
    const inputs = {
      owner: 'acme/demo/dev/AddressClaim::a',
      pool: 'vips',
      __provider: providerText('addressClaim'),
    };
    await expect(provider.check({}, inputs)).resolves.toEqual({ inputs, failures: [] });
    await expect(provider.create(inputs)).rejects.toThrow(/"edge-1".*NL_AGENT_UNREACHABLE/);
  } finally {
    provider.stop();
  }
});

test('import and require give the same classes', () => {
  const same = (folder: string, name: string, what: string) =>
    useEntry(folder, 'import', name, `require('${name}').${what} === entry.${what}`);
  expect(same(project.bare, 'netloom', 'Cidr')).toBe(true);
  expect(same(project.cdk8s, 'netloom/constructs', 'BridgeNetwork')).toBe(true);
  expect(same(project.pulumi, 'netloom/provider', 'HostBridge')).toBe(true);
});

test('netloom-agent --version tells its version', () => {
  const program = join(project.bare, 'node_modules', '.bin', 'netloom-agent');
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  expect(expectSuccess(run(program, ['--version'], project.bare))).toContain(version);
});

describe('type check of a consumer', () => {
  const USES: { project: keyof typeof project; name: string; text: string }[] = [
    {
      project: 'bare',
      name: 'pure',
      text: `
        import { Cidr, IpRange, NetloomError } from 'netloom';
        import { type ClaimView, putPoolSchema } from 'netloom/agent-api';
        export const size: bigint = IpRange.ofCidr(Cidr.parse('10.10.0.0/24')).size;
        export const view = (claim: ClaimView): object => claim;
        export const wanted: boolean = putPoolSchema.safeParse({}).success;
        export const isOurs = (error: unknown): boolean => error instanceof NetloomError;
        // @ts-expect-error a number is no network
        Cidr.parse(42);
      `,
    },
    {
      project: 'cdk8s',
      name: 'constructs',
      text: `
        import { App, Chart } from 'cdk8s';
        import { BridgeNetwork, Ipam } from 'netloom/constructs';
        const chart = new Chart(new App(), 'apps');
        const ipam = Ipam.hostLocal({ ranges: [{ subnet: '10.10.0.0/24' }] });
        export const lan: BridgeNetwork = new BridgeNetwork(chart, 'lan', { bridge: 'br-test', ipam });
        // @ts-expect-error the bridge has a name
        new BridgeNetwork(chart, 'wrong', { bridge: 7 });
      `,
    },
    {
      project: 'pulumi',
      name: 'provider',
      text: `
        import type { Output } from '@pulumi/pulumi';
        import { AddressClaim, AddressPool } from 'netloom/provider';
        const pool = new AddressPool('vips', { subnet: '10.30.0.0/24' });
        export const address: Output<string> = new AddressClaim('vip', { pool }).address;
        // @ts-expect-error a pool has a subnet
        new AddressPool('wrong', { subnet: 7 });
      `,
    },
  ];

  const MODES = [
    { ending: 'cts', options: ['--module', 'node16', '--moduleResolution', 'node16'] },
    { ending: 'mts', options: ['--module', 'node16', '--moduleResolution', 'node16'] },
    // zod's own declarations need interop; node16 and bundler switch it on by themselves.
    {
      ending: 'ts',
      options: ['--module', 'commonjs', '--esModuleInterop', '--moduleResolution', 'node10'],
    },
    { ending: 'ts', options: ['--module', 'esnext', '--moduleResolution', 'bundler'] },
  ];

  const cases = USES.flatMap((use) =>
    MODES.map((mode) => ({ ...use, ...mode, how: `${mode.ending}, ${mode.options.at(-1)}` })),
  );

  test.each(cases)('$name as $how', ({ project: where, name, text, ending, options }) => {
    const file = `${name}.${ending}`;
    writeFileSync(join(project[where], file), text);
    const tsc = require.resolve('typescript/bin/tsc', { paths: [root] });
    // Without a peer the declarations of the library have to hold on their own, word by word.
    const own = where === 'bare' ? [] : ['--skipLibCheck'];
    const strict = ['--noEmit', '--strict', '--target', 'es2022', '--types', 'node', ...own];
    const child = run(nodePath(), [tsc, ...strict, ...options, file], project[where]);
    expect(`${child.stdout}${child.stderr}`).toBe('');
    expect(child.status).toBe(0);
  });
});

describe('the command line', () => {
  const program = () => join(project.bare, 'node_modules', '.bin', 'netloom');

  test('checks, explains and says its release', () => {
    writeFileSync(join(project.bare, 'net.yaml'), 'a: [\n');
    const child = run(program(), ['check', 'net.yaml'], project.bare);
    expect(child.stdout).toMatch(/^net\.yaml:1:5: error: .*\(NL_YAML_INVALID\)/);
    expect(child.status).toBe(1);
    expect(run(program(), ['explain', 'NL_HOST_BITS'], project.bare).stdout).toMatch(/Fix/);
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    expect(run(program(), ['--version'], project.bare).stdout).toBe(`${version}\n`);
  });

  test('reads a kubeconfig', () => {
    writeFileSync(join(project.bare, 'config'), 'contexts: []\n');
    const child = run(program(), ['check', '--kubeconfig', 'config'], project.bare);
    expect(child.stderr).toBe(
      'netloom: config: no current context; name one with --context: none\n',
    );
    expect(child.status).toBe(2);
  });
});

describe('linters of packages', () => {
  const program = (name: string, inside: string) =>
    join(dirname(require.resolve(`${name}/package.json`, { paths: [root] })), inside);

  test.each(['library', 'agent'] as const)('publint finds nothing in the %s', (which) => {
    const file = join(root, 'node_modules', '.bin', 'publint');
    const child = run(file, ['run', '--strict', '--level', 'warning', tarballs[which]], scratch);
    expect(`${child.status}\n${child.stdout}${child.stderr}`).toMatch(/^0\n[\s\S]*All good/);
  });

  test.each(['library', 'agent'] as const)(
    'attw: the types of the %s resolve as its code does, in node10, node16 and bundlers',
    (which) => {
      const file = program('@arethetypeswrong/cli', 'dist/index.js');
      const args = [file, tarballs[which], '--format', 'json', '--no-definitely-typed'];
      const child = run(nodePath(), args, scratch);
      const { analysis, problems } = JSON.parse(child.stdout);
      expect(problems ?? {}).toEqual({});
      expect(analysis.problems).toEqual([]);
      expect(child.status).toBe(0);
    },
  );
});
