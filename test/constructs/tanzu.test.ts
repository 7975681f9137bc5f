import { Chart, Testing } from 'cdk8s';
import {
  HostFiles,
  Ipam,
  MacvlanNetwork,
  MultusInstall,
  type MultusInstallProps,
  Platform,
  type TanzuPlatformOptions,
} from 'netloom/constructs';
import { type Manifest, placeOf, problemsOfSynth } from './support';

function infra(options: TanzuPlatformOptions = {}, props: MultusInstallProps = {}): Chart {
  const chart = new Chart(Testing.app(), 'infra');
  Platform.tanzu(options).applyTo(chart);
  new MultusInstall(chart, 'multus', props);
  return chart;
}

const problems = (...given: Parameters<typeof infra>): string[] =>
  problemsOfSynth(() => infra(...given).toJson());

describe('Multus as a package of Tanzu', () => {
  test('S5.5 is written in the order in which each object needs those before it', () => {
    const objects = Testing.synth(infra({ packageNamespace: 'my-packages' })) as Manifest[];
    expect(objects.map(({ kind }) => kind)).toEqual([
      'PackageRepository',
      'Namespace',
      'ServiceAccount',
      'ClusterRole',
      'ClusterRoleBinding',
      'Role',
      'RoleBinding',
      'Role',
      'RoleBinding',
      'Secret',
      'PackageInstall',
    ]);
  });

  test('S5.4 S5.5 has the same as file and steps for the CLI', () => {
    const hosts = HostFiles.of(infra());
    expect(hosts.files.map(({ path }) => path)).toEqual(['/etc/netloom/multus-data-values.yaml']);
    expect(hosts.steps.map(({ title }) => title)).toEqual([
      'Install Multus with the tanzu CLI, in place of the objects',
    ]);
  });

  test('S5.2 a version that is not known is refused, with those that are', () => {
    const [problem] = problems({}, { version: '4.0.1' });
    expect(placeOf(problem as string)).toBe('[infra/multus] version NL_PLATFORM_UNSUPPORTED');
    expect(problem).toContain(
      'one of 3.7.1+vmware.2-tkg.2, 3.8.0+vmware.1-tkg.1, 4.0.1+vmware.1-tkg.1. Fix: 4.0.1+vmware.1-tkg.1?',
    );
    expect(problems({}, { version: '3.7.1+vmware.2-tkg.2' })).toEqual([]);
  });

  test('S5.3 settings that the package has no value for are refused', () => {
    expect(problems({}, { mode: 'thick', image: 'a/b:c' }).map(placeOf)).toEqual([
      '[infra/multus] mode NL_PLATFORM_UNSUPPORTED',
      '[infra/multus] image NL_PLATFORM_UNSUPPORTED',
    ]);
  });

  test('S5.5 a namespace that is no name is refused', () => {
    expect(problems({ packageNamespace: 'My Packages' }).map(placeOf)).toEqual([
      '[infra/multus] platform.packageNamespace NL_NAME_INVALID',
    ]);
  });

  test('S5.11 a cluster of a vSphere Supervisor is refused, and networks in it', () => {
    const chart = infra({ isSupervisor: true });
    new MacvlanNetwork(chart, 'lan', { master: 'ens5', ipam: Ipam.dhcp() });
    const found = problemsOfSynth(() => chart.toJson());
    expect(found).not.toEqual([]);
    for (const problem of found) expect(problem).toContain('vSphere Supervisor');
    const places = found.map((problem) => problem.split(' ')[0]);
    expect(places).toContain('[infra/multus]');
    expect(places).toContain('[infra/lan]');
  });
});
