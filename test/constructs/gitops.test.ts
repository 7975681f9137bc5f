import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { ApiObject, App, Chart, JsonPatch, Testing, YamlOutputType } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { LAYERS, layerOf, syncWaves } from 'netloom';
import {
  BridgeNetwork,
  GitOps,
  HostBridge,
  Ipam,
  MultiNetPod,
  MultusInstall,
  NetloomCrds,
  Platform,
  PodNetworks,
} from 'netloom/constructs';
import { parseAllDocuments } from 'yaml';
import { findTool } from '../../scripts/tools';
import { exampleNames } from '../support/api-server-examples';
import { makeProgramFolder } from '../support/program-folder';
import { ROOT } from '../support/story';
import type { Manifest } from './support';
import './support';

const WAVE = 'argocd.argoproj.io/sync-wave';
const OPTIONS = 'argocd.argoproj.io/sync-options';
const BIN = path.join(ROOT, 'node_modules/.bin');

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'netloom-gitops-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function outputOf(dir: string): Record<string, Manifest[]> {
  const names = readdirSync(dir, { recursive: true }).map(String).sort();
  const files = names.filter((name) => name.endsWith('.yaml'));
  return Object.fromEntries(
    files.map((name) => {
      const documents = parseAllDocuments(readFileSync(path.join(dir, name), 'utf8'));
      return [name, documents.map((one) => one.toJS()).filter(Boolean)];
    }),
  );
}

function objectsOf(dir: string): Manifest[] {
  return Object.values(outputOf(dir)).flat();
}

/** `<kind> <name>`, and the annotations that Argo CD reads, by wave. */
function waves(objects: readonly Manifest[]): Record<string, string> {
  return Object.fromEntries(
    objects.map(({ kind, metadata }) => [`${kind} ${metadata.name}`, metadata.annotations?.[WAVE]]),
  );
}

/** A bridge, a network on it and a pod, in charts that depend on each other. */
function edgeApp(app: App): { edge: Chart; host: Chart } {
  const crds = new Chart(app, 'crds');
  new NetloomCrds(crds, 'netloom');
  const host = new Chart(app, 'host');
  host.addDependency(crds);
  new HostBridge(host, 'br-lan', { bridge: 'br-lan', addresses: ['10.10.0.1/24'] });
  const edge = new Chart(app, 'edge', { namespace: 'edge', disableResourceNameHashes: true });
  edge.addDependency(host);
  new kplus.Namespace(edge, 'namespace', { metadata: { name: 'edge' } });
  new kplus.ConfigMap(edge, 'page', { metadata: { name: 'page' } });
  const lan = new BridgeNetwork(edge, 'lan', {
    bridge: 'br-lan',
    ipam: Ipam.static(),
  });
  new MultiNetPod(edge, 'web', {
    metadata: { name: 'web' },
    containers: [{ image: 'nginx:1.27' }],
  }).attach(lan, { ips: ['10.10.0.5/24'] });
  return { edge, host };
}

