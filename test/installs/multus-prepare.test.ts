import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { type MultusMode, multusParts, type PlatformFacts, platformFacts } from 'netloom';
import { containerSkipReason, FakeHost, type HostContainer } from '../support/host-container';
import { describeUnless } from '../support/network-suite';

const BIN = '/opt/cni/bin';
const CONF = '/etc/cni/net.d';
const MASTER = '10-calico.conflist';

const SHIM = '{"cniVersion":"0.3.1","type":"multus-shim"}';
const THIN = '{"cniVersion":"0.3.1","type":"multus"}';

/** The container as the DaemonSet has it. */
function prepare(
  mode: MultusMode,
  settings: { masterCniFile?: string } = {},
  facts: PlatformFacts = platformFacts('kubernetes'),
): HostContainer {
  const objects = multusParts(facts, { mode, ...settings }).objects;
  const daemonSet: any = objects.find(({ id }) => id === 'DaemonSet')?.manifest;
  const { initContainers, volumes } = daemonSet.spec.template.spec;
  return { container: initContainers[0], volumes };
}

describeUnless(containerSkipReason(), 'what is done on a node before Multus is copied', () => {
  let host: FakeHost;
  const write = (file: string, text = ''): void => writeFileSync(host.path(file), text);
  const files = (): string[] => [CONF, BIN].flatMap((dir) => readdirSync(host.path(dir))).sort();

  beforeEach(() => {
    host = new FakeHost();
    for (const dir of [CONF, BIN]) mkdirSync(host.path(dir), { recursive: true });
    write(`${CONF}/${MASTER}`);
    write(`${BIN}/bridge`);
  });
  afterEach(() => host.remove());

  interface Case {
    name: string;
    mode: MultusMode;
    /** Files and their content, without those that are there always. */
    given: Record<string, string>;
    /** Those of them that stay. */
    want: string[];
  }

  const cases: Case[] = [
    { name: 'a fresh node', mode: 'thick', given: {}, want: [] },
    {
      name: "what an interrupted copy left, and nobody else's files",
      mode: 'thick',
      given: {
        [`${BIN}/multus-shim.temp123`]: '',
        [`${BIN}/passthru.temp9`]: '',
        [`${BIN}/multus.temp`]: '',
        [`${BIN}/_multus77`]: '',
        [`${BIN}/multus-shim`]: '',
        [`${BIN}/multus.temporary`]: '',
        [`${BIN}/calico.temp1`]: '',
        [`${BIN}/_multusish`]: '',
        [`${CONF}/00-multus.conf.new`]: '',
      },
      want: ['_multusish', 'calico.temp1', 'multus-shim', 'multus.temporary'],
    },
    {
      name: 'a configuration that works stays, so that no pod comes up without its networks',
      mode: 'thick',
      given: { [`${CONF}/00-multus.conf`]: SHIM },
      want: ['00-multus.conf'],
    },
    {
      name: 'the list of a thin one, which would take over when the daemon ends',
      mode: 'thick',
      given: { [`${CONF}/00-multus.conf`]: SHIM, [`${CONF}/00-multus.conflist`]: THIN },
      want: ['00-multus.conf'],
    },
    {
      name: 'the file of a thick one, which would hide the list',
      mode: 'thin',
      given: { [`${CONF}/00-multus.conf`]: SHIM },
      want: [],
    },
    {
      name: 'the file of an older thin one beside the list of this one',
      mode: 'thin',
      given: { [`${CONF}/00-multus.conf`]: THIN, [`${CONF}/00-multus.conflist`]: THIN },
      want: ['00-multus.conflist'],
    },
    {
      name: 'the file of a thin one alone: it may be right',
      mode: 'thin',
      given: { [`${CONF}/00-multus.conf`]: THIN },
      want: ['00-multus.conf'],
    },
  ];

  test.each(cases)('$mode: $name', async ({ mode, given, want }) => {
    for (const [file, text] of Object.entries(given)) write(file, text);
    const kept = [...want, MASTER, 'bridge'].sort();
    for (const _time of ['first', 'second']) {
      expect(await host.run(prepare(mode))).toEqual({ status: 0, stdout: '', stderr: '' });
      expect(files()).toEqual(kept);
    }
  });

  test('waits for the cluster network, and goes on when it comes', async () => {
    const { container, volumes } = prepare('thin', { masterCniFile: '05-cilium.conflist' });
    const waiting = host.run({ container, volumes });
    setTimeout(() => write(`${CONF}/05-cilium.conflist`), 300);
    const start = Date.now();
    expect((await waiting).status).toBe(0);
    expect(Date.now() - start).toBeGreaterThan(300);
  });

  test('gives up after a while, and says what is missing', async () => {
    const container = prepare('thin', { masterCniFile: '05-cilium.conflist' });
    const end = await host.run(container, { env: { WAIT_SECONDS: '1' } });
    expect(end.status).toBe(1);
    expect(end.stderr).toMatch(
      /^netloom: no cluster network in \/host\/etc\/cni\/net.d after 1 s:/,
    );
  });

  test("does not take Multus' own files for the cluster network", async () => {
    write(`${CONF}/00-multus.conf`, THIN);
    const { container, volumes } = prepare('thin', {
      masterCniFile: MASTER,
    });
    const env = container.env.filter(({ name }: { name: string }) => name !== 'MASTER');
    const facts = { container: { ...container, env }, volumes };
    expect((await host.run(facts, { env: { WAIT_SECONDS: '0' } })).status).toBe(0);
    host.remove();
    for (const dir of [CONF, BIN]) mkdirSync(host.path(dir), { recursive: true });
    write(`${CONF}/00-multus.conf`, THIN);
    expect((await host.run(facts, { env: { WAIT_SECONDS: '0' } })).status).toBe(1);
  });

  test('killed in the middle and started again', async () => {
    write(`${BIN}/multus-shim.temp123`);
    const container = prepare('thick', { masterCniFile: '05-cilium.conflist' });
    expect((await host.run(container, { killAfterMs: 400 })).status).toBeNull();
    write(`${CONF}/05-cilium.conflist`);
    expect((await host.run(container)).status).toBe(0);
    expect(files()).toEqual(['05-cilium.conflist', MASTER, 'bridge'].sort());
  });

  test.each([BIN, CONF])('%s is read-only', async (folder) => {
    const end = await host.run(prepare('thick'), { readOnly: [folder] });
    expect(end.status).toBe(1);
    expect(end.stderr).toContain(`netloom: can not write to /host${folder}`);
    expect(end.stderr).toContain('cniBinDir and cniConfDir of the platform');
  });

  test('folders of another runtime', async () => {
    const facts = platformFacts('kubernetes', { cri: 'cri-o', cniConfDir: '/etc/other/net.d' });
    const container = prepare('thick', {}, facts);
    mkdirSync(host.path('/etc/other/net.d'), { recursive: true });
    write('/etc/other/net.d/100-crio-bridge.conflist');
    expect(await host.run(container, { env: { WAIT_SECONDS: '0' } })).toMatchObject({ status: 0 });
  });
});
