import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { release, tmpdir } from 'node:os';
import path from 'node:path';
import { checkNode } from 'netloom';
import { CNI_BIN_DIRS, CNI_CONF_DIRS, NodeObserver } from '../../node-agent/src/node-facts';
import { AgentProcess } from '../support/agent';

/** Debian's and upstream's folders. */
const PLUGINS = ['/usr/lib/cni', '/opt/cni/bin'].find((dir) =>
  existsSync(path.join(dir, 'bridge')),
);

let root: string;

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'netloom-node-'));
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

function write(file: string, content: unknown): void {
  const at = path.join(root, file);
  mkdirSync(path.dirname(at), { recursive: true });
  writeFileSync(at, typeof content === 'string' ? content : JSON.stringify(content));
}

const NO_LINKS = {
  observe: async () => ({ links: new Map(), defaultRouteLinks: new Set<string>() }),
  watch: () => () => {},
  apply: async () => undefined,
};

function observe() {
  const places = { root, cniConfDirs: CNI_CONF_DIRS, cniBinDirs: CNI_BIN_DIRS };
  return new NodeObserver('edge-1', places, NO_LINKS).observe();
}

const CALICO = {
  name: 'k8s-pod-network',
  cniVersion: '0.3.1',
  plugins: [{ type: 'calico', ipam: { type: 'calico-ipam' } }, { type: 'portmap' }],
};
const KUBECONFIG = '/etc/cni/net.d/multus.d/multus.kubeconfig';

test('S2.4 the file that Multus writes when thin: what it wraps, and where its kubeconfig is', async () => {
  write('/etc/cni/net.d/10-calico.conflist', CALICO);
  write('/etc/cni/net.d/00-multus.conf', {
    cniVersion: '0.3.1',
    name: 'multus-cni-network',
    type: 'multus',
    capabilities: { portMappings: true },
    kubeconfig: KUBECONFIG,
    delegates: [CALICO],
  });
  const { cniConfDirs } = await observe();
  expect(cniConfDirs).toEqual([
    {
      dir: '/etc/cni/net.d',
      files: [
        {
          file: '00-multus.conf',
          name: 'multus-cni-network',
          types: ['multus'],
          multus: {
            clusterNetwork: 'k8s-pod-network',
            kubeconfig: KUBECONFIG,
            kubeconfigFound: false,
          },
        },
        {
          file: '10-calico.conflist',
          name: 'k8s-pod-network',
          types: ['calico', 'calico-ipam', 'portmap'],
        },
      ],
    },
  ]);
  write(KUBECONFIG, 'apiVersion: v1\nkind: Config\n');
  expect((await observe()).cniConfDirs[0]?.files[0]?.multus?.kubeconfigFound).toBe(true);
  write(KUBECONFIG, '');
  expect((await observe()).cniConfDirs[0]?.files[0]?.multus?.kubeconfigFound).toBe(false);
});

test('S2.4 the file of the thick daemon names the host as the daemon sees it', async () => {
  write('/etc/cni/net.d/10-calico.conflist', CALICO);
  write('/etc/cni/net.d/00-multus.conflist', {
    name: 'multus-cni-network',
    cniVersion: '1.0.0',
    plugins: [{ type: 'multus-shim', clusterNetwork: '/host/etc/cni/net.d/10-calico.conflist' }],
  });
  const { cniConfDirs } = await observe();
  expect(cniConfDirs[0]?.files[0]?.multus).toEqual({
    clusterNetwork: '/etc/cni/net.d/10-calico.conflist',
    clusterNetworkFound: true,
  });
});

test('files that hold no configuration are told, and no others are looked at', async () => {
  write('/etc/cni/net.d/10-a.conf', '{');
  write('/etc/cni/net.d/20-b.json', []);
  write('/etc/cni/net.d/30-c.conf.bak', '{');
  mkdirSync(path.join(root, '/etc/cni/net.d/40-d.conf'));
  const facts = await observe();
  expect(facts.cniConfDirs[0]?.files).toEqual([
    { file: '10-a.conf', types: [], error: expect.stringContaining('the file is no JSON') },
    { file: '20-b.json', types: [], error: 'the file holds no JSON object' },
    { file: '40-d.conf', types: [], error: 'the file can not be read' },
  ]);
  expect(checkNode(facts).map(({ key }) => key)).toEqual([
    '/etc/cni/net.d/10-a.conf',
    '/etc/cni/net.d/20-b.json',
    '/etc/cni/net.d/40-d.conf',
  ]);
});