describe('layers', () => {
  test.each([
    ['v1', 'Namespace', 'namespaces'],
    ['apiextensions.k8s.io/v1', 'CustomResourceDefinition', 'crds'],
    ['rbac.authorization.k8s.io/v1', 'ClusterRole', 'settings'],
    ['v1', 'Secret', 'settings'],
    ['security.openshift.io/v1', 'SecurityContextConstraints', 'settings'],
    ['packaging.carvel.dev/v1alpha1', 'PackageRepository', 'settings'],
    ['packaging.carvel.dev/v1alpha1', 'PackageInstall', 'installs'],
    ['helm.cattle.io/v1', 'HelmChartConfig', 'installs'],
    ['operator.openshift.io/v1', 'Network', 'installs'],
    ['k8s.cni.cncf.io/v1', 'NetworkAttachmentDefinition', 'networks'],
    ['k8s.cni.cncf.io/v1beta1', 'MultiNetworkPolicy', 'networks'],
    ['kubeovn.io/v1', 'Subnet', 'networks'],
    ['netloom.io/v1alpha1', 'HostBridge', 'networks'],
    ['admissionregistration.k8s.io/v1', 'ValidatingAdmissionPolicy', 'networks'],
    ['apps/v1', 'DaemonSet', 'workloads'],
    ['v1', 'Pod', 'workloads'],
    ['example.com/v1', 'Network', 'workloads'],
  ])('%s %s is one of %s', (apiVersion, kind, want) => {
    expect(layerOf({ apiVersion, kind })).toBe(want);
  });

  test('a DaemonSet of an install is none of the workloads', () => {
    expect(layerOf({ apiVersion: 'apps/v1', kind: 'DaemonSet' }, true)).toBe('installs');
  });

  test('waves rise with the layers, and within one with the charts that depend on each other', () => {
    const wave = syncWaves([
      { id: 'c', layers: new Set(['networks', 'workloads']), dependencies: ['b'] },
      { id: 'b', layers: new Set(['crds']), dependencies: ['a'] },
      { id: 'a', layers: new Set(['networks']), dependencies: [] },
    ]);
    expect(LAYERS.map((layer) => wave('a', layer))).toEqual([-50, -40, -30, -20, -10, 0]);
    expect([wave('c', 'networks'), wave('c', 'workloads')]).toEqual([-9, 0]);
  });

  test('more than ten charts in a row keep the layers apart', () => {
    const chain = Array.from({ length: 15 }, (_, at) => ({
      id: `c${at}`,
      layers: new Set(['networks', 'workloads'] as const),
      dependencies: at === 0 ? [] : [`c${at - 1}`],
    }));
    const wave = syncWaves(chain);
    expect(wave('c14', 'networks')).toBeLessThan(wave('c0', 'workloads'));
  });

  test('a circle of charts ends', () => {
    const layers = new Set(['networks'] as const);
    const wave = syncWaves([
      { id: 'a', layers, dependencies: ['b'] },
      { id: 'b', layers, dependencies: ['a'] },
    ]);
    expect(Number.isInteger(wave('a', 'networks'))).toBe(true);
  });
});

