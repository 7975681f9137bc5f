import {
  dhcpParts,
  multusParts,
  type PlatformChoices,
  platformFacts,
  rke2Has,
  whereaboutsParts,
} from 'netloom';
import { parse } from 'yaml';
import { unknownChartKeys } from './chart-keys';
import { ALL_MULTUS, ALL_WHEREABOUTS, manifestsOf, valuesOf } from './support';

const CONFIG = 'HelmChartConfig rke2-multus';
const facts = (choices: PlatformChoices = {}) => platformFacts('rke2', choices);

describe('the cluster networks of RKE2', () => {
  test.each(['canal', 'calico', 'cilium', 'none'] as const)(
    'S2.2 config.yaml names multus first, then %s',
    (cni) => {
      const { hostFiles } = multusParts(facts({ rke2: { cni } }), {});
      expect(hostFiles).toEqual([
        {
          path: '/etc/rancher/rke2/config.yaml.d/50-netloom.yaml',
          content: `cni:\n- multus\n- ${cni}\n`,
          where: 'every server node, before RKE2 starts for the first time',
        },
      ]);
      expect(parse(hostFiles[0]?.content as string)).toEqual({ cni: ['multus', cni] });
    },
  );

  test("S2.2 canal, RKE2's own choice, when nothing is said", () => {
    const { hostFiles, objects } = multusParts(facts(), {});
    expect(hostFiles[0]?.content).toBe('cni:\n- multus\n- canal\n');
    expect(objects).toEqual([]);
  });

  test.each([
    { release: undefined, want: true },
    { release: 'v1.30.14+rke2r4', want: true },
    { release: 'v1.31.13+rke2r1', want: true },
    { release: 'v1.31.14+rke2r1', want: false },
    { release: 'v1.33.5+rke2r1', want: true },
    { release: 'v1.34.2+rke2r1', want: false },
    { release: 'v1.35.0+rke2r1', want: false },
  ])(
    'S2.2 Cilium of $release is told to leave other networks alone: $want',
    ({ release, want }) => {
      const parts = multusParts(facts({ rke2: { cni: 'cilium', release } }), {});
      const config = manifestsOf(parts)['HelmChartConfig rke2-cilium'];
      expect(config?.spec.valuesContent).toBe(want ? 'cni:\n  exclusive: false\n' : undefined);
    },
  );

  test('S2.2 what came with which release', () => {
    expect(rke2Has('thick', 'v1.31.10+rke2r1')).toBe(false);
    expect(rke2Has('thick', 'v1.32.7+rke2r1')).toBe(true);
    expect(rke2Has('thick', 'v1.30.99+rke2r1')).toBe(false);
    expect(rke2Has('dhcpDaemon', 'v1.29.0+rke2r1')).toBe(false);
    expect(rke2Has('dhcpDaemon', 'v1.34.0+rke2r1')).toBe(true);
    expect(rke2Has('thick', 'newest')).toBeUndefined();
  });
});

