import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { cniPath } from '../../scripts/tools';
import { AgentProcess } from '../support/agent';
import { type Manifest, MultusRuntime } from '../support/multus';
import { describeOnKernel } from '../support/network-suite';
import { hasLink, ipJson, ping } from '../support/story';

const NAME = 'br-boot';
const DATA_DIR = '/run/netloom-test-boot';
const ALIAS = /^netloom:/;

const config = {
  cniVersion: '0.4.0',
  name: 'lan',
  type: 'bridge',
  bridge: NAME,
  ipam: {
    type: 'host-local',
    ranges: [[{ subnet: '10.50.0.0/24', rangeStart: '10.50.0.20' }]],
    dataDir: DATA_DIR,
  },
};
const network: Manifest = {
  apiVersion: 'k8s.cni.cncf.io/v1',
  kind: 'NetworkAttachmentDefinition',
  metadata: { name: 'lan', namespace: 'default' },
  spec: { config: JSON.stringify(config) },
};
const pod: Manifest = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'early', annotations: { 'k8s.v1.cni.cncf.io/networks': 'lan' } },
};

describeOnKernel('pods that come up before the agent', () => {
  let folder: string;
  let agent: AgentProcess;
  let runtime: MultusRuntime;

  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'netloom-boot-'));
    mkdirSync(path.join(folder, 'agent'), { mode: 0o700 });
    agent = new AgentProcess({ dir: path.join(folder, 'agent'), name: 'edge-1' });
    runtime = new MultusRuntime([network], cniPath() as string);
    agent.init();
    await agent.start();
  }, 60_000);

  afterEach(async () => {
    await runtime.stopAll();
    await agent.stop();
    if (hasLink(NAME)) execFileSync('ip', ['link', 'del', NAME]);
    rmSync(folder, { recursive: true, force: true });
    rmSync(DATA_DIR, { recursive: true, force: true });
  });

  const want = () =>
    agent.client().putBridge(NAME, { owner: 'stack/br', spec: { addresses: ['10.50.0.1/24'] } });

  /** What a reboot leaves: the store, but no link. */
  async function reboot(): Promise<void> {
    await agent.stop('SIGKILL');
    execFileSync('ip', ['link', 'del', NAME]);
  }

  test('S1.13 after a reboot the bridge that a pod brought is taken back, the pod stays on it', async () => {
    await want();
    await reboot();
    const early = await runtime.start(pod);
    expect(await ping(undefined, '10.50.0.20')).toMatchObject({ ok: false });
    await agent.start();
    const [link] = ipJson('-d', 'addr', 'show', NAME);
    expect(link.ifalias).toMatch(ALIAS);
    expect(link.addr_info).toContainEqual(expect.objectContaining({ local: '10.50.0.1' }));
    expect(await ping(undefined, '10.50.0.20')).toMatchObject({ ok: true });
    expect(await ping(early, '10.50.0.1')).toMatchObject({ ok: true });
    expect((await want()).steps).toEqual([]);
  }, 60_000);

  test("a bridge with somebody else's address, or with a foreign port, is not touched", async () => {
    await want();
    await reboot();
    execFileSync('ip', ['link', 'add', NAME, 'type', 'bridge']);
    execFileSync('ip', ['addr', 'add', '10.99.0.1/24', 'dev', NAME]);
    const before = ipJson('-d', 'addr', 'show', NAME);
    await agent.start();
    await expect(want()).rejects.toThrow(/NL_BRIDGE_FOREIGN/);
    expect(ipJson('-d', 'addr', 'show', NAME)).toEqual(before);
  }, 60_000);

  test('a bridge that pods brought before anybody asked for it is refused with the way out', async () => {
    await runtime.start(pod);
    await expect(want()).rejects.toThrow(
      /the CNI bridge plugin makes one when pods come first.*Fix: take it over as it is with adopt: true.*or delete the pods on it.*NL_BRIDGE_FOREIGN/,
    );
    const [link] = ipJson('-d', 'addr', 'show', NAME);
    expect(link.ifalias).toBeUndefined();
  }, 60_000);
});
