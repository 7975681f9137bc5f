import { Chart, Testing } from 'cdk8s';
import { checkObjects, platformFacts } from 'netloom';
import {
  DhcpDaemon,
  Ipam,
  MacvlanNetwork,
  MultusInstall,
  Platform,
  WhereaboutsInstall,
} from 'netloom/constructs';
import { parse } from 'yaml';
import { type Manifest, placeOf, problemsOfSynth } from './support';

function infra(platform: Platform = Platform.k3s()): Chart {
  const chart = new Chart(Testing.app(), 'infra', { namespace: 'apps' });
  platform.applyTo(chart);
  return chart;
}

test('N29 one HelmChart has Multus, whereabouts and the DHCP daemon in it', () => {
  const chart = infra();
  new WhereaboutsInstall(chart, 'whereabouts');
  new MultusInstall(chart, 'multus');
  new DhcpDaemon(chart, 'dhcp');
  const [object, ...others] = Testing.synth(chart) as Manifest[];
  expect(others).toEqual([]);
  expect(object).toMatchObject({ kind: 'HelmChart', metadata: { name: 'multus' } });
  expect(Object.keys(parse(object.spec.valuesContent))).toEqual([
    'config',
    'manifests',
    'rke2-whereabouts',
  ]);
});

test('N29 the release of the chart counts, whoever makes the object', () => {
  for (const isFirst of [true, false]) {
    const chart = infra();
    if (!isFirst) new WhereaboutsInstall(chart, 'whereabouts');
    new MultusInstall(chart, 'multus', { version: 'v4.2.401' });
    if (isFirst) new WhereaboutsInstall(chart, 'whereabouts');
    expect((Testing.synth(chart) as Manifest[])[0].spec.version).toBe('v4.2.401');
  }
});

test('N29 the thick Multus has folders of its own there, and is refused', () => {
  const chart = infra();
  new MultusInstall(chart, 'multus', { mode: 'thick' });
  expect(problemsOfSynth(() => chart.toJson()).map(placeOf)).toEqual([
    '[infra/multus] mode NL_PLATFORM_UNSUPPORTED',
  ]);
});

test.each(['v4.2.201', 'v4.0.206', 'newest'])('N29 the chart %s is refused there', (version) => {
  const chart = infra();
  new MultusInstall(chart, 'multus', { version });
  expect(problemsOfSynth(() => chart.toJson()).map(placeOf)).toEqual([
    '[infra/multus] version NL_RELEASE_TOO_OLD',
  ]);
});

describe("the file of whereabouts, where it doesn't look for it", () => {
  const FILE = '/var/lib/rancher/k3s/agent/etc/cni/net.d/whereabouts.d/whereabouts.conf';
  const written = (platform: Platform, settings: object = {}): unknown => {
    const chart = infra(platform);
    const { config } = new MacvlanNetwork(chart, 'lan', {
      master: 'eth1',
      ipam: Ipam.whereabouts({ ranges: [{ range: '10.20.0.0/24' }], ...settings }),
    });
    expect(problemsOfSynth(() => chart.toJson())).toEqual([]);
    const { ipam } = config as { ipam?: Record<string, unknown> };
    return ipam?.['configuration_path'];
  };

  test('N29 is named in each network on k3s, where the user says nothing else', () => {
    expect(written(Platform.k3s())).toBe(FILE);
    expect(written(Platform.k3s(), { configurationPath: '/etc/w.conf' })).toBe('/etc/w.conf');
    expect(written(Platform.k3s(), { extra: { configuration_path: '/etc/x' } })).toBe('/etc/x');
    expect(written(Platform.kubernetes({ cniConfDir: '/srv/cni' }))).toBe(
      '/srv/cni/whereabouts.d/whereabouts.conf',
    );
  });

  test('N29 needs no name where it is in a folder that whereabouts knows', () => {
    for (const platform of [Platform.rke2(), Platform.kubernetes(), Platform.openshift()]) {
      expect(written(platform)).toBeUndefined();
    }
  });

  test('N29 is missing in a network of somebody else', () => {
    const network = (more: object) => ({
      apiVersion: 'k8s.cni.cncf.io/v1',
      kind: 'NetworkAttachmentDefinition',
      metadata: { name: 'lan', namespace: 'home' },
      spec: {
        config: JSON.stringify({
          cniVersion: '0.4.0',
          name: 'lan',
          type: 'bridge',
          ipam: { type: 'whereabouts', range: '10.20.0.0/24', ...more },
        }),
      },
    });
    const found = (more: object) =>
      checkObjects([network(more)], { platform: platformFacts('k3s') }).map(
        ({ problem }) => problem,
      );
    expect(found({ configuration_path: FILE })).toEqual([]);
    expect(found({})).toMatchObject([
      { code: 'NL_KEY_MISSING', fix: `add configurationPath: '${FILE}'` },
    ]);
  });
});
