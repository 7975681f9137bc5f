import { symlinkSync } from 'node:fs';
import path from 'node:path';
import { buildCli, runCli } from './support/cli';
import { BAD, GOOD, TestFolder } from './support/folder';

beforeAll(() => buildCli());

const folder = new TestFolder();
const check = (...args: string[]) => runCli(['check', ...args], { cwd: folder.path });

const POD = 'apiVersion: v1\nkind: Pod\nmetadata: { name: web }\n';

describe('what is printed for people', () => {
  test('place, message, line and caret, object and key, closing line', () => {
    folder.write('net.yaml', `${POD}---\n${BAD}`);
    expect(check('net.yaml')).toEqual({
      status: 1,
      stderr: '',
      stdout: `net.yaml:13:77: error: "10.11.0.1" is not in 10.10.0.0/24. Allowed: an address of the subnet. Fix: 10.10.0.1? (NL_GATEWAY_OUTSIDE_SUBNET)
   13 |     "ipam": { "type": "host-local", "ranges": [[{ "subnet": "10.10.0.0/24", "gateway": "10.11.0.1" }]] }
      |                                                                             ^^^^^^^^^^^^^^^^^^^^^^
        NetworkAttachmentDefinition prod/lan: spec.config: ipam.ranges[0][0].gateway

2 objects checked: 1 error, 0 warnings
`,
    });
  });

  test('a network of nodes, by itself and beside a bridge and a network of pods', () => {
    folder.write(
      'host.yaml',
      `apiVersion: netloom.io/v1alpha1
kind: NodeNetwork
metadata: { name: workers }
spec:
  bridges:
    - name: br-test
      mtuu: 9000
      addresses: [10.10.0.5/24]
      sysctls:
        net.ipv4.conf.eth1.rp_filter: "1"
  vlans:
    - { name: eth1.10, link: eth1, id: "10" }
    - { name: eth1.11, link: 'eth 1', id: 11 }
---
apiVersion: netloom.io/v1alpha1
kind: HostBridge
metadata: { name: br-test }
spec: { bridge: br-test }
---
${GOOD}`,
    );
    const { status, stdout } = check('host.yaml');
    expect(status).toBe(1);
    const found = [...stdout.matchAll(/^host\.yaml:(\d+:\d+): error: .*\((\w+)\)$/gm)];
    expect(found.map(([, place, code]) => `${place} ${code}`)).toEqual([
      '7:7 NL_KEY_MISSPELT',
      '10:9 NL_SYSCTL_INVALID',
      '12:36 NL_TYPE_WRONG',
      '13:24 NL_IFNAME_INVALID',
      '18:9 NL_NAME_TWICE',
    ]);
  });

  test('nothing wrong', () => {
    folder.write('net.yaml', GOOD);
    expect(check('net.yaml')).toEqual({
      status: 0,
      stderr: '',
      stdout: '1 object checked: 0 errors, 0 warnings\n',
    });
  });

  test('the same place in a file of Windows, one of PowerShell, and a JSON file', () => {
    folder.write('a.yaml', BAD.replaceAll('\n', '\r\n'));
    folder.write('b.yaml', Buffer.from(`\uFEFF${BAD}`, 'utf16le'));
    const { stdout } = check('a.yaml', 'b.yaml');
    expect(stdout).toMatch(/^a\.yaml:9:77: error/m);
    expect(stdout).toMatch(/^b\.yaml:9:77: error/m);
    expect(stdout).not.toContain('\r');
  });

  test('tabs stay above each other, wide characters count twice, controls are not sent', () => {
    folder.write('tabs.yaml', 'a: 1\nb: {"日本\u001b[31m": 1,\t"x": 2, "x": 3}\n');
    const { stdout } = check('tabs.yaml');
    expect(stdout).toContain('    2 | b: {"日本\uFFFD[31m": 1,\t"x": 2, "x": 3}\n');
    expect(stdout).toContain(`      | ${' '.repeat(19)}\t${' '.repeat(8)}^^^\n`);
  });

  test('findings come by file and place, whatever found them', () => {
    folder.write('b.yaml', `a: 1\n---\n${BAD}---\nx: [\n`);
    folder.write('a.yaml', 'x: [\n');
    const places = check('b.yaml', 'a.yaml').stdout.match(/^[ab]\.yaml:\d+/gm);
    expect(places).toEqual(['b.yaml:11', 'b.yaml:14', 'a.yaml:1']);
  });

  test('a long line is cut around the caret', () => {
    const config = JSON.stringify(
      JSON.parse(BAD.slice(BAD.indexOf('{'), BAD.lastIndexOf('}') + 1)),
    );
    const head = BAD.slice(0, BAD.indexOf("'{"));
    folder.write(
      'long.yaml',
      `${head}${JSON.stringify(config.replace('{', `{"x":"${'😀'.repeat(300)}",`))}\n`,
    );
    const { stdout } = check('long.yaml', '--quiet');
    const [, line = '', carets = ''] = stdout.split('\n');
    expect(line).toMatch(/^ +7 \| ….*…?$/);
    expect([...line].length).toBeLessThanOrEqual(122);
    expect(line.slice(carets.indexOf('^'))).toMatch(/^\\"gateway\\":\\"10\.11\.0\.1\\"/);
    expect(carets).toMatch(/^ +\| +\^{25}$/);
  });

  test.each([
    [{}, false],
    [{ FORCE_COLOR: '1' }, true],
    [{ FORCE_COLOR: '1', NO_COLOR: '1' }, true],
    [{ FORCE_COLOR: '0' }, false],
    [{ NO_COLOR: '1' }, false],
  ])('colours with %j in a pipe: %s', (env, want) => {
    folder.write('net.yaml', BAD);
    const { stdout } = runCli(['check', 'net.yaml'], { cwd: folder.path, env });
    expect(stdout.includes('\x1b[')).toBe(want);
  });

  test('--quiet leaves out the closing line', () => {
    folder.write('net.yaml', GOOD);
    expect(check('--quiet', 'net.yaml')).toEqual({ status: 0, stdout: '', stderr: '' });
  });
});

describe('where files come from', () => {
  test('folders are walked in order, without what is not theirs and without circles', () => {
    const bad = 'a: 1\na: 2\n';
    for (const name of ['d/b.yaml', 'd/a.yml', 'd/c/x.JSON', 'd/.hidden/y.yaml'])
      folder.write(name, bad);
    for (const name of ['d/node_modules/n.yaml', 'd/.git/g.yaml', 'd/text.txt'])
      folder.write(name, bad);
    folder.write('d/c/x.JSON', '{"a": 1, "a": 2}');
    // Two of them: the file system's own limit would end one after forty rounds.
    symlinkSync('.', path.join(folder.path, 'd/circle'));
    symlinkSync('.', path.join(folder.path, 'd/ring'));
    symlinkSync('nowhere.yaml', path.join(folder.path, 'd/.#lock.yaml'));
    symlinkSync('b.yaml', path.join(folder.path, 'd/again.yaml'));
    const { stdout, status } = check('d', 'd/b.yaml', './d');
    const files = stdout.match(/^[\w./]+(?=:\d+:\d+: error)/gm);
    expect(files).toEqual(['d/.hidden/y.yaml', 'd/a.yml', 'd/again.yaml', 'd/c/x.JSON']);
    expect(status).toBe(1);
  });

  test('standard input, alone and beside files, which are checked together', () => {
    folder.write('pod.yaml', POD);
    const { stdout, status } = runCli(['check', 'pod.yaml', '-'], { cwd: folder.path, input: BAD });
    expect(stdout).toMatch(/^<stdin>:9:77: error/);
    expect(stdout).toContain('2 objects checked');
    expect(status).toBe(1);
  });

  test('what kubectl get prints, in JSON, with the place of each item', () => {
    const config = '{"type":"bridge","bridge":"this-name-is-too-long"}';
    const apiVersion = 'k8s.cni.cncf.io/v1';
    const item = {
      apiVersion,
      kind: 'NetworkAttachmentDefinition',
      metadata: { name: 'a' },
      spec: { config },
    };
    const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [item] }, undefined, 4);
    const { stdout } = runCli(['check', '-', '--format', 'json'], { input });
    const { findings } = JSON.parse(stdout);
    const line = input.split('\n').findIndex((text) => text.includes('"config"'));
    expect(findings[0]).toMatchObject({
      file: '<stdin>',
      line: line + 1,
      code: 'NL_IFNAME_TOO_LONG',
    });
    const { column, endColumn } = findings[0];
    expect(input.split('\n')[line]?.slice(column - 1, endColumn - 1)).toBe(
      '\\"bridge\\":\\"this-name-is-too-long\\"',
    );
  });

  test("other tools' files pass, and a broken one does not hide the others", () => {
    folder.write('values.yaml', 'replicas: 3\n');
    folder.write('tsconfig.json', '{ // comment\n "a": 1, }');
    folder.write('a-chart.yaml', 'name: {{ .Values.name }}\n');
    folder.write('net.yaml', BAD);
    const { stdout } = check('.');
    expect(stdout.match(/\((NL_\w+)\)/g)).toEqual([
      '(NL_YAML_INVALID)',
      '(NL_GATEWAY_OUTSIDE_SUBNET)',
    ]);
    expect(stdout).toContain('1 object checked: 2 errors');
  });
});

