import { type App, Chart, Testing } from 'cdk8s';
import {
  DhcpDaemon,
  HostFiles,
  Ipam,
  MacvlanNetwork,
  MultusInstall,
  Platform,
  type Rke2PlatformOptions,
  WhereaboutsInstall,
} from 'netloom/constructs';
import { parse } from 'yaml';
import { type Manifest, placeOf, problemsOfSynth } from './support';

type Step = (chart: Chart) => unknown;

const MULTUS: Step = (chart) => new MultusInstall(chart, 'multus', { logLevel: 'error' });
const WHEREABOUTS: Step = (chart) => new WhereaboutsInstall(chart, 'whereabouts');
const DHCP: Step = (chart) => new DhcpDaemon(chart, 'dhcp');

function infra(options: Rke2PlatformOptions = {}, ...steps: Step[]): Chart {
  const app = Testing.app();
  Platform.rke2(options).applyTo(app);
  const chart = new Chart(app, 'infra');
  for (const step of steps) step(chart);
  return chart;
}

function configs(chart: Chart): Manifest[] {
  return (Testing.synth(chart) as Manifest[]).filter(({ kind }) => kind === 'HelmChartConfig');
}

describe('one HelmChartConfig for all installs of an RKE2 cluster', () => {
  const orders = [
    [MULTUS, WHEREABOUTS, DHCP],
    [DHCP, MULTUS, WHEREABOUTS],
    [WHEREABOUTS, DHCP, MULTUS],
  ];

  test('S2.2 S2.9 has the settings of all, in the same bytes whatever comes first', () => {
    const texts = orders.map((steps) => {
      const found = configs(infra({ cni: 'calico' }, ...steps));
      expect(found).toHaveLength(1);
      return found[0].spec.valuesContent;
    });
    expect(texts[0]).toBe(
      [
        'config:',
        '  cni_conf:',
        '    logLevel: error',
        'manifests:',
        '  dhcpDaemonSet: true',
        'rke2-whereabouts:',
        '  enabled: true',
        '',
      ].join('\n'),
    );
    expect(new Set(texts).size).toBe(1);
  });

  test('S2.2 over several charts, too', () => {
    const one = infra({}, MULTUS);
    const two = new Chart(one.node.root as App, 'two');
    WHEREABOUTS(two);
    expect(configs(one)).toHaveLength(1);
    expect(configs(two)).toHaveLength(0);
    expect(parse(configs(one)[0].spec.valuesContent)).toHaveProperty('rke2-whereabouts');
  });

  test('S2.2 clusters of other facts have one each', () => {
    const app = Testing.app();
    const charts = (['calico', 'cilium'] as const).map((cni) => {
      const chart = new Chart(app, cni);
      Platform.rke2({ cni, release: 'v1.35.0+rke2r1' }).applyTo(chart);
      MULTUS(chart);
      return chart;
    });
    for (const chart of charts) expect(configs(chart)).toHaveLength(1);
  });

  test('S2.2 each install knows the object, and it may be patched', () => {
    const chart = infra();
    const multus = new MultusInstall(chart, 'multus', { logLevel: 'error' });
    const whereabouts = new WhereaboutsInstall(chart, 'whereabouts');
    expect(whereabouts.apiObjects[0]).toBe(multus.apiObjects[0]);
    multus.apiObjects[0]?.metadata.addLabel('team', 'network');
    expect(configs(chart)[0].metadata.labels).toEqual({ team: 'network' });
  });

  test('S2.2 two installs that want something else are told', () => {
    const chart = infra(
      {},
      MULTUS,
      (one) => new MultusInstall(one, 'other', { logLevel: 'debug' }),
    );
    expect(problemsOfSynth(() => chart.toJson()).map(placeOf)).toEqual([
      '[infra/other] config.cni_conf.logLevel NL_VALUES_CONFLICT',
    ]);
  });

  test('S2.9 a network with dhcp brings the daemon by itself, and into the object that is there', () => {
    const chart = infra({}, (one) => new MultusInstall(one, 'multus'));
    expect(configs(chart)).toEqual([]);
    new MacvlanNetwork(chart, 'lan', { master: 'eth1', ipam: Ipam.dhcp() });
    expect(parse(configs(chart)[0].spec.valuesContent)).toEqual({
      manifests: { dhcpDaemonSet: true },
    });
    const there = infra({}, WHEREABOUTS, (one) => new MultusInstall(one, 'multus'));
    new MacvlanNetwork(there, 'lan', { master: 'eth1', ipam: Ipam.dhcp() });
    const [config, ...others] = configs(there);
    expect(others).toEqual([]);
    expect(config.spec.valuesContent).toBe(
      'manifests:\n  dhcpDaemonSet: true\nrke2-whereabouts:\n  enabled: true\n',
    );
  });

  test('S2.9 what was taken out of the tree sets nothing any more', () => {
    const chart = infra({}, WHEREABOUTS, DHCP);
    chart.node.tryRemoveChild('dhcp');
    expect(configs(chart)[0].spec.valuesContent).toBe('rke2-whereabouts:\n  enabled: true\n');
    chart.node.tryRemoveChild('whereabouts');
    expect(configs(chart)).toEqual([]);
    expect(HostFiles.of(chart).files).toEqual([]);
    MULTUS(chart);
    expect(configs(chart)[0].spec.valuesContent).toContain('logLevel: error');
  });
});

