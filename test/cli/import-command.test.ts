import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { buildCli, runCli } from './support/cli';
import { MICROSHIFT, TANZU } from './support/published';

const BROKEN = `apiVersion: k8s.cni.cncf.io/v1
kind: NetworkAttachmentDefinition
metadata:
  name: broken
spec:
  config: '{ "type": "bridge" '
`;

let folder: string;

beforeAll(() => buildCli());

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'netloom-import-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, text: string): string {
  writeFileSync(path.join(folder, name), text);
  return name;
}

const run = (...args: string[]) => runCli(args, { cwd: folder });

describe('netloom import', () => {
  test('writes the program to standard output, and what it did to standard error', () => {
    write('other.yaml', 'apiVersion: v1\nkind: Service\nmetadata: { name: x }\n');
    const { status, stdout, stderr } = run('import', write('a.yaml', TANZU), 'other.yaml');
    expect(stdout).toContain(
      "export const macvlanConf = new MacvlanNetwork(networks, 'macvlan-conf'",
    );
    expect(stderr).toMatch(
      /^1 network imported, 1 other object with them, 1 object skipped(, \d+ problems noted in comments)?\n$/,
    );
    expect(status).toBe(0);
  });

  test('writes it to a file, with a namespace for objects that name none', () => {
    const { status, stdout } = run(
      'import',
      '--namespace',
      'prod',
      '-o',
      'networks.ts',
      write('a.yaml', MICROSHIFT),
    );
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
    const program = readFileSync(path.join(folder, 'networks.ts'), 'utf8');
    expect(program).toContain("new Chart(app, 'prod', { namespace: 'prod' })");
    expect(run('import', '--namespace', 'prod', 'a.yaml').stdout).toBe(program);
  });

  test('reads standard input', () => {
    const { stdout } = runCli(['import', '-'], { cwd: folder, input: TANZU });
    expect(stdout).toContain('new MacvlanNetwork');
  });

  test('tells what is broken by its place, and imports the rest', () => {
    const file = write('b.yaml', `${BROKEN}---\n${TANZU}---\na: [1\n`);
    const { status, stdout, stderr } = run('import', file);
    expect(stderr).toMatch(/^b\.yaml:6:\d+: error: spec\.config: .*\(NL_CONFIG_NOT_JSON\)$/m);
    expect(stderr).toMatch(/^b\.yaml:\d+:\d+: error: .*\(NL_YAML_INVALID\)$/m);
    expect(stdout).toContain('// NetworkAttachmentDefinition broken is left out: ');
    expect(stdout).toContain('new MacvlanNetwork');
    expect(status).toBe(1);
  });

  test('names errors of networks that are imported all the same', () => {
    const wrong = TANZU.replace('"rangeEnd": "192.168.1.216"', '"rangeEnd": "192.168.2.216"');
    const { status, stdout, stderr } = run('import', write('c.yaml', wrong));
    expect(stderr).toMatch(/^c\.yaml:\d+:\d+: error: .*\(NL_RANGE_OUTSIDE_SUBNET\)$/m);
    expect(stdout).toMatch(
      /^\/\/ NL_RANGE_OUTSIDE_SUBNET: .*\n(\/\/ .*\n)*export const macvlanConf/m,
    );
    expect(status).toBe(1);
  });

  const wrong: { name: string; args: string[]; want: RegExp }[] = [
    { name: 'nothing', args: [], want: /^netloom: nothing to import: / },
    { name: 'no such file', args: ['none.yaml'], want: /^netloom: none\.yaml: no such file/ },
    { name: 'a context without a cluster', args: ['--context', 'x', 'a'], want: /--context goes/ },
    { name: 'both', args: ['--kubeconfig', 'x', 'a.yaml'], want: /either files or --kubeconfig/ },
    { name: 'a folder to write to', args: ['-o', '.', 'a.yaml'], want: /^netloom: \.: /m },
    { name: 'an empty file', args: ['empty.yaml'], want: /nothing to import: no document/ },
  ];

  test.each(wrong)('refuses $name', ({ args, want }) => {
    write('a.yaml', TANZU);
    write('empty.yaml', '# nothing\n');
    const { status, stdout, stderr } = run('import', ...args);
    expect(stderr).toMatch(want);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  });
});

describe('netloom explain FILE', () => {
  test('says what networks do and what pods ask for', () => {
    const { status, stdout } = run('explain', write('a.yaml', `${MICROSHIFT}---\n${BROKEN}`));
    expect(stdout).toBe(`NetworkAttachmentDefinition bridge-conf (a.yaml:3)
  bridge br-test
  host-local: one of 31 IPv4 addresses 10.10.0.20 to 10.10.0.50 of 10.10.0.0/24 (gateway 10.10.0.254), one of 8 IPv6 addresses fd00:10:10:10::2 to fd00:10:10:10::9 of fd00:10:10:10::/64 (gateway fd00:10:10:10::1)
  files in /var/lib/cni/br-test/bridge-conf, on each node its own
  not read by bridge: mode

Pod test-bridge (a.yaml:36)
  net1 on bridge-conf

Pod default-route (a.yaml:62)
  net1 on default/bridge-conf; the pod's default route, via 10.10.0.254

NetworkAttachmentDefinition broken (a.yaml:80)
  the configuration is not JSON: "}" is missing at the end
`);
    expect(status).toBe(0);
  });

  test('refuses what has no networks, and what is neither a code nor a file', () => {
    write('none.yaml', 'apiVersion: v1\nkind: Service\nmetadata: { name: x }\n');
    expect(run('explain', 'none.yaml')).toMatchObject({
      status: 2,
      stderr: 'netloom: none.yaml: neither a network nor a pod that is attached to one\n',
    });
    expect(run('explain', 'nothing.yaml').status).toBe(2);
    expect(run('explain', 'NL_HOST_BITS').stdout).toMatch(/^## NL_HOST_BITS/);
  });
});
