import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { nodePath } from '../../scripts/tools';
import { buildCli, environment, PROGRAM, ROOT, runCli } from './support/cli';
import { BAD, GOOD, TestFolder } from './support/folder';

beforeAll(() => buildCli());

const folder = new TestFolder();
const check = (...args: string[]) => runCli(['check', ...args], { cwd: folder.path });

describe('wrong use', () => {
  const cases: { name: string; args: string[]; says: RegExp; input?: string }[] = [
    { name: 'nothing at all', args: [], says: /Usage: netloom/ },
    { name: 'an unknown command', args: ['chek'], says: /unknown command 'chek'[\s\S]*check/ },
    {
      name: 'an unknown option',
      args: ['check', '--stric', 'x'],
      says: /unknown option '--stric'[\s\S]*--strict/,
    },
    {
      name: 'an unknown format',
      args: ['check', '--format', 'xml', 'x'],
      says: /xml[\s\S]*human, json/,
    },
    { name: 'no file', args: ['check'], says: /nothing to check: name files/ },
    {
      name: 'a file that is not there',
      args: ['check', 'net.yaml', 'no.yaml'],
      says: /no\.yaml: no such file/,
    },
    { name: 'a folder without manifests', args: ['check', 'empty'], says: /empty: no \*\.yaml/ },
    {
      name: 'an empty standard input',
      args: ['check', '-'],
      says: /nothing to check: no document in -/,
      input: '',
    },
    { name: 'comments only', args: ['check', '-'], says: /nothing to check/, input: '# x\n---\n' },
    {
      name: 'an unknown platform',
      args: ['check', '--platform', 'x', 'net.yaml'],
      says: /--platform: "x" is none of kubernetes, /,
    },
    {
      name: 'a release that is none',
      args: ['check', '--multus', 'new', 'net.yaml'],
      says: /--multus: "new" is no release/,
    },
    {
      name: 'a kubeconfig that is not there',
      args: ['check', '--kubeconfig', 'no'],
      says: /no: no such file/,
    },
    {
      name: 'a kubeconfig that is none',
      args: ['check', '--kubeconfig', 'net.yaml'],
      says: /net\.yaml: /,
    },
    {
      name: 'a kubeconfig and files',
      args: ['check', '--kubeconfig', 'x', 'net.yaml'],
      says: /either files or --kubeconfig/,
    },
    {
      name: 'a context without a kubeconfig',
      args: ['check', '--context', 'x', 'net.yaml'],
      says: /--context goes with/,
    },
    {
      name: 'namespaces without a kubeconfig',
      args: ['check', '--namespace', 'prod', 'net.yaml'],
      says: /--namespace goes with --kubeconfig/,
    },
    ...['', 'Prod', 'a/b', '..', 'a,,b'].map((text) => ({
      name: `a namespace that cannot be, ${JSON.stringify(text)}`,
      args: ['check', '--kubeconfig', 'no', '--namespace', text],
      says: /--namespace: ".*" is no name of a namespace/,
    })),
    ...['0', '-1', '1.5', 'two', '', '1e2'].map((text) => ({
      name: `a number of nodes that is none, ${JSON.stringify(text)}`,
      args: ['check', `--nodes=${text}`, 'net.yaml'],
      says: /--nodes: ".*" is no number of nodes/,
    })),
    ...['--pod-cidr', '--service-cidr', '--node-cidr'].map((option) => ({
      name: `${option} with a network and an address`,
      args: ['check', option, '10.0.0.0/16,10.1.0.0', 'net.yaml'],
      says: new RegExp(`${option}: "10\\.1\\.0\\.0" is not a network.* Fix: 10\\.1\\.0\\.0/24\\?`),
    })),
    {
      name: 'a network with host bits, in the second of two options',
      args: ['check', '--pod-cidr', 'fd00::/64', '--pod-cidr', '10.0.1.0/16', 'net.yaml'],
      says: /--pod-cidr: "10\.0\.1\.0\/16" has host bits set/,
    },
    { name: 'explain without a code', args: ['explain'], says: /missing required argument 'code/ },
    {
      name: 'explain with a mistyped code',
      args: ['explain', 'NL_HOST_BTS'],
      says: /no code or file "NL_HOST_BTS"; did you mean NL_HOST_BITS\?/,
    },
    {
      name: 'explain with something else',
      args: ['explain', 'x\u001b[2J'],
      says: /no code or file "x\\x1b\[2J"\n/,
    },
  ];

  test.each(cases)('$name: status 2 and words, nothing half printed', ({ args, says, input }) => {
    folder.write('net.yaml', BAD);
    mkdirSync(path.join(folder.path, 'empty'));
    const { status, stdout, stderr } = runCli(args, { cwd: folder.path, input: input ?? '' });
    expect(stderr).toMatch(says);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(stdout).toBe('');
    expect(status).toBe(2);
  });

  test('a file that may not be read, in a folder: named itself', () => {
    folder.write('d/net.yaml/x.txt', '');
    folder.write('d/a.yaml', GOOD);
    symlinkSync('/proc/self/mem', path.join(folder.path, 'd/b.yaml'));
    const { status, stderr, stdout } = check('d');
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^netloom: .*b\.yaml: /);
  });
});

