import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { App, Chart } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import {
  BridgeNetwork,
  GitOps,
  HostBridge,
  Ipam,
  MultiNetDeployment,
  MultusInstall,
  NetloomCrds,
} from 'netloom/constructs';
import { ApiServer, apiServerSkipReason } from '../support/api-server';
import type { KubernetesObject } from '../support/api-server-client';
import { crdsOf, objectsBelow, platformCrds } from '../support/api-server-crds';
import { describeUnless } from '../support/network-suite';

const WAVE = 'argocd.argoproj.io/sync-wave';

/** Made in the worst order: what others need comes last. */
function program(outdir: string, gitOps: (app: App) => unknown): void {
  const app = new App({ outdir });
  gitOps(app);
  const edge = new Chart(app, 'a-edge', { namespace: 'edge', disableResourceNameHashes: true });
  const lan = new BridgeNetwork(edge, 'lan', { ipam: Ipam.none() });
  new MultiNetDeployment(edge, 'web', { containers: [{ image: 'nginx:1.27' }] }).attach(lan);
  new HostBridge(edge, 'br', { bridge: 'br-lan' });
  // A chart without a namespace: cdk8s would write it into the Namespace.
  const namespaces = new Chart(app, 'c-namespaces');
  new kplus.Namespace(namespaces, 'edge', { metadata: { name: 'edge' } });
  const system = new Chart(app, 'b-system');
  new MultusInstall(system, 'multus');
  new NetloomCrds(system, 'netloom');
  app.synth();
}

describeUnless(apiServerSkipReason(), 'on a real API server', () => {
  let server: ApiServer;
  let folder: string;

  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'netloom-gitops-'));
    server = await ApiServer.start();
  }, 120_000);

  afterEach(async () => {
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** As a controller does: all of one step, then the next. Nothing is tried twice. */
  async function applySteps(steps: readonly (readonly KubernetesObject[])[]): Promise<number> {
    let count = 0;
    for (const step of steps) {
      for (const crd of crdsOf(step)) await server.client.establish(crd);
      for (const object of step) await server.client.apply(object);
      count += step.length;
    }
    return count;
  }

  test('nothing is missing when the waves of Argo CD are applied one behind the other', async () => {
    program(folder, (app) => GitOps.argoCd(app));
    const objects = objectsBelow(folder);
    const waveOf = ({ metadata }: KubernetesObject) => Number(metadata['annotations'][WAVE]);
    const waves = [...new Set(objects.map(waveOf))].sort((a, b) => a - b);
    const steps = waves.map((wave) => objects.filter((one) => waveOf(one) === wave).reverse());
    expect(steps.length).toBeGreaterThan(5);
    await expect(applySteps(steps)).resolves.toBe(objects.length);
  }, 60_000);

  test('nothing is missing when the Kustomizations of Flux are applied one behind the other', async () => {
    program(folder, (app) => GitOps.flux(app));
    const kustomizations = objectsBelow(path.join(folder, 'flux'));
    const namespace: KubernetesObject = {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'flux-system' },
    };
    await applySteps([[namespace], platformCrds(kustomizations), kustomizations]);
    const steps: KubernetesObject[][] = [];
    const done = new Set<string>();
    for (const { metadata, spec } of kustomizations) {
      const missing = (spec.dependsOn ?? []).filter((one: { name: string }) => !done.has(one.name));
      expect([metadata.name, missing]).toEqual([metadata.name, []]);
      done.add(metadata.name);
      steps.push(objectsBelow(path.join(folder, spec.path.replace('./dist', ''))).reverse());
    }
    expect(steps.length).toBe(6);
    await expect(applySteps(steps)).resolves.toBeGreaterThan(10);
  }, 60_000);
});