describe('Argo CD', () => {
  test.each(['before', 'behind'])('every object has its wave, asked for %s the rest', (when) => {
    const app = new App({ outdir: folder });
    if (when === 'before') GitOps.argoCd(app);
    edgeApp(app);
    if (when === 'behind') GitOps.argoCd(app);
    app.synth();
    expect(waves(objectsOf(folder))).toEqual({
      'CustomResourceDefinition hostbridges.netloom.io': '-40',
      'CustomResourceDefinition nodenetworks.netloom.io': '-40',
      'HostBridge br-lan': '-10',
      'Namespace edge': '-50',
      'ConfigMap page': '-30',
      'NetworkAttachmentDefinition lan': '-9',
      'Pod web': '0',
    });
  });

  test('only kinds that come in the same sync go without a dry run', () => {
    const app = new App({ outdir: folder });
    GitOps.argoCd(app);
    edgeApp(app);
    app.synth();
    const having = objectsOf(folder).filter(({ metadata }) => metadata.annotations?.[OPTIONS]);
    expect(having.map(({ kind, metadata }) => [kind, metadata.annotations[OPTIONS]])).toEqual([
      ['HostBridge', 'SkipDryRunOnMissingResource=true'],
    ]);
  });

  test('kinds that an install of the platform brings go without a dry run, too', () => {
    const app = new App({ outdir: folder });
    GitOps.argoCd(app);
    const chart = new Chart(app, 'edge', { namespace: 'edge' });
    new ApiObject(chart, 'multus', {
      apiVersion: 'helm.cattle.io/v1',
      kind: 'HelmChart',
      metadata: { name: 'multus' },
    });
    new BridgeNetwork(chart, 'lan', { ipam: Ipam.none() });
    app.synth();
    const options = objectsOf(folder).map(({ metadata }) => metadata.annotations?.[OPTIONS]);
    expect(options).toEqual([undefined, 'SkipDryRunOnMissingResource=true']);
  });

  test.each([
    ['a wave', { [WAVE]: '7' }, { [WAVE]: '7' }],
    ['a hook', { 'argocd.argoproj.io/hook': 'PreSync' }, { 'argocd.argoproj.io/hook': 'PreSync' }],
    [
      'other options',
      { [OPTIONS]: 'ServerSideApply=true, Prune=false' },
      {
        [WAVE]: '-10',
        [OPTIONS]: 'ServerSideApply=true, Prune=false,SkipDryRunOnMissingResource=true',
      },
    ],
    [
      'the same option',
      { [OPTIONS]: 'SkipDryRunOnMissingResource=false' },
      { [WAVE]: '-10', [OPTIONS]: 'SkipDryRunOnMissingResource=false' },
    ],
  ])('%s that an object has stays', (_name, given, want) => {
    for (const way of ['metadata', 'patch'] as const) {
      const app = Testing.app();
      GitOps.argoCd(app);
      const chart = new Chart(app, 'crds');
      new NetloomCrds(chart, 'netloom');
      const bridge = new HostBridge(chart, 'br', { bridge: 'br0', ...metadataOf(way, given) });
      if (way === 'patch') {
        bridge.apiObject.addJsonPatch(JsonPatch.add('/metadata/annotations', given));
      }
      const manifests: Manifest[] = Testing.synth(chart);
      const { metadata } = manifests.find(({ kind }) => kind === 'HostBridge');
      const others = 'argocd.argoproj.io/hook' in given ? { [OPTIONS]: expect.any(String) } : {};
      const wave = WAVE in given ? { [OPTIONS]: expect.any(String) } : {};
      expect(metadata.annotations).toEqual({ ...want, ...others, ...wave });
    }
  });

  function metadataOf(way: 'metadata' | 'patch', annotations: Record<string, string>) {
    return way === 'metadata' ? { metadata: { annotations } } : {};
  }

  test("a workload's attachments and its wave stand beside each other, whatever came first", () => {
    const app = Testing.app();
    const chart = new Chart(app, 'apps', { namespace: 'apps' });
    const lan = new BridgeNetwork(chart, 'lan', { ipam: Ipam.none() });
    const pod = new kplus.Pod(chart, 'web', { containers: [{ image: 'nginx:1.27' }] });
    GitOps.argoCd(app);
    const first: Manifest[] = Testing.synth(chart);
    expect(Object.keys(first[1].metadata.annotations)).toEqual([WAVE]);
    PodNetworks.of(pod).attach(lan);
    const second: Manifest[] = Testing.synth(chart);
    expect(second[1].metadata.annotations).toEqual({
      [WAVE]: '0',
      'k8s.v1.cni.cncf.io/networks': lan.name,
    });
  });

  test('an install comes in front of networks; a scope may be put elsewhere', () => {
    const app = Testing.app();
    GitOps.argoCd(app);
    const chart = new Chart(app, 'kube-system', { namespace: 'kube-system' });
    new MultusInstall(chart, 'multus', { platform: Platform.kubernetes() });
    const own = new ApiObject(chart, 'own', { apiVersion: 'apps/v1', kind: 'DaemonSet' });
    GitOps.setLayer(own, 'settings');
    const manifests: Manifest[] = Testing.synth(chart);
    const sets = manifests.filter(({ kind }) => kind === 'DaemonSet');
    expect(sets.map(({ metadata }) => metadata.annotations[WAVE]).sort()).toEqual(['-20', '-30']);
  });

  // The second way validates only once.
  test.each([YamlOutputType.FILE_PER_CHART, YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE])(
    'an object that a validation makes has its wave, too (%#)',
    (yamlOutputType) => {
      const app = new App({ outdir: folder, yamlOutputType });
      GitOps.argoCd(app);
      const chart = new Chart(app, 'late');
      const validate = () => {
        if (chart.node.children.length > 0) return [];
        new ApiObject(chart, 'namespace', { apiVersion: 'v1', kind: 'Namespace' });
        return [];
      };
      app.node.addValidation({ validate });
      app.synth();
      expect(objectsOf(folder).map(({ metadata }) => metadata.annotations)).toEqual([
        { [WAVE]: '-50' },
      ]);
    },
  );

  test('files have names that stay when a chart comes or goes', () => {
    const app = new App({ outdir: folder });
    GitOps.argoCd(app);
    const { edge } = edgeApp(app);
    new ApiObject(new Chart(edge, 'inner'), 'a', { apiVersion: 'v1', kind: 'ConfigMap' });
    app.synth();
    expect(Object.keys(outputOf(folder))).toEqual([
      'crds.k8s.yaml',
      'edge-inner.k8s.yaml',
      'edge.k8s.yaml',
      'host.k8s.yaml',
    ]);
  });

  test('another way to divide files stays as it is', () => {
    const app = new App({ outdir: folder, yamlOutputType: YamlOutputType.FILE_PER_RESOURCE });
    GitOps.argoCd(app);
    edgeApp(app);
    app.synth();
    expect(Object.keys(outputOf(folder))).toContain('Pod.web.k8s.yaml');
  });

  test('the same program writes the same bytes', () => {
    const texts = [0, 1].map(() => {
      const app = Testing.app();
      GitOps.argoCd(app);
      edgeApp(app);
      return app.synthYaml();
    });
    expect(texts[0]).toBe(texts[1]);
  });
});

