import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseConfig } from '../../node-agent/src/config';
import { accessByKubeconfig } from '../../node-agent/src/store/kubernetes';

const kubeconfig = (user: object, cluster: object = { server: 'https://10.0.0.1:6443' }) => ({
  clusters: [{ name: 'c', cluster }],
  users: [{ name: 'u', user }],
  contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
  'current-context': 'x',
});

describe('how an agent reaches the store of its cluster', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'netloom-access-'));
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const read = (config: unknown) => {
    const file = path.join(folder, 'kubeconfig');
    writeFileSync(file, JSON.stringify(config));
    return accessByKubeconfig(file);
  };

  test('a token, a CA beside the file, a certificate inside of it', () => {
    writeFileSync(path.join(folder, 'ca.crt'), 'the CA');
    const data = Buffer.from('the certificate').toString('base64');
    const cluster = { server: 'https://10.0.0.1:6443/', 'certificate-authority': 'ca.crt' };
    const access = read(kubeconfig({ token: 'secret', 'client-certificate-data': data }, cluster));
    expect(access.server).toBe('https://10.0.0.1:6443');
    expect(access.token()).toBe('secret');
    expect(access.tls()).toEqual({ ca: 'the CA', cert: 'the certificate', key: undefined });
  });

  test('a token file is read, and not before it is needed', () => {
    const access = read(kubeconfig({ tokenFile: 'token' }));
    writeFileSync(path.join(folder, 'token'), 'secret\n');
    expect(access.token()).toBe('secret');
  });

  test.each([
    ['a program that makes credentials', kubeconfig({ exec: {} }), /"u" gets its credentials/],
    ['no https', kubeconfig({}, { server: 'http://10.0.0.1' }), /its server is no https URL/],
    ['no context', { ...kubeconfig({}), 'current-context': 'y' }, /it has no entry "y"/],
  ])('%s is refused', (_name, config, message) => {
    expect(() => read(config)).toThrow(message);
    expect(() => read(config)).toThrow('NL_CONFIG_INVALID');
  });

  const config = {
    name: 'edge-1',
    stateDir: 'state',
    tls: { certFile: 'server.crt', keyFile: 'server.key' },
    tokens: [{ name: 'ci', sha256: 'a'.repeat(64), verbs: ['read'] }],
  };

  test('the node has its own store unless the configuration says otherwise', () => {
    expect(parseConfig(config, '/etc/netloom').store).toEqual({ type: 'sqlite' });
    const store = { type: 'kubernetes', namespace: 'netloom', kubeconfig: 'kubeconfig' };
    expect(parseConfig({ ...config, store }, '/etc/netloom').store).toEqual({
      ...store,
      kubeconfig: '/etc/netloom/kubeconfig',
    });
  });

  test.each([
    ['an unknown kind', { type: 'etcd' }, /store/],
    ['a name that is none', { type: 'kubernetes', namespace: 'A b', kubeconfig: 'k' }, /namespace/],
    ['no way to the API server', { type: 'kubernetes' }, /nothing says where the API server is/],
  ])('%s is refused', (_name, store, message) => {
    expect(() => parseConfig({ ...config, store }, '/etc/netloom')).toThrow(message);
    expect(() => parseConfig({ ...config, store }, '/etc/netloom')).toThrow('NL_CONFIG_INVALID');
  });
});
