import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { diagnose } from 'netloom';
import { hostBridge, page } from '../../examples/microshift/definitions';
import { drawStory } from '../../scripts/demo-picture';
import { inPod, type Manifest, type RunningPod } from '../support/multus';
import { describeOnKernel } from '../support/network-suite';
import type { EngineResult } from '../support/pulumi-engine';
import {
  filesBelow,
  hasLink,
  ipJson,
  MicroShiftStory,
  objectsOf,
  ping,
  pulumiObjects,
  ROOT,
} from '../support/story';

const POOL = 'default/bridge-conf';

describeOnKernel('the MicroShift story on real parts', () => {
  let story: MicroShiftStory;
  let manifests: Manifest[];
  let preview: EngineResult;
  let deployed: EngineResult;
  let testBridge: RunningPod;
  let camera: RunningPod;

  beforeAll(async () => {
    story = new MicroShiftStory(mkdtempSync(path.join(tmpdir(), 'netloom-story-')));
    manifests = objectsOf((await story.synth('dist')).values());
    await story.startAgent();
    preview = await story.preview();
    expect(preview).toMatchObject({ ok: true, errors: [] });
    deployed = await story.deploy();
    expect(deployed).toMatchObject({ ok: true, errors: [] });
    [testBridge, camera] = (await story.startPods(manifests)) as [RunningPod, RunningPod];
    await story.servePage(testBridge, page);
  }, 120_000);

  afterAll(async () => {
    await story?.close();
  }, 60_000);

  const network = (name: string): Manifest => {
    const found = manifests.find(
      (one) => one.kind === 'NetworkAttachmentDefinition' && one.metadata.name === name,
    );
    return found as Manifest;
  };
  const pod = (name: string): Manifest =>
    manifests.find((one) => one.kind === 'Pod' && one.metadata.name === name) as Manifest;

  test('S1.6 the network has the meaning of the printed one, as valid JSON', () => {
    expect(JSON.parse(network('bridge-conf').spec.config)).toEqual({
      cniVersion: '0.4.0',
      name: 'bridge-conf',
      type: 'bridge',
      bridge: 'br-test',
      ipam: {
        type: 'host-local',
        ranges: [
          [
            {
              subnet: '10.10.0.0/24',
              rangeStart: '10.10.0.20',
              rangeEnd: '10.10.0.39',
              gateway: '10.10.0.254',
            },
          ],
          [{ subnet: 'fd00:10:10::/64', rangeStart: 'fd00:10:10::1', rangeEnd: 'fd00:10:10::9' }],
        ],
        dataDir: '/var/lib/cni/br-test',
      },
    });
    // The plugin took it, and kept its files where dataDir says.
    expect(filesBelow('/var/lib/cni/br-test').map((file) => path.basename(file))).toContain(
      '10.10.0.20',
    );
  });

  test('S1.7 the short annotation comes from objects and attaches the pod', () => {
    expect(pod('test-bridge').metadata.annotations).toEqual({
      'k8s.v1.cni.cncf.io/networks': 'bridge-conf,bridge-conf',
    });
    expect(testBridge.status[0]).toMatchObject({ name: 'default/bridge-conf', interface: 'net1' });
  });

  test('S1.8 the JSON annotation carries interface and addresses', () => {
    expect(
      JSON.parse(pod('camera').metadata.annotations?.['k8s.v1.cni.cncf.io/networks'] ?? ''),
    ).toEqual([
      {
        name: 'bridge-conf-claimed',
        interface: 'cam0',
        ips: ['10.10.0.40/24', 'fd00:10:10::40/64'],
      },
    ]);
    expect(camera.status).toMatchObject([
      { interface: 'cam0', ips: ['10.10.0.40', 'fd00:10:10::40'] },
    ]);
  });

  test('S1.9 the same network twice gives net1 and net2', () => {
    expect(testBridge.status.map((one) => [one.interface, one.ips])).toEqual([
      ['net1', ['10.10.0.20', 'fd00:10:10::2']],
      ['net2', ['10.10.0.21', 'fd00:10:10::3']],
    ]);
  });

  test('S1.12 the agent reports the bridge on the host', async () => {
    const bridge = await story.agent.client().bridge('br-test');
    expect(bridge?.actual).toMatchObject({
      up: true,
      addresses: expect.arrayContaining(hostBridge.addresses),
    });
    expect(hasLink('br-test')).toBe(true);
  });

  test('S1.13 the host has its addresses on the bridge, outside of the pod ranges', () => {
    const [link] = ipJson('addr', 'show', 'br-test');
    const global = link.addr_info.filter((one: any) => one.scope === 'global');
    expect(global.map((one: any) => `${one.local}/${one.prefixlen}`)).toEqual(hostBridge.addresses);
  });

  test('S1.14 `ip a` in the pod shows net1 with 10.10.0.20', async () => {
    const [net1] = JSON.parse(await inPod(testBridge, 'ip', ['-j', 'addr', 'show', 'net1']));
    expect(net1.addr_info).toContainEqual(
      expect.objectContaining({ local: '10.10.0.20', prefixlen: 24 }),
    );
    expect(net1.operstate).toBe('UP');
  });

  test('S1.15 the host fetches the page from the pod', async () => {
    await expect((await fetch('http://10.10.0.20:8080/')).text()).resolves.toBe(page);
    await expect((await fetch('http://[fd00:10:10::2]:8080/')).text()).resolves.toBe(page);
  });

  test('host and pods reach each other over IPv4 and IPv6', async () => {
    for (const address of ['10.10.0.20', 'fd00:10:10::2', '10.10.0.40', 'fd00:10:10::40']) {
      expect(await ping(undefined, address)).toMatchObject({ ok: true });
    }
    for (const address of ['10.10.0.40', 'fd00:10:10::40']) {
      expect(await ping(testBridge, address)).toMatchObject({ ok: true });
    }
    for (const address of ['10.10.0.20', 'fd00:10:10::2', '10.10.0.10', 'fd00:10:10::a']) {
      expect(await ping(camera, address)).toMatchObject({ ok: true });
    }
    // A ping that nobody answers fails: the ones above mean something.
    expect(await ping(camera, '10.10.0.77')).toMatchObject({ ok: false });
  }, 60_000);

  test('S1.17 a network that is not there is told in our words', async () => {
    const stranger: Manifest = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'stranger', annotations: { 'k8s.v1.cni.cncf.io/networks': 'nosuch' } },
    };
    const failure = await story.startPods([stranger]).then(
      () => '',
      (error: Error) => error.message,
    );
    expect(diagnose(failure)).toMatchObject([
      { code: 'NL_NETWORK_NOT_FOUND', found: expect.stringContaining('"default/nosuch"') },
    ]);
  });

  test('the picture in the README is that of what stands here', () => {
    const readme = readFileSync(path.join(ROOT, 'README.md'), 'utf8');
    const claimed = deployed.outputs['cameraCidrs'] as string[];
    const [bridge] = ipJson('addr', 'show', 'br-test');
    expect(readme).toContain(drawStory(bridge, [testBridge, camera], claimed));
  });

  test('the preview knew the address, and made nothing', () => {
    expect(preview.operations).toEqual([]);
    expect(preview.outputs).toMatchObject({ cameraAddress: '10.10.0.40' });
    expect(preview.outputs['cameraCidrs']).toEqual(deployed.outputs['cameraCidrs']);
  });

  test('networks come after the bridge on the node, and pods after their networks', () => {
    expect(deployed.dependencies).toMatchObject({
      'bridge-conf': ['br-test-edge-1'],
      'bridge-conf-claimed': ['br-test-edge-1'],
      'test-bridge': ['bridge-conf'],
      camera: expect.arrayContaining(['bridge-conf-claimed', 'camera-address']),
    });
  });

  test('both front ends make the same networks and annotations', () => {
    const essence = (objects: readonly Manifest[]): Record<string, unknown> =>
      Object.fromEntries(
        objects.map((one) => [
          `${one.kind}/${one.metadata.name}`,
          one.kind === 'Pod' ? one.metadata.annotations : one.spec,
        ]),
      );
    const mine = manifests.filter(
      ({ kind, metadata }) => metadata.namespace === 'default' || kind.startsWith('Validating'),
    );
    expect(essence(pulumiObjects(deployed.state))).toEqual(essence(mine));
  });

  test('a second update does nothing', async () => {
    expect((await story.deploy()).operations).toEqual([]);
  }, 60_000);

  test('two synths give the same bytes', async () => {
    expect(await story.synth('again')).toEqual(await story.synth('and-again'));
  }, 60_000);

  // Last: it takes the story apart.
  test('S1.16 detached pods give their addresses back, and destroy leaves nothing', async () => {
    await story.stopPods();
    const given = () =>
      filesBelow('/var/lib/cni/br-test').filter((file) =>
        /^(\d+\.|[0-9a-f]+:)/.test(path.basename(file)),
      );
    expect(given()).toEqual([]);
    const client = story.agent.client();
    expect((await client.claims(POOL)).map((claim) => claim.state)).toEqual(['claimed']);
    expect(await story.destroy()).toMatchObject({ ok: true, errors: [] });
    expect(await client.pools()).toEqual([]);
    expect(await client.bridges()).toEqual([]);
    expect(hasLink('br-test')).toBe(false);
  }, 60_000);
});
