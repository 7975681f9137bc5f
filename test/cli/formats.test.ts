import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { npmCommand } from '../../scripts/tools';
import { buildCli, environment, ROOT, runCli } from './support/cli';

const NETWORK = `apiVersion: k8s.cni.cncf.io/v1
kind: NetworkAttachmentDefinition
metadata:
  name: a%,b
  namespace: prod
spec:
  config: '{ "name": "x", "type": "bridge", "bridge": "this-name-is,too:long", "cniVersion": "0.4.0" }'
`;

let folder: string;

beforeAll(() => {
  buildCli();
  folder = mkdtempSync(path.join(os.tmpdir(), 'netloom-formats-'));
  mkdirSync(path.join(folder, 'd ir'));
  writeFileSync(path.join(folder, 'd ir/ü,#:%.yaml'), NETWORK);
  writeFileSync(path.join(folder, 'broken.yaml'), 'a: [\n');
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const inFolder = (args: string[], env: NodeJS.ProcessEnv = {}) =>
  runCli(['check', ...args], { cwd: folder, env });

describe('--format json', () => {
  test('everything that is known, and null for what is not', () => {
    const { stdout, status } = inFolder(['--format', 'json', '.']);
    const report = JSON.parse(stdout);
    expect(status).toBe(1);
    expect(Object.keys(report)).toEqual([
      'version',
      'files',
      'objects',
      'errors',
      'warnings',
      'findings',
    ]);
    expect(report).toMatchObject({ version: 1, files: 2, objects: 1 });
    const [broken] = report.findings;
    expect(broken).toMatchObject({
      file: 'broken.yaml',
      line: 1,
      column: 5,
      object: null,
      key: '',
      code: 'NL_YAML_INVALID',
    });
    const name = report.findings.find(
      ({ code }: { code: string }) => code === 'NL_IFNAME_TOO_LONG',
    );
    expect(name).toEqual({
      file: 'd ir/ü,#:%.yaml',
      line: 7,
      column: 45,
      endColumn: 78,
      object: { kind: 'NetworkAttachmentDefinition', namespace: 'prod', name: 'a%,b' },
      code: 'NL_IFNAME_TOO_LONG',
      severity: 'error',
      key: 'spec.config: bridge',
      found: expect.stringContaining('21 bytes'),
      allowed: expect.any(String),
      fix: expect.any(String),
      message: expect.stringMatching(
        /^spec\.config: bridge: .* Allowed: .* Fix: .* \(NL_IFNAME_TOO_LONG\)$/,
      ),
    });
    expect(Object.keys(broken)).toEqual(Object.keys(name));
  });

  test('nothing found', () => {
    const { stdout } = runCli(['check', '-', '--format', 'json'], { input: 'kind: Pod\n' });
    expect(JSON.parse(stdout)).toEqual({
      version: 1,
      files: 1,
      objects: 1,
      errors: 0,
      warnings: 0,
      findings: [],
    });
  });
});

describe('--format sarif', () => {
  test('rules with help, results with places and relative, escaped addresses', () => {
    const { stdout } = inFolder(['--format', 'sarif', '.']);
    const log = JSON.parse(stdout);
    const [run] = log.runs;
    expect([log.version, log.runs.length, run.columnKind]).toEqual([
      '2.1.0',
      1,
      'unicodeCodePoints',
    ]);
    const { rules } = run.tool.driver;
    const ids = rules.map(({ id }: { id: string }) => id);
    expect(ids).toEqual([...new Set(ids)].sort());
    const rule = rules.find(({ id }: { id: string }) => id === 'NL_IFNAME_TOO_LONG');
    expect(rule).toMatchObject({
      shortDescription: { text: expect.stringMatching(/^[A-Z][^\n]*\.$/) },
      help: { markdown: expect.stringMatching(/^## NL_IFNAME_TOO_LONG\n[\s\S]*\*\*Fix/) },
      defaultConfiguration: { level: 'error' },
    });
    for (const { ruleId, ruleIndex, level, message } of run.results) {
      expect(rules[ruleIndex].id).toBe(ruleId);
      expect(['error', 'warning']).toContain(level);
      expect(message.text).toContain(`(${ruleId})`);
    }
    const result = run.results.find(
      ({ ruleId }: { ruleId: string }) => ruleId === 'NL_IFNAME_TOO_LONG',
    );
    expect(result.locations).toEqual([
      {
        physicalLocation: {
          artifactLocation: { uri: 'd%20ir/%C3%BC%2C%23%3A%25.yaml' },
          region: { startLine: 7, startColumn: 45, endColumn: 78 },
        },
        logicalLocations: [
          {
            name: 'spec.config: bridge',
            kind: 'object',
            fullyQualifiedName: 'NetworkAttachmentDefinition prod/a%,b spec.config: bridge',
          },
        ],
      },
    ]);
  });

  test('a file outside the folder has an address that leads there', () => {
    const file = path.join(folder, 'broken.yaml');
    const cwd = path.join(folder, 'd ir');
    const { stdout } = runCli(['check', '--format', 'sarif', file], { cwd });
    expect(stdout).toContain('"uri": "../broken.yaml"');
  });
});

describe('--format github', () => {
  test('one command a line, with everything escaped that would end a part', () => {
    const { stdout, status } = inFolder(['--format', 'github', '.']);
    const lines = stdout.trimEnd().split('\n');
    expect(status).toBe(1);
    expect(lines[0]).toMatch(
      /^::error file=broken\.yaml,line=1,col=5,endColumn=6,title=NL_YAML_INVALID::/,
    );
    const line = lines.find((each) => each.includes('IFNAME_TOO_LONG'));
    expect(line).toMatch(
      /^::error file=d ir\/ü%2C#%3A%25\.yaml,line=7,col=45,endColumn=78,title=NL_IFNAME_TOO_LONG NetworkAttachmentDefinition prod\/a%25%2Cb::spec\.config: bridge: "this-name-is,too:long"/,
    );
    expect(lines.every((each) => /^::(error|warning) [^:]+::\S/.test(each))).toBe(true);
  });

  test('files are named as the repository has them', () => {
    const { stdout } = inFolder(['--format', 'github', 'broken.yaml'], {
      GITHUB_WORKSPACE: path.dirname(folder),
    });
    expect(stdout).toContain(`file=${path.basename(folder)}/broken.yaml,`);
  });

  test('a text with line breaks cannot start a command of its own', () => {
    const input = 'kind: Pod\n"a\\n::stop-commands::x": 1\n"a\\n::stop-commands::x": 2\n';
    const { stdout } = runCli(['check', '-', '--format', 'github'], { input });
    expect(stdout.split('\n')).toHaveLength(2);
  });
});

describe('warnings', () => {
  const input = NETWORK.replace('this-name-is,too:long"', 'br0", "myOwnKey": 1').replace(
    'a%,b',
    'x',
  );

  test.each([
    [[], 0, 'warning'],
    [['--strict'], 1, 'error'],
    [['--quiet'], 0, undefined],
    [['--strict', '--quiet'], 1, 'error'],
  ])('with %j: status %i, told as %s', (options, status, severity) => {
    const child = runCli(['check', '-', '--format', 'json', ...options], { input });
    const { findings } = JSON.parse(child.stdout);
    const unknown = findings.find(({ key }: { key: string }) => key.includes('myOwnKey'));
    expect([child.status, unknown?.severity]).toEqual([status, severity]);
  });
});

test("from a checkout, in whatever folder npm is called: the output is the command's alone", () => {
  const args = ['--prefix', ROOT, 'run', '-s', 'netloom', '--', 'check', 'broken.yaml'];
  const [npm, ...first] = npmCommand();
  const options = { cwd: folder, encoding: 'utf8', env: environment() } as const;
  const child = spawnSync(npm, [...first, ...args], options);
  expect(child.stdout).toMatch(/^broken\.yaml:1:5: error/);
  expect(child.status).toBe(1);
});