describe('what is told of the cluster', () => {
  const network = (type: string) => `apiVersion: k8s.cni.cncf.io/v1
kind: NetworkAttachmentDefinition
metadata: { name: lan, namespace: prod }
spec:
  config: '{ "cniVersion": "0.3.1", "name": "lan", ${type},
    "ipam": { "type": "host-local", "ranges": [[{ "subnet": "10.10.0.0/24" }]] } }'
`;
  const MACVLAN = network('"type": "macvlan", "master": "eth1"');
  const BRIDGE = network('"type": "bridge", "bridge": "br0"');

  test.each([
    [[], true],
    [['--nodes', '1'], false],
    [['--nodes', '2'], true],
  ])('with %j host-local is told of on several nodes: %s', (options, isTold) => {
    folder.write('net.yaml', MACVLAN);
    const { status, stdout } = check('net.yaml', ...options);
    expect(stdout.includes('NL_HOST_LOCAL_NODES')).toBe(isTold);
    expect(status).toBe(0);
  });

  test.each([
    [[], undefined],
    [['--pod-cidr', '10.10.0.0/16'], 'pods'],
    [['--pod-cidr', 'fd00::/64, 10.10.0.0/16'], 'pods'],
    [['--pod-cidr', '10.10.0.0/16', '--pod-cidr', 'fd00::/64'], 'pods'],
    [['--service-cidr', '10.10.0.0/16'], 'services'],
    [['--node-cidr', '10.10.0.0/16'], 'nodes'],
    [['--pod-cidr', '10.11.0.0/16', '--node-cidr', '10.12.0.0/16'], undefined],
  ])('with %j a pool overlaps %s', (options, what) => {
    folder.write('net.yaml', BRIDGE);
    const { stdout } = check('net.yaml', '--format', 'json', ...options);
    const { findings } = JSON.parse(stdout);
    const found = findings.filter(({ code }: { code: string }) => code === 'NL_CLUSTER_OVERLAP');
    const told = what === undefined ? [] : [expect.stringContaining(`own ${what}:`)];
    expect(found.map((one: { found: string }) => one.found)).toEqual(told);
  });
});