describe('the HelmChartConfig rke2-multus', () => {
  test('S2.2 has each setting of the thin plugin at the key of the chart', () => {
    const parts = multusParts(facts(), ALL_MULTUS);
    expect(manifestsOf(parts)[CONFIG]).toMatchObject({
      apiVersion: 'helm.cattle.io/v1',
      metadata: { name: 'rke2-multus', namespace: 'kube-system' },
    });
    expect(valuesOf(parts, CONFIG)).toEqual({
      config: {
        cni_conf: {
          namespaceIsolation: true,
          globalNamespaces: 'default,shared',
          logLevel: 'debug',
          logFile: '/var/log/multus.log',
          cniVersion: '1.0.0',
          masterCniFilename: '10-calico.conflist',
          readinessIndicatorFile: '/etc/cni/net.d/10-calico.conflist',
        },
      },
      global: { systemDefaultRegistry: 'registry.example.org' },
      image: {
        repository: 'mirror/multus',
        tag: 'v4.3.0-build20260819',
      },
      imagePullSecrets: [{ name: 'mirror' }],
      labels: { nodeSelector: { 'example.org/multus': 'yes' } },
      tolerations: [{ operator: 'Exists' }],
    });
  });

  test('S2.2 has those of the thick plugin in the configuration of its daemon', () => {
    const parts = multusParts(facts(), {
      ...ALL_MULTUS,
      mode: 'thick',
      clusterNetwork: 'calico',
      defaultNetworks: ['lan'],
    });
    const values = valuesOf(parts, CONFIG);
    expect(values.config).toEqual({
      daemon_conf: {
        namespaceIsolation: true,
        globalNamespaces: 'default,shared',
        logLevel: 'debug',
        logFile: '/var/log/multus.log',
        cniVersion: '1.0.0',
        multusMasterCNI: '10-calico.conflist',
        readinessindicatorfile: '/etc/cni/net.d/10-calico.conflist',
        clusterNetwork: 'calico',
        defaultNetworks: ['lan'],
      },
    });
    expect(values.thickPlugin).toMatchObject({ enabled: true });
    expect(values.pod.resources).toEqual({ enabled: true, multus: ALL_MULTUS.resources });
  });

  test('S2.2 has folders only where they are not the own ones of the chart', () => {
    const moved = facts({ cniConfDir: '/srv/net.d', cniBinDir: '/srv/bin' });
    expect(valuesOf(multusParts(moved, {}), CONFIG)).toEqual({
      config: {
        cni_conf: {
          confDir: '/srv/net.d',
          binDir: '/srv/bin',
          kubeconfig: '/srv/net.d/multus.d/multus.kubeconfig',
          multusAutoconfigDir: '/srv/net.d',
        },
      },
    });
    expect(valuesOf(whereaboutsParts(moved, {}), CONFIG)).toEqual({
      'rke2-whereabouts': {
        enabled: true,
        cniConf: { confDir: '/srv/net.d', binDir: '/srv/bin' },
      },
    });
  });

  test('S2.9 brings whereabouts, with node slices and a log', () => {
    expect(valuesOf(whereaboutsParts(facts(), {}), CONFIG)).toEqual({
      'rke2-whereabouts': { enabled: true },
    });
    expect(valuesOf(whereaboutsParts(facts(), ALL_WHEREABOUTS), CONFIG)).toMatchObject({
      'rke2-whereabouts': {
        enabled: true,
        nodeSliceController: { enabled: true },
        reconciler: { logLevel: 'debug' },
        image: { repository: 'mirror/whereabouts@sha256', tag: '0123' },
      },
    });
  });

  test('S2.9 brings the DHCP daemon', () => {
    expect(valuesOf(dhcpParts(facts(), {}), CONFIG)).toEqual({
      manifests: { dhcpDaemonSet: true },
    });
    const image = { image: 'registry.example.org:5000/busybox' };
    expect(valuesOf(dhcpParts(facts(), image), CONFIG).dhcpDaemonSet).toEqual({
      image: { repository: 'registry.example.org:5000/busybox', tag: 'latest' },
    });
  });

  test('S2.2 sets nothing that the chart does not have', () => {
    const moved = facts({ cniConfDir: '/srv/net.d', cniBinDir: '/srv/bin' });
    for (const parts of [
      multusParts(moved, ALL_MULTUS),
      multusParts(moved, { ...ALL_MULTUS, mode: 'thick' }),
      whereaboutsParts(moved, ALL_WHEREABOUTS),
      dhcpParts(moved, { image: 'busybox:1.36', registry: 'a', pullSecrets: ['b'] }),
    ]) {
      const values = valuesOf(parts, CONFIG);
      expect(Object.keys(values)).not.toEqual([]);
      expect(unknownChartKeys(values)).toEqual([]);
    }
    expect(unknownChartKeys({ 'rke2-whereabouts': { enable: true } })).toEqual([
      'rke2-whereabouts.enable',
    ]);
  });
});
