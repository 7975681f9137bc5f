import { mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { platformFacts, whereaboutsParts } from 'netloom';
import { parse } from 'yaml';
import { containerSkipReason, FakeHost, type HostContainer } from '../support/host-container';
import { describeUnless } from '../support/network-suite';
import { manifestsOf } from './support';

const BIN = '/opt/cni/bin';
const CONF = '/etc/cni/net.d/whereabouts.d';
/** What is not the node's: the image, the pod's token, and the ConfigMap. */
const IMAGE = '/image';
const ACCOUNT = '/account';
const MAP = '/map';

const OBJECTS = manifestsOf(whereaboutsParts(platformFacts('kubernetes'), {}));

/** A container as the DaemonSet has it, with what the kubelet mounts by itself. */
function containerOf(name: 'install' | 'kubeconfig'): HostContainer {
  const { initContainers, containers, volumes } =
    OBJECTS['DaemonSet whereabouts'].spec.template.spec;
  const container = [...initContainers, ...containers].find((one) => one.name === name);
  return {
    container: {
      ...container,
      volumeMounts: [
        ...container.volumeMounts,
        { name: 'image', mountPath: IMAGE },
        { name: 'account', mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' },
      ],
    },
    volumes: [
      ...volumes.filter((volume: any) => volume.hostPath),
      { name: 'flat-file', hostPath: { path: MAP } },
      { name: 'image', hostPath: { path: IMAGE } },
      { name: 'account', hostPath: { path: ACCOUNT } },
    ],
  };
}

const ENV = {
  PLUGIN: `${IMAGE}/whereabouts`,
  NODENAME: 'worker-1.example.org',
  WHEREABOUTS_NAMESPACE: 'kube-system',
  KUBERNETES_SERVICE_HOST: '10.96.0.1',
  KUBERNETES_SERVICE_PORT: '443',
};

describeUnless(containerSkipReason(), 'whereabouts on a node', () => {
  let host: FakeHost;
  const read = (file: string): string => readFileSync(host.path(file), 'utf8');
  const write = (file: string, text: string, mode = 0o644): void =>
    writeFileSync(host.path(file), text, { mode });
  const install = (options: Parameters<FakeHost['run']>[1] = {}) =>
    host.run(containerOf('install'), { ...options, env: { ...ENV, ...options.env } });
  const files = (): string[] => [BIN, CONF].flatMap((dir) => readdirSync(host.path(dir))).sort();
  const state = (): object[] =>
    [`${BIN}/whereabouts`, `${CONF}/whereabouts.conf`, `${CONF}/whereabouts.kubeconfig`].map(
      (file) => {
        const { ino, mtimeMs, mode } = statSync(host.path(file));
        return { file, ino, mtimeMs, mode: (mode & 0o777).toString(8) };
      },
    );
  const kubeconfig = (): any => parse(read(`${CONF}/whereabouts.kubeconfig`));

  const ALL = ['nodename', 'whereabouts', 'whereabouts.conf', 'whereabouts.kubeconfig'];
  const PROGRAM = 'a whereabouts\n'.repeat(400_000);

  beforeEach(() => {
    host = new FakeHost();
    for (const dir of [IMAGE, ACCOUNT, MAP]) mkdirSync(host.path(dir), { recursive: true });
    write(`${IMAGE}/whereabouts`, PROGRAM, 0o755);
    write(`${ACCOUNT}/token`, 'first.token');
    write(`${ACCOUNT}/ca.crt`, 'a certificate\n'.repeat(9));
    write(
      `${MAP}/whereabouts.conf`,
      OBJECTS['ConfigMap whereabouts-flatfile-config'].data['whereabouts.conf'],
    );
  });
  afterEach(() => host.remove());

  test('a fresh node', async () => {
    expect(await install()).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(files()).toEqual(ALL);
    expect(read(`${BIN}/whereabouts`)).toBe(PROGRAM);
    expect(read(`${CONF}/nodename`).trim()).toBe(ENV.NODENAME);
    expect(JSON.parse(read(`${CONF}/whereabouts.conf`)).kubernetes.kubeconfig).toBe(
      `${CONF}/whereabouts.kubeconfig`,
    );
    expect(kubeconfig()).toMatchObject({
      clusters: [{ cluster: { server: 'https://10.96.0.1:443' } }],
      users: [{ user: { token: 'first.token' } }],
      contexts: [{ context: { namespace: 'kube-system' } }],
    });
    const ca = kubeconfig().clusters[0].cluster['certificate-authority-data'];
    expect(Buffer.from(ca, 'base64').toString()).toBe(read(`${ACCOUNT}/ca.crt`));
    expect(state()).toMatchObject([{ mode: '755' }, { mode: '644' }, { mode: '600' }]);
  });

  test('an API server with an IPv6 address', async () => {
    await install({ env: { KUBERNETES_SERVICE_HOST: 'fd00::1' } });
    expect(kubeconfig().clusters[0].cluster.server).toBe('https://[fd00::1]:443');
  });

  test('again, and nothing is written', async () => {
    await install();
    const before = state();
    expect((await install()).status).toBe(0);
    expect(state()).toEqual(before);
  });

  test('what an older release left, readable for all, and what was interrupted', async () => {
    for (const dir of [BIN, CONF]) mkdirSync(host.path(dir), { recursive: true });
    write(`${BIN}/whereabouts`, 'older', 0o644);
    write(`${BIN}/.whereabouts.new`, 'half');
    write(`${CONF}/whereabouts.kubeconfig`, 'older', 0o644);
    write(`${CONF}/whereabouts.kubeconfig.new`, 'half', 0o644);
    write(`${CONF}/whereabouts.conf.new`, 'half');
    expect((await install()).status).toBe(0);
    expect(files()).toEqual(
      [...ALL, 'whereabouts.conf.new'].filter((name) => files().includes(name)),
    );
    expect(files()).not.toContain('.whereabouts.new');
    expect(read(`${BIN}/whereabouts`)).toBe(PROGRAM);
    expect(state()).toMatchObject([{ mode: '755' }, { mode: '644' }, { mode: '600' }]);
  });

  test('killed at any moment: each file is there as a whole or not at all', async () => {
    // Large enough for the copy to be met in the middle.
    writeFileSync(host.path(`${IMAGE}/whereabouts`), Buffer.alloc(64_000_000, 'netloom'), {
      mode: 0o755,
    });
    mkdirSync(host.path(BIN), { recursive: true });
    const sizes = new Set<number>();
    for (let delay = 30; delay <= 150; delay += 10) {
      write(`${BIN}/whereabouts`, 'older');
      await install({ killAfterMs: delay });
      sizes.add(statSync(host.path(`${BIN}/whereabouts`)).size);
      if (files().includes('whereabouts.kubeconfig')) {
        expect(kubeconfig()['current-context']).toBe('whereabouts-context');
      }
    }
    expect([...sizes].filter((size) => size !== 5 && size !== 64_000_000)).toEqual([]);
    expect((await install()).status).toBe(0);
    expect(files()).toEqual(ALL);
  });

  test.each([BIN, CONF])('%s is read-only', async (folder) => {
    const end = await install({ readOnly: [folder] });
    expect(end.status).not.toBe(0);
    expect(end.stderr).toMatch(/Read-only file system/);
  });

  test('a new token and a changed file follow, without the old ones ever being half there', async () => {
    await install();
    const running = host.run(containerOf('kubeconfig'), {
      env: { ...ENV, REFRESH_SECONDS: '0.1' },
      killAfterMs: 2000,
    });
    setTimeout(() => {
      // As the kubelet does: the whole file at once, or a reader could get some of both.
      write(`${ACCOUNT}/token.new`, 'second.token');
      renameSync(host.path(`${ACCOUNT}/token.new`), host.path(`${ACCOUNT}/token`));
    }, 500);
    const seen = new Set<string>();
    const watching = setInterval(() => seen.add(kubeconfig().users[0].user.token), 5);
    await running;
    clearInterval(watching);
    expect([...seen]).toEqual(['first.token', 'second.token']);
    expect(state()[2]).toMatchObject({ mode: '600' });
  });

  test('without a token it stops, and says why', async () => {
    await install();
    host.remove();
    for (const dir of [IMAGE, ACCOUNT, MAP]) mkdirSync(host.path(dir), { recursive: true });
    const end = await install();
    expect(end.status).not.toBe(0);
    expect(end.stderr).toContain('ca.crt');
  });
});
