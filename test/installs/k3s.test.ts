import { dhcpParts, multusParts, platformFacts, whereaboutsParts } from 'netloom';
import { unknownChartKeys } from './chart-keys';
import { ALL_MULTUS, ALL_WHEREABOUTS, manifestsOf, valuesOf } from './support';

const CHART = 'HelmChart multus';
const facts = platformFacts('k3s');
const CONF = '/var/lib/rancher/k3s/agent/etc/cni/net.d';
const BIN = '/var/lib/rancher/k3s/data/cni';
const PATHS = {
  confDir: CONF,
  binDir: BIN,
  kubeconfig: `${CONF}/multus.d/multus.kubeconfig`,
  multusAutoconfigDir: CONF,
};

describe('the HelmChart of Multus on k3s', () => {
  test('N29 is what the documentation of k3s has', () => {
    const parts = multusParts(facts, { version: 'v4.2.401' });
    expect(manifestsOf(parts)[CHART]).toMatchObject({
      apiVersion: 'helm.cattle.io/v1',
      metadata: { name: 'multus', namespace: 'kube-system' },
      spec: {
        repo: 'https://rke2-charts.rancher.io',
        chart: 'rke2-multus',
        version: 'v4.2.401',
        targetNamespace: 'kube-system',
      },
    });
    expect(valuesOf(parts, CHART)).toEqual({ config: { cni_conf: PATHS } });
    expect(parts.hostFiles).toEqual([]);
  });

  test('N29 its DaemonSet is called as the facts of the platform say', () => {
    expect(manifestsOf(multusParts(facts, {}))[CHART].metadata.name).toBe(facts.multusDaemonSet);
  });

  test('N29 brings whereabouts with the folders of k3s, and the DHCP daemon', () => {
    const values = valuesOf(whereaboutsParts(facts, { nodeSlices: true }), CHART);
    expect(values).toEqual({
      config: { cni_conf: PATHS },
      'rke2-whereabouts': {
        enabled: true,
        fullnameOverride: 'whereabouts',
        cniConf: { confDir: CONF, binDir: BIN },
        nodeSliceController: { enabled: true },
      },
    });
    expect(valuesOf(dhcpParts(facts, {}), CHART)).toEqual({
      config: { cni_conf: PATHS },
      manifests: { dhcpDaemonSet: true },
    });
  });

  test('N29 sets nothing that the chart does not have', () => {
    for (const parts of [
      multusParts(facts, ALL_MULTUS),
      whereaboutsParts(facts, ALL_WHEREABOUTS),
      dhcpParts(facts, { image: 'busybox:1.36' }),
    ]) {
      expect(unknownChartKeys(valuesOf(parts, CHART))).toEqual([]);
    }
  });
});
