import { Chart, Testing } from 'cdk8s';
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
  const ranges = [{ range: '10.20.0.0/24' }];
  const found = (platform: Platform, configurationPath?: string): string[] => {
    const chart = infra(platform);
    const path = configurationPath === undefined ? {} : { configurationPath };
    new MacvlanNetwork(chart, 'lan', {
      master: 'eth1',
      ipam: Ipam.whereabouts({ ranges, ...path }),
    });
    return problemsOfSynth(() => chart.toJson());
  };

  test('N29 has to be named on k3s', () => {
    const [problem] = found(Platform.k3s());
    expect(problem).toContain(
      "add configurationPath: '/var/lib/rancher/k3s/agent/etc/cni/net.d/whereabouts.d/whereabouts.conf'",
    );
    expect(placeOf(problem as string)).toBe('[infra/lan] ipam.configurationPath NL_KEY_MISSING');
    expect(found(Platform.k3s(), '/etc/whereabouts.conf')).toEqual([]);
  });

  test('N29 needs no name where it is in a folder that whereabouts knows', () => {
    for (const platform of [Platform.rke2(), Platform.kubernetes(), Platform.openshift()]) {
      expect(found(platform)).toEqual([]);
    }
    const moved = found(Platform.kubernetes({ cniConfDir: '/srv/cni' }));
    expect(moved.map(placeOf)).toEqual(['[infra/lan] ipam.configurationPath NL_KEY_MISSING']);
  });
});
