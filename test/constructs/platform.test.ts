import { Chart, Testing } from 'cdk8s';
import {
  BridgeNetwork,
  HostBridge,
  Ipam,
  MacvlanNetwork,
  MultiNetPod,
  Network,
  Platform,
} from 'netloom/constructs';
import { appsChart, placeOf, problemsOfSynth, warningsTold } from './support';

const CONTAINERS = { containers: [{ image: 'nginx:1.27' }] };
const V4 = { subnet: '10.10.0.0/24' };

describe('what a platform knows', () => {
  test('S4.1 releases of its nodes; those of a network count more', () => {
    const chart = appsChart();
    Platform.kubernetes({ targetVersions: { plugins: '1.1.1' } }).applyTo(chart);
    new BridgeNetwork(chart, 'old', { portIsolation: true });
    new BridgeNetwork(chart, 'new', {
      portIsolation: true,
      targetVersions: { plugins: '1.7.0' },
    });
    expect(problemsOfSynth(() => chart.toJson()).map(placeOf)).toEqual([
      '[apps/old] portIsolation NL_RELEASE_TOO_OLD',
    ]);
  });

  test('S3.9 how many nodes there are', () => {
    const make = (platform: Platform): string[] => {
      const chart = appsChart();
      platform.applyTo(chart);
      new MacvlanNetwork(chart, 'lan', { master: 'eth1', ipam: Ipam.hostLocal({ ranges: [V4] }) });
      Testing.synth(chart);
      return warningsTold().map(placeOf);
    };
    expect(make(Platform.kubernetes({ nodes: 3 }))).toEqual([
      '[apps/lan] ipam NL_HOST_LOCAL_NODES',
    ]);
    expect(make(Platform.kubernetes({ nodes: 1 }))).toEqual([]);
    expect(make(Platform.microshift())).toEqual([]);
  });

  test("S3.9 the cluster's own networks", () => {
    const chart = appsChart();
    Platform.kubernetes({ podCidrs: ['10.10.0.0/16'], serviceCidrs: ['10.96.0.0/12'] }).applyTo(
      chart,
    );
    new BridgeNetwork(chart, 'lan', { ipam: Ipam.hostLocal({ ranges: [V4] }) });
    Testing.synth(chart);
    expect(warningsTold().map(placeOf)).toEqual([
      '[apps/lan] ipam.ranges[0].subnet NL_CLUSTER_OVERLAP',
    ]);
  });

  test('S2.5 namespaces that pods are kept to', () => {
    const chart = appsChart();
    Platform.kubernetes({ isolation: { globalNamespaces: ['shared'] } }).applyTo(chart);
    const reference = (namespace: string) =>
      Network.fromName(chart, namespace, { name: 'lan', namespace });
    new MultiNetPod(chart, 'web', CONTAINERS)
      .attach(reference('apps'))
      .attach(reference('shared'))
      .attach(reference('other'));
    expect(problemsOfSynth(() => chart.toJson()).map(placeOf)).toEqual([
      '[apps/web] attachments[2] NL_NAMESPACE_ISOLATED',
    ]);
  });

  test('one that comes after the networks counts, too', () => {
    const chart = appsChart();
    new BridgeNetwork(chart, 'lan', { portIsolation: true });
    expect(problemsOfSynth(() => chart.toJson())).toEqual([]);
    Platform.kubernetes({ targetVersions: { plugins: '1.1.1' } }).applyTo(chart);
    expect(problemsOfSynth(() => chart.toJson())).toHaveLength(1);
  });
});

describe('objects are looked at with those of their own cluster', () => {
  const conflict = (one: Chart, other: Chart): void => {
    new BridgeNetwork(one, 'lan', { bridge: 'br-test', ipam: Ipam.hostLocal({ ranges: [V4] }) });
    new HostBridge(other, 'host', { bridge: 'br-test', addresses: ['10.10.0.30/24'] });
  };
  const charts = (): [Chart, Chart] => {
    const app = Testing.app();
    return [new Chart(app, 'a', { namespace: 'apps' }), new Chart(app, 'b')];
  };
  const problems = ([one, other]: [Chart, Chart]): string[] => {
    conflict(one, other);
    return problemsOfSynth(() => one.toJson()).map(placeOf);
  };

  test('charts that say nothing of it are for the same', () => {
    expect(problems(charts())).toEqual(['[b/host] addresses[0] NL_HOST_ADDRESS_IN_POOL']);
  });

  test('so are charts for clusters of which the same is known', () => {
    const both = charts();
    for (const chart of both) Platform.kubernetes({ nodes: 1 }).applyTo(chart);
    expect(problems(both)).toEqual(['[b/host] addresses[0] NL_HOST_ADDRESS_IN_POOL']);
  });

  test('others are for clusters of their own', () => {
    const [one, other] = charts();
    Platform.kubernetes({ nodes: 1 }).applyTo(one);
    Platform.microshift().applyTo(other);
    expect(problems([one, other])).toEqual([]);
  });
});