describe('the program', () => {
  test('--version and --help', () => {
    expect(runCli(['--version']).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    const { status, stdout } = runCli(['--help']);
    expect([status, stdout]).toEqual([0, expect.stringMatching(/check[\s\S]*explain/)]);
    expect(runCli(['check', '--help']).stdout).toMatch(/--kubeconfig[\s\S]*Exit status: 0/);
  });

  test('--help loads nothing of what commands need', () => {
    const list = 'process.on("exit", () => console.error(Object.keys(require.cache).join("\\n")))';
    const child = spawnSync(
      nodePath(),
      [
        '-e',
        `${list}; process.argv.splice(1, 0, "x"); require(${JSON.stringify(PROGRAM)})`,
        '--',
        '--help',
      ],
      { encoding: 'utf8' },
    );
    expect(child.stdout).toContain('Usage: netloom');
    expect(child.stderr).toContain('cli/program.js');
    expect(child.stderr).not.toMatch(/node_modules|rules|yaml/);
  });

  test('explain prints the section of a code, whatever its case', () => {
    const { status, stdout } = runCli(['explain', 'nl_host_bits']);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^## NL_HOST_BITS\n\n[\s\S]*\*\*Fix\.\*\* .*\n$/);
    expect(stdout.match(/^## /gm)).toHaveLength(1);
    expect(runCli(['explain', 'HOST_BITS']).stdout).toBe(stdout);
  });

  test('in a checkout that is not set up: what to run, and no stack', () => {
    mkdirSync(path.join(folder.path, 'scripts'));
    for (const name of ['cli.js', 'tools.js', 'build.js']) {
      copyFileSync(path.join(ROOT, 'scripts', name), path.join(folder.path, 'scripts', name));
    }
    const script = path.join(folder.path, 'scripts/cli.js');
    const child = spawnSync(process.execPath, [script, 'check', 'x.yaml'], { encoding: 'utf8' });
    expect([child.status, child.stdout]).toEqual([2, '']);
    expect(child.stderr).toMatch(/^netloom: [^\n]*`npm test` or `npm run demo`[^\n]*\n$/);
  });

  test('a reader that has seen enough is no failure', () => {
    const text = Array.from({ length: 2_000 }, () => BAD).join('---\n');
    folder.write('many.yaml', text);
    const program = `${nodePath()} ${PROGRAM} check many.yaml`;
    const child = spawnSync('bash', ['-c', `${program} | head -n 1; echo "\${PIPESTATUS[0]}"`], {
      cwd: folder.path,
      encoding: 'utf8',
      env: environment(),
    });
    expect(child.stderr).toBe('');
    expect(child.stdout).toMatch(/^many\.yaml:9:77: error: .*\n1\n$/);
  });

  test('output that cannot be written is told', () => {
    folder.write('net.yaml', GOOD);
    const child = spawnSync('bash', ['-c', `${nodePath()} ${PROGRAM} check net.yaml > /dev/full`], {
      cwd: folder.path,
      encoding: 'utf8',
      env: environment(),
    });
    expect(child.stderr).toMatch(/^netloom: cannot write the output: .*ENOSPC/);
    expect(child.status).toBe(2);
  });

  test('what the shell gives as a pipe is a file like others', () => {
    folder.write('net.yaml', BAD);
    const child = spawnSync('bash', ['-c', `${nodePath()} ${PROGRAM} check <(cat net.yaml)`], {
      cwd: folder.path,
      encoding: 'utf8',
      env: environment(),
    });
    expect(child.stdout).toMatch(/:9:77: error/);
    expect(child.status).toBe(1);
  });
});