test('S1.18 what CRI-O is told: the last file has the last word', async () => {
  expect((await observe()).crio).toBeUndefined();
  write('/etc/crio/crio.conf', '[crio.network]\nplugin_dirs = ["/usr/libexec/cni/"]\n');
  expect((await observe()).crio).toEqual({
    networkDir: '/etc/cni/net.d',
    pluginDirs: ['/usr/libexec/cni'],
  });
  write('/etc/crio/crio.conf.d/10-a.conf', '[crio.network]\ncni_default_network = "a"\n');
  write(
    '/etc/crio/crio.conf.d/12-microshift-multus.conf',
    '# of a package\n[crio.network]\ncni_default_network = "multus-cni-network"\nplugin_dirs = [\n  "/run/cni/bin",\n]\n',
  );
  write('/etc/crio/crio.conf.d/99-broken.conf', '[crio.network\n');
  write('/etc/crio/crio.conf.d/99-note.txt', '[crio.network]\ncni_default_network = "x"\n');
  expect((await observe()).crio).toEqual({
    defaultNetwork: 'multus-cni-network',
    networkDir: '/etc/cni/net.d',
    pluginDirs: ['/run/cni/bin'],
    file: '/etc/crio/crio.conf.d/12-microshift-multus.conf',
  });
});

test('S1.3 what firewalld lets in', async () => {
  expect((await observe()).firewalld).toBeUndefined();
  write(
    '/etc/firewalld/zones/public.xml',
    '<?xml version="1.0" encoding="utf-8"?>\n<zone>\n  <short>Public</short>\n  <!-- <service name="http"/> -->\n  <interface name="br-test"/>\n  <service name="ssh"/>\n  <service name="dhcp"/>\n  <source address="10.42.0.0/16"/>\n</zone>\n',
  );
  expect((await observe()).firewalld).toEqual({
    running: false,
    zones: [
      {
        name: 'public',
        interfaces: ['br-test'],
        sources: ['10.42.0.0/16'],
        services: ['ssh', 'dhcp'],
      },
    ],
  });
});

test('the modules that the kernel has, by the lists of depmod', async () => {
  const state = async (name: string) =>
    (await observe()).modules.find((one) => one.name === name)?.state;
  expect(await state('vrf')).toBe('unknown');
  const folder = `/lib/modules/${release()}`;
  write(`${folder}/modules.dep`, 'kernel/drivers/net/ipvlan/ipvlan.ko.xz: kernel/x.ko.xz\n');
  write(`${folder}/modules.builtin`, 'kernel/net/8021q/8021q.ko\n');
  expect(await state('vrf')).toBe('missing');
  expect(await state('ipvlan')).toBe('available');
  expect(await state('8021q')).toBe('built-in');
});

const TRUST = 'real CNI plugins tell their names, and none that anybody could have written is run';
const withPlugins = PLUGINS ? test : test.skip;

withPlugins(PLUGINS ? TRUST : `${TRUST} (skipped: no CNI plugins)`, async () => {
  const dir = path.join(root, '/opt/cni/bin');
  mkdirSync(dir, { recursive: true });
  cpSync(path.join(PLUGINS as string, 'bridge'), path.join(dir, 'bridge'));
  const marker = path.join(root, 'was-run');
  write('/opt/cni/bin/evil', `#!/bin/sh\necho 'CNI evil plugin v1.2.3' >&2\ntouch ${marker}\n`);
  chmodSync(path.join(dir, 'evil'), 0o777);
  write('/opt/cni/bin/told', "#!/bin/sh\necho 'CNI told plugin v1.2.3' >&2\n");
  chmodSync(path.join(dir, 'told'), 0o755);
  write('/opt/cni/bin/hangs', '#!/bin/sh\nexec sleep 60\n');
  chmodSync(path.join(dir, 'hangs'), 0o755);
  write('/opt/cni/bin/README.md', 'notes');
  write('/opt/cni/bin/no-program', '');
  const { cniBinDirs } = await observe();
  const isRoot = process.getuid?.() === 0;
  expect(cniBinDirs).toEqual([
    {
      dir: '/opt/cni/bin',
      plugins: [
        expect.objectContaining({ name: 'bridge' }),
        { name: 'evil' },
        { name: 'hangs' },
        isRoot ? { name: 'told', release: '1.2.3' } : { name: 'told' },
      ],
    },
  ]);
  expect(existsSync(marker)).toBe(false);
});

test('S2.1 the real agent tells of the interfaces of its node', async () => {
  const agent = new AgentProcess({ dir: path.join(root, 'agent'), name: 'edge-1' });
  agent.init();
  await agent.start();
  const client = agent.client();
  try {
    const facts = await client.node();
    expect(facts.node).toBe('edge-1');
    expect(facts.kernel).toBe(release());
    expect(facts.interfaces.find(({ name }) => name === 'lo')).toMatchObject({
      up: true,
      addresses: expect.arrayContaining(['127.0.0.1/8']),
    });
  } finally {
    await client.close();
    await agent.stop();
  }
});
