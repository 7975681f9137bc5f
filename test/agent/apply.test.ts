import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { App, Chart, Testing } from 'cdk8s';
import { HostBridge } from 'netloom/constructs';
import { stringify } from 'yaml';
import { applyManifests } from '../../node-agent/src/commands/apply';
import { AgentProcess } from '../support/agent';
import { describeOnKernel } from '../support/network-suite';
import { hasLink, ipJson } from '../support/story';

describeOnKernel('netloom-agent apply', () => {
  let root: string;
  let folder: string;
  let agent: AgentProcess;

  beforeAll(async () => {
    root = mkdtempSync(path.join(tmpdir(), 'netloom-apply-'));
    folder = path.join(root, 'agent');
    execFileSync('mkdir', ['-m', '700', folder]);
    agent = new AgentProcess({ dir: folder, name: 'edge-1' });
    agent.init();
    const config = path.join(folder, 'agent.yaml');
    writeFileSync(config, readFileSync(config, 'utf8').replace('127.0.0.1:0', '127.0.0.1:18443'));
    await agent.start();
  }, 60_000);

  afterAll(async () => {
    await agent?.stop();
    rmSync(root, { recursive: true, force: true });
  });

  /** A file as `cdk8s synth` writes it, with something else in it that is none of the agent's business. */
  function manifest(...bridges: ConstructorParameters<typeof HostBridge>[2][]): string {
    const chart = new Chart(new App(), 'host');
    for (const props of bridges) new HostBridge(chart, props.bridge, props);
    const other = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'other' } };
    const file = path.join(root, `${bridges.map((one) => one.bridge).join('-')}.yaml`);
    writeFileSync(
      file,
      [...Testing.synth(chart), other].map((one) => stringify(one)).join('---\n'),
    );
    return file;
  }

  const apply = (files: string[], more: { anyNode?: boolean; prune?: boolean } = {}) =>
    applyManifests({ folder, files, anyNode: false, prune: false, ...more });

  test('makes the bridges, does nothing the second time, and prunes what is gone', async () => {
    const both = manifest({ bridge: 'br-one', addresses: ['10.40.0.1/24'] }, { bridge: 'br-two' });
    const lines = await apply([both]);
    expect(lines.map((line) => line.split(':')[0])).toEqual(['br-one', 'br-two']);
    expect(ipJson('addr', 'show', 'br-one')[0].addr_info[0]).toMatchObject({ local: '10.40.0.1' });
    expect(await apply([both])).toEqual(['br-one: unchanged', 'br-two: unchanged']);

    const one = manifest({ bridge: 'br-one', addresses: ['10.40.0.2/24'] });
    expect(await apply([one], { prune: true })).toEqual([
      expect.stringContaining('br-one: '),
      'br-two: removed',
    ]);
    expect(hasLink('br-two')).toBe(false);
    expect(ipJson('addr', 'show', 'br-one')[0].addr_info[0]).toMatchObject({ local: '10.40.0.2' });
    expect(await apply([manifest()], { prune: true })).toEqual(['br-one: removed']);
  }, 60_000);

  test('a bridge made by hand is adopted only where the node allows it', async () => {
    execFileSync('ip', ['link', 'add', 'br-hand', 'type', 'bridge']);
    try {
      await expect(apply([manifest({ bridge: 'br-hand' })])).rejects.toThrow(/NL_BRIDGE_FOREIGN/);
      const adopts = manifest({ bridge: 'br-hand', adopt: true });
      await expect(apply([adopts])).rejects.toThrow(/host\.policy\.adopt.*NL_HOST_POLICY/);
    } finally {
      execFileSync('ip', ['link', 'del', 'br-hand']);
    }
  }, 60_000);

  test('one bad bridge, and nothing is changed', async () => {
    const file = manifest({ bridge: 'br-good' }, { bridge: 'br-bad', ports: ['nosuch0'] });
    await expect(apply([file])).rejects.toThrow(/nosuch0.*NL_BRIDGE_PORT/);
    expect(hasLink('br-good')).toBe(false);
  });

  test('what is no YAML and what breaks a rule is told of all files at once', async () => {
    const broken = path.join(root, 'broken.yaml');
    writeFileSync(broken, 'a: [');
    const wrong = path.join(root, 'wrong.yaml');
    const object = {
      apiVersion: 'netloom.io/v1alpha1',
      kind: 'HostBridge',
      metadata: { name: 'x' },
    };
    writeFileSync(wrong, stringify({ ...object, spec: { bridge: 'br-test-sixteen-' } }));
    const failure = await apply([broken, wrong, path.join(root, 'absent.yaml')]).catch(
      (error) => error,
    );
    expect(failure.problems.map((problem: any) => problem.code)).toEqual([
      'NL_CONFIG_INVALID',
      'NL_IFNAME_TOO_LONG',
      'NL_CONFIG_INVALID',
    ]);
  });

  test('a bridge with a nodeSelector is passed over unless it is asked for', async () => {
    const file = manifest({ bridge: 'br-sel', nodeSelector: { role: 'edge' } });
    expect(await apply([file])).toEqual([expect.stringMatching(/^br-sel: passed over/)]);
    expect(hasLink('br-sel')).toBe(false);
    await apply([file], { anyNode: true });
    expect(hasLink('br-sel')).toBe(true);
    await apply([manifest()], { prune: true });
  });
});
