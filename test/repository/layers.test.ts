import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { nodePath } from '../../scripts/tools';

const root = join(__dirname, '..', '..');

/** Folders that hold nothing written by hand. */
const GENERATED = new Set([
  'node_modules',
  'lib',
  'dist',
  'coverage',
  '.git',
  '.cache',
  'cdk8s.out',
]);

/** Files of the checkout, without git: a machine with only Node and npm has none. */
function filesBelow(folder: string, ending: RegExp): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const file = join(folder, entry.name);
    if (entry.isDirectory()) return GENERATED.has(entry.name) ? [] : filesBelow(file, ending);
    return entry.isFile() && ending.test(entry.name) ? [relative(root, file)] : [];
  });
}

describe('imports between folders, as Biome checks them', () => {
  interface Layer {
    readonly folder: string;
    readonly refused: readonly string[];
    readonly allowed: readonly string[];
  }

  const FRAMEWORKS = [
    'cdk8s',
    'cdk8s-plus-28',
    'constructs',
    '@pulumi/pulumi',
    '@pulumi/kubernetes',
  ];
  const MACHINE = ['node:fs', 'fs', 'node:net', 'node:http', 'node:child_process', 'undici'];
  const UPPER = ['../constructs', '../provider', '../provider-runtime', '../agent-api/client'];

  const layers: Layer[] = [
    {
      folder: 'src/ipam',
      refused: [
        ...FRAMEWORKS,
        ...MACHINE,
        ...UPPER,
        '../cni',
        '../kubernetes',
        '../rules',
        './../cni',
      ],
      allowed: ['./cidr', '../errors', 'ip-address', 'node:crypto'],
    },
    {
      folder: 'src/cni',
      refused: [...FRAMEWORKS, ...MACHINE, ...UPPER, '../kubernetes', '../rules/network'],
      allowed: ['./bridge', '../errors', '../ipam', '../ipam/cidr'],
    },
    {
      folder: 'src/kubernetes',
      refused: [...FRAMEWORKS, ...MACHINE, ...UPPER, '../rules', '../installs'],
      allowed: ['./network', '../errors', '../ipam', '../cni', '../cni/bridge'],
    },
    {
      folder: 'src/installs',
      refused: [...FRAMEWORKS, ...MACHINE, ...UPPER, '../rules', '../index', 'netloom'],
      allowed: ['./install-object', '../errors', '../ipam', '../cni', '../kubernetes', 'yaml'],
    },
    {
      folder: 'src/rules',
      refused: [...FRAMEWORKS, ...MACHINE, ...UPPER, '../index', 'netloom'],
      allowed: ['./network', '../errors', '../ipam', '../cni', '../kubernetes', '../installs'],
    },
    {
      folder: 'src/agent-api',
      refused: [...FRAMEWORKS, '../cni', '../kubernetes', '../rules', '../provider', 'fastify'],
      allowed: ['./schemas', '../errors', '../ipam', 'zod', 'undici', 'node:fs'],
    },
    {
      folder: 'src/cdk8s-validation',
      refused: [...FRAMEWORKS, ...MACHINE, ...UPPER, '../cni', '../index', 'cdk8s-cli', 'yaml'],
      allowed: ['./validation', '../errors', '../kubernetes', '../rules'],
    },
    {
      folder: 'src/cli',
      refused: [...FRAMEWORKS, ...UPPER, '../cni/codec', '../index', 'netloom', 'undici', 'zod'],
      allowed: ['./findings', './commands/check', '../errors', '../rules', 'commander', 'node:fs'],
    },
    {
      folder: 'src/cli/commands',
      refused: [
        ...FRAMEWORKS,
        '../../constructs',
        '../../provider',
        '../../agent-api/client',
        '../../rules/network',
        '../../index',
        './../../constructs',
      ],
      allowed: [
        './check',
        '../findings',
        '../input/piece',
        '../../agent-api',
        '../../cni',
        '../../rules',
        'yaml',
      ],
    },
    {
      folder: 'src/constructs',
      refused: [
        '@pulumi/pulumi',
        '../provider',
        '../agent-api',
        'undici',
        'netloom-agent',
        'node:net',
      ],
      allowed: ['cdk8s', 'constructs', 'cdk8s-plus-28', '../rules', '../kubernetes', './network'],
    },
    {
      folder: 'src/provider',
      refused: ['cdk8s', 'constructs', 'cdk8s-plus-28', '../constructs', '../provider-runtime'],
      allowed: [
        '@pulumi/pulumi',
        '@pulumi/kubernetes',
        '../agent-api',
        '../rules',
        './host-bridge',
      ],
    },
    {
      folder: 'src/provider-cdk8s',
      refused: ['cdk8s-plus-28', '../constructs', '../rules', '../provider-runtime', 'node:fs'],
      allowed: ['@pulumi/pulumi', 'cdk8s', 'constructs', '../provider/problems', './cdk8s-chart'],
    },
    {
      folder: 'src/policy',
      refused: [...FRAMEWORKS, ...MACHINE, ...UPPER, '../cni', '../index', '@pulumi/policy'],
      allowed: ['./policy', '../errors', '../kubernetes', '../rules'],
    },
    {
      folder: 'src/provider-runtime',
      refused: [...FRAMEWORKS, '../constructs', '../provider', '../provider/host-bridge'],
      allowed: [
        '../agent-api',
        '../rules',
        '@kubernetes/client-node',
        'node:fs',
        './address-claim',
      ],
    },
    {
      folder: 'node-agent/src',
      refused: [
        ...FRAMEWORKS,
        'netloom/constructs',
        'netloom/provider',
        '../../src/ipam',
        '../../lib',
      ],
      allowed: ['netloom', 'netloom/agent-api', 'pino', 'node:sqlite', './store'],
    },
    {
      folder: 'examples/story',
      refused: [
        '../../src',
        '../../src/constructs',
        '../../lib/index',
        '../../node-agent/src/main',
      ],
      allowed: ['netloom', 'netloom/constructs', 'netloom/provider', 'cdk8s', './networks'],
    },
  ];

  let scratch: string;
  let refusals: Map<string, Set<number>>;

  const lines = ({ refused, allowed }: Layer) => [...refused, ...allowed];

  // One run of Biome over a copy of the folders, so that nothing is planted in the checkout.
  beforeAll(() => {
    scratch = mkdtempSync(join(tmpdir(), 'netloom-layers-'));
    copyFileSync(join(root, 'biome.json'), join(scratch, 'biome.json'));
    for (const layer of layers) {
      mkdirSync(join(scratch, layer.folder), { recursive: true });
      const text = lines(layer).map((name, index) => `import * as x${index} from '${name}';\n`);
      writeFileSync(join(scratch, layer.folder, 'planted.ts'), text.join(''));
    }
    writeFileSync(join(scratch, 'src', 'errors.ts'), "import './ipam';\n");
    writeFileSync(join(scratch, 'src', 'index.ts'), "export * from './agent-api';\n");
    const biome = require.resolve('@biomejs/biome/bin/biome', { paths: [root] });
    const rule = '--only=style/noRestrictedImports';
    const args = [biome, 'lint', rule, '--reporter=json', '--max-diagnostics=none', '.'];
    const child = spawnSync(nodePath(), args, { cwd: scratch, encoding: 'utf8' });
    refusals = new Map();
    for (const { location } of JSON.parse(child.stdout).diagnostics) {
      const file = String(location.path);
      refusals.set(file, (refusals.get(file) ?? new Set()).add(Number(location.start.line)));
    }
  });

  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

  test.each(layers)('$folder', (layer) => {
    const refused = refusals.get(join(layer.folder, 'planted.ts')) ?? new Set();
    const seen = lines(layer).filter((_name, index) => refused.has(index + 1));
    expect(seen).toEqual(layer.refused);
  });

  test.each(['src/errors.ts', 'src/index.ts'])('%s', (file) => {
    expect(refusals.get(file)).toEqual(new Set([1]));
  });

  test('every folder of src has its rule', () => {
    const covered = layers.map(({ folder }) => folder);
    const folders = readdirSync(join(root, 'src'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => `src/${entry.name}`);
    expect(folders.filter((folder) => !covered.includes(folder))).toEqual([]);
  });
});

describe('what Biome does not see', () => {
  /** `require()` passes noRestrictedImports; the shims of dynamic resources need it as text, and cdk8s-plus comes late. */
  const MAY_REQUIRE = [
    /^src\/provider\//,
    /^src\/constructs\/multi-net-(?:pod|deployment|stateful-set|daemon-set)\.ts$/,
  ];

  test('require() and import types stand only where they are meant to', () => {
    const calls = /\brequire\s*\(|\bcreateRequire\b|\bimport\(\s*['"](?:cdk8s|@pulumi)/;
    const found = filesBelow(join(root, 'src'), /\.ts$/).filter(
      (file) =>
        !MAY_REQUIRE.some((allowed) => allowed.test(file)) &&
        calls.test(readFileSync(join(root, file), 'utf8')),
    );
    expect(found).toEqual([]);
  });

  const frameworks = {
    cdk8s: /\/node_modules\/(?:cdk8s|cdk8s-plus-\d+|constructs)\//,
    pulumi: /\/node_modules\/@pulumi\//,
    undici: /\/node_modules\/undici\//,
  };

  const entries: { entry: string; without: (keyof typeof frameworks)[] }[] = [
    { entry: 'netloom', without: ['cdk8s', 'pulumi', 'undici'] },
    { entry: 'netloom/constructs', without: ['pulumi', 'undici'] },
    { entry: 'netloom/provider', without: ['cdk8s'] },
    { entry: 'netloom/provider/cdk8s', without: [] },
    { entry: 'netloom/policy', without: ['cdk8s', 'pulumi', 'undici'] },
    { entry: 'netloom/provider-runtime', without: ['cdk8s', 'pulumi'] },
    { entry: 'netloom/agent-api', without: ['cdk8s', 'pulumi'] },
    { entry: 'netloom/cdk8s-validation', without: ['cdk8s', 'pulumi', 'undici'] },
  ];

  test.each(entries)('loading the built $entry loads none of $without', ({ entry, without }) => {
    const code = `require('${entry}'); console.log(JSON.stringify(Object.keys(require.cache)))`;
    const child = spawnSync(nodePath(), ['-e', code], { cwd: root, encoding: 'utf8' });
    expect(child.stderr).toBe('');
    const loaded: string[] = JSON.parse(child.stdout);
    expect(loaded.some((file) => file.startsWith(join(root, 'lib')))).toBe(true);
    for (const framework of without) {
      expect(loaded.filter((file) => frameworks[framework].test(file))).toEqual([]);
    }
  });
});

describe('package-lock.json', () => {
  interface Entry {
    readonly resolved?: string;
    readonly link?: boolean;
    readonly os?: string[];
    readonly cpu?: string[];
  }
  const lock: { packages: Record<string, Entry> } = JSON.parse(
    readFileSync(join(root, 'package-lock.json'), 'utf8'),
  );

  test('every optional dependency has an entry, which `npm ci` insists on', () => {
    const { missingOptional } = require('../../scripts/complete-lockfile');
    // When this fails: npm run lockfile
    expect(missingOptional(lock)).toEqual([]);
  });

  test('no entry says where it was downloaded from', () => {
    const addresses = Object.entries(lock.packages)
      .filter(([, { resolved, link }]) => resolved !== undefined && !link)
      .map(([name, { resolved }]) => `${name}: ${resolved}`);
    expect(addresses).toEqual([]);
    expect(readFileSync(join(root, 'package-lock.json'), 'utf8')).not.toMatch(/"https?:[^"]*\.tgz/);
  });

  const { completeLockfile, platformOf } = require('../../scripts/complete-lockfile');

  test.each([
    ['@biomejs/cli-linux-arm64-musl', { os: ['linux'], cpu: ['arm64'], libc: ['musl'] }],
    ['@swc/core-linux-arm-gnueabihf', { os: ['linux'], cpu: ['arm'], libc: ['glibc'] }],
    [
      '@unrs/resolver-binding-linux-arm-musleabihf',
      { os: ['linux'], cpu: ['arm'], libc: ['musl'] },
    ],
    ['@swc/core-win32-x64-msvc', { os: ['win32'], cpu: ['x64'] }],
    ['@unrs/resolver-binding-android-arm-eabi', { os: ['android'], cpu: ['arm'] }],
    ['@unrs/resolver-binding-wasm32-wasi', { cpu: ['wasm32'] }],
    ['@esbuild/openharmony-arm64', { os: ['openharmony'], cpu: ['arm64'] }],
    ['fsevents', undefined],
    ['@scope/linux-tools', undefined],
  ])('the platform of %s is read from its name', (name, want) => {
    expect(platformOf(name)).toEqual(want);
  });

  test('a missing platform package gets version, platform and the flags of its parent', () => {
    const parent = {
      version: '1.0.0',
      dev: true,
      optionalDependencies: { '@x/y-darwin-x64': '1.0.0' },
    };
    const {
      lock: completed,
      added,
      refused,
    } = completeLockfile({
      packages: { '': {}, 'node_modules/@x/y': parent },
    });
    expect(added).toEqual(['@x/y-darwin-x64@1.0.0']);
    expect(refused).toEqual([]);
    expect(completed.packages['node_modules/@x/y-darwin-x64']).toEqual({
      version: '1.0.0',
      cpu: ['x64'],
      dev: true,
      optional: true,
      os: ['darwin'],
    });
  });

  test('a version range or an unknown platform is refused by name, not guessed', () => {
    const parent = { optionalDependencies: { fsevents: '2.3.3', '@x/y-linux-x64': '^1.0.0' } };
    const { added, refused } = completeLockfile({ packages: { 'node_modules/x': parent } });
    expect(added).toEqual([]);
    expect(refused).toHaveLength(2);
  });
});

describe('files of the checkout', () => {
  const text = /\.(ts|mts|cts|js|mjs|cjs|json|ya?ml|md|sh|service|html|svg)$|^(run|\.npmrc)$/;

  test('name no folder of the machine they were written on, and no package registry', () => {
    const home = /(?:^|[^\w.-])\/(?:home|Users)\/(?!user\b|you\b)[a-z][\w-]*\//;
    const registries = [/registry\.(?:npmjs|yarnpkg)\.[a-z]+/, /npmmirror\./, /\/_packaging\//];
    const isBad = (line: string) =>
      line.includes(`${root}/`) || [home, ...registries].some((pattern) => pattern.test(line));
    const found = filesBelow(root, text)
      .filter((file) => file !== relative(root, __filename))
      .flatMap((file) =>
        readFileSync(join(root, file), 'utf8')
          .split('\n')
          .flatMap((line, index) => (isBad(line) ? [`${file}:${index + 1}: ${line.trim()}`] : [])),
      );
    expect(found).toEqual([]);
  });
});
