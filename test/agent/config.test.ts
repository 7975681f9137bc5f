import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { NetloomError } from 'netloom';
import { listenAddresses, loadConfig } from '../../node-agent/src/config';
import { readCredentials } from '../../node-agent/src/credentials';

const SHA = 'a'.repeat(64);
const good = `
name: edge-1
listen: ['10.0.0.5:8443', '[fd00::5]:8443']
stateDir: state
tls: { certFile: server.crt, keyFile: /etc/netloom/server.key, clientCaFile: ca.crt }
tokens:
  - { name: ci, sha256: ${SHA}, verbs: [read, claim], pools: [apps/*] }
  - { name: ops, file: ops.token, verbs: [read] }
clients:
  - { name: pulumi, verbs: [read, bridge], owners: [team-a/*] }
`;

describe('agent.yaml', () => {
  let folder: string;
  let file: string;

  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'netloom-config-'));
    file = path.join(folder, 'agent.yaml');
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const load = (text: string) => {
    writeFileSync(file, text);
    return loadConfig(file);
  };

  const problems = (run: () => unknown): string[] => {
    try {
      run();
    } catch (error) {
      if (!(error instanceof NetloomError)) throw error;
      expect(error.problems.every((one) => one.code === 'NL_CONFIG_INVALID')).toBe(true);
      return error.problems.map((one) => one.key);
    }
    return [];
  };

  test('a good one is read, its paths from its own folder, what is left out by default', () => {
    const config = load(good);
    expect(config.stateDir).toBe(path.join(folder, 'state'));
    expect(config.tls).toEqual({
      certFile: path.join(folder, 'server.crt'),
      keyFile: '/etc/netloom/server.key',
      clientCaFile: path.join(folder, 'ca.crt'),
    });
    expect(config.tokens[0]).toEqual({
      name: 'ci',
      sha256: SHA,
      verbs: ['read', 'claim'],
      pools: ['apps/*'],
      owners: ['*'],
    });
    expect(config.tokens[1]?.file).toBe(path.join(folder, 'ops.token'));
    expect(listenAddresses(config)).toEqual([
      { host: '10.0.0.5', port: 8443 },
      { host: 'fd00::5', port: 8443 },
    ]);
    expect(load(good.replace(/listen: .*/, '')).listen).toEqual(['127.0.0.1:8443']);
  });

  test.each([
    {
      name: 'an empty file',
      text: '',
      want: ['name', 'stateDir', 'tls'],
    },
    {
      name: 'wrong words, wrong forms and unknown keys, all at once',
      text: good
        .replace('verbs: [read, claim]', 'verbs: [reed]')
        .replace("'10.0.0.5:8443'", "'10.0.0.5'")
        .replace('name: edge-1', 'name: Edge 1\ncolour: red')
        .replace('owners:', 'owner:'),
      want: ['name', 'listen[0]', 'tokens[0].verbs[0]', 'clients[0].owner', 'colour'],
    },
    {
      name: 'a token without a secret, and one with two',
      text: good
        .replace(`sha256: ${SHA}, `, '')
        .replace('file: ops.token', `file: ops.token, sha256: ${SHA}`),
      want: ['tokens[0]', 'tokens[1]'],
    },
    {
      name: 'two tokens of one name',
      text: good.replace('name: ops', 'name: ci'),
      want: ['tokens[1].name'],
    },
    {
      name: 'clients without a CA',
      text: good.replace(', clientCaFile: ca.crt', ''),
      want: ['tls.clientCaFile'],
    },
    {
      name: 'nobody who could call',
      text: good.replace(/tokens:[\s\S]*/, ''),
      want: ['tokens'],
    },
  ])('$name', ({ text, want }) => {
    expect(problems(() => load(text)).sort()).toEqual(want.map((key) => `${file}: ${key}`).sort());
  });

  test('what is no YAML is named with its place', () => {
    const [key] = problems(() => load('name: [unclosed'));
    expect(key).toBe(file);
    expect(() => load('name: [unclosed')).toThrow(/at line 1/);
  });

  test('a token that was pasted in place of its hash is not shown', () => {
    const text = good.replace(SHA, 'tHiSiSaSeCrEt');
    expect(() => load(text)).toThrow('tokens[0].sha256: its value does not fit');
    expect(() => load(text)).not.toThrow('tHiSiSaSeCrEt');
  });

  test('files that are missing are named together', () => {
    expect(problems(() => loadConfig(path.join(folder, 'gone.yaml')))).toEqual(['--config']);
    expect(problems(() => readCredentials(load(good)))).toEqual([
      'tls.certFile',
      'tls.keyFile',
      'tls.clientCaFile',
      'tokens[1].file',
    ]);
  });
});