describe('Flux', () => {
  function fluxApp(options: Parameters<typeof GitOps.flux>[1]): App {
    const app = new App({ outdir: folder });
    GitOps.flux(app, options);
    edgeApp(app);
    return app;
  }

  test('a folder for each layer, and a Kustomization that applies it behind the one in front', () => {
    fluxApp({ path: './clusters/edge/', serviceAccountName: 'netloom' }).synth();
    const { 'flux/flux.k8s.yaml': kustomizations, ...layers } = outputOf(folder);
    expect(Object.keys(layers)).toEqual([
      'crds/crds.k8s.yaml',
      'namespaces/edge.k8s.yaml',
      'networks/edge.k8s.yaml',
      'networks/host.k8s.yaml',
      'settings/edge.k8s.yaml',
      'workloads/edge.k8s.yaml',
    ]);
    expect(
      kustomizations?.map(({ metadata, spec }: Manifest) => [
        metadata.name,
        spec.path,
        spec.dependsOn,
      ]),
    ).toEqual([
      ['netloom-namespaces', './clusters/edge/namespaces', undefined],
      ['netloom-crds', './clusters/edge/crds', [{ name: 'netloom-namespaces' }]],
      ['netloom-settings', './clusters/edge/settings', [{ name: 'netloom-crds' }]],
      ['netloom-networks', './clusters/edge/networks', [{ name: 'netloom-settings' }]],
      ['netloom-workloads', './clusters/edge/workloads', [{ name: 'netloom-networks' }]],
    ]);
    expect(kustomizations?.[0]).toEqual({
      apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
      kind: 'Kustomization',
      metadata: { name: 'netloom-namespaces', namespace: 'flux-system' },
      spec: {
        interval: '10m',
        path: './clusters/edge/namespaces',
        prune: true,
        retryInterval: '1m',
        serviceAccountName: 'netloom',
        sourceRef: { kind: 'GitRepository', name: 'flux-system' },
        timeout: '5m',
        wait: true,
      },
    });
  });

  test('what cdk8s would have written is there once, and nothing else', () => {
    const plain = mkdtempSync(path.join(folder, 'plain-'));
    const app = new App({ outdir: plain });
    edgeApp(app);
    app.synth();
    fluxApp({}).synth();
    rmSync(path.join(folder, 'flux'), { recursive: true });
    const text = (objects: readonly Manifest[]) => objects.map((one) => JSON.stringify(one)).sort();
    const wanted = text(objectsOf(plain));
    rmSync(plain, { recursive: true });
    expect(text(objectsOf(folder))).toEqual(wanted);
  });

  test('a chart of the platform is healthy when its DaemonSet is', () => {
    const app = new App({ outdir: folder });
    Platform.rke2().applyTo(app);
    GitOps.flux(app);
    const chart = new Chart(app, 'kube-system', { namespace: 'kube-system' });
    new ApiObject(chart, 'multus', { apiVersion: 'helm.cattle.io/v1', kind: 'HelmChartConfig' });
    app.synth();
    const [installs] = outputOf(folder)['flux/flux.k8s.yaml'] as Manifest[];
    expect(installs.spec).toMatchObject({
      healthChecks: [
        { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'rke2-multus', namespace: 'kube-system' },
      ],
    });
    expect(installs.spec).not.toHaveProperty('wait');
  });

  test('a Kustomization can be patched', () => {
    const app = new App({ outdir: folder });
    const flux = GitOps.flux(app);
    edgeApp(app);
    flux.kustomization('crds').addJsonPatch(JsonPatch.replace('/spec/prune', false));
    const manifests: Manifest[] = Testing.synth(flux);
    expect(manifests.map(({ spec }) => spec.prune)).toEqual([true, false, true, true, true]);
  });

  test('a mistake ends the synthesis before anything is written', () => {
    const app = fluxApp({});
    new BridgeNetwork(new Chart(app, 'wrong'), 'lan', { vlan: 5000, ipam: Ipam.none() });
    expect(() => app.synth()).toThrow('[wrong/lan]');
    expect(outputOf(folder)).toEqual({});
  });
});