describe('files for the servers of RKE2', () => {
  test('S2.2 config.yaml with multus first, and the HelmChartConfigs as they are applied', () => {
    const chart = infra({ cni: 'cilium' }, MULTUS, WHEREABOUTS);
    const files = HostFiles.of(chart.node.root).files;
    expect(files.map(({ path }) => path)).toEqual([
      '/etc/rancher/rke2/config.yaml.d/50-netloom.yaml',
      '/var/lib/rancher/rke2/server/manifests/rke2-cilium-config.yaml',
      '/var/lib/rancher/rke2/server/manifests/rke2-multus-config.yaml',
    ]);
    expect(files[0]?.content).toBe('cni:\n- multus\n- cilium\n');
    const applied = configs(chart);
    expect(files.slice(1).map(({ content }) => parse(content))).toEqual(applied);
    for (const { where } of files)
      expect(where).toBe('every server node, before RKE2 starts for the first time');
  });
});

describe('what RKE2 has no place for', () => {
  const found = (options: Rke2PlatformOptions, ...steps: Step[]): string[] =>
    problemsOfSynth(() => infra(options, ...steps).toJson()).map(placeOf);

  test('S2.2 a cluster network that is none of its own', () => {
    expect(found({ cni: 'flannel' as never }, MULTUS)).toEqual([
      '[infra/multus] platform.cni NL_PLATFORM_UNSUPPORTED',
    ]);
    expect(found({ release: 'newest' }, MULTUS)).toEqual([
      '[infra/multus] platform.release NL_VALUE_OUT_OF_RANGE',
    ]);
  });

  test('S2.2 settings without a value in the chart', () => {
    const multus: Step = (chart) =>
      new MultusInstall(chart, 'multus', {
        version: 'v4.3.0',
        resources: { limits: { memory: '1Gi' } },
        priorityClassName: 'high',
      });
    expect(found({}, multus)).toEqual([
      '[infra/multus] version NL_PLATFORM_UNSUPPORTED',
      '[infra/multus] resources NL_PLATFORM_UNSUPPORTED',
      '[infra/multus] priorityClassName NL_PLATFORM_UNSUPPORTED',
    ]);
    const whereabouts: Step = (chart) =>
      new WhereaboutsInstall(chart, 'whereabouts', { reconcilerCron: '0 3 * * *' });
    expect(found({}, whereabouts)).toEqual([
      '[infra/whereabouts] reconcilerCron NL_PLATFORM_UNSUPPORTED',
    ]);
    const mirrored: Step = (chart) =>
      new MultusInstall(chart, 'multus', { registry: 'a.example', image: 'b.example/multus:v1' });
    expect(found({}, mirrored)).toEqual(['[infra/multus] image NL_VALUES_CONFLICT']);
    const dhcp: Step = (chart) => new DhcpDaemon(chart, 'dhcp', { broadcast: true });
    expect(found({}, dhcp)).toEqual(['[infra/dhcp] broadcast NL_PLATFORM_UNSUPPORTED']);
  });

  test('S2.2 parts that came with a newer release', () => {
    const thick: Step = (chart) => new MultusInstall(chart, 'multus', { mode: 'thick' });
    expect(found({ release: 'v1.32.6+rke2r1' }, thick)).toEqual([
      '[infra/multus] mode NL_RELEASE_TOO_OLD',
    ]);
    expect(found({ release: 'v1.32.7+rke2r1' }, thick)).toEqual([]);
    expect(found({ release: 'v1.28.5+rke2r1' }, DHCP)).toEqual([
      expect.stringMatching('NL_RELEASE_TOO_OLD'),
    ]);
  });
});
