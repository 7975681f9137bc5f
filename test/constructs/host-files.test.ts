import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { App, Chart } from 'cdk8s';
import type { HostFile } from 'netloom';
import { addHostParts, HostFiles, type HostParts } from 'netloom/constructs';
import { ROOT } from '../support/story';
import { placeOf, problemsOfSynth } from './support';

const CONFIG: HostFile = {
  path: '/etc/rancher/rke2/config.yaml.d/50-netloom.yaml',
  content: 'cni:\n- multus\n- calico\n',
  where: 'every server node, before RKE2 starts',
};
const RESTART = {
  title: 'Restart the server',
  commands: [['sudo', 'systemctl', 'restart', 'rke2-server']],
  undo: [['echo', "it's", 'nothing $HOME']],
  where: 'every server node',
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'netloom-host-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** An app that writes below the test's own folder, with parts of one chart each. */
function appWith(...parts: HostParts[]): App {
  const app = new App({ outdir: path.join(folder, 'dist') });
  parts.forEach((each, index) => {
    addHostParts(new Chart(app, `chart${index}`), each);
  });
  return app;
}

describe('files and steps for hosts', () => {
  test('S2.2 are collected over the app, and each is there once', () => {
    const app = appWith(
      { files: [CONFIG], steps: [RESTART] },
      { files: [{ ...CONFIG, path: '/etc/a' }, CONFIG], steps: [RESTART] },
    );
    const all = HostFiles.of(app);
    expect(all.files.map((file) => file.path)).toEqual(['/etc/a', CONFIG.path]);
    expect(all.steps).toEqual([RESTART]);
    const first = app.node.findChild('chart0');
    expect(HostFiles.of(first).files).toEqual([CONFIG]);
  });

  test('are asked for when they are wanted, not when they are told of', () => {
    const app = new App({ outdir: folder });
    const files: HostFile[] = [];
    addHostParts(new Chart(app, 'late'), () => ({ files }));
    files.push(CONFIG);
    expect(HostFiles.of(app).files).toEqual([CONFIG]);
  });

  test('are written below the output folder, with a page that says where they go', () => {
    const app = appWith({ files: [CONFIG], steps: [RESTART] });
    app.synth();
    const host = path.join(folder, 'dist/host');
    const copy = path.join(host, 'etc/rancher/rke2/config.yaml.d/50-netloom.yaml.txt');
    expect(HostFiles.of(app).write()).toEqual([path.join(host, 'README.md'), copy]);
    expect(readFileSync(copy, 'utf8')).toBe(CONFIG.content);
    expect(readFileSync(path.join(host, 'README.md'), 'utf8')).toMatchInlineSnapshot(`
"# What belongs on hosts

Nothing in the cluster can do this, and nothing here goes to the API server. Copy this folder to the
hosts, and type the commands in it.

## Files

### \`/etc/rancher/rke2/config.yaml.d/50-netloom.yaml\`

On every server node, before RKE2 starts.

\`\`\`sh
sudo install -D -m 0644 etc/rancher/rke2/config.yaml.d/50-netloom.yaml.txt /etc/rancher/rke2/config.yaml.d/50-netloom.yaml
\`\`\`

## Steps

### Restart the server

On every server node.

\`\`\`sh
sudo systemctl restart rke2-server
\`\`\`

To take it back:

\`\`\`sh
echo 'it'\\''s' 'nothing $HOME'
\`\`\`
"
`);
    // Again, over what is there: the same bytes, and nothing else.
    expect(HostFiles.of(app).write()).toHaveLength(2);
    expect(readdirSync(path.dirname(copy))).toEqual(['50-netloom.yaml.txt']);
  });

  test('nothing is written when nothing belongs on hosts', () => {
    expect(HostFiles.of(appWith({})).write()).toEqual([]);
    expect(existsSync(path.join(folder, 'dist'))).toBe(false);
  });

  test('no copy has a name that kubectl, cdk8s or a GitOps controller takes for a manifest', () => {
    const names = ['/etc/a.yaml', '/etc/b.yml', '/etc/c.json', '/etc/d'];
    const app = appWith({ files: names.map((each) => ({ ...CONFIG, path: each })) });
    for (const written of HostFiles.of(app).write()) expect(written).toMatch(/\.(txt|md)$/);
  });

  test('stand beside the templates of a Helm chart: Helm takes all there for templates', () => {
    const app = new App({ outdir: path.join(folder, 'chart/templates') });
    addHostParts(new Chart(app, 'chart'), { files: [CONFIG] });
    mkdirSync(path.join(folder, 'chart'));
    writeFileSync(path.join(folder, 'chart/Chart.yaml'), 'name: chart\n');
    const [page] = HostFiles.of(app).write();
    expect(page).toBe(path.join(folder, 'chart/host/README.md'));
  });

  test('cdk8s synth --stdout prints manifests only, and cdk8s synth keeps the files', () => {
    const program = path.join(folder, 'main.ts');
    const entry = path.join(ROOT, 'lib/constructs');
    const cdk8s = path.join(ROOT, 'node_modules/cdk8s');
    writeFileSync(
      program,
      `import { App, Chart } from ${JSON.stringify(cdk8s)};
       import { addHostParts, HostFiles } from ${JSON.stringify(entry)};
       const app = new App();
       addHostParts(new Chart(app, 'empty'), { files: [${JSON.stringify(CONFIG)}] });
       app.synth();
       HostFiles.of(app).write();`,
    );
    const bin = path.join(ROOT, 'node_modules/.bin');
    const env = { ...process.env, CDK8S_CHECK_UPGRADE: 'false' };
    const synth = (...args: string[]): string =>
      execFileSync(
        path.join(bin, 'cdk8s'),
        ['synth', '--app', `${path.join(bin, 'tsx')} ${program}`, ...args],
        { cwd: folder, env, encoding: 'utf8' },
      );
    expect(synth('--stdout').trim()).toBe('');
    expect(synth('--output', 'out')).not.toContain('host');
    expect(readdirSync(path.join(folder, 'out')).sort()).toEqual(['empty.k8s.yaml', 'host']);
  }, 60_000);
});

describe('a file for hosts that nobody can write safely', () => {
  const PATHS = [
    'etc/a',
    '/etc/../../a',
    '/etc/./a',
    '//etc/a',
    '/etc/a/',
    '/',
    '',
    '/etc/a b',
    '/etc/a\nb',
    '/etc/$(id)',
    '/etc/`id`',
    '/etc\\a',
  ];
  test.each(PATHS)('path %j is refused at synthesis and when it is written', (each) => {
    const app = appWith({ files: [{ ...CONFIG, path: each }] });
    expect(problemsOfSynth(() => app.synth())).toEqual([
      expect.stringMatching('(NL_NAME_INVALID)'),
    ]);
    expect(() => HostFiles.of(app).write()).toThrow('NL_NAME_INVALID');
    expect(existsSync(path.join(folder, 'dist/host'))).toBe(false);
  });

  test('two contents for one path are refused, at both who want them', () => {
    const app = appWith({ files: [CONFIG] }, { files: [{ ...CONFIG, content: 'cni: none\n' }] });
    const key = `hostFiles["${CONFIG.path}"]`;
    expect(problemsOfSynth(() => app.synth()).map(placeOf)).toEqual([
      `[chart0] ${key} NL_VALUES_CONFLICT`,
      `[chart1] ${key} NL_VALUES_CONFLICT`,
    ]);
    expect(() => HostFiles.of(app).write()).toThrow('NL_VALUES_CONFLICT');
  });

  test.each(['dist/host', 'dist/host/etc', 'dist/host/etc/rancher'])(
    'a symbolic link in place of the folder %s is not followed',
    (link) => {
      const elsewhere = path.join(folder, 'elsewhere');
      mkdirSync(elsewhere);
      mkdirSync(path.join(folder, path.dirname(link)), { recursive: true });
      symlinkSync(elsewhere, path.join(folder, link));
      expect(() => HostFiles.of(appWith({ files: [CONFIG] })).write()).toThrow('symbolic link');
      expect(readdirSync(elsewhere)).toEqual([]);
    },
  );

  test('a symbolic link in place of a file is replaced, not followed', () => {
    const secret = path.join(folder, 'secret');
    writeFileSync(secret, 'kept');
    mkdirSync(path.join(folder, 'dist/host'), { recursive: true });
    symlinkSync(secret, path.join(folder, 'dist/host/README.md'));
    const [page] = HostFiles.of(appWith({ files: [CONFIG] })).write();
    expect(readFileSync(secret, 'utf8')).toBe('kept');
    expect(readFileSync(page as string, 'utf8')).toContain('# What belongs on hosts');
  });
});