describe('the cdk8s CLI', () => {
  async function synth(app: string, ...args: string[]): Promise<void> {
    const env = {
      ...process.env,
      PATH: `${BIN}:${process.env['PATH']}`,
      CDK8S_CHECK_UPGRADE: 'false',
    };
    const words = ['synth', '--app', `tsx ${app}`, '--output', folder, ...args];
    await promisify(execFile)(path.join(BIN, 'cdk8s'), words, { cwd: ROOT, env });
  }

  const HELM = ['--format', 'helm', '--chart-version', '1.2.3'];
  const hasHelm = findTool('helm') !== undefined;

  test.each(exampleNames())(
    'writes a Helm chart of the example %s whose definitions come first',
    async (name) => {
      await synth(`examples/${name}/main.ts`, ...HELM);
      const { 'Chart.yaml': head, ...files } = outputOf(folder);
      expect(head).toEqual([expect.objectContaining({ apiVersion: 'v2', version: '1.2.3' })]);
      const isTemplate = ([file]: [string, unknown]) => file.startsWith('templates/');
      const templates = Object.entries(files).filter(isTemplate);
      const others = Object.keys(files).filter((file) => !file.startsWith('templates/'));
      expect(others.every((file) => file.startsWith('crds/'))).toBe(true);
      const definitions = others.flatMap((file) => files[file] as Manifest[]);
      expect(definitions.every(({ kind }) => kind === 'CustomResourceDefinition')).toBe(true);
      const objects = templates.flatMap(([, manifests]) => manifests);
      const kinds = objects.map(({ kind }) => kind);
      expect(kinds).not.toContain('CustomResourceDefinition');
      expect([...objects, ...definitions]).toHaveLength(goldenOf(name).length);
      // Helm would take it for the start of an action; nothing of ours may hold it.
      const texts = readdirSync(path.join(folder, 'templates'), { recursive: true })
        .map((file) => path.join(folder, 'templates', String(file)))
        .filter((file) => file.endsWith('.yaml'))
        .map((file) => readFileSync(file, 'utf8'));
      expect(texts.filter((text) => text.includes('{{'))).toEqual([]);
    },
    60_000,
  );

  function goldenOf(name: string): Manifest[] {
    return objectsOf(path.join(ROOT, 'test/golden', name));
  }

  const ALERTS = `
    import { ApiObject, App, Chart } from 'cdk8s';
    import { NodeAgentInstall } from 'netloom/constructs';
    const app = new App();
    const chart = new Chart(app, 'agents');
    const [callers, prometheusRule] = [[{ namespace: 'ci', serviceAccount: 'ci', verbs: ['read'] }], {}];
    new NodeAgentInstall(chart, 'agent', { image: 'example.com/a:1', callers, prometheusRule });
    const data = { image: '{{ .Values.image }}' };
    new ApiObject(chart, 'own', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'own' }, data });
    app.synth();`;
  const SUMMARY = 'The node agent of {{ $labels.instance }} does not answer';

  async function alertsChart(...args: string[]): Promise<void> {
    const program = makeProgramFolder();
    try {
      writeFileSync(path.join(program, 'main.ts'), ALERTS);
      await synth(path.join(program, 'main.ts'), ...args);
    } finally {
      rmSync(program, { recursive: true, force: true });
    }
  }

  test("words of alerts are none of Helm's, and the user's own expressions are", async () => {
    await alertsChart();
    const plain = JSON.stringify(outputOf(folder));
    expect(plain).toContain(SUMMARY);

    rmSync(folder, { recursive: true });
    mkdirSync(folder);
    await alertsChart(...HELM);
    const quoted = JSON.stringify(outputOf(folder));
    expect(quoted).not.toContain(SUMMARY);
    expect(quoted).toContain(SUMMARY.replace('{{', '{{ `{{` }}'));
    expect(quoted).toContain('{{ .Values.image }}');
  }, 60_000);

  (hasHelm ? test : test.skip)(
    hasHelm
      ? 'writes alerts that helm renders'
      : 'writes alerts that helm renders (skipped: helm not installed)',
    async () => {
      await alertsChart(...HELM);
      const args = ['template', 'edge', folder, '--set', 'image=nginx:1.27'];
      const { stdout } = await promisify(execFile)(findTool('helm') as string, args);
      const rendered = parseAllDocuments(stdout).map((one) => one.toJS());
      expect(JSON.stringify(rendered)).toContain(SUMMARY);
      expect(rendered).toContainEqual(expect.objectContaining({ data: { image: 'nginx:1.27' } }));
    },
    60_000,
  );

  (hasHelm ? test : test.skip)(
    hasHelm
      ? 'writes a chart that helm renders'
      : 'writes a chart that helm renders (skipped: helm not installed)',
    async () => {
      await synth('examples/microshift/main.ts', ...HELM);
      const helm = findTool('helm') as string;
      const args = ['template', 'edge', folder, '--include-crds'];
      const { stdout } = await promisify(execFile)(helm, args);
      const kinds = parseAllDocuments(stdout).map((one) => one.toJS()?.kind);
      expect(kinds[0]).toBe('CustomResourceDefinition');
      expect(kinds).toHaveLength(goldenOf('microshift').length);
    },
    60_000,
  );

  test('writes the folders of Flux, and names constructs to its validations', async () => {
    const text = readFileSync(path.join(ROOT, 'examples/microshift/main.ts'), 'utf8')
      .replace('const app = new App();', 'const app = new App();\nGitOps.flux(app);')
      .replace(
        "from './definitions'",
        `from '${path.join(ROOT, 'examples/microshift/definitions')}'`,
      )
      .replace('  HostBridge,\n', '  GitOps,\n  HostBridge,\n');
    const program = makeProgramFolder();
    try {
      writeFileSync(path.join(program, 'main.ts'), text);
      process.env['CDK8S_RECORD_CONSTRUCT_METADATA'] = 'true';
      await synth(path.join(program, 'main.ts'));
      expect(Object.keys(outputOf(folder))).toContain('flux/flux.k8s.yaml');
      const metadata = readFileSync(path.join(folder, 'construct-metadata.json'), 'utf8');
      expect(JSON.parse(metadata).resources).toHaveProperty('test-bridge');
    } finally {
      delete process.env['CDK8S_RECORD_CONSTRUCT_METADATA'];
      rmSync(program, { recursive: true, force: true });
    }
  }, 60_000);
});
