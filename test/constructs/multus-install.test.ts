import { ApiObject, type Chart, JsonPatch, Testing } from 'cdk8s';
import { HostFiles, MultusInstall, type MultusInstallProps, Platform } from 'netloom/constructs';
import {
  appsChart,
  type Manifest,
  objectsOf,
  placeOf,
  problemsOfSynth,
  warningsTold,
} from './support';

const daemonConfig = (chart: Chart): any =>
  JSON.parse(objectsOf(chart, 'ConfigMap').get('multus-daemon-config').data['daemon-config.json']);

function synth(props: MultusInstallProps): Chart {
  const chart = appsChart();
  new MultusInstall(chart, 'multus', props);
  return chart;
}

describe('MultusInstall', () => {
  test("all objects, in their order, and none of them in the chart's namespace", () => {
    const written = Testing.synth(synth({ namespace: 'multus' })) as Manifest[];
    expect(written.map(({ kind, metadata }) => `${kind} ${metadata.namespace}`)).toEqual([
      'CustomResourceDefinition undefined',
      'Namespace undefined',
      'ServiceAccount multus',
      'ClusterRole undefined',
      'ClusterRoleBinding undefined',
      'ConfigMap multus',
      'DaemonSet multus',
    ]);
  });

  test('the objects are there to be patched', () => {
    const chart = appsChart();
    const multus = new MultusInstall(chart, 'multus', { mode: 'thin' });
    const daemonSet = multus.apiObjects.find(({ kind }) => kind === 'DaemonSet') as ApiObject;
    daemonSet.addJsonPatch(
      JsonPatch.add('/spec/template/spec/dnsPolicy', 'ClusterFirstWithHostNet'),
    );
    const written = objectsOf(chart, 'DaemonSet').get('kube-multus-ds');
    expect(written.spec.template.spec.dnsPolicy).toBe('ClusterFirstWithHostNet');
    expect(ApiObject.isApiObject(chart.node.findChild('multus').node.findChild('DaemonSet'))).toBe(
      true,
    );
  });

  test('the platform that is given, that of the scope, and upstream Kubernetes', () => {
    const binDir = (platform?: Platform, ofScope?: Platform): string => {
      const chart = appsChart();
      ofScope?.applyTo(chart);
      new MultusInstall(chart, 'multus', platform ? { platform } : {});
      return daemonConfig(chart).binDir;
    };
    const crio = Platform.kubernetes({ cri: 'cri-o' });
    const other = Platform.kubernetes({ cniBinDir: '/run/cni/bin' });
    expect([binDir(), binDir(undefined, crio), binDir(other, crio)]).toEqual([
      '/opt/cni/bin',
      '/usr/libexec/cni',
      '/run/cni/bin',
    ]);
  });

  test("the platform's isolation, by which pods are checked, is what Multus is told", () => {
    const platform = Platform.kubernetes({ isolation: { globalNamespaces: ['shared'] } });
    expect(daemonConfig(synth({ platform }))).toMatchObject({
      namespaceIsolation: true,
      globalNamespaces: 'shared',
    });
    const off = synth({ platform, namespaceIsolation: false });
    expect(problemsOfSynth(() => Testing.synth(off)).map(placeOf)).toEqual([
      '[apps/multus] namespaceIsolation NL_VALUES_CONFLICT',
    ]);
  });

  test('all problems at once, and warnings', () => {
    const chart = synth({ mode: 'thick', version: 'v4.3.0', namespace: 'A', maxUnavailable: 0 });
    expect(problemsOfSynth(() => Testing.synth(chart)).map(placeOf)).toEqual([
      '[apps/multus] namespace NL_NAME_INVALID',
      '[apps/multus] maxUnavailable NL_VALUE_OUT_OF_RANGE',
    ]);
    expect(warningsTold().map(placeOf)).toEqual(['[apps/multus] version NL_RELEASE_FAULT']);
  });

  test('what belongs on hosts is collected', () => {
    const chart = appsChart();
    const multus = new MultusInstall(chart, 'multus', { platform: Platform.microshift() });
    expect(multus.apiObjects).toEqual([]);
    expect(HostFiles.of(chart).files).toEqual(multus.hostFiles);
    expect(HostFiles.of(chart).steps).toEqual(multus.hostSteps);
    Testing.synth(chart);
  });

  test('a mode that the platform has not is refused', () => {
    const chart = synth({ platform: Platform.microshift(), mode: 'thick' });
    expect(problemsOfSynth(() => Testing.synth(chart)).map(placeOf)).toEqual([
      '[apps/multus] mode NL_PLATFORM_UNSUPPORTED',
    ]);
  });

  test('ids are contract', () => {
    const paths = new MultusInstall(appsChart(), 'multus').apiObjects.map(({ node }) => node.path);
    expect(paths).toEqual([
      'apps/multus/Crd',
      'apps/multus/ServiceAccount',
      'apps/multus/ClusterRole',
      'apps/multus/ClusterRoleBinding',
      'apps/multus/ConfigMap',
      'apps/multus/DaemonSet',
    ]);
  });
});
